"""Cooperation of organisations: one offers, the other accepts, and each can end it. Nobody is drawn in alone."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import CooperationOffer, Organisation, User
from fodfaeste.web.accounts.permissions import administers, must_administer
from fodfaeste.web.accounts.roles import Kind

COOPERATE = frozenset({Kind.MUNICIPALITY, Kind.SCHOOL, Kind.ASSOCIATION})
"""Which kinds cooperate: agencies see figures of all, and employers come by link."""


@transaction.atomic
def offer_cooperation(sender: Organisation, receiver: Organisation, *, by: User) -> CooperationOffer | None:
    """Offer cooperation. Where the other has offered it already, both cooperate from now on and there is no offer left.

    Raises
    ------
    Refused
        If it is not the office's administrator who offers, the two cooperate already, it has been offered before, or
        one of the two is of a kind that does not cooperate.
    """
    must_administer(by, sender)
    words = {"sender": sender, "receiver": receiver}
    if sender == receiver:
        raise Refused(_("%(sender)s kan ikke samarbejde med sig selv.") % words)
    if not {Kind(sender.kind), Kind(receiver.kind)} <= COOPERATE:
        raise Refused(_("%(sender)s og %(receiver)s kan ikke samarbejde her.") % words)
    if sender.partners.filter(pk=receiver.pk).exists():
        raise Refused(_("%(sender)s og %(receiver)s samarbejder allerede.") % words)
    if CooperationOffer.objects.filter(sender=sender, receiver=receiver).exists():
        raise Refused(_("%(sender)s har allerede tilbudt %(receiver)s at samarbejde.") % words)
    if (theirs := CooperationOffer.objects.filter(sender=receiver, receiver=sender).first()) is not None:
        _join(theirs)
        return None
    return CooperationOffer.objects.create(sender=sender, receiver=receiver, by=by)


@transaction.atomic
def accept_cooperation(offer: CooperationOffer, *, by: User) -> None:
    """Accept an offer: both cooperate from now on."""
    must_administer(by, offer.receiver)
    _join(offer)


def _join(offer: CooperationOffer) -> None:
    offer.sender.partners.add(offer.receiver)
    offer.delete()


@transaction.atomic
def withdraw_offer(offer: CooperationOffer, *, by: User) -> None:
    """Take an offer back, or turn it down: both may."""
    mine = offer.sender if administers(by, offer.sender) else offer.receiver
    must_administer(by, mine)
    offer.delete()


@transaction.atomic
def end_cooperation(one: Organisation, other: Organisation, *, by: User) -> None:
    """End a cooperation, from either side.

    Raises
    ------
    Refused
        If it is not an administrator of `one`, or the two do not cooperate.
    """
    must_administer(by, one)
    if not one.partners.filter(pk=other.pk).exists():
        raise Refused(_("%(one)s og %(other)s samarbejder ikke.") % {"one": one, "other": other})
    one.partners.remove(other)
