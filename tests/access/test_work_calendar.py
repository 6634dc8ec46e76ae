"""The work calendar: what ships, what a district changes, who may, what stays of it, and who is told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from typer.testing import CliRunner

from linli.access.calendar import actions, queries, shipped
from linli.access.calendar.commands import calendar_app
from linli.access.calendar.rules import Entry, Hours
from linli.access.models import CalendarDay, CalendarEdition, ChangeLog
from linli.cases.clocks.many import Moved, changed
from linli.cases.clocks.rules import Clock, Kind
from linli.kernel import clock, scope
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, Invalid
from linli.kernel.worktime import HOLIDAY, WORKDAY, DayKind, seconds_of
from linli.kernel.worktime.watching import Changed, unwatch, watch

NOTICE = "国办发明电〔2026〕9号（试）"
#: As a notice might arrange the next year: its New Year begins in the December before.
NEXT_YEAR = [
    ("2026-12-31", "放假", "元旦"), ("2027-01-01", "放假", "元旦"), ("2027-01-02", "放假", "元旦"),
    ("2027-01-10", "上班", "元旦"), ("2027-02-05", "放假", "春节"), ("2027-02-06", "放假", "春节"),
]  # fmt: skip
ENTRIES = [Entry(date.fromisoformat(d), HOLIDAY if k == "放假" else WORKDAY, n) for d, k, n in NEXT_YEAR]


@pytest.fixture
def browser(db: str) -> Any:
    return staff.client(staff.staff("keeper", "system_admin", staff.DISTRICT))


def csv_of(rows: list[tuple[str, ...]]) -> bytes:
    return "\n".join(["日期,类型,名称", *(",".join(row) for row in rows)]).encode("gb18030")


def upload(browser: Any, content: bytes, name: str = "放假安排.csv", **more: Any) -> Any:
    file = io.BytesIO(content)
    file.name = name
    return browser.post("/api/calendar/files", {"file": file, "source": NOTICE} | more)


def put(browser: Any, path: str, body: dict[str, Any]) -> Any:
    return browser.put(f"/api/calendar/{path}", body, "application/json")


def problems(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.content
    return [(field["field"], field["code"]) for field in answer.json()["fields"]]


def year(browser: Any, number: int = 2027) -> dict[str, Any]:
    answer = browser.get(f"/api/calendar/years/{number}")
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def test_the_calendar_that_ships_is_in_the_base_with_its_hours(browser: Any) -> None:
    with scope.acting(staff.OPERATOR):
        dated = queries.work_calendar()
    assert dated.edition == 1
    ours = shipped.work_calendar()
    assert (dated.calendar.marks, dated.calendar.settled) == (ours.marks, ours.settled)
    assert dated.calendar.timeline == ours.timeline
    found = year(browser, 2026)
    assert (found["settled"], found["source"], found["certainty"]) == (True, "国办发明电〔2025〕7号", "official")
    assert len(found["days"]) == 39 and sum(month["worked"] for month in found["months"]) == 248
    assert found["months"][1] == {"month": 2, "worked": 16, "minutes": 16 * 480}
    assert [hours["spans"] for hours in found["hours"]] == ["08:00-12:00,14:00-18:00"]


def test_shipping_twice_changes_nothing_and_what_the_district_has_stays(db: str) -> None:
    with scope.acting(staff.OPERATOR) as operator:
        actions.arrange_year(operator, 2026, [Entry(date(2026, 1, 1), HOLIDAY, "元旦")], "本区", "local")
        before = queries.tables()
        actions.ship("default")
        assert queries.tables() == before and queries.latest() == 2


def test_a_year_that_is_not_arranged_shows_the_days_of_the_law_as_inferred(browser: Any) -> None:
    found = year(browser)
    assert (found["settled"], found["certainty"], len(found["days"])) == (False, "inferred", 13)
    assert {(day["certainty"], day["marked"]) for day in found["days"]} == {("inferred", False)}
    english = browser.get("/api/calendar/years/2027", headers={"Accept-Language": "en"}).json()
    assert "order 795" in english["days"][0]["source"] and "795" in found["days"][0]["source"]
    assert problems(browser.get("/api/calendar/years/2050")) == [("year", "outside")]


def test_a_file_arranges_a_year_and_the_edition_says_what_it_changed(browser: Any) -> None:
    assert upload(browser, csv_of(NEXT_YEAR)).json() == {"edition": 2, "changed": True}
    found = year(browser)
    assert (found["settled"], found["source"], found["certainty"]) == (True, NOTICE, "official")
    assert [(day["day"], day["kind"]) for day in found["days"]][:3] == [
        ("2027-01-01", "holiday"), ("2027-01-02", "holiday"), ("2027-01-10", "workday"),
    ]  # fmt: skip
    assert year(browser, 2026)["days"][-1]["day"] == "2026-12-31"
    edition = browser.get("/api/calendar/editions").json()["items"][0]
    assert (edition["serial"], edition["what"], edition["made_by"], len(edition["changes"])) == (
        2,
        "year",
        "用户keeper",
        7,
    )
    assert edition["changes"][0] == {
        "what": "year", "key": "2027", "before": None, "after": {"source": NOTICE, "certainty": "official"},
    }  # fmt: skip
    with scope.acting(staff.OPERATOR):
        entry = ChangeLog.objects.get(action="access.calendar.edit")
    assert (entry.detail["count"], entry.detail["serial"]) == (7, 2)
    assert upload(browser, csv_of(NEXT_YEAR)).json() == {"edition": 2, "changed": False}, "nothing new, no edition"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_workbooks_with_real_dates_and_english_heads_are_read_too(browser: Any, kind: str) -> None:
    rows = [("name", "date", "kind"), ("元旦", datetime(2027, 1, 1), "Holiday"), ("元旦", 20270102, "off"), ("", "", ""),
            ("元旦", "2027年1月10日", "workday"), ("元旦", "2027/1/3", "休")]  # fmt: skip
    if kind == "xlsx":
        book, buffer = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(buffer)
        content = buffer.getvalue()
    else:
        content = "\n".join(",".join(str(c)[:10] for c in row) for row in rows).encode()
    assert upload(browser, content, f"year.{kind}").json() == {"edition": 2, "changed": True}
    assert [day["day"][5:] for day in year(browser)["days"]] == ["01-01", "01-02", "01-03", "01-10"]


@pytest.mark.parametrize(
    ("rows", "trouble"),
    [
        ([("2027-01-01", "放假", "元旦"), ("2027-13-01", "放假", "元旦"), ("2027-01-03", "半天", "元旦")],
         [("row 3", "date"), ("row 4", "kind")]),
        ([("2027-01-01", "放假", "元旦"), ("2027-01-01", "放假", "元旦")], [("row 3", "twice")]),
        ([("2027-01-01", "放假", "元旦"), ("2027-01-04", "上班", "元旦")], [("row 3", "needless")]),
        ([("2027-01-01", "放假", "元旦"), ("2027-01-02", "放假", ""), ("2025-12-31", "放假", "元旦")],
         [("row 3", "name"), ("row 4", "other_year")]),
        ([("2027-01-10", "上班", "元旦")], [("days", "none")]),
        ([], [("days", "none")]),
        ([("2052-01-01", "放假", "元旦")], [("year", "outside")]),
    ],
)  # fmt: skip
def test_a_file_that_does_not_hold_is_refused_whole_with_its_rows(
    browser: Any, rows: list[tuple[str, ...]], trouble: list[tuple[str, str]]
) -> None:
    assert problems(upload(browser, csv_of(rows))) == trouble
    assert not year(browser)["settled"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [(b"a,b\n1,2", "x.csv", "columns"), (b"", "x.csv", "columns"), (b"no workbook", "x.xlsx", "file"),
     (b"PK\x03\x04 half", "x.xlsx", "file"), (b"%PDF", "x.pdf", "file"), (b"\xff\xfe\x00\xd8", "x.csv", "file")],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_with_clear_words(browser: Any, content: bytes, name: str, code: str) -> None:
    assert problems(upload(browser, content, name)) == [("file", code)]


def test_a_year_needs_a_source(browser: Any) -> None:
    assert problems(upload(browser, csv_of(NEXT_YEAR), source=" ")) == [("source", "source")]


def test_the_district_marks_a_day_of_its_own_which_a_later_notice_leaves(browser: Any) -> None:
    flood = {"kind": "holiday", "name": "防汛停工", "note": "区政府通知"}
    assert put(browser, "days/2027-07-12", flood).json() == {"edition": 2, "changed": True}
    assert put(browser, "days/2027-07-12", flood).json() == {"edition": 2, "changed": False}
    upload(browser, csv_of(NEXT_YEAR))
    marked = {day["day"]: day for day in year(browser)["days"]}
    assert marked["2027-07-12"] == {
        "day": "2027-07-12", "kind": "holiday", "name": "防汛停工", "source": "区政府通知", "certainty": "local", "marked": True,
    }  # fmt: skip
    assert put(browser, "days/2027-07-12", {"kind": "plain"}).json()["changed"]
    assert "2027-07-12" not in {day["day"] for day in year(browser)["days"]}


@pytest.mark.parametrize(
    ("day", "body", "trouble"),
    [
        ("2026-11-26", {"kind": "workday", "name": "加班"}, ("kind", "needless")),
        ("2026-11-26", {"kind": "holiday", "name": " "}, ("name", "name")),
        ("2026-11-26", {"kind": "plain"}, ("kind", "unmarked")),
        ("2051-01-01", {"kind": "holiday", "name": "元旦"}, ("day", "outside")),
    ],
)
def test_a_mark_that_says_nothing_is_refused(
    browser: Any, day: str, body: dict[str, str], trouble: tuple[str, str]
) -> None:
    assert problems(put(browser, f"days/{day}", body)) == [trouble]


def test_hours_hold_from_their_day_with_a_season_and_may_be_taken_back_but_the_last(browser: Any) -> None:
    summer = {"spans": "8:30-12:00，13:30-17:30", "season_first": "6-1", "season_last": "09-30",
              "season_spans": "8:00-12:00 15:00-18:30", "source": "区委办〔2026〕3号"}  # fmt: skip
    with clock.frozen(datetime(2026, 11, 26, 4, tzinfo=clock.LOCAL)):
        assert put(browser, "hours/2026-12-01", summer).json()["changed"]
        new, old = year(browser)["hours"]
        assert (new["spans"], new["season_first"], new["season_spans"]) == (
            "08:30-12:00,13:30-17:30", "06-01", "08:00-12:00,15:00-18:30",
        )  # fmt: skip
        assert (old["until"], old["current"], new["until"], new["current"]) == ("2026-11-30", True, None, False)
        assert year(browser)["months"][5]["minutes"] == year(browser)["months"][5]["worked"] * 450
        assert browser.delete("/api/calendar/hours/2026-12-01").json()["changed"]
        assert problems(browser.delete("/api/calendar/hours/2004-01-01")) == [("since", "last")]
        assert browser.delete("/api/calendar/hours/2026-12-01").json() == {"edition": 3, "changed": False}


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        ({"spans": "8-12"}, ("spans", "form")), ({"spans": "14:00-18:00,08:00-12:00"}, ("spans", "overlap")),
        ({"season_first": "02-30"}, ("season_first", "season")), ({"season_spans": ""}, ("season_spans", "none")),
        ({"season_spans": "18:00-08:00"}, ("season_spans", "order")),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_at_their_field(
    browser: Any, wrong: dict[str, str], trouble: tuple[str, str]
) -> None:
    right = {"spans": "08:00-12:00", "season_first": "06-01", "season_last": "09-30", "season_spans": "07:00-11:00"}
    assert problems(put(browser, "hours/2027-01-01", right | wrong)) == [trouble]
    assert problems(put(browser, "hours/2003-12-31", right)) == [("since", "outside")]


def test_of_two_who_look_at_one_edition_the_second_is_told(browser: Any) -> None:
    body = {"kind": "holiday", "name": "停工", "edition": year(browser)["edition"]}
    assert put(browser, "days/2027-07-12", body).status_code == 200
    late = put(browser, "days/2027-07-13", body)
    assert (late.status_code, late.json()["code"]) == (409, "access.calendar.changed")


def test_everybody_signed_in_reads_it_and_only_who_may_over_the_district_changes_it(db: str) -> None:
    worker = staff.client(staff.staff("worker", "grid_worker", staff.VILLAGE))
    assert year(worker, 2026)["settled"]
    assert put(worker, "days/2027-07-12", {"kind": "holiday", "name": "停工"}).status_code == 403
    of_a_town = staff.actor(staff.staff("town", permissions=["access.calendar.edit"], area=staff.TOWN))
    with scope.acting(of_a_town), pytest.raises(Forbidden):
        actions.mark_day(of_a_town, date(2027, 7, 12), HOLIDAY, "停工")


def test_editions_are_paged_and_cannot_be_changed(browser: Any) -> None:
    for day in (5, 6, 7):
        put(browser, f"days/2027-07-{day:02d}", {"kind": "holiday", "name": "停工"})
    first = browser.get("/api/calendar/editions?limit=3").json()
    rest = browser.get("/api/calendar/editions", {"limit": 3, "cursor": first["next"]}).json()
    assert [item["serial"] for item in first["items"] + rest["items"]] == [4, 3, 2, 1]
    assert (first["count"]["value"], rest["next"], rest["items"][0]["what"]) == (4, None, "shipped")
    with pytest.raises(Exception, match="permission denied"), scope.acting(staff.OPERATOR):
        CalendarEdition.objects.all().delete()


@pytest.fixture
def told() -> Iterator[list[tuple[Actor, Changed]]]:
    heard: list[tuple[Actor, Changed]] = []

    def listen(actor: Actor, change: Changed) -> None:
        heard.append((actor, change))
        if change.edition == 3:
            raise Invalid()

    watch(listen)
    watch(listen)  # asked twice, told once
    yield heard
    unwatch(listen)


def test_rooms_that_keep_due_moments_are_told_both_calendars_and_can_say_no(
    db: str, told: list[tuple[Actor, Changed]]
) -> None:
    start = seconds_of(datetime(2026, 12, 30, 16, tzinfo=clock.LOCAL))
    clocks = [("near", Clock(Kind.WORK_HOUR, start, 2)), ("far", Clock(Kind.WORK_HOUR, start, 4))]
    with scope.acting(staff.OPERATOR) as operator:
        actions.arrange_year(operator, 2027, ENTRIES, NOTICE, "official")
        assert queries.work_calendar().edition == 2
    (actor, change), = told  # fmt: skip
    assert (actor.id, change.edition) == (staff.OPERATOR.id, 2)
    moved = [seconds_of(datetime(*when, 10, tzinfo=clock.LOCAL)) for when in ((2026, 12, 31), (2027, 1, 4))]  # type: ignore[arg-type, misc]
    assert changed(clocks, change.before, change.after) == [Moved("far", *moved)]
    with pytest.raises(Invalid), scope.acting(staff.OPERATOR) as operator:
        actions.mark_day(operator, date(2027, 7, 12), HOLIDAY, "停工")
    with scope.acting(staff.OPERATOR):
        assert queries.latest() == 2 and not CalendarDay.objects.filter(day=date(2027, 7, 12)).exists()


def test_the_calendar_is_read_again_only_after_a_change(db: str, django_assert_num_queries: Any) -> None:
    with scope.acting(staff.OPERATOR) as operator:
        first = queries.work_calendar()
        with django_assert_num_queries(1):
            assert queries.work_calendar() is first
        actions.mark_day(operator, date(2027, 7, 12), HOLIDAY, "停工")
        second = queries.work_calendar()
        assert second.edition == first.edition + 1
        assert second.calendar.kind(date(2027, 7, 12)) is DayKind.HOLIDAY is not first.calendar.kind(date(2027, 7, 12))


def test_the_command_loads_a_year_and_shows_it(db: str, tmp_path: Path) -> None:
    run = CliRunner().invoke
    before = run(calendar_app, ["show", "2027"])
    assert before.exit_code == 0 and "provisional" in before.output and "2027-02-05 to 02-08" in before.output
    file = tmp_path / "2027.csv"
    file.write_bytes(csv_of(NEXT_YEAR))
    loaded = run(calendar_app, ["load", str(file), "--source", NOTICE])
    assert (loaded.exit_code, loaded.output) == (0, "2027: 6 days, 7 rows changed, edition 2\n")
    shown = run(calendar_app, ["show", "2027"]).output
    assert f"2027: {NOTICE} (official); edition 2" in shown and "worked 2027-01-10" in shown
    assert run(calendar_app, ["load", str(file), "--source", NOTICE]).output == "2027: nothing new\n"
    file.write_bytes(csv_of([("2027-01-01", "放", "元旦")]))
    refused = run(calendar_app, ["load", str(file), "--source", NOTICE])
    assert refused.exit_code == 1 and "row 2:" in refused.output
    assert run(calendar_app, ["load", str(file), "--source", NOTICE, "--certainty", "sure"]).exit_code == 2


def test_hours_written_down_are_the_hours_computed_with(db: str) -> None:
    with scope.acting(staff.OPERATOR) as operator:
        actions.set_hours(operator, date(2026, 1, 1), Hours("09:00-17:00"))
        calendar = queries.work_calendar().calendar
    noon = seconds_of(datetime(2026, 11, 26, 12, tzinfo=clock.LOCAL))
    assert calendar.count(noon, noon + 7200) == 7200
