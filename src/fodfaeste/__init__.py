"""Fodfæste: where do newcomers take root?"""

from importlib.metadata import version

__version__ = version("fodfaeste")
