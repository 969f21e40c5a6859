"""What people do here, and which rooms each may enter. A role holds in one organisation, for as long as it lasts."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """Kinds of organisation."""

    MUNICIPALITY = "municipality"
    SCHOOL = "school"
    ASSOCIATION = "association"
    AGENCY = "agency"
    EMPLOYER = "employer"


KINDS = {
    Kind.MUNICIPALITY: _("Kommune"),
    Kind.SCHOOL: _("Sprogskole"),
    Kind.ASSOCIATION: _("Forening"),
    Kind.AGENCY: _("Myndighed"),
    Kind.EMPLOYER: _("Virksomhed"),
}
"""What each kind is called."""


class Role(StrEnum):
    """Roles in an organisation."""

    WORKER = "worker"
    CONSULTANT = "consultant"
    LEADER = "leader"
    PLANNER = "planner"
    TEACHER = "teacher"
    COORDINATOR = "coordinator"
    ANALYST = "analyst"
    OFFICER = "officer"
    PROTECTION = "protection"
    ADMINISTRATOR = "administrator"
    NEWCOMER = "newcomer"


ROLES = {
    Role.WORKER: _("Integrationsmedarbejder"),
    Role.CONSULTANT: _("Jobkonsulent"),
    Role.LEADER: _("Leder"),
    Role.PLANNER: _("Planlægger på sprogskole"),
    Role.TEACHER: _("Lærer"),
    Role.COORDINATOR: _("Frivilligkoordinator"),
    Role.ANALYST: _("Analytiker"),
    Role.OFFICER: _("Visitator"),
    Role.PROTECTION: _("Databeskyttelsesrådgiver"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.NEWCOMER: _("Nytilkommen"),
}
"""What each role is called."""

OF_KIND: dict[Kind, frozenset[Role]] = {
    Kind.MUNICIPALITY: frozenset(
        {
            Role.WORKER,
            Role.CONSULTANT,
            Role.LEADER,
            Role.ANALYST,
            Role.PROTECTION,
            Role.ADMINISTRATOR,
            Role.NEWCOMER,
        }
    ),
    Kind.SCHOOL: frozenset({Role.PLANNER, Role.TEACHER, Role.LEADER, Role.ADMINISTRATOR}),
    Kind.ASSOCIATION: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
    Kind.AGENCY: frozenset({Role.OFFICER, Role.ANALYST, Role.LEADER, Role.ADMINISTRATOR}),
    Kind.EMPLOYER: frozenset(),
}
"""Which roles there can be in which kind of organisation; employers come by link and have none."""

CASEWORK = frozenset({Role.WORKER, Role.CONSULTANT})
"""Who works with persons of their own municipality day by day."""

TEACHING = frozenset({Role.PLANNER, Role.TEACHER})
"""Who sees the level and times of learners of their own school."""

MEETING = frozenset({Role.COORDINATOR})
"""Who sees newcomers that have agreed to be in touch with their own association."""

WITH_A_REASON = frozenset({Role.LEADER, Role.PROTECTION})
"""Who sees figures, and may open a person's file with a reason that is written down."""
