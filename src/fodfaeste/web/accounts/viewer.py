"""Who is looking: a user with what they may be here today, worked out once a request and asked everywhere.

A newcomer who looks at their own things is no user and has no role: they are their person, and nothing else. Whoever
came by the link of an agreement with a workplace is neither: they see that agreement. Nor is a household that is to be
placed: it is its arrival.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import CASEWORK, MEETING, TEACHING, Role


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks, or nobody.

    Attributes
    ----------
    user : User or None
    roles : frozenset of (organisation id, Role)
        The roles that hold today.
    person : int or None
        The number of the person that they are, of somebody who came by a link of their own. Such a viewer has no user.
    agreement : int or None
        The number of the agreement whose link they came by. Such a viewer has no user, and is no person here.
    arrival : int or None
        The number of the arriving household that they are, likewise.
    offices : frozenset of Organisation
        The organisations in which they are somebody today, as pages name them; what they may do there, `roles` say.
    """

    user: User | None = None
    roles: frozenset[tuple[int, Role]] = field(default_factory=frozenset)
    person: int | None = None
    agreement: int | None = None
    arrival: int | None = None
    offices: frozenset[Organisation] = field(default_factory=frozenset, compare=False, repr=False)

    def organisations(self, roles: Collection[Role]) -> frozenset[int]:
        """Give the organisations in which they have one of these roles."""
        return frozenset(organisation for organisation, role in self.roles if role in roles)

    @property
    def by_link(self) -> bool:
        """Say whether they came by a link of their own."""
        return self.person is not None or self.arrival is not None

    @property
    def casework(self) -> frozenset[int]:
        """The municipalities whose persons they work with."""
        return self.organisations(CASEWORK)

    @property
    def schools(self) -> frozenset[int]:
        """The language schools whose learners they see."""
        return self.organisations(TEACHING)

    @property
    def associations(self) -> frozenset[int]:
        """The associations for which they see who has agreed to be in touch."""
        return self.organisations(MEETING)

    def has(self, *roles: Role) -> bool:
        """Say whether they have one of these roles anywhere."""
        return any(role in roles for _, role in self.roles)


NOBODY = Viewer()


def viewer_of(user: User, day: date) -> Viewer:
    """Look up what a user may be on a day."""
    held = Membership.objects.on(day).filter(user=user).select_related("organisation")
    roles = frozenset((each.organisation_id, Role(each.role)) for each in held)
    return Viewer(user, roles, offices=frozenset(each.organisation for each in held))
