"""The form of the office that gives somebody access to their own pages."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AccessForm(forms.Form):
    """Chooses the language that the pages begin with."""

    language = forms.ChoiceField(label=_("Sidens sprog"), choices=settings.LANGUAGES)
