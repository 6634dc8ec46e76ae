"""Tables of the intake: batches with their state and progress, findings, and the mappings remembered per source."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Batch(models.Model):
    """One table brought in by somebody, from upload to merge and possibly undo.

    The file itself is kept encrypted (`kernel.files`) until `file_gone_at`. `preview` holds masked values only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()  # chosen at upload; rows that say nothing else lie here
    unit_id = models.TextField(null=True)
    uploader = models.TextField()
    uploader_name = models.TextField()
    source_code = models.TextField()
    filename = models.TextField()
    file_id = models.UUIDField(null=True)
    file_size = models.BigIntegerField()
    sha256 = models.TextField()
    file_gone_at = models.DateTimeField(null=True)
    kind = models.TextField(default="people")  # what the table is about: see `fields.BY_KIND`
    sheet = models.TextField(null=True)  # as asked; null: all that have the same table
    parts = models.JSONField(null=True)  # of several sheets: [{"file", "sheet", "start", "form"}]
    observed_on = models.DateField()
    mapping = models.JSONField(null=True)
    preview = models.JSONField(null=True)
    options = models.JSONField(default=dict)  # constants at upload, skip_bad at merge
    state = models.TextField(default="uploaded")
    stage = models.TextField(default="")
    percent = models.SmallIntegerField(default=0)
    rows = models.IntegerField(null=True)
    check_counts = models.JSONField(null=True)
    match_counts = models.JSONField(null=True)
    merge_counts = models.JSONField(null=True)
    problem = models.JSONField(null=True)  # {"code", "params"} of what failed
    cancel_asked = models.BooleanField(default=False)
    by_command = models.BooleanField(default=False)  # run by `linli intake`, not by the queue
    heartbeat_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    merged_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "intake_batch"
        indexes = [
            models.Index(fields=["area_code", "id"], name="batch_area"),
            models.Index(fields=["state", "id"], name="batch_state"),
            models.Index(fields=["sha256"], name="batch_content"),
        ]


class Finding(models.Model):
    """Something wrong or remarkable in a batch: row (0: the file), column, code, masked value.

    `row` counts through all sheets of the batch; `file`, `sheet`, `sheet_row` and `cell` are the place in the user's
    own files (the first two only where there are several).
    """

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch_id = models.UUIDField()
    number = models.IntegerField()
    area_code = AreaCodeField()
    row = models.IntegerField()
    file = models.TextField(null=True)
    sheet = models.TextField(null=True)
    sheet_row = models.IntegerField(null=True)
    cell = models.TextField(null=True)
    column = models.TextField()
    field = models.TextField()
    code = models.TextField()
    severity = models.TextField()
    value_masked = models.TextField(null=True)
    params = models.JSONField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "intake_finding"
        indexes = [models.Index(fields=["batch_id", "code", "number"], name="finding_code")]


class RememberedMapping(models.Model):
    """How the columns of a source were last mapped: the same for all areas, since a source's tables look alike.

    `mapping` is in the documented form, without constants: those are somebody's data (RememberedConstants).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    source_code = models.TextField()
    columns_hash = models.TextField()
    mapping = models.JSONField()
    used_by = models.TextField()
    used_at = models.DateTimeField()

    class Meta:
        db_table = "intake_remembered_mapping"
        constraints = [models.UniqueConstraint(fields=["source_code", "columns_hash"], name="mapping_once")]
        indexes = [models.Index(fields=["source_code", "used_at"], name="mapping_recent")]


class RememberedConstants(models.Model):
    """The constants last used in an area for a source and a set of columns; they may name a village or say who lives
    there, so each area keeps its own."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    source_code = models.TextField()
    columns_hash = models.TextField()
    constants = models.JSONField()
    used_by = models.TextField()
    used_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "intake_remembered_constants"
        constraints = [
            models.UniqueConstraint(fields=["area_code", "source_code", "columns_hash"], name="constants_once")
        ]


class Pickup(models.Model):
    """A folder on the server from which files are taken in by themselves, each once; the files stay where they are.

    `then`: "check" stops at checked, "merge" merges what has no errors, "skip_bad" leaves out rows with errors.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    source_code = models.TextField()
    directory = models.TextField()  # below LINLI_PICKUP_DIR
    pattern = models.TextField()
    then = models.TextField()
    active = models.BooleanField(default=True)
    owner = models.TextField()  # whose rights the batches have
    owner_name = models.TextField()
    created_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "intake_pickup"
        indexes = [models.Index(fields=["area_code", "id"], name="pickup_area")]


class PickedFile(models.Model):
    """A file that a pick-up has taken, told again by its content; name, size and time only save reading it again."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    pickup_id = models.UUIDField()
    area_code = AreaCodeField()
    sha256 = models.TextField()
    name = models.TextField()
    size = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    batch_id = models.UUIDField()
    taken_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "intake_picked_file"
        constraints = [models.UniqueConstraint(fields=["pickup_id", "sha256"], name="picked_once")]


from .catalogue.models import Form, FormDecision, FormVersion  # noqa: E402
from .compare.models import ComparedRow, Comparison  # noqa: E402
from .generating.models import Generated  # noqa: E402
from .library.models import MappingVersion, NamedMapping  # noqa: E402
from .rounds.models import FrozenPart, Return, ReturnStep, ReturnVersion, Round, RoundAnswer  # noqa: E402

__all__ = [
    "Batch",
    "ComparedRow",
    "Comparison",
    "Finding",
    "Form",
    "FormDecision",
    "FormVersion",
    "FrozenPart",
    "Generated",
    "MappingVersion",
    "NamedMapping",
    "PickedFile",
    "Pickup",
    "RememberedConstants",
    "RememberedMapping",
    "Return",
    "ReturnStep",
    "ReturnVersion",
    "Round",
    "RoundAnswer",
]
