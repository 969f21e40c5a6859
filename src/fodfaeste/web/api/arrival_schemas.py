"""What arriving households look like, on the way in and on the way out."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, StrictBool, StrictInt, WithJsonSchema
from pydantic_core import PydanticCustomError

from fodfaeste.web.placement.desk.domain.arrivals import MOST_MEMBERS
from fodfaeste.web.placement.desk.words import municipality_names

LONGEST, LONGEST_TEXT = 120, 4000
MOST_WISHES = 20
ONE_LINE = r"^[^\x00-\x20][^\x00-\x1f]*\Z"
"""A line that begins with a sign that is seen."""
IN_JSON = r"^[^\x00-\x20][^\x00-\x1f]*$"
MAYBE_IN_JSON = r"^([^\x00-\x20][^\x00-\x1f]*)?$"


def _of_one_line(text: str) -> str:
    if not re.match(ONE_LINE, text):
        raise PydanticCustomError("not_so", "Write it in one line that does not begin with a space.")
    return text


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("not_so", "Leave the character NUL out.")
    return text


def _day(said: Any) -> Any:
    if not isinstance(said, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        raise PydanticCustomError("not_so", "Write the day as year, month and day, such as 2027-03-01.")
    return said


def _municipality(code: str) -> str:
    if code not in municipality_names():
        raise PydanticCustomError(
            "not_so", "There is no municipality of this number. Write its three digits, such as 751."
        )
    return code


def _whole(said: Any) -> Any:
    return int(said) if isinstance(said, float) and said.is_integer() else said


Line = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST, json_schema_extra={"pattern": IN_JSON}),
    AfterValidator(_of_one_line),
]
MaybeLine = Annotated[
    str,
    Field(max_length=LONGEST, json_schema_extra={"pattern": MAYBE_IN_JSON}),
    AfterValidator(lambda text: text and _of_one_line(text)),
]
Text = Annotated[
    str, Field(max_length=LONGEST_TEXT, json_schema_extra={"pattern": r"^[^\x00]*$"}), AfterValidator(_no_nul)
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,19}$", examples=["U-2027-114"])]
Code = Annotated[
    str, AfterValidator(_municipality), WithJsonSchema({"type": "string", "enum": sorted(municipality_names())})
]
Weight = Annotated[Literal[1, 2, 3], BeforeValidator(_whole)]
Language = Literal["ar", "uk", "en", "fa", "ti", "so", "ku", "fr", "es"]
Sector = Literal["farm", "industry", "building", "transport", "shops", "hotels", "cleaning", "care", "school", "office"]
Around = Literal["water", "country", "near_town", "language", "quiet", "clubs"]


class _Sent(Schema):
    """What is sent: a field that there is not is refused by its name, so that none is lost unseen."""

    model_config = ConfigDict(extra="forbid")


class MemberIn(_Sent):
    """Somebody of the household."""

    given_name: Line
    family_name: MaybeLine = ""
    birth_date: Day
    sex: Literal["female", "male"]
    citizenship: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["SYR"])]
    trade: MaybeLine = ""
    schooling: Literal["", "none", "primary", "secondary", "tertiary", "unknown"] = ""
    civil_status: Literal["", "married", "unmarried"] = ""


class _WishIn(_Sent):
    hard: StrictBool = Field(False, description="Whether it has to be fulfilled: other places are ruled out.")
    weight: Annotated[Literal[1, 2, 3], BeforeValidator(_whole)] = Field(
        2, description="How important it is: 3 is most."
    )


class NearWish(_WishIn):
    """To be near somebody or something, at most so many kilometres from a municipality; or not to be in one."""

    kind: Literal["family", "network", "work", "school", "treatment", "avoid"]
    code: Code
    km: Annotated[StrictInt, Field(ge=0, le=300), BeforeValidator(_whole)] = 0


class TownWish(_WishIn):
    """A municipality of a size."""

    kind: Literal["town"]
    size: Literal["small", "middle", "large"]


class SectorWish(_WishIn):
    """A kind of work."""

    kind: Literal["sector"]
    sector: Sector


class AroundWish(_WishIn):
    """Surroundings."""

    kind: Literal["around"]
    around: Around


WishIn = Annotated[NearWish | TownWish | SectorWish | AroundWish, Field(discriminator="kind")]


class ArrivalIn(_Sent):
    """A household that arrives and is to be placed."""

    reference: Reference = Field(description="The household's number in the system that sends it; it is sent once.")
    name: Line = Field(description="What the household is called.")
    arrives: Day
    language: Language
    needs: Text = Field("", description="What whoever receives them has to know. No forecast reads it.")
    together_with: Reference | None = Field(None, description="The number of a household to live in one place with.")
    members: Annotated[list[MemberIn], Field(min_length=1, max_length=MOST_MEMBERS)]
    wishes: Annotated[list[WishIn], Field(max_length=MOST_WISHES)] = []


class MemberOut(Schema):
    """Somebody of the household; the case number is the municipality's, once it has taken them in."""

    given_name: str
    family_name: str
    birth_date: date
    sex: str
    citizenship: str
    trade: str
    schooling: str
    civil_status: str
    case_number: str


class WishOut(Schema):
    """A wish or a condition: which of `code`, `size`, `sector` and `around` says something, its kind tells."""

    kind: str
    code: str
    km: int
    size: str
    sector: str
    around: str
    hard: bool
    weight: int


class ArrivalOut(Schema):
    """A household, and how far it has come; `place` is the municipality's number once it is decided, else empty."""

    id: int
    reference: str
    name: str
    arrives: date
    language: str
    needs: str
    together_with: str | None
    state: Literal["waiting", "decided", "sent", "received"]
    place: str
    made: datetime
    members: list[MemberOut]
    wishes: list[WishOut]


class ArrivalPage(Schema):
    """Some households of all: `next` is the `after` to ask for the next page with, null on the last."""

    arrivals: list[ArrivalOut]
    next: int | None


class Problem(Schema):
    """What does not agree: in which field, what was found, and what to do."""

    loc: list[str | int]
    msg: str


class Disagreement(Schema):
    """What was sent can be read, and does not agree with itself or with what is there. Nothing was written."""

    detail: list[Problem]
