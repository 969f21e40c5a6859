"""Spells that cannot overlap: the database refuses them, whoever writes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person, ResidenceSpell, Responsibility

from .conftest import TAKEOVER, Country

DAYS = st.integers(1, 30)


def test_two_municipalities_cannot_be_responsible_on_one_day(country: Country) -> None:
    with pytest.raises(IntegrityError, match="one_municipality_responsible"), transaction.atomic():
        Responsibility.objects.create(
            person=country.person, organisation=country.other, worker=country.stranger, start=date(2025, 1, 1)
        )
    assert Responsibility.objects.filter(person=country.person).count() == 1


def test_who_follows_begins_on_the_day_that_the_other_ends(country: Country) -> None:
    Responsibility.objects.filter(person=country.person).update(end=date(2025, 1, 1))
    Responsibility.objects.create(
        person=country.person, organisation=country.other, worker=country.stranger, start=date(2025, 1, 1)
    )


def test_a_spell_cannot_be_moved_onto_another(country: Country) -> None:
    first = Responsibility.objects.get(person=country.person)
    Responsibility.objects.filter(pk=first.pk).update(end=date(2025, 1, 1))
    Responsibility.objects.create(
        person=country.person, organisation=country.other, worker=country.stranger, start=date(2025, 1, 1)
    )
    with pytest.raises(IntegrityError, match="one_municipality_responsible"), transaction.atomic():
        Responsibility.objects.filter(pk=first.pk).update(end=date(2025, 1, 2))


def test_a_spell_ends_after_it_begins(country: Country) -> None:
    with pytest.raises(IntegrityError, match="responsibility_ends_after_it_begins"), transaction.atomic():
        Responsibility.objects.filter(person=country.person).update(end=TAKEOVER)


def test_persons_do_not_stand_in_each_others_way(country: Country) -> None:
    assert Responsibility.objects.filter(start=TAKEOVER).count() == 2
    assert country.users[Role.WORKER].caseload.count() == 1


class Residences(TestCase):
    """The database and a plain reading of half-open days agree on what overlaps."""

    @settings(max_examples=60, deadline=None)
    @given(spells=st.lists(st.tuples(DAYS, st.none() | st.integers(1, 12)), min_size=1, max_size=5))
    def test_a_spell_is_taken_if_and_only_if_it_meets_no_other(self, spells: list[tuple[int, int | None]]) -> None:
        person = Person.objects.create(
            case_number="S-1",
            given_name="Prøve",
            birth_date=TAKEOVER,
            sex="male",
            citizenship="SYR",
            arrival_date=TAKEOVER,
            takeover_date=TAKEOVER,
        )
        kept: list[tuple[int, float]] = []
        for start, days in spells:
            end = float("inf") if days is None else start + days
            overlaps = any(start < other_end and other_start < end for other_start, other_end in kept)
            try:
                with transaction.atomic():
                    ResidenceSpell.objects.create(
                        person=person,
                        municipality="901",
                        start=date(2024, 1, start),
                        end=None if days is None else date.fromordinal(date(2024, 1, start).toordinal() + days),
                    )
            except IntegrityError:
                assert overlaps
            else:
                assert not overlaps
                kept.append((start, end))
