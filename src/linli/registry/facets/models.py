"""The table of facets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.scoped import ScopedQuerySet


class PersonFacet(models.Model):
    """The few facts of a listed person (a row of `PersonArea`) that are counted over a whole district: codes, the day of
    birth, and yes or no, so that half a million rows are read in a tenth of a second. No name, no number.

    Computed anew from the person, the household, the homes and the statements by every merge, correction, join and undo,
    in its transaction (`writing`). What it rests on may lie outside of the area of the row, where an actor of that area
    does not see it: `kin_elsewhere` (somebody of the household or the home), `stated_elsewhere` (a statement). Such rows are
    asked of the base itself for whoever does not see the district (docs/decisions/020).
    """

    id = models.CompositePrimaryKey("area_code", "person_id")
    person_id = models.UUIDField()
    alike = models.BigIntegerField(null=True)  # of two in one area the same where name and birthday are
    birth = models.DateField(null=True)
    seen = models.DateField(null=True)  # the latest current statement
    household_size = models.IntegerField()  # 0: of no household
    lives_alone = models.BooleanField()
    is_head = models.BooleanField()
    has_id = models.BooleanField()
    has_phone = models.BooleanField()
    has_home = models.BooleanField()
    kin_elsewhere = models.BooleanField()
    stated_elsewhere = models.BooleanField()
    name_odd = models.BooleanField()  # quality: `name_form` fails
    disputed = models.BooleanField()  # quality: `sources_agree` fails
    register_odd = models.BooleanField(null=True)  # quality: `register_home` fails; null: it is not asked
    area_code = AreaCodeField()
    prior_areas = ArrayField(models.TextField(), null=True)
    sex = models.TextField(null=True)
    nation = models.TextField(null=True)
    marital = models.TextField(null=True)
    education = models.TextField(null=True)
    political = models.TextField(null=True)
    population_kind = models.TextField(null=True)
    register_consistent = models.TextField(null=True)
    relation_to_head = models.TextField(null=True)
    home_kind = models.TextField(null=True)
    inflow_reason = models.TextField(null=True)
    permit_kind = models.TextField(null=True)
    left_behind_kind = models.TextField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_person_facet"
