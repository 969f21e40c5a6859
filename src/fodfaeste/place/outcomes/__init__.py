"""Outcome models: what each household may expect at each place, how sure that is, and what may never enter it."""

from fodfaeste.place.outcomes.arriving import arriving, places_for
from fodfaeste.place.outcomes.attributes import RuleSet, refuse_forbidden, rule_set, rule_sets
from fodfaeste.place.outcomes.default import DefaultScores, default_denmark
from fodfaeste.place.outcomes.drift import Drift, drift
from fodfaeste.place.outcomes.frames import Frames, Outcome, outcome
from fodfaeste.place.outcomes.model import Model
from fodfaeste.place.outcomes.optimism import NullTest, honest_gain, null_test
from fodfaeste.place.outcomes.proxies import Proxy
from fodfaeste.place.outcomes.rows import Rows, training_rows
from fodfaeste.place.outcomes.score import ModelDraws, Scored, problem_from, score
from fodfaeste.place.outcomes.storing import load, save
from fodfaeste.place.outcomes.training import Settings, train, train_rows

__all__ = [
    "DefaultScores",
    "Drift",
    "Frames",
    "Model",
    "ModelDraws",
    "NullTest",
    "Outcome",
    "Proxy",
    "Rows",
    "RuleSet",
    "Scored",
    "Settings",
    "arriving",
    "default_denmark",
    "drift",
    "honest_gain",
    "load",
    "null_test",
    "outcome",
    "places_for",
    "problem_from",
    "refuse_forbidden",
    "rule_set",
    "rule_sets",
    "save",
    "score",
    "train",
    "train_rows",
    "training_rows",
]
