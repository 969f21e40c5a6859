"""Journey 21 in a browser: the worker chooses, the newcomer agrees in Arabic, the neighbour accepts, a file closes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.moving.groups import Group
from fodfaeste.web.moving.models import ClosedCase, Move
from fodfaeste.web.newcomer.domain.links import give_access
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.models import Programme

from .browser.conftest import Visitor, violations, width_of
from .conftest import Country, made_user, signed_in
from .moving_examples import MARKS, NOTE, filled, today
from .newcomer_examples import address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (320, 1280)


class People:
    """Browsers of whoever takes part; nothing may go wrong in their consoles."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url, self.visitors = browser, url, list[Visitor]()

    def at(self, user: User | None, language: str = "da") -> Page:
        visitor = Visitor(self.browser, self.url).reads(language)
        if user is not None:
            visitor.signs_in(user)
        self.visitors.append(visitor)
        return visitor.page

    def complaints(self) -> list[str]:
        found = [said for visitor in self.visitors for said in visitor.complaints]
        return [said for said in found if "404" not in said and "[DOM]" not in said]


@pytest.fixture
def people(browser: Browser, live_server: Any, country: Country) -> Iterator[People]:
    Person.objects.filter(pk=country.person.pk).update(language="ar")
    filled(country)
    made = People(browser, live_server.url)
    yield made
    for visitor in made.visitors:
        visitor.context.close()
    # What is agreed can be taken away only once it is over, in tests too.
    Programme.objects.filter(end=None).update(end=timezone.localdate() + timedelta(days=400))


def look(page: Page) -> None:
    """A page never scrolls sideways and axe finds nothing, narrow and wide."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert width_of(page) <= width
        assert violations(page) == []


def test_the_family_moves(people: People, country: Country) -> None:
    worker, person = people.at(country.users[Role.WORKER]), country.person
    given = give_access(person, by=country.users[Role.WORKER], language="ar")

    # The worker chooses what goes along.
    worker.goto(f"/personer/{person.pk}/")
    worker.get_by_role("link", name="Flyt til en anden kommune").click()
    assert worker.get_by_label("Prøve Eksempel").is_checked()
    assert not worker.get_by_label("Hensyn til helbred går også med").is_checked()
    look(worker)
    worker.get_by_label("Til", exact=False).first.select_option(label="Nabo")
    worker.get_by_label("Første dag i den nye kommune").fill(f"{today()}")
    for box in worker.get_by_role("group", name="Det går med").get_by_role("checkbox").all():
        box.uncheck()
    worker.get_by_label("Ønsker").check()
    worker.get_by_label("Planen, der gælder, med mål og aktiviteter").check()
    worker.get_by_role("button", name="Gem flytningen").click()
    move = Move.objects.get()
    worker.wait_for_url(f"**{reverse('moving:move', args=[move.pk])}")
    assert worker.get_by_role("button", name="Send til den nye kommune").count() == 0
    assert "/send/" not in worker.content()
    look(worker)
    worker.get_by_role("link", name="Skriv samtykke ved skranken").click()
    worker.get_by_role("heading", name="هل يجوز لبلديتك الجديدة").wait_for()
    look(worker)

    # The newcomer agrees in Arabic.
    newcomer = people.at(None, "ar")
    newcomer.goto(address(given))
    newcomer.locator("input[name=code]").fill(given.code)
    newcomer.locator("main button[type=submit]").first.click()
    newcomer.goto("/min/")
    newcomer.get_by_role("link", name="هل يجوز لبلديتك الجديدة").click()
    assert newcomer.get_attribute("html", "dir") == "rtl"
    assert newcomer.get_by_text("رغباتك").is_visible()
    assert newcomer.get_by_text("معلومات عن صحتك").count() == 0
    look(newcomer)
    newcomer.get_by_label("اكتب اسمك").fill("بروفه")
    newcomer.get_by_role("button", name="نعم، أرسلوا ملفي").click()
    newcomer.wait_for_url("**/min/")

    # It can be sent now, and the neighbour accepts.
    worker.goto(reverse("moving:move", args=[move.pk]))
    worker.get_by_role("button", name="Send til den nye kommune").click()
    worker.get_by_text("Sagen er tilbudt den nye kommune.").wait_for()
    neighbour = people.at(country.stranger)
    neighbour.goto(reverse("moving:list"))
    neighbour.get_by_role("link", name="Prøve Eksempel").click()
    look(neighbour)
    neighbour.get_by_label("Ny medarbejder").select_option(label="stranger")
    neighbour.get_by_role("button", name="Modtag sagen").click()
    neighbour.get_by_text("Sagen er modtaget.").wait_for()
    held = Responsibility.objects.filter(person=person).order_by("start")
    assert [(one.organisation, one.end) for one in held] == [(country.own, today()), (country.other, None)]

    # The neighbour sees exactly what was ticked.
    neighbour.goto(f"/personer/{person.pk}/")
    theirs = neighbour.content()
    assert MARKS[Group.WISHES] in theirs
    neighbour.goto(f"/program/{person.pk}/")
    theirs += neighbour.content()
    assert MARKS[Group.PLAN] in theirs
    neighbour.goto(f"/program/{person.pk}/journal/")
    theirs += neighbour.content()
    kept = [MARKS[group] for group in Group if group not in {Group.WISHES, Group.PLAN, Group.LANGUAGE}]
    assert not [mark for mark in (*kept, NOTE) if mark in theirs]

    # The old worker gets 404 everywhere, and reads the closed file.
    used = [f"/personer/{person.pk}/", f"/program/{person.pk}/", f"/program/{person.pk}/journal/"]
    for path in used:
        assert worker.goto(path).status == 404
    worker.goto(reverse("moving:closed"))
    worker.get_by_role("link", name="Prøve Eksempel").click()
    assert NOTE in worker.content()
    assert MARKS[Group.NEEDS] in worker.content()
    assert MARKS[Group.WISHES] not in worker.content()
    look(worker)
    pages = set(Opening.objects.filter(person=person.pk).values_list("page", flat=True))
    assert {"moving:new", "moving:move", "own-move:agree", "moving:closed-case", "people:person"} <= pages

    # Whoever has no part in it finds nothing at any address that was used.
    third = type(country.own).objects.create(kind=Kind.MUNICIPALITY, name="Tredje", code="903")
    stranger = signed_in(made_user("third", third, Role.WORKER))
    addresses = [reverse("moving:move", args=[move.pk]), reverse("moving:agree", args=[move.pk]), *used]
    addresses += [reverse("moving:closed-case", args=[ClosedCase.objects.get().pk])]
    addresses += [reverse("moving:new", args=[person.pk]), reverse("own-move:agree", args=[move.pk])]
    assert {stranger.get(path).status_code for path in addresses} == {404}
    assert people.complaints() == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_pages_hold_in_both_languages_of_the_office(people: People, country: Country, language: str) -> None:
    page = people.at(country.users[Role.WORKER], language)
    for path in (reverse("moving:list"), reverse("moving:closed"), reverse("moving:new", args=[country.person.pk])):
        page.goto(path)
        look(page)
    assert people.complaints() == []
