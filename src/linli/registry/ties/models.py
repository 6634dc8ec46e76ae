"""Tables of relations between people, and of tags with the catalogue that says which are lawful."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Statement(models.Model):
    """What a source states about one person, and how it came to be known. `area_code` is the person's and follows it;
    `stated_area` and `ended_area` are where the person was managed when it was stated and ended, and stay."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_id = models.UUIDField()
    area_code = AreaCodeField()
    source_code = models.TextField()
    batch_id = models.UUIDField(null=True)  # null: entered by hand
    row = models.IntegerField(null=True)
    observed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    reason = models.TextField(null=True)
    ended_on = models.DateField(null=True)  # the first day on which it no longer holds
    ended_by = models.TextField(null=True)
    ended_why = models.TextField(null=True)  # what somebody wrote
    stated_area = AreaCodeField()
    ended_area = AreaCodeField(null=True)
    replaced_with = models.UUIDField(null=True)  # the newer statement that stands in its place

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Relation(Statement):
    """That somebody is kin, guardian, carer or contact of a person (GB/T 4761 for kinship).

    The other one is a person of the base (`other_id`) or only a name with a phone. A guardian (监护人, 民法典 第二十七条)
    may have consented to the handling of a child's data (个人信息保护法 第三十一条): when, and in what form.
    """

    kind = models.TextField()  # kin | guardian | carer | contact
    kinship = models.TextField(null=True)  # what the other one is to the person
    other_id = models.UUIDField(null=True)
    other_name = models.TextField()
    phone = models.BinaryField(null=True)  # of the other one; ciphertext
    consent_on = models.DateField(null=True)
    consent_form = models.TextField(null=True)

    class Meta:
        db_table = "registry_relation"
        indexes = [
            models.Index(fields=["area_code", "id"], name="relation_list"),
            models.Index(fields=["person_id", "kind"], name="relation_person"),
            models.Index(fields=["other_id"], condition=~models.Q(other_id=None), name="relation_other"),
            models.Index(fields=["batch_id"], condition=~models.Q(batch_id=None), name="relation_batch"),
        ]


class TagKind(models.Model):
    """A kind of tag that departments of the district may give: who gives it, by which law, for how long at most.

    Sensitive kinds (个人信息保护法 第二十八条: crime, illness, belief …; petitioning) are refused by rule, see `rules`.
    """

    code = models.TextField(primary_key=True, db_collation="C")
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    source_code = models.TextField()  # the department
    legal_basis = models.TextField()
    months = models.SmallIntegerField()  # a tag lapses so many months after it was given, unless given again
    active = models.BooleanField(default=True)
    certainty = models.TextField(default="inferred")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "registry_tag_kind"


class Tag(Statement):
    """That a department marked a person with a tag of the catalogue; it gives sight of nobody and lapses by itself."""

    kind = models.TextField(db_collation="C")
    legal_basis = models.TextField()  # as the catalogue said when it was given
    expires_on = models.DateField()  # the first day on which it is no more

    class Meta:
        db_table = "registry_tag"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "kind"], condition=models.Q(ended_on=None), name="tag_current_once"
            )
        ]
        indexes = [
            models.Index(fields=["area_code", "kind", "id"], name="tag_list"),
            models.Index(fields=["batch_id"], condition=~models.Q(batch_id=None), name="tag_batch"),
        ]
