"""Associations: who has agreed to be in touch is seen by their coordinator, while it holds, by what one may know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.phones import set_office_phone
from fodfaeste.web.accounts.gate import scoped_models, visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.community.models import Contact
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.models import Consent, Person, Responsibility

from .conftest import TAKEOVER, Country, made_user, signed_in
from .learning_examples import association, in_touch, worker_of

TODAY = timezone.localdate
A_DAY = timedelta(days=1)
PAGE = "/forening/"


@pytest.fixture
def there(country: Country) -> Organisation:
    return association()


@pytest.fixture
def coordinator(there: Organisation) -> User:
    return made_user("koordinator", there, Role.COORDINATOR)


def seen_by(user: User) -> Viewer:
    return viewer_of(user, TODAY())


def told(country: Country) -> None:
    """What is known of the person that an association may see, and what it may not."""
    by = worker_of(country.person)
    parts.add_language(country.person, language="ar", mother_tongue=True, by=by)
    parts.add_language(country.person, language="en", by=by)
    parts.record_wish(country.person, about="leisure", words="Spille fodbold", said=TAKEOVER, by=by)
    parts.record_wish(country.person, about="work", words="Arbejde som tømrer", said=TAKEOVER, by=by)
    parts.note_need(country.person, words="kan ikke løfte", noted=TAKEOVER, by=by)
    set_office_phone(country.own, "11 22 33 44", by=country.users[Role.ADMINISTRATOR])


def test_a_coordinator_sees_who_agreed_by_what_a_volunteer_may_know(
    country: Country, there: Organisation, coordinator: User
) -> None:
    told(country)
    in_touch(country.person, there)
    page = signed_in(coordinator).get(PAGE).text
    for shown in ("Prøve", "arabisk, engelsk", "Egenby", "Spille fodbold", "Fodbold om torsdagen", "11 22 33 44"):
        assert shown in page, shown
    for hidden in ("Eksempel", "tømrer", "løfte", country.person.case_number, "1990", "SYR"):
        assert hidden not in page, hidden
    shown = {model.__name__ for model in scoped_models() if visible(seen_by(coordinator), model).exists()}
    assert shown == {"Contact", "SpokenLanguage", "LeisureWish"}


def test_the_chosen_name_stands_there_and_a_protected_one_does_not(
    country: Country, there: Organisation, coordinator: User
) -> None:
    consent = in_touch(country.person, there, called="Noor")
    browser = signed_in(coordinator)
    assert "Noor" in browser.get(PAGE).text
    assert "Prøve" not in browser.get(PAGE).text
    Consent.objects.filter(pk=consent.pk).update(called="")
    Person.objects.filter(pk=country.person.pk).update(protected=True)
    page = browser.get(PAGE).text
    assert "Beskyttet navn" in page
    assert "Prøve" not in page
    assert "Egenby" not in page


def test_whose_consent_is_withdrawn_or_over_is_gone_at_once(
    country: Country, there: Organisation, coordinator: User
) -> None:
    consent = in_touch(country.person, there)
    browser = signed_in(coordinator)
    assert "Prøve" in browser.get(PAGE).text
    parts.withdraw_consent(consent, withdrawn=TODAY(), version=consent.version, by=worker_of(country.person))
    assert "Prøve" not in browser.get(PAGE).text
    assert "Prøve" not in b"".join(browser.get(f"{PAGE}?format=csv")).decode()
    over = in_touch(country.person, there, until=TODAY() + A_DAY)
    assert "Prøve" in browser.get(PAGE).text
    Consent.objects.filter(pk=over.pk).update(until=TODAY())
    assert "Prøve" not in browser.get(PAGE).text
    in_touch(country.person, there, given=TODAY() + A_DAY)
    assert "Prøve" not in browser.get(PAGE).text


def test_another_association_and_a_consent_to_somebody_else_show_nothing(
    country: Country, there: Organisation, coordinator: User
) -> None:
    in_touch(country.person, association("En anden"))
    parts.give_consent(country.person, to_what="CV", to_whom=there.name, given=TAKEOVER, by=worker_of(country.person))
    assert "Prøve" not in signed_in(coordinator).get(PAGE).text


def test_where_nobody_is_responsible_or_an_office_kept_it_nobody_is_shown(
    country: Country, there: Organisation, coordinator: User
) -> None:
    consent = in_touch(country.person, there)
    Consent.objects.filter(pk=consent.pk).update(kept_by=country.own)
    assert visible(seen_by(coordinator), Contact).exists()
    Responsibility.objects.filter(person=country.person).update(organisation=country.other)
    assert not visible(seen_by(coordinator), Contact).exists()
    Consent.objects.filter(pk=consent.pk).update(kept_by=None)
    assert visible(seen_by(coordinator), Contact).get().organisation == country.other
    Responsibility.objects.filter(person=country.person).update(end=TODAY())
    assert not visible(seen_by(coordinator), Contact).exists()


def test_everybody_on_the_page_and_in_a_file_is_written_down(
    country: Country, there: Organisation, coordinator: User
) -> None:
    in_touch(country.person, there)
    in_touch(country.their_person, there)
    browser = signed_in(coordinator)
    browser.get(PAGE, {"q": "Prøve"})
    assert list(Opening.objects.values_list("person", "organisation", "page", "in_list")) == [
        (country.person.pk, there.pk, "community:contacts", True)
    ]
    b"".join(browser.get(f"{PAGE}?format=xlsx"))
    assert Opening.objects.count() == 3


def test_nothing_is_told_twice_of_somebody_whose_case_a_colleague_took_over(
    country: Country, there: Organisation, coordinator: User
) -> None:
    told(country)
    in_touch(country.person, there)
    Responsibility.objects.filter(person=country.person).update(end=date(2025, 1, 1))
    Responsibility.objects.create(
        person=country.person, organisation=country.own, worker=country.users[Role.CONSULTANT], start=date(2025, 1, 1)
    )
    page = signed_in(coordinator).get(PAGE).text
    assert page.count("Spille fodbold") == page.count("arabisk, engelsk") == 1
    assert "consultant" in page


def test_a_language_finds_who_speaks_it(country: Country, there: Organisation, coordinator: User) -> None:
    told(country)
    in_touch(country.person, there)
    in_touch(country.their_person, there)
    found = signed_in(coordinator).get(PAGE, {"sprog": "ar"})
    assert [row.name for row in found.context["list"].page.object_list] == ["Prøve"]


def test_a_consent_is_given_once_and_to_an_association(country: Country, there: Organisation) -> None:
    in_touch(country.person, there)
    with pytest.raises(Refused, match="allerede et samtykke til Egen association"):
        in_touch(country.person, there, given=date(2026, 1, 1))
    with pytest.raises(Refused, match="ikke en forening"):
        in_touch(country.person, country.other)
    with pytest.raises(Refused, match="hvem samtykket gælder"):
        parts.give_consent(country.person, to_what="CV", given=TAKEOVER, by=worker_of(country.person))


def test_the_worker_gives_it_on_the_persons_page(country: Country, there: Organisation, coordinator: User) -> None:
    browser, pk = signed_in(country.users[Role.WORKER]), country.person.pk
    sent = {"organisation": there.pk, "to_what": "Fodbold", "called": "Noor", "given": f"{TODAY()}"}
    assert browser.post(f"/personer/{pk}/samtykke/ny/", sent).status_code == 302
    assert "Fodbold – Egen association" in browser.get(f"/personer/{pk}/").text
    assert "Noor" in signed_in(coordinator).get(PAGE).text


def test_who_has_no_association_is_told_so(country: Country) -> None:
    assert signed_in(country.users[Role.WORKER]).get(PAGE).status_code == 403
