"""What users, roles and organisations are called, and what a form refuses of them."""

from __future__ import annotations

from datetime import time

import pytest
import rules
from django.core.exceptions import ValidationError

from fodfaeste.web.accounts.domain.start import set_up_of
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import CooperationOffer, Membership, OfficeHours, SetUp, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of

from .conftest import TAKEOVER, Country


def test_what_they_are_called(country: Country) -> None:
    admin = country.users[Role.ADMINISTRATOR]
    assert str(Membership.objects.get(user=admin)) == "administrator: Administrator, Egenby"
    assert str(CooperationOffer(sender=country.own, receiver=country.other, by=admin)) == "Egenby, Nabo"
    hours = OfficeHours(organisation=country.own, weekday=4, opens=time(9), closes=time(12, 30))
    assert str(hours) == "fredag 09:00-12:30"
    assert str(set_up_of(country.own)) == "Egenby"


def test_a_user_is_found_in_whichever_case_the_address_is_written(country: Country) -> None:
    assert User.objects.get_by_natural_key("Stranger@Example.invalid") == country.stranger


def test_a_role_is_of_its_kind_of_organisation(country: Country) -> None:
    role = Membership(user=country.stranger, organisation=country.own, role=Role.TEACHER, start=TAKEOVER)
    with pytest.raises(ValidationError, match="Lærer findes ikke i en kommune"):
        role.clean()
    role.role = Role.LEADER
    role.clean()


def test_a_closed_account_is_allowed_nothing(country: Country) -> None:
    rules.add_perm("accounts.breathe", rules.always_allow)
    try:
        assert country.stranger.has_perm("accounts.breathe")
        country.stranger.is_active = False
        assert not country.stranger.has_perm("accounts.breathe")
        assert not country.stranger.has_module_perms("accounts")
    finally:
        rules.remove_perm("accounts.breathe")


def test_how_far_an_office_has_come_is_seen_by_its_administrators(country: Country) -> None:
    set_up_of(country.own)
    set_up_of(country.other)
    seen = visible(viewer_of(country.users[Role.ADMINISTRATOR], TAKEOVER), SetUp)
    assert [row.organisation for row in seen] == [country.own]
    assert not visible(viewer_of(country.stranger, TAKEOVER), SetUp).exists()
