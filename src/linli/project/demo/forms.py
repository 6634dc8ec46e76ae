"""Forms of the demo's catalogue: templates of our own, entered by the department, let in by the approver, one generated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any
from uuid import UUID

from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.project.demo.staff import CIVIL, OFFICE, POLICE

#: who enters the forms, who lets them in, who has one filled: usernames of `staff.demo_accounts`
KEEPER, APPROVER, CLERK = "officer", "approver", "town1"
#: what the first form asks for and the standards' fields do not hold
ALLOWANCE = "高龄津贴标准"


@dataclass(frozen=True)
class DemoForm:
    """A form and its template below `data/forms`. The laws are real; `approval` is the number of the demo's approval, none
    for a form that still waits."""

    template: str
    name: str
    issuer: str
    basis: str
    number: str
    cycle: str
    where: str = ""
    approval: str = ""
    #: columns that custom fields fill, by the fields' names
    custom: Mapping[str, str] = field(default_factory=dict)


#: the first of them is generated
FORMS = (
    DemoForm(
        "elder_allowance", "高龄津贴发放花名册", CIVIL, "中华人民共和国老年人权益保障法", "第三十三条", "quarter", "80岁以上", "准-001",
        {"发放标准(元/月)": ALLOWANCE},
    ),
    DemoForm(
        "disabled", "残疾人两项补贴汇总表", CIVIL,
        "国务院关于全面建立困难残疾人生活补贴和重度残疾人护理补贴制度的意见", "国发〔2015〕52号", "month", approval="准-002",
    ),
    DemoForm(
        "village_figures", "村居基本情况统计表", OFFICE, "中华人民共和国统计法", "", "half_year", approval="准-003",
    ),
    DemoForm(
        "floating", "流动人口登记台账", POLICE, "居住证暂行条例", "国务院令第663号", "month", "人口类型=流动人口",
    ),
)  # fmt: skip


def lay_forms(town: str, now: bool = False) -> int:
    """Enters the forms that are not there yet and has the first one filled for a town, by the worker or `now`. Returns how
    many are new."""
    from linli.access.queries.actors import of_username
    from linli.intake.catalogue.models import Form

    made, keeper = 0, of_username(KEEPER)
    fields = {ALLOWANCE: _allowance(keeper)}
    for form in FORMS:
        with acting(demo_actor()):
            there = Form.objects.filter(name=form.name).exists()
        if not there:
            entered = _enter(keeper, form, fields)
            if form.approval:
                _let_in(of_username(APPROVER), entered, form.approval)
            made += 1
    with acting(demo_actor()):
        first = Form.objects.get(name=FORMS[0].name)
    _have_filled(of_username(CLERK), first.id, town, now)
    return made


def _allowance(keeper: Actor) -> UUID:
    """The custom field of the demo, declared once."""
    from linli.registry.custom.actions import declare_field
    from linli.registry.custom.models import CustomField
    from linli.registry.custom.rules import FieldForm

    with acting(keeper):
        there = CustomField.objects.filter(name_zh=ALLOWANCE).first()
        form = FieldForm(ALLOWANCE, "decimal", CIVIL, name_en="Allowance for the aged", measure="元/月")
        made: UUID = (there or declare_field(keeper, form)).id
    return made


def _enter(keeper: Actor, form: DemoForm, fields: Mapping[str, UUID]) -> UUID:
    from linli.intake.catalogue import queries
    from linli.intake.catalogue.actions import register_form
    from linli.intake.catalogue.rules import FormFacts
    from linli.intake.ledgers import custom
    from linli.intake.ledgers.fill import bind

    filename = f"{form.name}.xlsx"
    with acting(keeper), resources.as_file(_template(form)) as path:
        units = {name: unit for unit, name in queries.issuers(keeper)}
        facts = FormFacts(form.name, form.issuer, form.basis, form.cycle, form.number)
        binding = bind(path, filename).to_json() | {"where": form.where}
        binding["columns"] |= {column: custom.name_of(fields[name]) for column, name in form.custom.items()}
        made: UUID = register_form(keeper, facts, path, filename, binding, units.get(form.issuer)).id
    return made


def _template(form: DemoForm) -> Any:
    return resources.files("linli.project.demo") / "data" / "forms" / f"{form.template}.xlsx"


def _let_in(approver: Actor, form_id: UUID, number: str) -> None:
    from linli.intake.catalogue import queries
    from linli.intake.catalogue.actions import approve_form

    with acting(approver):
        approve_form(approver, form_id, queries.form(approver, form_id).row.version, number, reason="演示")


def _have_filled(clerk: Actor, form_id: UUID, town: str, now: bool) -> None:
    """Once: the file goes by its time, and what was asked stays."""
    from linli.intake.generating import actions, queries

    with acting(clerk):
        if queries.mine(clerk, form=form_id).items:
            return
        made = actions.ask(clerk, form_id, area=town, purpose="演示：季度报送", queued=not now)
    if now:
        actions.perform(made.id)
