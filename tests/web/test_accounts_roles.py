"""Roles and accounts: who may give and end them, and what keeps an office from being left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.organisations import (
    accept_cooperation,
    end_cooperation,
    offer_cooperation,
    withdraw_offer,
)
from fodfaeste.web.accounts.domain.roles import close_account, end_role, give_role, invite, reset_second_factor
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import CooperationOffer, Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.models import Person, Responsibility

from .conftest import Country, made_user, signed_in

A_DAY = timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def admin_of(country: Country) -> User:
    return country.users[Role.ADMINISTRATOR]


def role_of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_an_administrator_makes_an_account_and_gives_it_a_role(country: Country, today: date) -> None:
    new = invite(" Ny@Example.invalid ", "Ny Medarbejder", country.own, by=admin_of(country))
    give_role(new, country.own, Role.WORKER, today, by=admin_of(country))
    assert (new.email, new.has_usable_password()) == ("ny@example.invalid", False)
    assert visible(viewer_of(new, today), Person).count() == 1


def test_who_has_an_account_already_is_found_by_it(country: Country) -> None:
    assert invite("STRANGER@example.invalid", "", country.own, by=admin_of(country)) == country.stranger


@pytest.mark.parametrize(
    ("email", "name", "words"),
    [
        ("nobody", "Ny", "nobody er ikke en e-mailadresse"),
        ("", "Ny", "tomt"),
        ("ny@example.invalid", " ", "Skriv, hvad ny@example.invalid hedder"),
    ],
)
def test_an_account_needs_an_address_and_a_name(country: Country, email: str, name: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        invite(email, name, country.own, by=admin_of(country))


@pytest.mark.parametrize("role", [Role.WORKER, Role.LEADER, Role.PROTECTION])
def test_nobody_else_gives_roles(country: Country, today: date, role: Role) -> None:
    with pytest.raises(Refused, match="Kun en administrator i Egenby"):
        give_role(country.stranger, country.own, Role.WORKER, today, by=country.users[role])


def test_the_neighbours_administrator_neither(country: Country, today: date) -> None:
    theirs = made_user("their-administrator", country.other, Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="Kun en administrator"):
        give_role(theirs, country.own, Role.WORKER, today, by=theirs)
    with pytest.raises(Refused, match="Kun en administrator"):
        end_role(role_of(country.users[Role.LEADER]), today, by=theirs)


def test_a_kind_of_organisation_has_its_roles(country: Country, today: date) -> None:
    with pytest.raises(Refused, match="Egenby har ikke rollen Lærer"):
        give_role(country.stranger, country.own, Role.TEACHER, today, by=admin_of(country))


def test_an_office_that_has_said_which_roles_it_fills_gives_no_others(country: Country, today: date) -> None:
    country.own.filled_roles = [Role.WORKER]
    country.own.save()
    give_role(country.stranger, country.own, Role.WORKER, today, by=admin_of(country))
    give_role(country.stranger, country.own, Role.ADMINISTRATOR, today, by=admin_of(country))
    with pytest.raises(Refused, match="har ikke rollen Leder"):
        give_role(country.stranger, country.own, Role.LEADER, today, by=admin_of(country))


def test_days_of_a_role(country: Country, today: date) -> None:
    give = {"organisation": country.own, "role": Role.WORKER, "by": admin_of(country)}
    with pytest.raises(Refused, match="tidligst begynde i dag"):
        give_role(country.stranger, start=today - A_DAY, **give)
    with pytest.raises(Refused, match="slutte efter den begynder"):
        give_role(country.stranger, start=today, end=today, **give)
    give_role(country.stranger, start=today, end=today + 2 * A_DAY, **give)
    with pytest.raises(Refused, match="har allerede rollen Integrationsmedarbejder"):
        give_role(country.stranger, start=today + A_DAY, **give)
    give_role(country.stranger, start=today + 2 * A_DAY, **give)


def test_a_stand_ins_access_ends_by_itself_at_midnight(country: Country, today: date) -> None:
    """Two weeks from today: on the fourteenth day it opens files, on the next it does not, and nobody did anything."""
    two_weeks = today + timedelta(days=14)
    give_role(country.stranger, country.own, Role.WORKER, today, two_weeks, by=admin_of(country))
    assert country.own.pk in viewer_of(country.stranger, two_weeks - A_DAY).casework
    assert country.own.pk not in viewer_of(country.stranger, two_weeks).casework


def test_the_last_administrator_stays(country: Country, today: date) -> None:
    last = role_of(admin_of(country))
    with pytest.raises(Refused, match="administrator er den sidste administrator i Egenby"):
        end_role(last, today, by=admin_of(country))
    give_role(country.users[Role.LEADER], country.own, Role.ADMINISTRATOR, today, today + A_DAY, by=admin_of(country))
    with pytest.raises(Refused, match="uden slutdato"):  # who has the role for a day does not keep the office
        end_role(last, today, by=admin_of(country))
    give_role(country.users[Role.CONSULTANT], country.own, Role.ADMINISTRATOR, today, by=admin_of(country))
    end_role(last, today, by=admin_of(country))
    assert not viewer_of(admin_of(country), today).has(Role.ADMINISTRATOR)


def test_an_associations_last_coordinator_who_administers_stays(country: Country, today: date) -> None:
    association = Organisation.objects.create(kind=Kind.ASSOCIATION, name="Venneforeningen")
    coordinator = made_user("coordinator", association, Role.ADMINISTRATOR)
    Membership.objects.create(user=coordinator, organisation=association, role=Role.COORDINATOR, start=today)
    with pytest.raises(Refused, match="sidste administrator i Venneforeningen"):
        close_account(coordinator, association, by=coordinator)
    assert Membership.objects.on(today).filter(user=coordinator).count() == 2


def test_a_closed_administrator_does_not_count(country: Country, today: date) -> None:
    User.objects.filter(pk=country.users[Role.LEADER].pk).update(is_active=False)
    Membership.objects.create(
        user=country.users[Role.LEADER], organisation=country.own, role=Role.ADMINISTRATOR, start=today
    )
    with pytest.raises(Refused, match="sidste administrator"):
        end_role(role_of(admin_of(country)), today, by=admin_of(country))


def test_a_role_ends_once_and_not_in_the_past(country: Country, today: date) -> None:
    leader = role_of(country.users[Role.LEADER])
    with pytest.raises(Refused, match="tidligst slutte i dag"):
        end_role(leader, today - A_DAY, by=admin_of(country))
    end_role(leader, today + A_DAY, by=admin_of(country))
    with pytest.raises(Refused, match="slutter allerede"):
        end_role(leader, today + A_DAY, by=admin_of(country))


def test_a_role_that_never_began_is_taken_away(country: Country, today: date) -> None:
    to_come = give_role(country.stranger, country.own, Role.LEADER, today + 5 * A_DAY, by=admin_of(country))
    end_role(to_come, today, by=admin_of(country))
    assert not Membership.objects.filter(pk=to_come.pk).exists()


def test_who_has_open_cases_can_neither_leave_nor_lose_the_role(country: Country, today: date) -> None:
    worker = country.users[Role.WORKER]
    with pytest.raises(Refused, match="worker har stadig 1 åben sag"):
        close_account(worker, country.own, by=admin_of(country))
    with pytest.raises(Refused, match="1 åben sag"):
        end_role(role_of(worker), today, by=admin_of(country))
    Responsibility.objects.filter(worker=worker).update(worker=country.users[Role.CONSULTANT])
    close_account(worker, country.own, by=admin_of(country))
    worker.refresh_from_db()
    assert (worker.is_active, worker.has_usable_password()) == (False, False)
    assert not visible(viewer_of(worker, today), Person).exists()


def test_a_role_may_end_while_another_still_works_on_the_cases(country: Country, today: date) -> None:
    worker = country.users[Role.WORKER]
    give_role(worker, country.own, Role.CONSULTANT, today, by=admin_of(country))
    end_role(Membership.objects.get(user=worker, role=Role.WORKER), today, by=admin_of(country))


def test_closing_signs_out(country: Country) -> None:
    leader = country.users[Role.LEADER]
    browser, another = signed_in(leader), signed_in(admin_of(country))
    close_account(leader, country.own, by=admin_of(country))
    assert browser.get("/personer/").status_code == 302
    assert another.get("/personer/").status_code == 200


def test_a_closed_account_gets_no_role_and_is_not_found_again(country: Country, today: date) -> None:
    leader = country.users[Role.LEADER]
    close_account(leader, country.own, by=admin_of(country))
    leader.refresh_from_db()
    with pytest.raises(Refused, match="Kontoen for leader er lukket"):
        give_role(leader, country.own, Role.LEADER, today, by=admin_of(country))
    with pytest.raises(Refused, match="er lukket"):
        invite(leader.email, "Leder", country.own, by=admin_of(country))


def test_somebody_with_a_role_elsewhere_is_not_closed_from_here(country: Country, today: date) -> None:
    leader = country.users[Role.LEADER]
    Membership.objects.create(user=leader, organisation=country.other, role=Role.LEADER, start=today)
    with pytest.raises(Refused, match="leader har også en rolle i Nabo"):
        close_account(leader, country.own, by=admin_of(country))
    with pytest.raises(Refused, match="stranger hører ikke til Egenby"):
        close_account(country.stranger, country.own, by=admin_of(country))
    with pytest.raises(Refused, match="stranger hører ikke til Egenby"):
        reset_second_factor(country.stranger, country.own, by=admin_of(country))


@pytest.fixture
def their_admin(country: Country) -> User:
    return made_user("their-administrator", country.other, Role.ADMINISTRATOR)


def test_cooperation_is_offered_and_accepted(country: Country, their_admin: User) -> None:
    offer = offer_cooperation(country.own, country.other, by=admin_of(country))
    assert offer is not None
    assert not country.own.partners.exists()
    with pytest.raises(Refused, match="Kun en administrator i Nabo"):
        accept_cooperation(offer, by=admin_of(country))
    accept_cooperation(offer, by=their_admin)
    assert list(country.own.partners.all()) == [country.other]
    assert list(country.other.partners.all()) == [country.own]
    with pytest.raises(Refused, match="samarbejder allerede"):
        offer_cooperation(country.own, country.other, by=admin_of(country))
    end_cooperation(country.other, country.own, by=their_admin)
    assert not country.own.partners.exists()
    with pytest.raises(Refused, match="samarbejder ikke"):
        end_cooperation(country.other, country.own, by=their_admin)


def test_two_offers_that_cross_are_an_agreement(country: Country, their_admin: User) -> None:
    offer_cooperation(country.own, country.other, by=admin_of(country))
    with pytest.raises(Refused, match="har allerede tilbudt"):
        offer_cooperation(country.own, country.other, by=admin_of(country))
    assert offer_cooperation(country.other, country.own, by=their_admin) is None
    assert country.own.partners.exists()
    assert not CooperationOffer.objects.exists()


def test_an_offer_is_taken_back_or_turned_down(country: Country, their_admin: User) -> None:
    for who in (admin_of(country), their_admin):
        offer = offer_cooperation(country.own, country.other, by=admin_of(country))
        assert offer is not None
        with pytest.raises(Refused):
            withdraw_offer(offer, by=country.users[Role.LEADER])
        withdraw_offer(offer, by=who)
    assert not country.own.partners.exists()


def test_who_does_not_cooperate(country: Country) -> None:
    agency = Organisation.objects.create(kind=Kind.AGENCY, name="Styrelsen")
    with pytest.raises(Refused, match="kan ikke samarbejde her"):
        offer_cooperation(country.own, agency, by=admin_of(country))
    with pytest.raises(Refused, match="med sig selv"):
        offer_cooperation(country.own, country.own, by=admin_of(country))
