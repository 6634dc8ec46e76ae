"""District packages into the database: once, again, newer; and drawn grids that never run over real ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel import clock
from linli.kernel.actors import Actor, Grant, operator
from linli.kernel.errors import Forbidden
from linli.kernel.scope import acting
from linli.places import actions, queries
from linli.places.models import Compound, Dwelling, ForeignCode, Grid, Region, RegionAlias, RegionShape
from linli.places.packages import Alias, DistrictPackage, Town, packaged

COUNT = 500


@pytest.fixture
def boss(db: str) -> Iterator[Actor]:
    with acting(operator("tester", "370302")) as actor:
        yield actor


def test_a_package_is_taken_in_whole_and_again_changes_nothing(boss: Actor) -> None:
    first = actions.load_places(boss, packaged())
    assert (first.added, first.changed, first.ended) == (488, 0, 0)
    assert RegionAlias.objects.count() == len(packaged().aliases)
    assert ForeignCode.objects.get(scheme="mca", foreign_code="370302101").code == "370302102"
    village = Region.objects.get(code="370302001001")
    assert (village.short_name, village.pinyin, village.initials) == ("城里社区", "chenglishequ", "clsq")
    edition = queries.lookup.edition()
    again = actions.load_places(boss, packaged())
    assert not again.anything
    assert queries.lookup.edition() == edition


def test_the_edition_is_raised_without_reading_it_first(boss: Actor) -> None:
    """Two who raise it at once leave two editions behind: whoever keeps what the first has written learns of the second."""
    before = queries.lookup.edition()
    with CaptureQueriesContext(connection) as asked:
        actions.raise_edition()
    assert len(asked) == 1 and queries.lookup.edition() == before + 1


def test_a_newer_package_renames_and_ends_and_brings_back(boss: Actor) -> None:
    package = packaged()
    actions.load_places(boss, package)
    newer = dataclasses.replace(
        package,
        district=dataclasses.replace(package.district, list_date="2024-06-30"),
        villages=tuple(
            dataclasses.replace(v, short="新城里社区") if v.code == "370302001001" else v
            for v in package.villages
            if v.code != "370302117295"
        ),
    )
    loaded = actions.load_places(boss, newer)
    # The list's date is the validity of the district and its towns.
    assert (loaded.added, loaded.ended) == (0, 1)
    ended = Region.objects.get(code="370302117295")
    assert ended.valid_to is not None
    assert ended.valid_to.isoformat() == "2024-06-30"
    assert queries.parse_address("新城里社区3号楼").village_code == "370302001001"
    assert queries.parse_address("西石村3号").village_code == ""
    back = actions.load_places(boss, package)
    assert back.changed >= 2
    assert Region.objects.get(code="370302117295").valid_to is None


def test_one_database_serves_one_district(boss: Actor) -> None:
    actions.load_places(boss, packaged())
    other = DistrictPackage(dataclasses.replace(packaged().district, code="370303", name="张店区"), (), ())
    with acting(operator("tester", "370303")) as actor, pytest.raises(actions.OtherDistrict):
        actions.load_places(actor, other)


def test_another_district_loads_from_its_own_package(boss: Actor) -> None:
    district = dataclasses.replace(packaged().district, code="110101", name="东城区", short="东城")
    package = DistrictPackage(district, (Town("110101001", "东华门街道", "街道"),), (), (Alias("110101001", "东华门"),))
    with acting(operator("tester", "110101")) as actor:
        assert actions.load_places(actor, package).added == 2


def test_only_who_may_edit_the_whole_district_loads(boss: Actor) -> None:
    clerk = Actor("staff", "a", "b", (Grant("370302001", frozenset({"places.edit", "places.view"})),))
    with acting(clerk), pytest.raises(Forbidden):
        actions.load_places(clerk, packaged())
    with acting(clerk), pytest.raises(Forbidden):
        actions.generate_grids(clerk, packaged(), COUNT)


def test_grids_are_drawn_once_and_redrawn_only_while_nothing_lies_in_them(boss: Actor) -> None:
    actions.load_places(boss, packaged())
    assert actions.generate_grids(boss, packaged(), COUNT, seed=1) > 0
    assert Grid.objects.count() == COUNT
    assert RegionShape.objects.count() == 488
    assert actions.generate_grids(boss, packaged(), COUNT, seed=1) == 0
    assert actions.generate_grids(boss, packaged(), COUNT + 10, seed=1) > 0
    assert Grid.objects.count() == COUNT + 10
    code = Grid.objects.order_by("code").values_list("code", flat=True)[0]
    Compound.objects.create(area_code=code, village_code=code[:12], name="阳光花园", created_at=clock.now())
    with pytest.raises(actions.GridsInUse):
        actions.generate_grids(boss, packaged(), COUNT, seed=1)
    assert actions.generate_grids(boss, packaged(), COUNT + 10, seed=1) == 0


def test_real_grids_are_never_drawn_over(boss: Actor) -> None:
    actions.load_places(boss, packaged())
    actions.generate_grids(boss, packaged(), COUNT, seed=1)
    Grid.objects.filter(code__endswith="001").update(synthetic=False)
    with pytest.raises(actions.GridsAreReal):
        actions.generate_grids(boss, packaged(), COUNT + 1, seed=1)


def test_grids_need_regions_enough_of_them_and_a_boundary(boss: Actor) -> None:
    from linli.kernel.errors import NotFound

    with pytest.raises(NotFound):
        actions.generate_grids(boss, packaged(), COUNT)
    actions.load_places(boss, packaged())
    with pytest.raises(actions.BadCount):
        actions.generate_grids(boss, packaged(), 473)
    with pytest.raises(actions.NoBoundary):
        actions.generate_grids(boss, dataclasses.replace(packaged(), boundary=None), COUNT)


def test_positions_and_names_come_from_what_is_loaded(boss: Actor) -> None:
    assert queries.locate_many(118.0, 36.6).tolist() == [""]
    actions.load_places(boss, packaged())
    actions.generate_grids(boss, packaged(), COUNT, seed=1)
    grid = Grid.objects.order_by("?").first()
    assert grid is not None
    assert queries.locate_many(grid.lon, grid.lat).tolist() == [grid.code]
    assert queries.names_of([grid.code, "370302001", "999999"]) == {
        grid.code: grid.name,
        "370302001": "般阳路街道",
    }


def test_known_compounds_help_only_whom_they_are_visible_to(boss: Actor) -> None:
    actions.load_places(boss, packaged())
    Compound.objects.create(
        area_code="370302001001",
        village_code="370302001001",
        name="阳光花园",
        aliases=["阳光"],
        created_at=clock.now(),
    )
    assert queries.parse_address("阳光花园3号楼2单元401").village_code == "370302001001"
    foreign = Actor("staff", "c", "d", (Grant("370302117", frozenset({"places.view"})),))
    with acting(foreign):
        assert queries.parse_address("阳光花园3号楼2单元401").village_code == ""
        assert not Compound.objects.exists()
    assert queries.parse_address("阳光花园3号楼2单元401").village_code == "370302001001"


def test_homes_of_other_areas_are_neither_seen_nor_written(boss: Actor) -> None:
    from django.db import ProgrammingError, transaction

    def home(area: str, key: bytes) -> Dwelling:
        return Dwelling(area_code=area, village_code=area, standard="x", address_key=key, created_at=clock.now())

    home("370302001001", b"1").save(force_insert=True)
    foreign = Actor("staff", "c", "d", (Grant("370302117", frozenset({"places.view"})),))
    with acting(foreign):
        assert Dwelling.objects.count() == 0  # a query that forgets restrict
        with pytest.raises(ProgrammingError), transaction.atomic():
            home("370302001001", b"2").save(force_insert=True)
        home("370302117200", b"3").save(force_insert=True)
        assert Dwelling.objects.restrict(foreign, "places.view").count() == 1


def test_a_loaded_district_parses_and_draws_like_its_package(boss: Actor) -> None:
    """What a package says of the district's surroundings outlives the load, for districts that are not packaged too."""
    package = packaged()
    actions.load_places(boss, package)
    loaded = queries.loaded_package()
    assert loaded is not None
    assert loaded.district == package.district
    assert {v.code: v.short for v in loaded.villages} == {v.code: v.short for v in package.villages}
    assert queries.parse_address("博山区山头街道5号").reason_code == "outside"
    assert queries.parse_address("山东省淄博市淄川区聂村5号").reason_code == "ambiguous"
    assert actions.generate_grids(boss, package, COUNT, seed=3) > 0
    assert actions.generate_grids(boss, loaded, COUNT, seed=3) == 0
