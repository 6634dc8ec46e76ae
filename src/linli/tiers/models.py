"""Every table of tiers."""

from .assessing.models import Assessment, CommunityStanding
from .coordination.models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting
from .plans.models import UpgradeMeasure, UpgradeScenario
from .practice.models import PracticeCard, PracticeMetric, PracticePhoto
from .recognitions.models import Recognition
from .revisions.models import SystemRevision
from .systems.models import Indicator, IndicatorBound, IndicatorSystem
from .values.models import Declaration, Evidence

__all__ = [
    "Assessment", "CommunityStanding", "Declaration", "Evidence", "ImplementationPlan", "Indicator", "IndicatorBound",
    "IndicatorSystem", "PlanTask", "PracticeCard", "PracticeMetric", "PracticePhoto", "Recognition", "StudyVisit",
    "SystemRevision", "TierMeeting", "UpgradeMeasure", "UpgradeScenario",
]  # fmt: skip
