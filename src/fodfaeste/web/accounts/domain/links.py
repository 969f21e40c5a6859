"""The link with which somebody chooses a password, once: nobody ever tells another a password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from fodfaeste.web.accounts.models import User


def password_link(user: User) -> str:
    """Give the path at which a user chooses a password.

    It holds for ``PASSWORD_RESET_TIMEOUT`` (3 days), and ends when it has been used or the user signs in: both change
    what it is made from.
    """
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
