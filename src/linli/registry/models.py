"""Tables of the registry: source records as they came, and the golden records computed from them.

A person, a residence and a household are a pure function of the current source records (survivorship: priority of
the source per field, then recency). Undoing an import is therefore removing its records and computing again.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Left

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class District(models.Model):
    """Facts about this installation. `demo` marks a district whose people are synthetic."""

    code = AreaCodeField(primary_key=True)
    demo = models.BooleanField(default=False)

    class Meta:
        db_table = "registry_district"


class Source(models.Model):
    """A body or system that states facts about people, such as 公安户籍. Lower `priority` wins a contested field."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    name_en = models.TextField(default="")
    priority = models.SmallIntegerField(default=50)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "registry_source"


class FieldPriority(models.Model):
    """An exception to a source's priority for one field, such as 民政 before 公安 for marital status.

    It holds from its day until a later one for the same field and source. Field "*" is the source's priority in general;
    no priority takes an exception back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    field = models.TextField()
    source = models.ForeignKey(Source, on_delete=models.CASCADE)
    priority = models.SmallIntegerField(null=True)
    valid_from = models.DateField()
    change_id = models.UUIDField(null=True)  # the change of rules that made it; null: shipped

    class Meta:
        db_table = "registry_field_priority"
        constraints = [
            models.UniqueConstraint(fields=["field", "source", "valid_from"], name="field_priority_once_a_day")
        ]


class CodeItem(models.Model):
    """One value of a code list, with the standard it comes from (GB/T 2261.1, GB/T 4761, GA/T 517 …)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    list = models.TextField()
    code = models.TextField(db_collation="C")
    label_zh = models.TextField()
    label_en = models.TextField(default="")
    variants = models.TextField(default="")
    standard = models.TextField(default="")
    certainty = models.TextField(default="official")
    position = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "registry_code_item"
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="code_once_in_list")]


class Facts(models.Model):
    """The facts a source may state of a person (GB/T 31000 实有人口) and the golden record holds; see `fields.py`."""

    former_name = models.TextField(null=True)
    sex = models.TextField(null=True)
    birth = models.DateField(null=True)
    nation = models.TextField(null=True)
    id_kind = models.TextField(null=True)
    id_number = models.BinaryField(null=True)  # ciphertext
    id_hash = models.BinaryField(null=True)  # keyed hash of kind and number: exact identity
    id_tail4 = models.BigIntegerField(null=True)  # keyed hashes for search
    id_tail6 = models.BigIntegerField(null=True)
    phone = models.BinaryField(null=True)  # ciphertext
    phone_hash = models.BigIntegerField(null=True)
    phone_tail4 = models.BigIntegerField(null=True)
    native_place = models.TextField(null=True)
    marital = models.TextField(null=True)
    education = models.TextField(null=True)
    political = models.TextField(null=True)
    occupation = models.TextField(null=True)
    workplace = models.TextField(null=True)
    nationality = models.TextField(null=True)
    population_kind = models.TextField(null=True)
    register_consistent = models.TextField(null=True)
    inflow_reason = models.TextField(null=True)
    permit_kind = models.TextField(null=True)
    left_behind_kind = models.TextField(null=True)
    register_address = models.TextField(null=True)
    register_area = AreaCodeField(null=True)  # where the 户籍 lies
    household_id = models.UUIDField(null=True)
    relation_to_head = models.TextField(null=True)
    dwelling_id = models.UUIDField(null=True)  # the home
    home_text = models.TextField(null=True)
    home_kind = models.TextField(null=True)
    home_area = AreaCodeField(null=True)

    class Meta:
        abstract = True


class SourceRecord(Facts):
    """What one source states of one person: as it came (`raw`, identifiers encrypted) and in canonical form.

    `match_key` is what makes it the same record when it comes again: the source's own id, else the identity number,
    else name, birth and home. A newer statement about the same person supersedes; nothing is overwritten. Where a
    source gives its record id to somebody else, the older statement stays current and only loses the key.
    """

    class State(models.TextChoices):
        LINKED = "linked"  # belongs to `person`
        TRANSFER = "transfer"  # waits for a 迁入 decision
        REVIEW = "review"  # matches several people, or one not surely enough
        REJECTED = "rejected"  # decided not to be taken in

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.TextField(null=True)  # a correction by hand states only what it corrects
    name_key = models.TextField(db_collation="C", null=True)
    source_code = models.TextField()
    batch_id = models.UUIDField(null=True)  # null: entered by hand
    row = models.IntegerField(null=True)
    person_id = models.UUIDField(null=True)
    state = models.TextField(default=State.LINKED)
    area_code = AreaCodeField()  # where it was stated: scope of the record
    match_key = models.BinaryField()
    content_hash = models.BinaryField()
    record_key = models.TextField(null=True)
    head_name = models.TextField(null=True)  # whom it calls the head of the household
    observed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    reason = models.TextField(null=True)
    request = models.TextField(null=True)  # entered by hand: the request, by which history finds its cause
    superseded_by = models.UUIDField(null=True)
    released_by = models.UUIDField(null=True)  # the record of another person that has taken over `match_key`
    set_aside = models.BinaryField(null=True)  # ciphertext of an identity number found to be somebody else's
    cleared = ArrayField(models.TextField(), null=True)  # fields emptied by hand
    carried = models.JSONField(null=True)  # by hand: field -> the earlier statement by hand that is repeated
    raw = models.JSONField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_source_record"
        constraints = [
            models.UniqueConstraint(
                fields=["source_code", "match_key"],
                condition=models.Q(superseded_by=None, state="linked"),
                name="record_current_once",
            )
        ]
        indexes = [
            models.Index(fields=["id_hash"], condition=models.Q(superseded_by=None), name="record_identity"),
            models.Index(
                fields=["match_key"],
                condition=models.Q(superseded_by=None) & ~models.Q(state="linked"),
                name="record_waiting",
            ),
            models.Index(fields=["person_id"], name="record_person"),
            models.Index(fields=["batch_id"], name="record_batch"),
            models.Index(fields=["superseded_by"], condition=~models.Q(superseded_by=None), name="record_superseded"),
            models.Index(
                fields=["area_code", "home_text"],
                condition=models.Q(superseded_by=None, dwelling_id=None, home_text__isnull=False, state="linked"),
                name="record_unresolved",
            ),
            models.Index(fields=["area_code", "id"], condition=models.Q(state="review"), name="record_review"),
            models.Index(fields=["released_by"], condition=~models.Q(released_by=None), name="record_released"),
        ]


class Person(Facts):
    """A natural person with a tie to the district (实有人口, GB/T 31000): the golden record.

    `area_code` is where the person is chiefly managed: the home, else the 户籍. Every area with sight of the person
    is a `PersonArea`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.TextField()
    name_key = models.TextField(db_collation="C")  # pinyin, then the name: the order of lists
    area_code = AreaCodeField()
    main_record = models.UUIDField()  # the record most fields come from
    field_records = models.JSONField(null=True)  # field -> record, where another record won
    version = models.IntegerField(default=1)
    recorded_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_person"
        indexes = [
            # Whole numbers are found by their last four digits and then compared: a few dozen candidates in a district,
            # three indexes fewer to keep (1.6 s each on a first load of 540,000).
            models.Index(fields=["id_tail4"], name="person_id_tail4"),
            models.Index(fields=["phone_tail4"], name="person_phone_tail4"),
            models.Index(fields=["household_id"], name="person_household"),
        ]


class PersonArea(models.Model):
    """That a person is visible in an area: a current home or the 户籍 lies there. An ended home gives no sight.

    `prior_areas` are the person's areas that come before this one: a list whose scope holds one of those shows the
    person there and not again here.
    """

    id = models.CompositePrimaryKey("person_id", "area_code")
    person_id = models.UUIDField()
    area_code = AreaCodeField()
    name_key = models.TextField(db_collation="C")
    kind = models.TextField()  # home | register
    prior_areas = ArrayField(models.TextField(), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_person_area"
        indexes = [models.Index(fields=["area_code", "name_key", "person_id"], name="person_area_list")]


class NameToken(models.Model):
    """A piece of a name in an area: overlapping two-character pieces, the last character with "$", pinyin initials.

    Equality and prefix ranges on it stand for LIKE, which no index serves under row-level security.
    """

    id = models.CompositePrimaryKey("token", "area_code", "person_id")
    token = models.TextField(db_collation="C")
    area_code = AreaCodeField()
    person_id = models.UUIDField()

    class Meta:
        db_table = "registry_name_token"


class Residence(models.Model):
    """That a person lives or lived in a dwelling, from `since` until `until` (null: current). Many to many."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_id = models.UUIDField()
    dwelling_id = models.UUIDField()
    area_code = AreaCodeField()
    kind = models.TextField(null=True)  # 住所类型
    since = models.DateField()
    until = models.DateField(null=True)
    record_id = models.UUIDField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_residence"
        indexes = [
            models.Index(fields=["person_id"], name="residence_person"),
            models.Index(fields=["dwelling_id"], name="residence_dwelling"),
        ]


class Household(models.Model):
    """A household (户): people registered or living together under one head, with the number the police gave it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    key = models.BinaryField(unique=True)  # keyed hash of 户号, else of the head's identity
    number = models.TextField(null=True)
    head_name = models.TextField(null=True)
    batch_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_household"
        indexes = [models.Index(fields=["area_code", "id"], name="household_area")]


class Transfer(models.Model):
    """A 迁入 request: somebody stated a person in `to_area` whom the base holds only in `from_area`.

    Open is one per person and village. Where a newer statement takes its place it is withdrawn, `replaced_by` that
    record; deciding the newer request decides what the withdrawn ones carry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_id = models.UUIDField()
    record_id = models.UUIDField()
    batch_id = models.UUIDField(null=True)
    row = models.IntegerField(null=True)
    from_area = AreaCodeField()
    to_area = AreaCodeField()
    state = models.TextField(default="open")  # open | approved | rejected | withdrawn
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(null=True)
    reason = models.TextField(null=True)
    replaced_by = models.UUIDField(null=True)

    class Meta:
        db_table = "registry_transfer"
        constraints = [
            models.UniqueConstraint(
                models.F("person_id"), Left("to_area", 12), condition=models.Q(state="open"), name="transfer_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "opened_at", "id"], name="transfer_list"),
            models.Index(fields=["record_id"], name="transfer_record"),
            models.Index(fields=["person_id"], name="transfer_person"),
        ]


from .addresses.models import Resolution  # noqa: E402
from .bulk.models import BulkEdit, BulkEditRow  # noqa: E402
from .conflicts.models import Conflict  # noqa: E402
from .custom.models import CustomField, CustomValue  # noqa: E402
from .facets.models import PersonFacet  # noqa: E402
from .finding.models import FindToken, Initial  # noqa: E402
from .matching.models import MatchKey, MatchModel, MatchProposal, MatchThreshold  # noqa: E402
from .quality.models import QualityDay  # noqa: E402
from .regrouping.models import PersonAlias, Regrouped, Regrouping  # noqa: E402
from .reviewing.models import ReviewAssignment  # noqa: E402
from .survivorship.models import RuleChange  # noqa: E402
from .things.models import Component, KeyPlace, LegalEntity, Rental, ThingRecord  # noqa: E402 – for Django
from .ties.models import Relation, Tag, TagKind  # noqa: E402

__all__ = [
    "BulkEdit", "BulkEditRow", "CodeItem", "Component", "Conflict", "CustomField", "CustomValue", "District", "Facts", "FieldPriority", "FindToken",
    "Household", "Initial", "KeyPlace", "LegalEntity", "MatchKey", "MatchModel", "MatchProposal", "MatchThreshold",
    "NameToken", "Person", "PersonAlias", "PersonArea", "PersonFacet", "QualityDay", "Regrouped", "Regrouping",
    "Relation", "Rental", "Residence", "Resolution", "ReviewAssignment",
    "RuleChange", "Source", "SourceRecord", "Tag", "TagKind", "ThingRecord", "Transfer",
]  # fmt: skip
