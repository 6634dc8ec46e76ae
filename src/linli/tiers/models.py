"""Every table of tiers."""

from .assessing.models import Assessment, CommunityStanding
from .plans.models import UpgradeMeasure, UpgradeScenario
from .recognitions.models import Recognition
from .revisions.models import SystemRevision
from .systems.models import Indicator, IndicatorBound, IndicatorSystem
from .values.models import Declaration, Evidence

__all__ = [
    "Assessment", "CommunityStanding", "Declaration", "Evidence", "Indicator", "IndicatorBound", "IndicatorSystem",
    "Recognition", "SystemRevision", "UpgradeMeasure", "UpgradeScenario",
]  # fmt: skip
