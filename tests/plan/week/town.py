"""A small invented district: Lillerup, where people live, and where they go to school and work."""

from __future__ import annotations

from fodfaeste.plan.week import Activity, Connection, TravelTable, minute, slot

HOME, SCHOOL, WORKSHOP, NURSERY = "Lillerup", "Sprogcenter Storby", "Nordby Maskinværksted", "Børnehuset Bakken"

MON, TUE, WED, THU, FRI, SAT, SUN = range(1, 8)


def every_day(minutes: int, **more: object) -> dict[int, Connection]:
    return dict.fromkeys(range(1, 8), Connection(minutes, **more))


BUS = Connection(35, minute("06:40"), "bus 214")
LATE_BUS = Connection(35, minute("07:12"), "bus 214")

TRAVEL = TravelTable(
    {
        (HOME, WORKSHOP): {MON: BUS, TUE: BUS, WED: BUS, THU: LATE_BUS, FRI: BUS},
        (WORKSHOP, HOME): every_day(40),
        (HOME, SCHOOL): every_day(25),
        (SCHOOL, HOME): every_day(25),
        (WORKSHOP, SCHOOL): every_day(50),
        (SCHOOL, WORKSHOP): every_day(50),
        (HOME, NURSERY): every_day(5),
        (NURSERY, HOME): every_day(5),
        (NURSERY, WORKSHOP): every_day(35),
        (WORKSHOP, NURSERY): every_day(35),
        (NURSERY, SCHOOL): every_day(30),
        (SCHOOL, NURSERY): every_day(30),
    }
)
"""On Thursdays there is no early bus to the workshop, and on Saturdays none at all."""


def work(*weekdays: int, start: str = "07:00", end: str = "14:24", **more: object) -> tuple[Activity, ...]:
    return tuple(Activity("Praktik", "traineeship", WORKSHOP, slot(day, start, end), **more) for day in weekdays)


def danish(*weekdays: int, start: str = "09:00", end: str = "14:30", **more: object) -> tuple[Activity, ...]:
    return tuple(Activity("DU2.3", "danish", SCHOOL, slot(day, start, end), **more) for day in weekdays)


def nursery(*weekdays: int, start: str = "06:30", end: str = "16:30") -> tuple[Activity, ...]:
    name = "Børnehuset"
    return tuple(Activity(name, "childcare", NURSERY, slot(day, start, end), fixed=True) for day in weekdays)
