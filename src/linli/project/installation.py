"""What this installation is, for its administrators: version, district, coordinates, bounds, doors, languages.

Facts that help to use it and to judge it; no secret, no address of a machine, nothing about a person.
"""

from __future__ import annotations

from typing import Literal, cast

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Router, Schema

from linli import __version__
from linli.access import separation
from linli.access.permissions import ACCOUNT_VIEW, RETENTION_VIEW
from linli.intake import limits
from linli.kernel.coordinates import Datum
from linli.kernel.http import require
from linli.places.models import Grid, Region, RegionShape
from linli.registry.models import District

router = Router(tags=["administration"])
#: Languages of the console and of every message of the API.
LANGUAGES = ("zh-CN", "en")
SecondFactor = Literal["roles", "all"]
Cipher = Literal["aes", "sm4"]


class OutlinesOut(Schema):
    """How many outlines there are, and how many of them the program drew itself (示意, no legal boundary)."""

    regions: int
    regions_synthetic: int
    grids: int
    grids_synthetic: int


class LimitsOut(Schema):
    """Bounds on what is uploaded: megabytes of a file, rows of a sheet and of a batch, files of an archive, and for how
    many days uploads and comparisons are kept."""

    file_mb: int
    sheet_rows: int
    batch_rows: int
    archive_files: int
    upload_days: int
    comparison_days: int


class DoorsOut(Schema):
    """Ways in: whether the console is reached by TLS, an identity provider signs people in, and who needs a second
    factor (`roles` that say so, or `all`); whether system, security and audit administrators must be three people (三员分立)."""

    tls: bool
    identity_provider: bool
    second_factor: SecondFactor
    three_offices: bool


class InstallationOut(Schema):
    """`datum` is that of stored coordinates (longitude, latitude in degrees; no projection); `datums_in` are those that
    may come in, named by the one who brings them. `cipher` encrypts identifiers (no certificate of 密评)."""

    version: str
    district_code: str
    district_name: str
    demo: bool
    datum: str
    datums_in: list[str]
    outlines: OutlinesOut
    limits: LimitsOut
    doors: DoorsOut
    languages: list[str]
    cipher: Cipher


@router.get(
    "/installation",
    response=InstallationOut,
    auth=require(ACCOUNT_VIEW, RETENTION_VIEW),
    summary="系统概况 / This installation",
)
def installation(request: HttpRequest) -> InstallationOut:
    """What this installation is. Five queries at most."""
    code, bounds = settings.LINLI_DISTRICT, limits.installed()
    district = Region.objects.filter(code=code).values_list("name", flat=True).first()
    drawn = {"all": Count("pk"), "own": Count("pk", filter=Q(synthetic=True))}
    regions, grids = RegionShape.objects.aggregate(**drawn), Grid.objects.filter(valid_to=None).aggregate(**drawn)
    return InstallationOut(
        version=__version__,
        district_code=code,
        district_name=district or "",
        demo=District.objects.filter(code=code, demo=True).exists(),
        datum=Datum.CGCS2000,
        datums_in=list(Datum),
        outlines=OutlinesOut(
            regions=regions["all"], regions_synthetic=regions["own"], grids=grids["all"], grids_synthetic=grids["own"]
        ),
        limits=LimitsOut(
            file_mb=bounds.file_mb,
            sheet_rows=bounds.rows,
            batch_rows=bounds.batch_rows,
            archive_files=bounds.archive_files,
            upload_days=settings.LINLI_UPLOAD_DAYS,
            comparison_days=settings.LINLI_COMPARISON_DAYS,
        ),
        doors=DoorsOut(
            tls=settings.TLS,
            identity_provider=settings.LINLI_OIDC is not None,
            second_factor=cast(SecondFactor, settings.LINLI_SECOND_FACTOR),
            three_offices=separation.is_on(),
        ),
        languages=list(LANGUAGES),
        cipher=cast(Cipher, settings.LINLI_CIPHER),
    )
