"""The tables of cases, split by noun: each package declares its own."""

from __future__ import annotations

from .attachments.models import Attachment, AttachmentPart
from .categories.models import Category, FilingRule
from .cooperation.models import CaseChild, CaseHandOver, CaseSupervision, CaseSupport
from .duplicates.models import CaseMerge
from .engine.models import Adjustment, Case, CaseFlow, CasePause, FieldTask, NumberDay
from .evaluation.models import CaseFact, FactRun
from .intake.models import CaseOrigin, CaseWord
from .mediation.models import Mediation
from .open311.models import AppKey
from .proposals.models import Proposal, ProposalCohost, ProposalReply, Proposer
from .reporters.models import CaseAnswer, Reporter, ReporterContact, ReporterMessage
from .routing.models import RoutedCase, RoutingEdition, RoutingRule
from .suggesting.models import Suggestion, TextVersion

__all__ = [
    "Adjustment",
    "AppKey",
    "Attachment",
    "AttachmentPart",
    "Case",
    "CaseAnswer",
    "CaseChild",
    "CaseFact",
    "CaseFlow",
    "CaseHandOver",
    "CaseMerge",
    "CaseOrigin",
    "CasePause",
    "CaseSupervision",
    "CaseSupport",
    "CaseWord",
    "Category",
    "FactRun",
    "FieldTask",
    "FilingRule",
    "Mediation",
    "NumberDay",
    "Proposal",
    "ProposalCohost",
    "ProposalReply",
    "Proposer",
    "Reporter",
    "ReporterContact",
    "ReporterMessage",
    "RoutedCase",
    "RoutingEdition",
    "RoutingRule",
    "Suggestion",
    "TextVersion",
]
