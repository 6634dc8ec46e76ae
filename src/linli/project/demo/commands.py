"""`linli demo`: makes the synthetic district, prints its accounts, and takes its spreadsheets in."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

#: files of the first town that are taken in while somebody waits: who is registered, and who lives where
FIRST_FILES = 2


def demo(
    people: Annotated[int, typer.Option(min=1000, help="People of the district. 全区人口数")] = 540_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people. 随机种子")] = 42,
    towns: Annotated[int | None, typer.Option(min=1, help="Take in only so many towns. 仅导入若干镇街")] = None,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Take everything in now, without the worker. 全部在前台导入")
    ] = False,
) -> None:
    """Make and take in a synthetic district · 生成并导入演示数据

    Nobody in it exists. The departments' spreadsheets are written to the folder demo/spreadsheets of LINLI_HOME and
    taken in through intake: one town now, the others in the background, visible on the intake page. Again, the
    command goes on where it was stopped and doubles nothing. A database with real people is refused.
    """
    from linli.project.demo import base, case_doings, cases, forms, loading, proposals, routing, staff, things, ties
    from linli.project.demo import tiers as ladder
    from linli.project.demo.applying import make_applications
    from linli.project.demo.coordination import make_coordination
    from linli.project.demo.funding import make_funding
    from linli.project.demo.practice import make_practice
    from linli.project.demo.workbooks import SOURCES

    began = time.monotonic()
    order = base.DemoOrder(people, seed)
    base.claim(order)
    planned = base.places_planned()
    wanted = loading.towns_in_order(planned, people, towns)
    files = [(town, source) for town in wanted for source in SOURCES]
    now = files if foreground else files[:FIRST_FILES]
    missing = [pair for pair in now if not loading.taken_before(*pair)]
    writer = loading.Writer(order)
    try:
        for pair in missing[:1]:
            writer.write(planned, *pair)
        places = base.lay_places()
        for pair in missing[1:]:
            writer.write(places, *pair)
        _say(f"区划与网格已就绪 · places are ready ({time.monotonic() - began:.0f} s)")
        accounts, password = staff.appoint_staff(places, wanted[0])
        _say(staff.sheet_of_accounts(accounts, password))
        for pair in missing:
            _take_in(loading.take_in, order, *pair, writer)
    finally:
        writer.close()
    if missing:
        _say(f"{places.town(wanted[0]).name}已可使用 · the first town can be used ({time.monotonic() - began:.0f} s)")
    began_cases = time.monotonic()
    if made := cases.make_cases(places, people, wanted[0], seed):
        _say(f"  一年的案件 {made:,} cases of a year ({time.monotonic() - began_cases:.1f} s)")
    if (laid := routing.lay_routing())[0]:
        _say(f"  派遣规则 rules of routing: {laid[0]}, 已按规则标注的案件 cases routed by them: {laid[1]:,}")
    began_doings = time.monotonic()
    if done := case_doings.make_doings(wanted[0], seed):
        _say(
            f"  延期、协办、督办等，及其他流程的案件 cases with requests, and of other procedures: {done} ({time.monotonic() - began_doings:.1f} s)"
        )
    if proposed := proposals.make_proposals():
        _say(f"  提案建议 proposals: {proposed}")
    if booked := make_funding():
        _say(f"  资金凭证 entries of money: {booked}")
    if declared := ladder.make_tiers(seed):
        _say(f"  智慧社区填报值（演示） declared values of the ladder, and an assessment: {declared:,}")
    if planned_tasks := make_coordination(wanted[0]):
        _say(f"  实施计划、推进会、考察培训（演示） plans, a meeting and visits, with tasks: {planned_tasks}")
    if written := make_practice():
        _say(f"  创建案例（演示） cards of good practice: {written}")
    if applied := make_applications():
        _say(f"  智慧社区创建申报（演示） applications for a tier: {applied}")
    village = next(a.area for a in accounts if a.role == "village_clerk")
    tried = loading.write_file_to_try(order, places, wanted, village)
    _say(f"试用向导的表格 · a table to try the wizard with, as town1 or village1:\n    {tried}")
    if foreground:
        _say(f"  报表目录 catalogue of forms: {forms.lay_forms(wanted[0], now=True)} 张 new")
        for kind in things.FULL:
            taken = loading.take_things_in(order, kind)
            if not taken.before:
                _say(f"  {taken.filename}: {taken.rows:,} 行 rows, 新增 {taken.created:,} new")
    else:
        loading.defer_forms(wanted[0])
        loading.defer_things(order)
    for town in wanted if foreground else wanted[:1]:
        guardians, tags = ties.tie_people(town)
        if guardians or tags:
            _say(f"  {places.town(town).name}: 监护人 {guardians:,} guardians, 标签 {tags:,} tags")
    later = [pair for pair in files[len(now) :] if not loading.taken_before(*pair)]
    if foreground and len(wanted) > 1:
        loading.bring_newcomers(order, (wanted[0], wanted[1]), "town1")
    if later:
        queued = loading.defer_files(order, later)
        loading.defer_ties(wanted[1:])
        if len(wanted) > 1:
            loading.defer_newcomers(order, (wanted[0], wanted[1]), "town1")
        _say(
            f"其余 {len(later)} 个文件由后台任务导入（新排队 {queued} 个），进度见“导入批次”页 · "
            f"{len(later)} more files follow in the background (linli worker); see the intake page"
        )
    else:
        _say("演示数据已全部导入 · everything is taken in")


def _take_in(take_in: Any, order: Any, town: str, source: str, writer: Any) -> None:
    began = time.monotonic()
    taken = take_in(order, town, source, writer)
    if not taken.before:
        _say(
            f"  {taken.filename}: {taken.rows:,} 行 rows, 新增 {taken.created:,} new, 更新 {taken.updated:,} changed, "
            f"跳过 {taken.skipped:,} left out ({time.monotonic() - began:.1f} s)"
        )


def _say(line: str) -> None:
    typer.echo(line)
