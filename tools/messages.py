"""Gathers the application's Danish texts, keeps the catalogues of other languages in step, and compiles them.

python tools/messages.py            gather into locale/*/LC_MESSAGES/django.po; what is new has no translation yet
python tools/messages.py compile    write the .mo files that Django reads (part of the set-up)

By Babel: Django's own commands need the gettext programs, which are no Python package.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parent.parent / "src" / "fodfaeste" / "web"
LOCALE = WEB / "locale"
LANGUAGES = ("en",)
NEWCOMERS = ("ar", "uk")
"""Languages that only newcomers' own pages have: their texts, and what stands on them of other rooms."""

OF_NEWCOMERS = (
    "newcomer/",
    "placement/door/",
    "placement/templates/placement/door/",
    "base/templates/base/was.html",
    "base/templates/404.html",
    "base/templates/403_csrf.html",
    "programme/templates/programme/hours.html",
    "workplace/asking.py",
    "workplace/own_forms.py",
    "workplace/views/own.py",
    *(f"workplace/templates/workplace/{name}.html" for name in ("own", "agreed", "week", "call")),
)
OF_THE_OFFICE = (
    "newcomer/models.py",
    "newcomer/office_forms.py",
    "newcomer/views/office.py",
    "newcomer/templates/newcomer/office/",
    "placement/door/models.py",
    "placement/door/views/office.py",
    "placement/templates/placement/door/office/",
)
"""Texts that only the office reads."""

BESIDES = frozenset(
    {
        "Fejl",
        "Fejl:",
        "Gå til indhold",
        "Hjælp",
        "Log ind",
        "Log ud",
        "Sprog",
        "Tilgængelighedserklæring",
        "Der er noget, der skal rettes",
        "frivilligt",
        "Prøveopstilling: der logges ind uden andet trin. Brug kun opdigtede data her.",
        "Planen er ikke din.",
        "Planen er ændret, siden den blev vist. Læs den igen, før den godkendes.",
        "Version %(number)d er %(state)s; kun en foreslået plan kan godkendes.",
        "Den side har allerede godkendt.",
        "Skriv dit navn.",
        "Aftalen er forbi, eller den er ikke din.",
        "Aftalen er ikke din.",
        "Alle tre har godkendt aftalen.",
        "Aftalen er ved at blive ændret. Den kommer igen, når den er færdig.",
        "Aftalen er ændret, siden den blev vist. Læs den igen, før du svarer.",
        "Skriv dit navn, eller skriv, hvad der ikke passer.",
        "kladde",
        "foreslået",
        "godkendt",
        "afløst",
        "nær familie",
        "nær venner eller landsmænd",
        "nær et arbejde eller et jobtilbud",
        "nær en skole eller uddannelse",
        "nær en behandling",
        "byens størrelse",
        "ikke i denne kommune",
        "lille: under 30.000 indbyggere",
        "mellem: 30.000 til 80.000 indbyggere",
        "stor: over 80.000 indbyggere",
        "et bestemt slags arbejde",
        "omgivelserne",
        "landbrug og fiskeri",
        "industri og fabrik",
        "byggeri og håndværk",
        "transport og lager",
        "butikker",
        "hotel og restaurant",
        "rengøring",
        "pleje og sundhed",
        "skole og dagtilbud",
        "it og kontor",
        "ved vandet",
        "på landet",
        "en større by i nærheden",
        "andre, der taler vores sprog",
        "roligt, med få nytilkomne",
        "mange foreninger",
        "Opfyldt, hvor området fylder mindst lige så meget af jobbene som i gennemsnit i kommuner, der har sagt det.",
        "Opfyldt, hvor rådhuset ligger højst 5 km fra kysten. Smalle fjorde og søer tæller ikke med.",
        "Opfyldt, hvor kommunen har under 30.000 indbyggere og ingen kommune med over 80.000 inden for 30 km.",
        "Opfyldt, hvor kommunen har over 80.000 indbyggere, eller højst 30 km til en, der har.",
        "Opfyldt, hvor mindst 50 taler husstandens sprog i forvejen.",
        "Opfyldt i den tredjedel af kommunerne, der skal modtage færrest nytilkomne pr. indbygger i år.",
        "Opfyldt i den tredjedel af de kommuner, der har sagt det, som har flest foreninger pr. indbygger.",
        "%(kind)s: %(where)s, højst %(km)d km væk",
        "plads på kvoten",
        "boliger",
        "skolepladser",
        "pladser på sprogskole",
        "behandlingspladser",
        "køn",
        "alder",
        "statsborgerskab",
        "etnisk oprindelse",
        "religion",
        "politisk holdning",
        "seksuel orientering",
        "helbred",
        "arabisk",
        "ukrainsk",
        "engelsk",
        "persisk",
        "tigrinya",
        "somali",
        "kurdisk",
        "fransk",
        "spansk",
        "Skriv det med ord.",
        "Der er ingen afgørelse at klage over.",
        "Vi har allerede en indsigelse fra jer og svarer på den.",
    }
)
"""Texts of the frame, of forms and of refusals that are met on newcomers' pages, and of wishes."""

SINGLE = ("_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy")
PLURAL = ("ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy")
KEYWORDS = dict.fromkeys((*SINGLE, *PLURAL))


class Text(NamedTuple):
    """A text to translate: its file, what it says (one and many where there is a plural), and its context."""

    file: str
    said: str | tuple[str, ...]
    context: str | None


def texts() -> Iterator[Text]:
    """Give every text, file by file."""
    from django.utils.translation.template import templatize

    for file in sorted(WEB.rglob("*.py")):
        if "migrations" not in file.parts:
            yield from _found(file, file.read_bytes())
    for file in sorted([*WEB.rglob("*.html"), *WEB.rglob("*.txt")]):
        if "vendor" not in file.parts:
            # What is not text becomes letters without meaning; only their indents would trouble Python's reader.
            lines = templatize(file.read_text("utf-8"), origin=str(file)).splitlines()
            yield from _found(file, "\n".join(line.strip() for line in lines).encode())


def _found(file: Path, source: bytes) -> Iterator[Text]:
    for _line, function, said, _comments in extract_python(BytesIO(source), KEYWORDS, [], {"encoding": "utf-8"}):
        arguments = list(said) if isinstance(said, tuple) else [said]
        context = arguments.pop(0) if "pgettext" in function else None
        wanted = arguments[:2] if function in PLURAL else arguments[:1]
        if wanted and all(wanted):
            name = file.relative_to(WEB).as_posix()
            yield Text(name, wanted[0] if function not in PLURAL else tuple(wanted), context)


def gathered() -> Catalog:
    """Put all texts into a catalogue without translations."""
    catalog = Catalog(project="Fodfæste", charset="utf-8", fuzzy=False)
    for file, said, context in texts():
        flags = ["python-format"] if "%(" in str(said) else []
        catalog.add(said, locations=[(file, 0)], context=context, flags=flags)
    return catalog


def for_newcomers() -> Catalog:
    """Put the texts that newcomers read into a catalogue without translations."""
    catalog = Catalog(project="Fodfæste", charset="utf-8", fuzzy=False)
    for file, said, context in texts():
        own = file.startswith(OF_NEWCOMERS) and not file.startswith(OF_THE_OFFICE)
        if own or said in BESIDES:
            flags = ["python-format"] if "%(" in str(said) else []
            catalog.add(said, locations=[(file, 0)], context=context, flags=flags)
    return catalog


def file_of(language: str) -> Path:
    """Name a language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Read a language's catalogue, an empty one where there is none."""
    file = file_of(language)
    if not file.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with file.open("rb") as source:
        return read_po(source, locale=language, charset="utf-8")


def updated(language: str) -> Catalog:
    """Give a catalogue in step with the texts: what is new without a translation, what is gone taken out."""
    catalog = read(language)
    catalog.update(for_newcomers() if language in NEWCOMERS else gathered(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def lacking(catalog: Catalog) -> list[str]:
    """Name the texts that have no translation, or one that somebody has yet to look at."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not message.string or not all(message.string))
    ]


def write(language: str, catalog: Catalog) -> None:
    """Write a catalogue, sorted, so that two who add texts do not write the same lines."""
    file = file_of(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalog, sort_output=True, no_location=True, omit_header=True, width=110)


def compile_all() -> None:
    """Write what Django reads."""
    for language in (*LANGUAGES, *NEWCOMERS):
        file = file_of(language)
        if file.exists():
            with file.with_suffix(".mo").open("wb") as out:
                write_mo(out, read(language))


def main(arguments: list[str]) -> int:
    """Gather and compile, or compile alone."""
    if arguments != ["compile"]:
        for language in (*LANGUAGES, *NEWCOMERS):
            catalog = updated(language)
            write(language, catalog)
            print(f"{language}: {len(catalog)} texts, {len(lacking(catalog))} without a translation")
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
