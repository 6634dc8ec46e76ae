"""Systems of indicators from files: everything that is wrong is told in words, nothing is taken unless all of it holds."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from threading import Barrier, Thread
from typing import Any

import pytest
import staff
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.tiers.assessing import actions as assessing
from linli.tiers.assessing.results import outcome
from linli.tiers.certainties import MARKS, Sources, told
from linli.tiers.models import Indicator, IndicatorSystem
from linli.tiers.systems import importing
from linli.tiers.systems.reading import read, read_yaml

SHIPPED: dict[str, Any] = yaml.safe_load(files("linli.tiers").joinpath("data/indicators.yaml").read_bytes())
Spoil = Callable[[dict[str, Any]], Any]


def spoiled(spoil: Spoil) -> dict[str, Any]:
    document = copy.deepcopy(SHIPPED)
    spoil(document)
    return document


def first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["indicators"][0]
    return found


def bound(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = first(document)["thresholds"][0]
    return found


def test_the_shipped_file_holds() -> None:
    found = read(SHIPPED)
    assert found.findings == () and found.system is not None
    assert len(found.system.indicators) == 90
    assert sum(len(each.bounds) for each in found.system.indicators) == 165


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda d: bound(d).update(op="≈"), "operator", "≈"),
        (lambda d: bound(d).update(value=101), "percent", "101"),
        (lambda d: bound(d).update(value=-1), "percent", "-1"),
        (lambda d: bound(d).update(value="七十"), "type", "七十"),
        (lambda d: bound(d).update(value=True), "type", "True"),
        (lambda d: bound(d).update(value=float("nan")), "type", "nan"),
        (lambda d: bound(d).update(value=10**5000), "type", "value"),
        (lambda d: first(d).update(name=10**5000), "type", "name"),
        (lambda d: bound(d).update(metric_id="no_such"), "metric", "no_such"),
        (lambda d: bound(d).update(unit="count"), "unit", "count"),
        (lambda d: bound(d).update(certainty="perhaps"), "certainty", "perhaps"),
        (lambda d: bound(d).update(colour="red"), "unknown_field", "colour"),
        (lambda d: first(d).update(tier="黄金型"), "tier", "黄金型"),
        (lambda d: first(d).update(id="B02"), "duplicate", "B02"),
        (lambda d: first(d).update(seq=2), "seq", "2"),
        (lambda d: first(d).update(name=["a"]), "type", "['a']"),
        (lambda d: first(d).update(name=""), "missing", "name"),
        (lambda d: first(d).update(measure_mode="magic"), "mode", "magic"),
        (lambda d: first(d).update(thresholds=[]), "no_bounds", ""),
        (lambda d: first(d).update(thresholds="70"), "no_bounds", ""),
        (lambda d: first(d).update(metric_ids=["g5_area_rate"]), "metrics_differ", ""),
        (lambda d: d["indicators"].append("nothing"), "type", "nothing"),
        (lambda d: d.update(indicators=[i for i in d["indicators"] if i["tier"] != "成长型"]), "missing_tier", "成长型"),
        (lambda d: d.update(indicators=[]), "empty", ""),
        (lambda d: d.update(indicators={"a": 1}), "empty", ""),
        (lambda d: d["meta"].pop("title"), "title", ""),
        (lambda d: d.update(meta="title"), "type", "title"),
        (lambda d: first(d)["thresholds"].append(dict(bound(d))), "duplicate_bound", "gigabit_household_rate"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_taken(spoil: Spoil, code: str, words: str) -> None:
    found = read(spoiled(spoil))
    assert found.system is None
    told = [each for each in found.findings if each.code == code]
    assert told, [each.say("en") for each in found.findings]
    assert words in told[0].say("zh-CN") + told[0].where
    assert all("…" not in each.say(language) for each in found.findings for language in ("zh-CN", "en"))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    def spoil(document: dict[str, Any]) -> None:
        bound(document).update(op="~", value=300)
        document["indicators"][5].update(tier="?")

    assert {each.code for each in read(spoiled(spoil)).findings} >= {"operator", "tier"}


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a: [", b"- 1", b"", b"a: &x [1]\nb: *x", b"!!python/object:os.system {}"]
)
def test_a_file_that_is_no_table_is_told(content: bytes) -> None:
    found = read_yaml(content)
    assert found.system is None and found.findings


@pytest.fixture
def officer(seeded_db: str) -> Any:
    return staff.staff("officer", "tier_officer", staff.DISTRICT)


def send(who: Any, path: str, name: str, content: bytes, **more: Any) -> Any:
    return staff.client(who).post(f"/api/tiers/systems/{path}", {"file": SimpleUploadedFile(name, content), **more})


def text(document: dict[str, Any]) -> bytes:
    return yaml.safe_dump(document, allow_unicode=True).encode()


def test_a_version_follows_and_its_differences_are_told(officer: Any) -> None:
    def mend(document: dict[str, Any]) -> None:
        bound(document).update(value=75)
        document["indicators"][4].update(certainty="official", requirement_text="封闭式小区全部安装")
        document["indicators"].pop()

    content = text(spoiled(mend))
    checked = send(officer, "check", "new.yaml", content).json()
    assert (checked["indicators"], checked["official"], checked["findings"]) == (89, 5, [])
    made = send(officer, "import", "new.yaml", content)
    assert made.status_code == 201, made.content.decode()
    browser = staff.client(officer)
    items = browser.get("/api/tiers/systems").json()["items"]
    assert [(each["version"], each["official"]) for each in items] == [("2", 5), ("1", 4)]
    assert items[1]["effective_to"] == items[0]["effective_from"] == clock.today().isoformat()
    found = browser.get(f"/api/tiers/systems/{items[1]['id']}/differences?to={items[0]['id']}").json()
    assert [each["code"] for each in found["removed"]] == ["M30"] and found["added"] == []
    changed = {(each["code"], each["field"]): (each["before"], each["after"]) for each in found["changed"]}
    assert changed["B01", "gigabit_household_rate"] == (">= 70 %", ">= 75 %")
    assert changed["B05", "certainty"] == ("inferred", "official")


def test_an_unsound_table_is_refused_as_a_whole_in_the_readers_language(officer: Any) -> None:
    content = text(spoiled(lambda d: bound(d).update(value=170)))
    checked = send(officer, "check", "bad.yaml", content).json()
    assert checked["findings"][0]["where"] == "B01" and "170" in checked["findings"][0]["message"]
    answer = send(officer, "import", "bad.yaml", content)
    assert answer.status_code == 422 and answer.json()["code"] == "tiers.system_unsound"
    with acting(staff.OPERATOR):
        assert IndicatorSystem.objects.count() == 1


def test_a_version_does_not_begin_before_the_one_it_follows(officer: Any) -> None:
    content = text(SHIPPED)
    assert send(officer, "import", "a.yaml", content, effective_from="2021-01-01").status_code == 409
    later = (clock.today() + timedelta(days=30)).isoformat()
    assert send(officer, "import", "a.yaml", content, effective_from=later).status_code == 201
    found = staff.client(officer).get("/api/tiers/systems").json()
    assert found["current"] == next(each["id"] for each in found["items"] if each["version"] == "1")


def test_the_workbook_says_what_is_inferred_and_reads_back_the_same(officer: Any) -> None:
    import io

    import openpyxl

    browser = staff.client(officer)
    system = browser.get("/api/tiers/systems").json()["items"][0]["id"]
    content = browser.get(f"/api/tiers/systems/{system}/export").content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["指标"]
    marks = [row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert Counter(marks) == {MARKS["official"]: 7, MARKS["bounds"]: 1, MARKS["inferred"]: 157}
    about = dict(row[:2] for row in openpyxl.load_workbook(io.BytesIO(content))["指标体系"].iter_rows(values_only=True))
    assert about["说明"] == told(Sources(4, 1, 86)).zh, "in the words of every page and paper"
    made = send(officer, "import", "table.xlsx", content)
    assert made.status_code == 201, made.content.decode()
    found = browser.get(f"/api/tiers/systems/{system}/differences?to={made.json()['id']}").json()
    assert found == {"added": [], "removed": [], "changed": []}
    with acting(staff.OPERATOR):
        first, second = (list(Indicator.objects.filter(system=s).order_by("position").values_list("code", "records", "source"))
                         for s in IndicatorSystem.objects.order_by("version"))  # fmt: skip
    assert first == second


def test_a_file_of_another_kind_is_refused_in_words(officer: Any) -> None:
    for name, content in (("a.pdf", b"%PDF-1.7"), ("a.yaml", b"\x00\x01"), ("a.csv", b"a,b")):
        answer = send(officer, "check", name, content)
        assert answer.status_code == 422 and answer.json()["code"] == "tiers.system_unreadable"
    assert send(officer, "check", "a.xlsx", b"PK\x03\x04broken").json()["findings"][0]["code"] == "form"


def test_villages_are_assessed_by_choice(officer: Any) -> None:
    browser = staff.client(officer)
    system = browser.get("/api/tiers/systems").json()["items"][0]
    assert len(browser.get("/api/tiers/ladder?limit=200").json()["items"]) == 59
    for villages, first_page in ((True, 200), (False, 59)):
        path = f"/api/tiers/systems/{system['id']}/kinds"
        assert browser.post(path, {"villages": villages}, content_type="application/json").status_code == 200
        assert len(browser.get("/api/tiers/ladder?limit=200").json()["items"]) == first_page


def test_of_two_imports_at_one_moment_the_second_is_told_of_the_first(
    officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_file, both, answers = importing._read, Barrier(2), []

    def together(*given: Any) -> Any:
        found = read_file(*given)
        both.wait(20)
        return found

    def bring(browser: Any) -> None:
        try:
            file = SimpleUploadedFile("a.yaml", text(SHIPPED))
            answers.append(browser.post("/api/tiers/systems/import", {"file": file}).status_code)
        finally:
            connections.close_all()

    monkeypatch.setattr(importing, "_read", together)
    browsers = [staff.client(officer, raise_request_exception=False) for _ in range(2)]
    senders = [Thread(target=bring, args=(browser,)) for browser in browsers]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert sorted(answers) == [201, 409]


def test_a_later_choice_of_kinds_leaves_a_finished_assessment_as_it_was(officer: Any) -> None:
    browser = staff.client(officer)
    system = browser.get("/api/tiers/systems").json()["items"][0]

    def choose(villages: bool, status: int = 200) -> Any:
        path = f"/api/tiers/systems/{system['id']}/kinds"
        answer = browser.post(path, {"villages": villages}, content_type="application/json")
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    def told() -> int:
        ladder = browser.get("/api/tiers/ladder?limit=200").json()
        return sum(ladder["counts"]["now"].values())

    choose(True)
    made = assessing.assess(staff.OPERATOR)
    choose(False)
    with acting(staff.OPERATOR) as actor:
        assert made.communities > 59 and told() == len(outcome(actor, made).rows) == made.communities
    assessing.assess(staff.OPERATOR)
    assert told() == 59
    assert send(officer, "import", "a.yaml", text(SHIPPED)).status_code == 201
    assert choose(True, 409)["code"] == "tiers.system_ended"
