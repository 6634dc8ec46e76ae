"""Tables of access. Rows that belong to a unit carry the `area_code` of that unit, which row-level security reads."""

from .accounts import Account, Attempt, Session
from .calendar import CalendarDay, CalendarEdition, CalendarYear, WorkingHoursRule
from .factors import Identity, RecoveryCode, SecondFactor, UsedNonce
from .filters import ListDefault, SavedFilter
from .idempotency import Answer
from .logs import ChangeLog, ReadLog
from .posts import Appointment, Grant, Post, Role
from .retention import DeletionCertificate, DestructionRun, RetentionRule
from .reviews import AccessReview
from .seals import Seal
from .units import AreaGroup, Unit

__all__ = [
    "AccessReview",
    "Account",
    "Answer",
    "Appointment",
    "AreaGroup",
    "Attempt",
    "CalendarDay",
    "CalendarEdition",
    "CalendarYear",
    "ChangeLog",
    "DeletionCertificate",
    "DestructionRun",
    "Grant",
    "Identity",
    "ListDefault",
    "Post",
    "ReadLog",
    "RecoveryCode",
    "RetentionRule",
    "Role",
    "SavedFilter",
    "Seal",
    "SecondFactor",
    "Session",
    "Unit",
    "UsedNonce",
    "WorkingHoursRule",
]
