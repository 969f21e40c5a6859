"""A session ends an hour after the last request, a minute earlier at most, and is not written at each of them."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.base import sessions

from .conftest import Country, signed_in


@pytest.fixture
def worker(country: Country) -> Client:
    """A worker's browser that has asked for a page."""
    browser = signed_in(country.users[Role.WORKER])
    browser.get("/hjaelp/")
    return browser


def later(patch: pytest.MonkeyPatch, seconds: int) -> None:
    now = time.time() + seconds
    patch.setattr("fodfaeste.web.base.sessions.time.time", lambda: now)


def test_a_session_in_use_is_written_once_a_minute(worker: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Session.objects.get()
    later(monkeypatch, 50)
    worker.get("/hjaelp/")
    assert Session.objects.get().expire_date == written.expire_date
    later(monkeypatch, sessions.EVERY)
    worker.get("/hjaelp/")
    assert Session.objects.get().expire_date > written.expire_date


def test_pages_promise_no_more_than_the_server_keeps(worker: Client) -> None:
    assert 'data-idle-seconds="3540"' in worker.get("/hjaelp/").text


def test_a_session_that_has_ended_is_not_begun_anew(worker: Client) -> None:
    Session.objects.all().delete()
    worker.get("/hjaelp/")
    assert not Session.objects.exists()


def test_signing_out_leaves_nothing(worker: Client) -> None:
    worker.post("/konto/logout/")
    assert not Session.objects.exists()


def test_who_has_no_session_gets_none(country: Country) -> None:
    assert "sessionid" not in signed_in(None).get("/hjaelp/").cookies
    assert not Session.objects.exists()
