"""Small requests drawn by Hypothesis, with everything that a request can have."""

from __future__ import annotations

from hypothesis import strategies as st

from fodfaeste.plan.week import (
    Activity,
    Connection,
    DayWish,
    HoursAsked,
    Limits,
    Model,
    Opening,
    TravelTable,
    Week,
    WeekRequest,
    Weights,
    slot,
)

PLACES = ("home", "school", "work", "nursery")
POINTS = {place: (55.0 + 0.02 * number, 9.0) for number, place in enumerate(PLACES)}
DAYS = (1, 2, 7)
"""Monday, Tuesday, and Sunday, which comes before Monday."""

STARTS = (7, 9, 12, 15)
CONNECTIONS = st.builds(
    Connection, st.sampled_from((5, 30, 60)), st.sampled_from((None, None, 7 * 60, 9 * 60 + 15)), st.just("bus")
)


@st.composite
def travel_tables(draw) -> TravelTable:
    pairs = [(a, b) for a in PLACES for b in PLACES if a != b]
    known = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6))
    days = st.sampled_from([DAYS, DAYS, DAYS, (1, 2)])
    return TravelTable({pair: dict.fromkeys(draw(days), draw(CONNECTIONS)) for pair in known}, POINTS)


@st.composite
def activities(draw, number: int) -> Activity:
    kind, place = draw(
        st.sampled_from([("danish", "school"), ("traineeship", "work")] * 2 + [("appointment", "school")])
    )
    start = draw(st.sampled_from(STARTS))
    hours = slot(draw(st.sampled_from(DAYS)), 60 * start, 60 * (start + draw(st.sampled_from((2, 3)))))
    series = draw(st.sampled_from(("", "", "A")))
    return Activity(
        f"a{number}", kind, place, hours, series=series, fixed=draw(st.sampled_from((False,) * 9 + (True,)))
    )


@st.composite
def limits(draw) -> Limits:
    least, most = st.sampled_from((None, 2, 4)), st.sampled_from((None, None, 3, 6))
    asked = [HoursAsked((kind,), draw(least), draw(most)) for kind in ("danish", "traineeship") if draw(st.booleans())]
    opening = Opening(
        "school", tuple(slot(day, "08:00", draw(st.sampled_from(("12:00", "18:00")))) for day in DAYS[:2])
    )
    return Limits(
        draw(st.sampled_from((60, 120, 120, 500))),
        draw(st.sampled_from(((), (), (opening,)))),
        tuple(asked),
        draw(st.sampled_from((None, None, 1, 2))),
        draw(st.sampled_from((False,) * 9 + (True,))),
    )


@st.composite
def requests(draw, most: int = 7) -> WeekRequest:
    drawn = [draw(activities(number)) for number in range(draw(st.integers(0, most) | st.just(most)))]
    present = [one for one in drawn if one.fixed or draw(st.booleans())]
    care = Activity("care", "childcare", "nursery", slot(1, 7 * 60, draw(st.sampled_from((15, 19))) * 60), fixed=True)
    looked_after = draw(st.sampled_from([(), (), (care,)]))
    wish = st.builds(DayWish, st.sampled_from([("danish",), ("danish", "traineeship")]), st.just((1,)))
    return WeekRequest(
        Week("home", (*present, *looked_after)),
        draw(travel_tables()),
        draw(limits()),
        tuple(one for one in drawn if one not in present),
        tuple(draw(st.lists(wish, max_size=2))),
        draw(st.sampled_from([None] * 6 + [Model(1, 1), Model(0, 0, 1), Model(1)])),
        draw(st.sampled_from([Weights(), Weights(0, 0), Weights(7, 100)])),
    )
