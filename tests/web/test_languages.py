"""Danish and English are complete: every text has its translation, with the same things filled in."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PLACES = re.compile(r"%\((\w+)\)|\{(\w+)\}|%[sd]")


@pytest.fixture(scope="module")
def messages():
    """The tool that gathers texts."""
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts_of(message: Message) -> list[tuple[str, str]]:
    said = message.id if isinstance(message.id, tuple) else (message.id,)
    meant = message.string if isinstance(message.string, tuple) else (message.string,)
    return list(zip(said, meant, strict=True))


def test_every_text_is_translated(messages) -> None:
    lacking = messages.lacking(messages.updated("en"))
    assert not lacking, f"Run tools/messages.py and translate in {messages.file_of('en')}: {lacking[:10]}"


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_every_text_that_newcomers_read_is_translated(messages, language: str) -> None:
    lacking = messages.lacking(messages.updated(language))
    assert not lacking, f"Run tools/messages.py and translate in {messages.file_of(language)}: {lacking[:10]}"


def test_texts_of_other_rooms_that_newcomers_read_are_still_there(messages) -> None:
    found = {message.id for message in messages.for_newcomers()}
    assert found >= messages.BESIDES


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
def test_what_is_filled_in_is_filled_in_in_each_language(messages, language: str) -> None:
    for message in messages.read(language):
        for said, meant in texts_of(message) if message.id else []:
            filled = set(PLACES.findall(said))
            assert set(PLACES.findall(meant)) == filled or isinstance(message.id, tuple), (said, meant)


@pytest.mark.parametrize("language", ["en", "ar", "uk"])
def test_no_catalogue_keeps_what_nobody_says_any_more(messages, language: str) -> None:
    kept = {message.id for message in messages.read(language)}
    assert kept == {message.id for message in messages.updated(language)}


@pytest.mark.parametrize(
    ("wanted", "given"), [("ar", "da"), ("uk,en;q=0.5", "da"), ("en-GB", "en"), ("de", "da"), ("da", "da")]
)
def test_what_a_browser_would_like_counts_where_every_page_has_it(db: None, wanted: str, given: str) -> None:
    page = Client().get("/", headers={"accept-language": wanted})
    assert f'<html lang="{given}" dir="ltr">' in page.text


def test_a_language_that_somebody_chose_is_kept(db: None) -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert '<html lang="ar" dir="rtl">' in client.get("/was/", headers={"accept-language": "da"}).text
