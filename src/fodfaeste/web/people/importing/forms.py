"""The form that a list comes in by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fodfaeste.web.accounts.models import Organisation
from fodfaeste.web.accounts.viewer import Viewer
from fodfaeste.web.base.sheets import LARGEST, MEBIBYTE, MOST_ROWS


class UploadForm(forms.Form):
    """A file, and for which municipality where somebody works in several."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Kommune"), empty_label=None)
    file = forms.FileField(
        label=_("Listen"),
        help_text=_("En .xlsx- eller .csv-fil på højst %(size)d MB og %(rows)d rækker.")
        % {"size": LARGEST / MEBIBYTE, "rows": MOST_ROWS},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *given: Any, viewer: Viewer, **more: Any) -> None:
        super().__init__(*given, **more)
        own = Organisation.objects.filter(pk__in=viewer.casework).order_by("name")
        self.fields["organisation"].queryset = own
        if len(viewer.casework) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = own[0]
