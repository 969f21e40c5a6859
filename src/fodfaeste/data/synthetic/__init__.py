"""A register that nobody is in: invented persons whose tabulations are the figures of the report of 2002.

>>> build(1, out="register")                             # doctest: +SKIP
>>> simulate(1).tables["residence_spells"]               # doctest: +SKIP

What the report prints as counts is met exactly, what it prints as percentages to the printed decimal, and where its
tables contradict each other `contradictions` says how that was settled. Everything else is a story, told in truth.json.
"""

from fodfaeste.data.synthetic.build import FileFormat, Progress, build
from fodfaeste.data.synthetic.contradictions import contradictions
from fodfaeste.data.synthetic.simulate import SyntheticRegister, simulate

__all__ = ["FileFormat", "Progress", "SyntheticRegister", "build", "contradictions", "simulate"]
