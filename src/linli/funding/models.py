"""The tables of funding, split by noun: each package declares its own."""

from __future__ import annotations

from .awards.models import AwardBooking
from .books.models import Account, BookLine, Budget, Entry, Party, Period, Source
from .operations.models import Facility, RevenueContract, RevenueTerms, Settlement, Usage
from .projects.models import Asset, Contract, Milestone, Payment, Project

__all__ = [
    "Account",
    "Asset",
    "AwardBooking",
    "BookLine",
    "Budget",
    "Contract",
    "Entry",
    "Facility",
    "Milestone",
    "Party",
    "Payment",
    "Period",
    "Project",
    "RevenueContract",
    "RevenueTerms",
    "Settlement",
    "Source",
    "Usage",
]
