"""Letters and certificates: docx and PDF of one description, marked while they are drafts, with what is inferred said so."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import docx
import openpyxl
import pytest
import staff
from django.db import ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from paper_world import ELSEWHERE, GONGSUN, WAY, applied, filled, plan_year
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock, pdf
from linli.kernel.scope import acting
from linli.tiers import papers
from linli.tiers.applying.models import Application, IndicatorVerdict, Objection
from linli.tiers.applying.seeing import WITHIN
from linli.tiers.applying.table import ACTIONS, STATES, after, of
from linli.tiers.certainties import INFERRED
from linli.tiers.models import KeptPaper
from linli.tiers.papers import Document, Facts, Heading, Paragraph, Seal, Table, kinds
from linli.tiers.papers.document import kept, plain, unkept
from linli.tiers.permissions import ACCEPT

OWN, FOREIGN = f"{staff.TOWN}002", f"{staff.OTHER_TOWN}001"


class TestPaperDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        *[
            Door(
                "GET",
                "/api/tiers/applications/{application}/papers/application.docx",
                one,
                instead=WITHIN,
                logs="export",
            )
            for one in WITHIN
        ],
        Door("GET", "/api/tiers/years/{year}/report.xlsx", ACCEPT, district_only=True, logs="export"),
    ]

    def sample(self) -> Sample:
        year = str(plan_year().id)
        return Sample(
            own={"application": str(applied(OWN, "submit").id), "year": year},
            foreign={"application": str(applied(FOREIGN, "submit").id), "year": year},
        )


def spaced(text: str) -> str:
    """With plain spaces for those that do not break."""
    return text.replace("\xa0", " ")


@pytest.fixture
def officer(seeded_db: str) -> Any:
    return staff.client(staff.staff("officer", "tier_officer", staff.DISTRICT))


def said(content: bytes) -> str:
    """Everything a docx says, its heads and tables too."""
    made = docx.Document(io.BytesIO(content))
    parts = [each.text for each in made.sections[0].header.paragraphs] + [each.text for each in made.paragraphs]
    parts += [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join(parts)


def paper(who: Any, application: Any, name: str, status: int = 200) -> Any:
    answer = who.get(f"/api/tiers/applications/{application.id}/papers/{name}")
    assert answer.status_code == status, answer.content[:300]
    return answer.content if status == 200 else answer.json()


def test_the_opinion_of_the_acceptance_says_its_values_and_what_is_inferred(officer: Any) -> None:
    standing = applied(GONGSUN, "pass_acceptance")
    filled(standing)
    text = said(paper(officer, standing, "acceptance.docx"))
    for words in (
        "公孙社区2026年度基础型智慧社区创建验收意见书",
        "组长某",
        "服务大厅",
        "理由district",
        "同意通过验收",
        "示例工作专班",
        "（盖章）",
    ):
        assert words in text, words
    assert INFERRED in text and "官方" in text and "共 30 条指标：官方文本 4 条" in text
    assert "草稿" not in text
    assert "补装设备" in said(paper(officer, standing, "gaps.docx"))  # and the control character is gone


def test_a_paper_is_a_draft_until_its_step_is_taken_and_a_certificate_waits_for_the_decision(officer: Any) -> None:
    standing = applied(GONGSUN, "pass_town")
    assert "草稿" in said(paper(officer, standing, "acceptance.docx"))
    assert "草稿" not in said(paper(officer, standing, "town_opinion.docx"))
    assert paper(officer, standing, "certificate.docx", 409)["code"] == "tiers.no_paper_yet"
    recognised = applied(ELSEWHERE, "recognise", tier="model", synthetic=True)
    text = said(paper(officer, recognised, "certificate.docx"))
    for words in ("示例认定机关", "示例字〔2026〕9号", "标杆型", "2026年10月8日", "演示数据"):
        assert words in text, words
    assert "草稿" not in text
    assert "示例函〔2026〕2号" in said(paper(officer, recognised, "report.docx"))
    told = officer.get(f"/api/tiers/applications/{standing.id}").json()["papers"]
    assert {each["kind"]: each["draft"] for each in told} == {
        "application": False, "self_assessment": False, "gaps": False, "town_opinion": False, "acceptance": True,
    }  # fmt: skip
    for each in told:
        paper(officer, standing, f"{each['kind']}.docx")


def taken(who: Any, standing: Any, action: str, **given: Any) -> None:
    with acting(staff.OPERATOR):
        version = Application.objects.values_list("version", flat=True).get(id=standing.id)
    path = f"/api/tiers/applications/{standing.id}/actions/{action}"
    body = json.dumps({"version": version, **given})
    answer = who.post(
        path, body, content_type="application/json", headers={"Idempotency-Key": f"{action}-{version}-key"}
    )
    assert answer.status_code == 200, answer.content


def test_an_issued_paper_says_the_same_for_ever_and_one_that_was_not_kept_says_so(officer: Any) -> None:
    standing = applied(GONGSUN, "pass_acceptance")
    filled(standing)

    draft = said(paper(officer, standing, "publication.docx"))
    taken(officer, standing, "publish")
    issued = said(paper(officer, standing, "publication.docx"))
    assert "草稿" in draft and "草稿" not in issued and "达标1条" in issued
    with acting(staff.OPERATOR), connection.cursor() as cursor:
        IndicatorVerdict.objects.filter(application=standing, stage="district").update(verdict="missed")
        over = {
            "published_from": clock.today() - timedelta(days=6),
            "published_until": clock.today() - timedelta(days=1),
        }
        Application.objects.filter(id=standing.id).update(marks=["accepted", "ended"], **over)
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("UPDATE tiers_kept_paper SET content = '{}'")
    assert said(paper(officer, standing, "publication.docx")) == issued
    unkept = said(paper(officer, standing, "acceptance.docx"))
    assert "未达标" in unkept and "办理时没有留存本件" in unkept
    assert "办理时没有留存" not in issued
    taken(officer, standing, "report", document="示例函〔2026〕2号", on=str(clock.today()))
    taken(officer, standing, "recognise", document="示例字〔2026〕9号", authority="示例认定机关", on=str(clock.today()))
    for kind in ("recognition", "certificate"):
        text = said(paper(officer, standing, f"{kind}.docx"))
        assert INFERRED in text and "官方文本 4 条" in text and "办理时没有留存" not in text
    assert said(paper(officer, standing, "publication.docx")) == issued


def test_a_stage_that_has_confirmed_nothing_says_nothing_under_its_own_heading(officer: Any) -> None:
    standing = applied(GONGSUN, "publish")
    filled(standing)
    with acting(staff.OPERATOR):
        Objection.objects.create(
            application=standing, origin="public", text="数据不实", at=clock.now(), actor="test", actor_name="公众", answer="属实",
            answered_at=clock.now(),
        )  # fmt: skip
    taken(officer, standing, "uphold_objection", reason="经查属实")
    taken(officer, standing, "fail_acceptance", reason="重新验收不合格")
    with acting(staff.OPERATOR):
        kept_one = KeptPaper.objects.get(application=standing, kind="acceptance").content
    (table,) = [each for each in unkept(kept_one).blocks if isinstance(each, Table) and "区级验收" in each.head]
    column = table.head.index("区级验收")
    assert table.head[column - 1] == "镇街核查"
    assert {row[column] for row in table.rows} == {"未核验"}, "neither what the town said nor what was computed"
    assert [row[column - 1] for row in table.rows if row[0] == "B05"] == ["未达标"]
    text = said(paper(officer, standing, "acceptance.docx"))
    assert f"逐条核验，未核验{len(table.rows)}条。不予通过验收" in text


def test_docx_and_pdf_are_made_of_one_description(officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = applied(GONGSUN, "recognise", more=("open_recheck",))
    filled(standing)
    handed: list[Any] = []
    render = pdf.render

    def listening(template: Any, values: Any, *rest: Any) -> bytes:
        handed.append(values)
        return render(template, values, *rest)

    monkeypatch.setattr(pdf, "render", listening)
    for each in kinds.offered(standing.state, standing.marks, ()):
        content = paper(officer, standing, f"{each.kind}.pdf")
        assert content.startswith(b"%PDF-1.") and b"/FontFile" in content
        text = said(paper(officer, standing, f"{each.kind}.docx"))
        values = handed.pop()
        for block in values["blocks"]:
            cells = block.get("text") or [cell for row in block.get("rows", ()) for cell in row]
            assert all(words in text for words in (cells if isinstance(cells, list) else cells.split("\n")))
        assert (
            values["title"] in text and values["draft"] in text and all(seal["day"] in text for seal in values["seals"])
        )
    assert len(kinds.offered(standing.state, standing.marks, ())) == len(kinds.TITLES)
    monkeypatch.setattr(pdf, "_fonts", lambda: (None, ()))
    assert paper(officer, standing, "certificate.pdf", 503)["code"] == "kernel.no_font"


def test_the_table_of_a_year_has_a_row_for_each_community_and_marks_what_is_inferred(officer: Any) -> None:
    standing = applied(GONGSUN, "recognise", award_cents=1_000_000_01)
    filled(standing)
    applied(ELSEWHERE, "submit")
    applied("370302005014", "publish")
    applied("370302005015", "publish", more=("withdraw",))
    applied("370302005016", "end_publication")
    answer = officer.get(f"/api/tiers/years/{standing.plan_year_id}/report.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [
        dict(zip([c.value for c in book["上报表"][1]], row, strict=True))
        for row in book["上报表"].iter_rows(min_row=2, values_only=True)
    ]
    assert [(row["区划代码"], row["状态"], row["认定文号"], row["奖补金额（元）"]) for row in rows] == [
        (GONGSUN, "已认定", "示例字〔2026〕9号", 1_000_000.01),
        ("370302005016", "公示期满，待上报", None, None),
    ]
    about = {row[0]: row[1] for row in book["说明"].iter_rows(values_only=True)}
    assert "共 2 件；本年度其余 3 件" in about["范围"] and "官方文本 4 条" in about["基础型指标"]
    (verdict,) = book["指标结论"].iter_rows(min_row=2, values_only=True)
    assert verdict[:3] == ("公孙社区", GONGSUN, "B05") and INFERRED in verdict and "理由town" in verdict
    assert officer.get(f"/api/tiers/years/{standing.id}/report.xlsx").status_code == 404


TEXT = st.text(max_size=30)


@given(
    st.builds(
        Document, st.sampled_from(["letter", "paper", "certificate"]), TEXT,
        st.lists(
            st.one_of(
                st.builds(Paragraph, TEXT), st.builds(Heading, TEXT), st.builds(Facts, st.lists(st.tuples(TEXT, TEXT), max_size=2)),
                st.builds(Table, st.just(("甲", "乙")), st.lists(st.tuples(TEXT, TEXT), max_size=2), st.just((1, 2))),
            ),
            max_size=3,
        ),
        issuer=TEXT, number=TEXT, seals=st.lists(st.builds(Seal, TEXT), max_size=1), draft=TEXT, foot=TEXT,
    )
)  # fmt: skip
def test_whatever_is_written_in_a_paper_stands_in_its_docx(document: Document) -> None:
    text = spaced(said(papers.render_docx(document)))
    again = unkept(json.loads(json.dumps(kept(document))))
    assert again.values() == document.values()
    for block in document.blocks:
        if isinstance(block, Facts):
            assert all(spaced(plain(value)).strip() in text for _, value in block.rows)


def test_on_every_way_through_the_table_papers_are_offered_and_none_vanishes_by_going_on() -> None:
    for state in STATES:
        assert all(each.title.zh for each in kinds.offered(state, (), ()))
    state: Any = "planned"
    marks: Any = frozenset()
    seen: set[str] = set()
    for name in WAY:
        state, marks = after(ACTIONS[name], state, marks)
        now = {each.kind for each in kinds.offered(state, marks, ())}
        assert seen <= now
        seen = now
    assert of(state)


#: After which steps which papers are final, and which are drafts; what is in neither is not there.
WAYS_BACK: list[tuple[tuple[str, ...], str, str]] = [
    ((*WAY[:5], "fail_acceptance"), "application self_assessment town_opinion acceptance", ""),
    ((*WAY[:5], "withdraw"), "application self_assessment town_opinion acceptance", ""),
    ((*WAY[:5], "uphold_objection"), "application self_assessment town_opinion", "acceptance"),
    ((*WAY[:5], "uphold_objection", "withdraw"), "application self_assessment town_opinion", "acceptance"),
    ((*WAY[:7], "refuse"), "application self_assessment town_opinion acceptance report", ""),
    ((*WAY[:7], "refuse", "correct_decision"), "application self_assessment town_opinion acceptance report", ""),
    ((*WAY[:7], "refuse", "reopen"), "application self_assessment town_opinion", "acceptance"),
    ((*WAY[:7], "refuse", "reopen", "withdraw"), "application self_assessment town_opinion", "acceptance"),
    ((*WAY[:7], "refuse", "reopen", "fail_acceptance"), "application self_assessment town_opinion acceptance", ""),
    ((*WAY[:4], "return_to_town", "withdraw"), "application self_assessment", "town_opinion"),
    ((*WAY[:4], "return_to_town", "return_to_community", "withdraw"), "", "application self_assessment"),
]


@pytest.mark.parametrize(("steps", "final", "drafts"), WAYS_BACK, ids=lambda each: each[-1] if each else "none")
def test_a_paper_that_was_taken_back_is_not_offered_as_final(steps: tuple[str, ...], final: str, drafts: str) -> None:
    state: Any = "planned"
    marks: Any = frozenset()
    taken: list[Any] = []
    for version, name in enumerate(steps, start=2):
        before, (state, marks) = state, after(ACTIONS[name], state, marks)
        taken.append(SimpleNamespace(version=version, action=name, from_state=before, to_state=state))
    told = [each for each in kinds.offered(state, marks, taken) if each.kind != "gaps"]
    assert [each.kind for each in told if not each.draft] == final.split()
    assert [each.kind for each in told if each.draft] == drafts.split()


def test_what_was_kept_of_a_paper_is_printed_no_more_once_it_was_taken_back(officer: Any) -> None:
    again = ("uphold_objection", "pass_acceptance")
    for area, more, held in ((GONGSUN, (), True), (ELSEWHERE, again, False)):
        standing = applied(area, "publish", more=more)
        with acting(staff.OPERATOR):
            made = Document("paper", "之前的验收意见书", [])
            KeptPaper.objects.create(
                application=standing, version=5, kind="acceptance", content=kept(made), kept_at=clock.now()
            )
        text = said(paper(officer, standing, "acceptance.docx"))
        assert ("之前的验收意见书" in text) is held and ("办理时没有留存本件" in text) is not held
    refused = applied("370302005014", "report", more=("refuse", "reopen", "fail_acceptance"))
    assert paper(officer, refused, "report.docx", 409)["code"] == "tiers.no_paper_yet"
    drafted = applied("370302005015", "publish", more=again)
    assert "公示期待定" in said(paper(officer, drafted, "publication.docx"))
