"""The look: what every page has, what it never has, colours that can be read, and where it all comes from."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import NOBODY
from fodfaeste.web.base import menu
from fodfaeste.web.base.statement import Statement, read_statement

from .conftest import Country, signed_in

pytestmark = pytest.mark.urls("tests.web.list_example")
ROOT = Path(__file__).parents[2]
WEB = ROOT / "src" / "fodfaeste" / "web"
SHEET = (WEB / "base" / "static" / "base" / "fodfaeste.css").read_text(encoding="utf-8")
OPEN = ("/", "/was/", "/hjaelp/", "/konto/login/", "/konto/password/reset/", "/findes/ikke/", "/lukket/")
FOR_WORKERS = ("/liste/", "/konto/2fa/", "/konto/password/change/", "/konto/2fa/webauthn/")


# What every page has


@pytest.mark.parametrize("address", [*OPEN, *FOR_WORKERS])
def test_every_page_has_its_parts_in_order(country: Country, address: str) -> None:
    page = signed_in(country.users[Role.WORKER] if address in FOR_WORKERS else None).get(address).text
    assert page.count("<h1") == page.count("<main") == page.count("<title>") == 1
    assert re.search(r"<title>\s*\S[^<]* – Fodfæste</title>", page)
    assert re.search(r"<a [^>]*>|<button[^>]*>", page)[0] == '<a class="skipnav" href="#indhold">'
    assert re.search(r'<html lang="da" dir="ltr">', page)
    assert 'role="status" aria-live="polite"' in page
    assert '<a href="/was/">Tilgængelighedserklæring</a>' in page


@pytest.mark.parametrize("address", OPEN)
def test_the_content_policy_has_nothing_unsafe(db: None, address: str) -> None:
    policy = Client().get(address).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_no_template_has_script_or_style_within() -> None:
    for file in WEB.rglob("*.html"):
        text = re.sub(r"{%.*?%}", "", file.read_text(encoding="utf-8"))
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), file
        assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text), file


def test_icons_that_templates_draw_are_in_the_sprite() -> None:
    sprite = (WEB / "base/static/vendor/dkfds/img/all-svg-icons.svg").read_text(encoding="utf-8")
    for file in WEB.rglob("*.html"):
        for name in re.findall(r'{% icon "([\w-]+)"', file.read_text(encoding="utf-8")):
            assert f'id="{name}"' in sprite, f"{file}: {name}"


def test_whoever_is_signed_in_sees_for_whom_they_work(country: Country) -> None:
    page = signed_in(country.users[Role.WORKER]).get("/liste/").text
    assert '<span class="site-office">Egenby</span>' in page
    assert "worker</a>" in page
    assert re.search(r'<a href="/personer/"[^>]*>Personer</a>', page)
    assert "Log ud" in page


def test_what_went_wrong_has_the_same_look(country: Country) -> None:
    closed, gone = Client().get("/lukket/"), Client().get("/findes/ikke/")
    assert (closed.status_code, gone.status_code) == (403, 404)
    assert "Her har du ikke adgang" in closed.text
    assert "Siden findes ikke" in gone.text


def test_what_nobody_foresaw_is_said_without_asking_the_database(db: None) -> None:
    page = Client(raise_request_exception=False).get("/i-stykker/")
    assert page.status_code == 500
    assert "Noget gik galt hos os" in page.text


def test_a_form_that_is_too_old_says_so(db: None) -> None:
    page = Client(enforce_csrf_checks=True).post("/sprog/", {"language": "en"})
    assert page.status_code == 403
    assert "Siden var for gammel" in page.text


# Languages


def in_language(code: str, address: str) -> HttpResponse:
    browser = Client()
    browser.post("/sprog/", {"language": code, "next": address})
    return browser.get(address)


@pytest.mark.parametrize(
    ("code", "opening", "sheet"),
    [
        ("en", '<html lang="en" dir="ltr">', "dkfds/css/dkfds.css"),
        ("ar", '<html lang="ar" dir="rtl">', "dkfds/css/dkfds.rtl.css"),
        ("uk", '<html lang="uk" dir="ltr">', "dkfds/css/dkfds.css"),
    ],
)
def test_a_language_is_chosen_once_and_arabic_is_mirrored(db: None, code: str, opening: str, sheet: str) -> None:
    page = in_language(code, "/was/").text
    assert opening in page
    assert sheet in page
    assert re.search(rf'value="{code}" lang="{code}" aria-current="true"', page)


def test_office_pages_offer_danish_and_english_and_newcomers_all(db: None) -> None:
    assert re.findall(r'name="language" value="(\w+)"', Client().get("/").text) == ["da", "en"]
    assert re.findall(r'name="language" value="(\w+)"', Client().get("/was/").text) == ["da", "en", "ar", "uk"]


# Signing in


def test_sign_in_says_what_is_wrong_on_top_and_at_the_field(db: None) -> None:
    page = Client().post("/konto/login/", {"login": "", "password": ""}).text
    assert "Der er noget, der skal rettes" in page
    assert '<a href="#id_login">E-mail: Dette felt er påkrævet.</a>' in page
    assert re.search(r'<input type="email"[^>]*aria-describedby="id_login_error"', page)
    assert '<span class="form-error-message" id="id_login_error">' in page
    assert "<title>Fejl: Log ind – Fodfæste</title>" in page


def test_nobody_is_asked_to_sign_up(db: None) -> None:
    assert "/konto/signup/" not in Client().get("/konto/login/").text


# Forms


class Talk(forms.Form):
    """A form with a field of each kind."""

    day = forms.DateField(label="Dag", help_text="Som 26-11-2026.")
    about = forms.ChoiceField(label="Om", choices=[("work", "Arbejde"), ("home", "Bolig")], widget=forms.RadioSelect)
    ways = forms.MultipleChoiceField(
        label="Veje", required=False, choices=[("bus", "Bus"), ("bike", "Cykel")], widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label="Sted", choices=[("a", "A")], required=False)
    words = forms.CharField(label="Egne ord", required=False, widget=forms.Textarea(attrs={"placeholder": "egne ord"}))
    agreed = forms.BooleanField(label="Det er aftalt")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(form: forms.Form) -> str:
    return Template('{% include "base/form.html" %}').render(Context({"form": form}))


def test_an_empty_form_has_labels_hints_and_says_what_may_stay_empty() -> None:
    page = drawn(Talk())
    assert '<label class="form-label" for="id_day">Dag</label>' in page
    assert '<div class="form-hint" id="id_day_helptext">Som 26-11-2026.</div>' in page
    assert 'aria-describedby="id_day_helptext"' in page
    assert '<legend class="form-label">Om</legend>' in page
    assert 'Egne ord <span class="weight-normal">(frivilligt)</span>' in page
    assert '<select name="place" class="form-select"' in page
    assert '<input type="checkbox" name="agreed" class="form-checkbox"' in page
    assert '<input type="hidden" name="secret"' in page
    assert "placeholder" not in page
    assert "form-error" not in page


def test_what_is_wrong_is_listed_with_links_that_lead_there() -> None:
    page = drawn(Talk({"day": "i går", "ways": ["bus"], "words": "vil gerne køre bus"}))
    assert re.findall(r'<li><a href="#(\w+)">', page) == ["id_day", "id_about_0", "id_agreed"]
    for target in ("id_day", "id_about_0", "id_agreed"):
        assert f'id="{target}"' in page
    assert page.count('class="form-group form-error"') == 3
    assert 'value="bus" id="id_ways_0" checked' in page
    assert "vil gerne køre bus" in page


# The main menu


def test_rooms_offer_an_entry_to_whom_it_concerns_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_ENTRIES", {})
    menu.offer("Hjælp", "help", place=20, for_whom=lambda _viewer: True)
    menu.offer("Forside", "front", place=10, for_whom=lambda _viewer: True)
    menu.offer("Lukket", "was", place=5, for_whom=lambda viewer: bool(viewer.casework))
    assert [(entry.label, entry.href) for entry in menu.menu(NOBODY)] == [("Forside", "/"), ("Hjælp", "/hjaelp/")]


# Colours


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", SHEET))
TEXT = ("ink", "ink-soft", "link", "link-visited", "primary", "primary-dark", "error", "success", "warning")


@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("text", TEXT)
def test_text_can_be_read_on_what_lies_behind(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize("kind", ["error", "success", "warning"])
def test_messages_can_be_read(kind: str) -> None:
    assert contrast(COLOURS["ink"], COLOURS[f"{kind}-tint"]) >= 7


@pytest.mark.parametrize("ground", ["primary", "primary-dark", "primary-darker"])
def test_buttons_can_be_read(ground: str) -> None:
    assert contrast(COLOURS["paper"], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize("edge", ["line-strong", "focus"])
def test_edges_that_mean_something_can_be_seen(edge: str) -> None:
    assert contrast(COLOURS[edge], COLOURS["paper"]) >= 3


def test_the_primary_colour_is_our_own() -> None:
    assert {"#44831e", "#0059b3"}.isdisjoint(COLOURS.values())


def test_the_sheet_needs_no_mirror() -> None:
    sided = r"(margin|padding|border)-(left|right)|text-align: (left|right)|\n\s*(left|right):|float:"
    assert not re.search(sided, SHEET)


@pytest.mark.parametrize("wish", ["prefers-reduced-motion: reduce", "forced-colors: active", "print"])
def test_the_sheet_heeds_what_people_wish(wish: str) -> None:
    assert wish in SHEET


# The accessibility statement


def test_without_facts_the_statement_calls_itself_a_draft(db: None) -> None:
    page = Client().get("/was/").text
    assert "Udkast" in page
    assert "adresse i WAS-Tool" in page


def test_with_its_facts_it_stands(db: None, tmp_path: Path, settings: object) -> None:
    (tmp_path / "tilgaengelighed.toml").write_text(
        """
        authority = "Egenby Kommune"
        email = "was@example.invalid"
        phone = "99 99 99 99"
        tool_address = "https://www.example.invalid/was/egenby"
        made_on = 2026-11-01
        checked_on = 2026-11-26
        checked_how = "Gennemgået af to, der bruger skærmlæser."
        problems = ["Kortet kan ikke læses op: listen ved siden af siger det samme."]
        """,
        encoding="utf-8",
    )
    settings.ACCESSIBILITY = read_statement(tmp_path)
    assert settings.ACCESSIBILITY.checked_on == date(2026, 11, 26)
    page = Client().get("/was/").text
    assert "Udkast" not in page
    assert "Egenby Kommune vil gøre" in page
    assert '<a href="tel:99999999" dir="ltr">99 99 99 99</a>' in page
    assert "26. november 2026" in page
    assert "Kortet kan ikke læses op" in page
    assert "was@example.invalid" in Client().get("/hjaelp/").text


def test_a_statement_that_cannot_be_understood_names_what_and_how(tmp_path: Path) -> None:
    file = tmp_path / "tilgaengelighed.toml"
    assert read_statement(tmp_path) == Statement()
    for text, error, words in (
        ("authority = ", BadInput, "expected TOML"),
        ('authorty = "x"', UnknownName, "Did you mean authority"),
        ('made_on = "i går"', BadInput, "column made_on: found 'i går', expected a day as 2026-11-26"),
        ("email = 5", BadInput, "expected a text in quotes"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(error, match=words):
            read_statement(tmp_path)


# Where it comes from


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


assets = module("assets")
PACKAGES = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
NAMED = PACKAGES["dependencies"] | PACKAGES["devDependencies"]


def test_the_lock_names_no_registry_and_every_package_its_hash() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("resolved" not in entry for entry in packages.values())
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "://" not in (ROOT / "frontend" / "node.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_package_has_one_version_and_a_reason(name: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", NAMED[name])
    assert f"| `{name}` {NAMED[name]} " in (ROOT / "frontend" / "README.md").read_text(encoding="utf-8")


def test_what_is_served_has_licences_and_no_portals_logo() -> None:
    served = [file.relative_to(assets.VENDOR).as_posix() for file in assets.VENDOR.rglob("*") if file.is_file()]
    assert sum("LICENSE" in name for name in served) == 5
    assert not [name for name in served if "logo" in name or "borger" in name or "virk" in name]
    sheet = (assets.VENDOR / "dkfds" / "css" / "dkfds.css").read_text(encoding="utf-8")
    assert "@font-face" not in sheet
    assert "logo" not in "".join(re.findall(r"url\([^)]*\)", sheet))


def test_every_file_that_a_sheet_asks_for_is_there() -> None:
    for sheet in [*assets.VENDOR.rglob("*.css")]:
        for address in re.findall(r"url\([\"']?([^)\"']+)", sheet.read_text(encoding="utf-8")):
            assert address.startswith("data:") or (sheet.parent / address).is_file(), f"{sheet.name}: {address}"


def test_the_mirrored_sheet_is_mirrored() -> None:
    sheets = [(assets.VENDOR / "dkfds" / "css" / name).read_text() for name in ("dkfds.css", "dkfds.rtl.css")]
    left, right = (sheet.count("margin-left") for sheet in sheets)
    assert left != right
    assert sheets[0].count("margin-right") == right


def test_a_second_run_ends_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nothing(*_arguments: object) -> None:
        raise AssertionError("there was nothing to do")

    (tmp_path / "stamp").write_text(assets.stamp(assets.FRONTEND))
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    monkeypatch.setattr(assets, "_run", nothing)
    assert assets.main() == 0


def test_another_lock_file_is_another_stamp(tmp_path: Path) -> None:
    for name in ("package-lock.json", "node.lock"):
        (tmp_path / name).write_text("one")
    before = assets.stamp(tmp_path)
    (tmp_path / "package-lock.json").write_text("two")
    assert assets.stamp(tmp_path) != before
    assert not assets.ready(tmp_path, tmp_path)


def test_without_npm_a_node_from_pypi_is_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets.find_node() is None
    asked = []

    def run(command: list[str], _folder: Path) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(assets, "_run", run)
    node = assets.fetch_node()
    assert asked[0][1:4] == ["-m", "pip", "install"]
    assert "--require-hashes" in asked[0]
    assert asked[0][-1].endswith("node.lock")
    assert node.npm[0] == node.node[0]
    assert node.npm[1].endswith("npm-cli.js")


def test_what_cannot_be_fetched_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(command: list[str], _folder: Path) -> subprocess.CompletedProcess[str]:
        failed = command[-1] == "ci"
        return subprocess.CompletedProcess(command, int(failed), "", "no network\nat all\n" if failed else "")

    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(assets, "find_node", lambda: assets.Node(("node",), ("npm",)))
    monkeypatch.setattr(assets, "_run", run)
    assert assets.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("Missing: npm could not fetch what frontend/package-lock.json names")
    assert said.endswith("It said: no network at all\n")
    assert not (tmp_path / "vendor").exists()


def test_a_package_without_a_named_file_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(assets.Missing, match="LICENSE"):
        assets.build(tmp_path / "node_modules", tmp_path / "out", assets.Node(("node",), ("npm",)))
