"""Which language a page is in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from fodfaeste.web.base.context import OFFICE_LANGUAGES


class LanguageMiddleware(LocaleMiddleware):
    """Takes the language that somebody chose; what a browser would like counts only where every page has it.

    Otherwise a browser that likes Arabic best would be given Danish words and be told that they are Arabic.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of a request."""
        super().process_request(request)
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if not chosen and request.LANGUAGE_CODE not in OFFICE_LANGUAGES:
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
