"""Tables of legal entities, key places, components and rented homes, and the statements they are computed from.

As with people, a golden row is a pure function of the current statements about it: undoing an import is removing its
statements and computing again.
"""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class ThingRecord(models.Model):
    """What one source states of one thing: `facts` in canonical form, `raw` as it came (phones sealed).

    `key` is the identity of the thing (`rules.entity_key` and its like). A newer statement of the same source about
    the same thing supersedes; nothing is overwritten. A fact that is JSON null was emptied by hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField()  # entity | place | component | rental
    subject_id = models.UUIDField()
    key = models.TextField(db_collation="C")
    source_code = models.TextField()
    batch_id = models.UUIDField(null=True)  # null: entered by hand
    row = models.IntegerField(null=True)
    request = models.TextField(null=True)  # entered by hand: the request, by which history finds its cause
    area_code = AreaCodeField()  # where it was stated: scope of the record
    dwelling_id = models.UUIDField(null=True)  # the home it is in, of kinds that are in one
    content_hash = models.BinaryField()
    observed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    reason = models.TextField(null=True)
    superseded_by = models.UUIDField(null=True)
    facts = models.JSONField()
    phone = models.BinaryField(null=True)  # ciphertext; `facts` says only that there is one
    raw = models.JSONField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_thing_record"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "source_code"],
                condition=models.Q(superseded_by=None),
                name="thing_record_current_once",
            )
        ]
        indexes = [
            models.Index(fields=["subject_id"], name="thing_record_subject"),
            models.Index(fields=["batch_id"], name="thing_record_batch"),
            models.Index(fields=["dwelling_id"], condition=~models.Q(dwelling_id=None), name="thing_record_dwelling"),
            models.Index(
                fields=["superseded_by"], condition=~models.Q(superseded_by=None), name="thing_record_superseded"
            ),
        ]


class Thing(models.Model):
    """What every kind has: identity, name, where it lies (WGS-84), and where each fact comes from."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.TextField(db_collation="C", unique=True)
    area_code = AreaCodeField()
    name = models.TextField()
    name_key = models.TextField(db_collation="C")  # pinyin, then the name: the order of lists
    address = models.TextField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    main_record = models.UUIDField()
    field_records = models.JSONField()  # fact -> record
    version = models.IntegerField(default=1)
    recorded_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class LegalEntity(Thing):
    """A registered organisation (法人和其他组织, GB 32100) or 个体工商户 at work in the district.

    Not a unit of staff. Facts follow the 实有单位 of GB/T 31000 as far as a district uses them.
    """

    credit_code = models.TextField(db_collation="C", null=True)  # 统一社会信用代码, 18 characters
    entity_kind = models.TextField(null=True)
    industry = models.TextField(null=True)  # GB/T 4754 section, A to T
    entity_status = models.TextField(null=True)
    representative = models.TextField(null=True)  # 法定代表人 (负责人、经营者)
    phone = models.BinaryField(null=True)  # ciphertext
    employees = models.IntegerField(null=True)
    established_on = models.DateField(null=True)
    business_scope = models.TextField(null=True)
    hazardous = models.TextField(null=True)  # 是否危化
    hazard = models.TextField(null=True)  # 隐患类型
    attention = models.TextField(null=True)  # 关注程度
    party_organisation = models.TextField(null=True)
    party_members = models.IntegerField(null=True)

    class Meta:
        db_table = "registry_legal_entity"
        indexes = [
            models.Index(fields=["area_code", "name_key", "id"], name="entity_list"),
            models.Index(fields=["credit_code"], name="entity_credit"),
        ]


class KeyPlace(Thing):
    """A place that is looked after with care (重点场所, GB/T 31000; 九小场所): school, nursing home, small shop …"""

    place_kind = models.TextField(null=True)
    credit_code = models.TextField(db_collation="C", null=True)  # of the entity that runs it
    manager = models.TextField(null=True)  # 负责人
    phone = models.BinaryField(null=True)  # ciphertext
    capacity = models.IntegerField(null=True)  # people there at most: pupils, beds, seats
    hazard = models.TextField(null=True)
    attention = models.TextField(null=True)
    inspected_on = models.DateField(null=True)
    next_inspection_on = models.DateField(null=True)

    class Meta:
        db_table = "registry_key_place"
        indexes = [
            models.Index(fields=["area_code", "name_key", "id"], name="place_list"),
            models.Index(fields=["credit_code"], name="place_credit"),
        ]


class Component(Thing):
    """A street component (管理部件, GB/T 47678.5-2026): a lamp, a manhole cover, a bin, by its 17-digit code.

    The standard's 18 fields: code, name, department, owner and keeper (code and name each), grid (`area_code`),
    state, first and changed date, source of the data, note; street and community (code and name) follow from the grid.
    """

    component_code = models.TextField(db_collation="C")
    component_class = models.TextField(null=True)  # the 5 digits of its class
    component_state = models.TextField(null=True)
    department_code = models.TextField(null=True)
    department_name = models.TextField(null=True)
    owner_code = models.TextField(null=True)
    owner_name = models.TextField(null=True)
    keeper_code = models.TextField(null=True)
    keeper_name = models.TextField(null=True)
    first_dated_on = models.DateField(null=True)
    changed_on = models.DateField(null=True)
    survey_source = models.TextField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "registry_component"
        indexes = [models.Index(fields=["area_code", "name_key", "id"], name="component_list")]


class Rental(Thing):
    """A rented home (出租房屋, GB/T 31000): who lets it to whom, for what and how long, who answers for it, inspections.

    Who lives there is told by the homes of people, not by the row: `tenant` is who signed. The purpose follows the
    standard's list; registration is that of the lease (房屋租赁登记备案, 商品房屋租赁管理办法 第十四条).
    """

    dwelling_id = models.UUIDField(null=True)  # the home, where the address is exact
    registration_no = models.TextField(db_collation="C", null=True)  # 登记备案编号
    rental_purpose = models.TextField(null=True)
    rental_state = models.TextField(null=True)
    lessor = models.TextField(null=True)  # 出租人（房主）
    phone = models.BinaryField(null=True)  # of the lessor; ciphertext
    tenant = models.TextField(null=True)  # 承租人: who signed
    tenants = models.IntegerField(null=True)
    leased_from = models.DateField(null=True)
    leased_until = models.DateField(null=True)
    manager = models.TextField(null=True)  # 管理责任人
    hazard = models.TextField(null=True)
    attention = models.TextField(null=True)
    inspected_on = models.DateField(null=True)
    next_inspection_on = models.DateField(null=True)

    class Meta:
        db_table = "registry_rental"
        indexes = [
            models.Index(fields=["area_code", "name_key", "id"], name="rental_list"),
            models.Index(fields=["dwelling_id"], name="rental_dwelling"),
        ]
