"""An address belongs to whoever has it, not to the office that typed it first."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.first import first_administrator
from fodfaeste.web.accounts.domain.roles import end_role, give_role
from fodfaeste.web.accounts.domain.start import Colleague, add_colleagues
from fodfaeste.web.accounts.domain.taking_on import LASTS, accept, read, take_on, token_of, withdraw
from fodfaeste.web.accounts.models import Invitation, Membership, Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of

from .conftest import Country, made_user, signed_in

BOB = "bob@egenby.invalid"
SECRET = "et kodeord på mindst seksten tegn"


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def admin(country: Country) -> User:
    return country.users[Role.ADMINISTRATOR]


@pytest.fixture
def taken_first(country: Country, today: date) -> User:
    """The neighbour's administrator has made an account for somebody of this office, and chosen its password."""
    theirs = made_user("deres administrator", country.other, Role.ADMINISTRATOR)
    bob = take_on(BOB, "Bob", country.other, role=Role.WORKER, start=today, by=theirs).user
    bob.set_password(SECRET)
    bob.save()
    Authenticator.objects.create(user=bob, type=Authenticator.Type.TOTP, data={})
    return bob


def take_bob_on(country: Country, by: User, today: date) -> Invitation:
    taken = take_on(BOB, "Bob", country.own, role=Role.WORKER, start=today, by=by)
    assert taken.invitation is not None
    return taken.invitation


def test_whoever_made_the_account_first_sees_nothing_of_the_office_that_types_the_address_next(
    country: Country, admin: User, today: date, taken_first: User
) -> None:
    take_bob_on(country, admin, today)
    assert viewer_of(taken_first, today).casework == {country.other.pk}
    assert signed_in(taken_first).get(f"/personer/{country.person.pk}/").status_code == 404


def test_the_role_begins_when_the_owner_of_the_account_says_yes_at_the_link(
    country: Country, admin: User, today: date, taken_first: User
) -> None:
    typed = {"name": "Bob", "email": BOB, "role": "worker", "start": today}
    page = signed_in(admin).post(f"/kontor/{country.own.pk}/ny/", typed).text
    found = re.search(r"http://testserver(/kontor/invitation/[^\"]+)", page)
    assert found is not None
    assert "password/reset" not in page
    bob = signed_in(taken_first)
    assert country.own.name in bob.get(found[1]).text
    assert not Membership.objects.filter(user=taken_first, organisation=country.own).exists()
    bob.post(found[1])
    assert viewer_of(taken_first, today).casework == {country.own.pk, country.other.pk}
    assert taken_first.has_usable_password()
    assert bob.get(found[1]).status_code == 404


def test_nobody_else_says_yes_for_them(country: Country, admin: User, today: date, taken_first: User) -> None:
    invitation = take_bob_on(country, admin, today)
    path = f"/kontor/invitation/{token_of(invitation)}/"
    for somebody in (country.stranger, admin):
        assert signed_in(somebody).post(path).status_code == 404
        with pytest.raises(Refused):
            accept(invitation, by=somebody)
    assert Client().get(path).status_code == 302
    assert not Membership.objects.filter(user=taken_first, organisation=country.own).exists()


def test_an_invitation_ends_by_itself_is_taken_back_and_replaced(
    country: Country, admin: User, today: date, taken_first: User
) -> None:
    first = take_bob_on(country, admin, today)
    second = take_bob_on(country, admin, today)
    assert read(token_of(first)) is None
    assert read(token_of(second)) == second
    page = signed_in(admin).get(f"/kontor/{country.own.pk}/").text
    assert BOB in page
    withdraw(second, by=admin)
    assert read(token_of(second)) is None
    with pytest.raises(Refused):
        accept(second, by=taken_first)
    third = take_bob_on(country, admin, today)
    Invitation.objects.filter(pk=third.pk).update(made=timezone.now() - LASTS - timedelta(minutes=1))
    assert read(token_of(third)) is None
    assert read(f"{third.pk}:opdigtet") is None


def test_an_invitation_of_an_administrator_who_is_none_any_more_gives_nothing(
    country: Country, admin: User, today: date, taken_first: User
) -> None:
    invitation = take_bob_on(country, admin, today)
    Membership.objects.filter(user=admin).update(end=today)
    with pytest.raises(Refused):
        accept(invitation, by=taken_first)


def test_what_cannot_be_given_is_not_offered_either(
    country: Country, admin: User, today: date, taken_first: User
) -> None:
    for role, start in ((Role.TEACHER, today), (Role.WORKER, today - timedelta(days=1))):
        with pytest.raises(Refused):
            take_on(taken_first.email, "Bob", country.own, role=role, start=start, by=admin)
    assert not Invitation.objects.exists()


def test_an_account_in_which_nobody_has_a_role_any_more_begins_anew(country: Country, admin: User, today: date) -> None:
    """A role that has not begun is taken away without a trace: the password that was chosen is not."""
    theirs = made_user("deres administrator", country.other, Role.ADMINISTRATOR)
    later = today + timedelta(days=5)
    bob = take_on(BOB, "Bob", country.other, role=Role.WORKER, start=later, by=theirs).user
    bob.set_password(SECRET)
    bob.save()
    Authenticator.objects.create(user=bob, type=Authenticator.Type.TOTP, data={})
    there = signed_in(bob)
    end_role(Membership.objects.get(user=bob), today, by=theirs)
    assert take_on(BOB, "Bob", country.own, role=Role.WORKER, start=today, by=admin).invitation is None
    bob.refresh_from_db()
    assert not bob.has_usable_password()
    assert not Authenticator.objects.filter(user=bob).exists()
    assert there.get("/program/i-dag/").status_code == 302


def test_a_list_of_colleagues_takes_on_nobody_whose_account_is_another_s(
    country: Country, admin: User, taken_first: User
) -> None:
    with pytest.raises(Refused, match="Bob: har en konto i en anden organisation"):
        add_colleagues(country.own, [Colleague("Bob", taken_first.email, Role.WORKER)], by=admin)
    assert not Membership.objects.filter(user=taken_first, organisation=country.own).exists()


def test_who_has_a_role_here_gets_another_at_once(country: Country, admin: User, today: date) -> None:
    leader = country.users[Role.LEADER]
    taken = take_on(leader.email, "", country.own, role=Role.ANALYST, start=today, by=admin)
    assert (taken.user, taken.invitation) == (leader, None)
    assert Membership.objects.filter(user=leader, role=Role.ANALYST).exists()


def test_a_first_administrator_made_from_the_command_line_chooses_a_password_anew(
    country: Country, taken_first: User
) -> None:
    assert Organisation.objects.filter(pk=country.own.pk, code="901").exists()
    found = first_administrator(BOB, "Bob", "Ringsted")
    assert found == taken_first
    taken_first.refresh_from_db()
    assert not taken_first.has_usable_password()
    assert not Authenticator.objects.filter(user=taken_first).exists()


def test_a_neighbour_s_worker_who_is_chosen_by_name_still_gets_a_role(
    country: Country, admin: User, today: date
) -> None:
    """As for a stand-in: it is known whose they are."""
    assert give_role(country.stranger, country.own, Role.WORKER, today, today + timedelta(days=7), by=admin).pk
