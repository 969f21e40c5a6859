"""Rules with their dates, deadlines and follow-ups of a programme, and the weekly timetable of a person."""

from fodfaeste.plan.days import (
    ClosedDay,
    IsoWeek,
    WorkingDay,
    add_months,
    office_days,
    why_closed,
    working_day,
)
from fodfaeste.plan.deadlines import Deadline, deadlines
from fodfaeste.plan.follow_ups import (
    ESCALATE_DAYS,
    FollowUp,
    State,
    escalates,
    follow_ups,
    plan_follow_ups,
    state,
    traineeship_follow_ups,
)
from fodfaeste.plan.hours import (
    HoursCheck,
    HoursFinding,
    PlannedActivity,
    WeekHours,
    hours_check,
    weekly_hours,
)
from fodfaeste.plan.programme import (
    INTEGRATION,
    PARAMETERS,
    TRACKS,
    UKRAINE,
    Citation,
    ProgrammeRules,
    ProgrammeRuleSet,
    programme_rule_sets,
    programme_rules,
)
from fodfaeste.plan.takeovers import Takeover, takeover
from fodfaeste.plan.text import Text, text

__all__ = [
    "ESCALATE_DAYS",
    "INTEGRATION",
    "PARAMETERS",
    "TRACKS",
    "UKRAINE",
    "Citation",
    "ClosedDay",
    "Deadline",
    "FollowUp",
    "HoursCheck",
    "HoursFinding",
    "IsoWeek",
    "PlannedActivity",
    "ProgrammeRuleSet",
    "ProgrammeRules",
    "State",
    "Takeover",
    "Text",
    "WeekHours",
    "WorkingDay",
    "add_months",
    "deadlines",
    "escalates",
    "follow_ups",
    "hours_check",
    "office_days",
    "plan_follow_ups",
    "programme_rule_sets",
    "programme_rules",
    "state",
    "takeover",
    "text",
    "traineeship_follow_ups",
    "weekly_hours",
    "why_closed",
    "working_day",
]
