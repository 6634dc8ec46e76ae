"""Every table of tiers."""

from .applying.models import (
    AcceptanceMember,
    Application,
    ApplicationGap,
    ApplicationStep,
    IndicatorVerdict,
    Objection,
    ObjectionHiding,
    PlanYear,
    SiteVisit,
    StandingWarning,
)
from .assessing.models import Assessment, CommunityStanding
from .coordination.models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting
from .papers.models import KeptPaper
from .plans.models import UpgradeMeasure, UpgradeScenario
from .practice.models import PracticeCard, PracticeMetric, PracticePhoto
from .recognitions.models import Recognition
from .revisions.models import SystemRevision
from .systems.models import Indicator, IndicatorBound, IndicatorSystem
from .values.models import Declaration, Evidence

__all__ = [
    "AcceptanceMember", "Application", "ApplicationGap", "ApplicationStep", "Assessment", "CommunityStanding",
    "Declaration", "Evidence", "ImplementationPlan", "Indicator", "IndicatorBound", "IndicatorSystem",
    "IndicatorVerdict", "KeptPaper", "Objection", "ObjectionHiding", "PlanTask", "PlanYear", "PracticeCard", "PracticeMetric",
    "PracticePhoto", "Recognition", "SiteVisit", "StandingWarning", "StudyVisit", "SystemRevision", "TierMeeting",
    "UpgradeMeasure", "UpgradeScenario",
]  # fmt: skip
