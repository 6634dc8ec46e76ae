"""Tables of places. Regions and grids are public reference data; compounds and dwellings lie in an area and are scoped."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .grids.models import AreaMove, GridChange, GridStaff

__all__ = [
    "AreaMove", "Compound", "Dwelling", "Edition", "ForeignCode", "Grid", "GridChange", "GridStaff", "Region",
    "RegionAlias", "RegionShape",
]  # fmt: skip


class Region(models.Model):
    """A district, a town or a village-level committee (GB/T 2260, GB/T 10114, 统计用区划代码).

    `short_name` is what people say (城里社区), `name` the official form. `weight` is the share of people relative to
    its siblings where a district states it. A region that ends keeps its row with `valid_to`, and where a recode ended it
    names its `successor`: the next code of what it became.
    """

    code = AreaCodeField(primary_key=True)
    parent_code = AreaCodeField(null=True)
    level = models.TextField()  # district | town | village
    kind = models.TextField(default="")  # 街道, 镇, 乡, 居委会, 村委会
    name = models.TextField()
    short_name = models.TextField()
    pinyin = models.TextField(db_collation="C", default="")
    initials = models.TextField(db_collation="C", default="")
    weight = models.FloatField(null=True)
    about = models.JSONField(default=dict)  # of a district: what it lies in, the names of its neighbours
    hint_lon = models.FloatField(null=True)  # where to draw it when no boundary is known: 示意
    hint_lat = models.FloatField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = AreaCodeField(null=True)

    class Meta:
        db_table = "places_region"
        indexes = [models.Index(fields=["parent_code", "code"], name="region_parent")]


class RegionAlias(models.Model):
    """Another name of a region: in use (`name`) or of a merged town (`former`), with source and certainty."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = AreaCodeField()
    alias = models.TextField()
    kind = models.TextField(default="name")
    source = models.TextField(default="")
    certainty = models.TextField(default="")

    class Meta:
        db_table = "places_region_alias"
        constraints = [models.UniqueConstraint(fields=["code", "alias"], name="alias_once")]


class ForeignCode(models.Model):
    """The number of a region in another scheme (民政 `mca`). Schemes reuse each other's numbers: never without one."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    scheme = models.TextField()
    foreign_code = models.TextField(db_collation="C")
    code = AreaCodeField()

    class Meta:
        db_table = "places_foreign_code"
        constraints = [models.UniqueConstraint(fields=["scheme", "foreign_code"], name="foreign_code_once")]


class RegionShape(models.Model):
    """The outline of a region in WGS-84 (CGCS2000), as WKB. `synthetic`: drawn by us, to be shown as 示意."""

    code = AreaCodeField(primary_key=True)
    geometry = models.BinaryField()
    lon = models.FloatField()
    lat = models.FloatField()
    synthetic = models.BooleanField(default=False)
    source = models.TextField(default="")

    class Meta:
        db_table = "places_region_shape"


class Grid(models.Model):
    """A governance grid (单元网格, 网格标识码 of 15 digits), in exactly one village; grids tile the district.

    `kind` is 基础 or 专属 (a park, a mall, a school). `serial` numbers the grids of a village from west to east and
    north to south. Geometry is WKB in WGS-84; `synthetic` grids are drawn by us and shown as 示意.
    """

    code = AreaCodeField(primary_key=True)
    village_code = AreaCodeField()
    name = models.TextField()
    kind = models.TextField(default="基础")
    geometry = models.BinaryField()
    lon = models.FloatField()  # a point inside
    lat = models.FloatField()
    area_m2 = models.FloatField()
    synthetic = models.BooleanField(default=False)
    source = models.TextField(default="")  # who vouches for the boundary
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)  # the first day on which it is no more; its code is never given again
    successor = AreaCodeField(null=True)  # of one that ended: who took it over, most of it where several did

    class Meta:
        db_table = "places_grid"
        indexes = [models.Index(fields=["village_code", "code"], name="grid_village")]


class Compound(models.Model):
    """A residential compound (小区, 院落, 家属院) in one village; `area_code` is its grid where it lies in a single one.

    `source` says who vouches for it. One that an import made out of an address (FROM_INTAKE) stands for what somebody
    wrote: it tells the grid of homes written in the same way, never which village an address means.
    """

    FROM_INTAKE = "intake"

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    village_code = AreaCodeField()
    name = models.TextField()
    aliases = ArrayField(models.TextField(), default=list)
    kind = models.TextField(default="")  # see `rules.COMPOUND_KINDS`
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    source = models.TextField(default="")
    batch_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_compound"
        constraints = [models.UniqueConstraint(fields=["village_code", "name"], name="compound_once")]
        indexes = [models.Index(fields=["area_code", "name"], name="compound_area")]


class Dwelling(models.Model):
    """One home at one standard address (实有房屋, GB/T 31000). `address_key` makes it the same home whoever writes it.

    `storey` is the floor as a number, read from `floor` or `room` (see `rules.storey`). `state` and the facts after it
    are what somebody stated by hand, with the day; how a home is lived in otherwise follows from who lives there.
    """

    class State(models.TextChoices):
        OCCUPIED = "occupied"  # 自住
        RENTED = "rented"  # 出租
        EMPTY = "empty"  # 空置
        OTHER = "other"  # 其他

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    village_code = AreaCodeField()
    compound_id = models.UUIDField(null=True)
    road = models.TextField(default="")
    door = models.TextField(default="")
    building = models.TextField(default="")
    unit = models.TextField(default="")
    floor = models.TextField(default="")
    room = models.TextField(default="")
    standard = models.TextField()
    address_key = models.BinaryField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    batch_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    building_id = models.UUIDField(null=True)
    storey = models.SmallIntegerField(null=True)
    state = models.TextField(null=True)
    state_on = models.DateField(null=True)
    state_source = models.TextField(null=True)  # who stated it: `manual`, or the code of a source
    kind = models.TextField(null=True)  # see `rules.HOME_KINDS`
    floor_area = models.FloatField(null=True)  # 建筑面积, m²
    note = models.TextField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_dwelling"
        constraints = [models.UniqueConstraint(fields=["address_key"], name="dwelling_once")]
        indexes = [
            models.Index(fields=["area_code", "id"], name="dwelling_area"),
            models.Index(fields=["compound_id"], name="dwelling_compound"),
            models.Index(fields=["building_id"], name="dwelling_building"),
        ]


class Building(models.Model):
    """A building (楼栋): homes under one number in a compound, else at one road and door, else in the village itself.

    `name` is what people call it (阳光花园3号楼). `floors`, `units` and `built_year` are as stated, null where nobody
    has; what its homes show is computed from them. `source` says who made it: an import (`intake`) or somebody by hand.
    """

    FROM_INTAKE, BY_HAND = "intake", "manual"

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    village_code = AreaCodeField()
    compound_id = models.UUIDField(null=True)
    road = models.TextField(default="")
    door = models.TextField(default="")
    number = models.TextField()
    name = models.TextField()
    kind = models.TextField(default="")  # see `rules.BUILDING_KINDS`
    floors = models.SmallIntegerField(null=True)
    units = models.SmallIntegerField(null=True)
    built_year = models.SmallIntegerField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    source = models.TextField(default="")
    batch_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_building"
        constraints = [
            models.UniqueConstraint(
                fields=["village_code", "compound_id", "road", "door", "number"],
                name="building_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["area_code", "name", "id"], name="building_area"),
            models.Index(fields=["compound_id"], name="building_compound"),
        ]


class BuildingLeader(models.Model):
    """That somebody leads a building (楼栋长) or one of its units (单元长) from `since` to `until` (null: still).

    `phone` is the number given out to residents, not a person's own in the registry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    building_id = models.UUIDField()
    unit = models.TextField(default="")  # empty: the whole building
    name = models.TextField()
    phone = models.TextField(default="")
    since = models.DateField()
    until = models.DateField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_building_leader"
        indexes = [models.Index(fields=["building_id", "since"], name="building_leader")]


class DwellingCode(models.Model):
    """The code on the door of a home (房屋二维码): random, says nothing about it, and is void once replaced."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    area_code = AreaCodeField()
    dwelling_id = models.UUIDField()
    code = models.TextField(db_collation="C")
    made_at = models.DateTimeField()
    made_by = models.TextField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "places_dwelling_code"
        constraints = [
            models.UniqueConstraint(fields=["dwelling_id"], name="dwelling_code_once"),
            models.UniqueConstraint(fields=["code"], name="code_means_one_dwelling"),
        ]


class Edition(models.Model):
    """The edition of regions and grids: one row, raised by every change of them, so that caches know they are old."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "places_edition"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="edition_single")]
