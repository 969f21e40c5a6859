"""Which model forecasts at the desk: what the switch says, folded over everything that was ever done with it."""

from __future__ import annotations

from dataclasses import dataclass

from fodfaeste import __version__
from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.placement.desk.models import ForecastSwitch
from fodfaeste.web.placement.forecasts.models import ForecastModel

DEFAULT = "default_denmark"
"""The library's model for Denmark, of published figures alone."""

Act = ForecastSwitch.Act


@dataclass(frozen=True)
class Choice:
    """A model that can be switched on: a trained one by its checksum; the default one has none."""

    name: str
    version: str
    sha256: str = ""

    @property
    def is_default(self) -> bool:
        """Whether it is the library's own."""
        return not self.sha256

    def is_same(self, other: Choice | None) -> bool:
        """Say whether it is the same model; the default one stays itself when the software moves on."""
        return other is not None and (self.sha256, self.name) == (other.sha256, other.name)

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True)
class State:
    """What is on, and what somebody has asked for that waits for a second person."""

    on: Choice | None = None
    asked: ForecastSwitch | None = None

    @property
    def asked_for(self) -> Choice | None:
        """The model that is asked for."""
        return None if self.asked is None else _choice(self.asked)


def default_choice() -> Choice:
    """Give the default model as this version of the software has it."""
    return Choice(DEFAULT, __version__)


def choice_of(model: ForecastModel) -> Choice:
    """Give a trained model as something to choose."""
    return Choice(model.name, str(model.version), model.sha256)


def state_of(organisation: Organisation) -> State:
    """Fold what was done with an agency's switch."""
    state = State()
    for one in ForecastSwitch.objects.filter(organisation=organisation).order_by("pk"):
        state = _after(state, one)
    return state


def _after(state: State, one: ForecastSwitch) -> State:
    if one.act == Act.ASKED:
        return State(state.on, one)
    if one.act == Act.WITHDRAWN:
        return State(state.on, None)
    return State(_choice(one), None) if one.act == Act.ON else State()


def _choice(one: ForecastSwitch) -> Choice:
    return Choice(one.model, one.version, one.sha256)
