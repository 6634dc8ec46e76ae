"""Proposes a mapping: what a column's name says, what its contents look like, and what was used last time.

Every proposal has a confidence and a reason in words; a person decides (`product.md`, principle 7).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import polars as pl

from linli.kernel.errors import Text
from linli.registry.identity import identity_shares
from linli.registry.things.rules import read_credit_codes

from . import declared
from .fields import BY_KIND, NAMES, PEOPLE, TIES
from .mapping import Mapping
from .reading.header import plain
from .reading.table import RawTable

SAMPLE = 2_000
FEW = 10  # fewer values than these never overrule a name
ENOUGH = 0.5  # below this a proposal is shown but not taken
PHONE = r"^(\+?86[- ]?)?1\d{10}$|^(0\d{2,3}[- ]?)?\d{7,8}(-\d{1,5})?$"
DATE = r"^(19|20)\d{2}([-/.年]?(0?[1-9]|1[0-2])([-/.月]?(0?[1-9]|[12]\d|3[01])日?)?)?( 00:00:00)?$"
MOMENT = r"^(19|20)\d{2}([-/.年]?\d{1,2}){2}日?([T\s]*\d{1,2}[:：时].*)?$|^[1-9]\d{4}(\.\d+)?$"
NAME = r"^[\p{Han}·•.]{2,8}$|^[A-Za-z][A-Za-z .'-]{2,40}$"
ADDRESS = r"(村|社区|小区|街|路|巷|号楼|单元|组|镇|院|楼)"
NAME_PARTS = re.compile(r"[/、,，;；\\|]|及其?|和")
REASONS = {
    "remembered": Text("上次导入此来源时这样对应。", "So mapped the last time from this source."),
    "name_and_content": Text("列名与内容都符合。", "Name and contents agree."),
    "name": Text("列名符合。", "The name says so."),
    "name_part": Text("列名中含“{word}”。", "The name contains “{word}”."),
    "content": Text("{share}% 的内容符合。", "{share} % of the contents look so."),
    "contradicted": Text(
        "列名符合，但只有 {share}% 的内容符合。", "The name says so, but only {share} % of the contents do."
    ),
    "split": Text("一列中有两项内容。", "One column holds two things."),
    "ignored": Text("此列无需导入。", "This column is not needed."),
    "unknown": Text("认不出这一列。", "Not recognised."),
    "taken": Text("“{other}”列更符合。", "Column “{other}” fits better."),
    "empty": Text("此列没有内容。", "This column is empty."),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column is thought to hold; `fields` is empty when it should be left out."""

    column: str
    fields: tuple[str, ...]
    confidence: float
    reason: str
    params: Dict[str, str | int] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """The reason in words."""
        return REASONS[self.reason].say(language, self.params)


@lru_cache(maxsize=16)
def synonyms(kind: str = PEOPLE) -> dict[str, tuple[str, float]]:
    """Header names as departments write them: plain name to field ("" for known and not needed) and weight.

    Tables of things share what people's tables say of places and records, under their own names for the rest.
    """
    people = {word_of(row["name"]): (row["field"], float(row["weight"])) for row in _words("synonyms.csv")}
    if kind == PEOPLE:
        return people
    return {name: told for name, told in people.items() if not told[0] or told[0] in NAMES[kind]} | own_words(kind)


@lru_cache(maxsize=16)
def own_words(kind: str) -> dict[str, tuple[str, float]]:
    """The header names that only tables of this kind of things have."""
    if kind in declared.BY_NAME:
        return dict(declared.BY_NAME[kind].words)
    rows = (row for row in _words("synonyms_things.csv") if row["kind"] == kind)
    return {word_of(row["name"]): (row["field"], float(row["weight"])) for row in rows}


def _words(file: str) -> list[dict[str, str]]:
    table = resources.files("linli.intake").joinpath(f"data/{file}").read_text("utf-8")
    return list(csv.DictReader(table.splitlines()))


def guess_kind(names: Sequence[str]) -> str:
    """What a table is about, by its headers: the kind most of them are special to; people when nothing says more. A word that
    tables of people have as well (编号, 姓名, 联系电话) speaks for no kind that another room declared."""
    words = {word_of(name) for name in names}
    people = {w for w, (field, _) in synonyms().items() if field in NAMES[PEOPLE] and not _shared(field)}
    scores = {PEOPLE: float(len(words & people))}
    for kind in BY_KIND:
        if kind != PEOPLE:
            own, general = own_words(kind), synonyms() if kind in declared.BY_NAME else {}
            scores[kind] = sum(own[w][1] for w in words if w in own and own[w][0] and w not in general)
        if kind in TIES and scores[kind]:  # they name people too, who alone say nothing
            who = {w: told for w, told in synonyms().items() if told[0] in NAMES[kind] and w not in own_words(kind)}
            scores[kind] += sum(who[w][1] for w in words & people if w in who)
    return max(scores, key=lambda kind: scores[kind])


def _shared(field: str) -> bool:
    return sum(field in names for kind, names in NAMES.items() if kind not in TIES) > 1


def word_of(name: str) -> str:
    """A header without marks that do not change its meaning: required stars, notes in brackets, units."""
    name = re.sub(r"[（(【\[].*?[)）】\]]", "", plain(name))
    return re.sub(r"[*＊:：_\s]+", " " if name.isascii() else "", name).strip().lower()


def is_known_header(name: str) -> bool:
    """Whether a cell reads like a column name we know."""
    known = [synonyms(), *(own_words(kind) for kind in BY_KIND if kind != PEOPLE)]
    parts = [word_of(name), *(word_of(part) for part in NAME_PARTS.split(plain(name)) if part)]
    return any(part in words for part in parts for words in known)


def field_named(name: str) -> str:
    """The field that exactly this column name stands for; "" where none."""
    return synonyms().get(word_of(name), ("", 0.0))[0]


def suggest(
    table: RawTable, labels: Dict[str, frozenset[str]], remembered: Mapping | None = None, kind: str = PEOPLE
) -> tuple[Suggestion, ...]:
    """A proposal for every column. `labels`: per code list, every code and label that is understood."""
    columns = remembered.columns.items() if remembered else ()
    past = {plain(c): f for c, f in columns if NAMES[kind].issuperset(f)}
    samples, proposals = _samples(table), []
    for column in table.columns:
        sample = samples[column.name]
        if plain(column.name) in past:
            proposals.append(Suggestion(column.name, past[plain(column.name)], 1.0, "remembered"))
        elif not column.filled:
            known = synonyms(kind).get(word_of(column.name), ("", 0.0))[0]
            proposals.append(Suggestion(column.name, (known,) if known else (), 0.6, "empty"))
        else:
            proposals.append(_propose(column.name, sample, labels, kind))
    return _settle(proposals)


def _samples(table: RawTable) -> dict[str, pl.Series]:
    """Some values of every column, from all over the table."""
    found: dict[str, list[pl.Series]] = {column.name: [] for column in table.columns}
    for piece in table.rows:
        for column in table.columns:
            values = piece[column.name].drop_nulls()
            found[column.name].append(values.gather_every(max(1, column.filled // SAMPLE)))
    return {name: pl.concat(parts) for name, parts in found.items()}


def to_mapping(suggestions: Sequence[Suggestion], constants: Dict[str, str] | None = None) -> Mapping:
    """The mapping that results from taking every proposal above the threshold."""
    return Mapping({s.column: s.fields if s.confidence >= ENOUGH else () for s in suggestions}, dict(constants or {}))


def _propose(column: str, sample: pl.Series, labels: Dict[str, frozenset[str]], kind: str = PEOPLE) -> Suggestion:
    shares = _shares(sample, labels, kind)
    known = synonyms(kind)
    parts = [p for p in NAME_PARTS.split(plain(column)) if p]
    joined = word_of("".join(parts))
    named = known.get(word_of(column)) or (known.get(joined) if len(parts) > 1 else None)
    if named is None:
        # The first parts may be the group of a merged header: 基本信息/姓名/电话.
        for start in range(len(parts) - 1):
            fields = tuple(known.get(word_of(p), ("", 0.0))[0] for p in parts[start:])
            if all(fields) and len(set(fields)) == len(fields) and _splits(sample, fields):
                return Suggestion(column, fields, 0.85, "split")
    if named is not None:
        return _named(column, named[0], named[1], shares, sample.len())
    inner = _inner(column, parts, known)
    if inner is not None:
        name, weight, word = inner
        if not name:
            return Suggestion(column, (), weight, "ignored")
        share = shares.get(name)
        if share is None or share >= 0.5:
            return Suggestion(column, (name,), round(weight * 0.8, 2), "name_part", {"word": word})
    return _by_content(column, shares)


def _named(column: str, name: str, weight: float, shares: dict[str, float], count: int) -> Suggestion:
    if not name:
        return Suggestion(column, (), weight, "ignored")
    share = shares.get(name)
    if share is None:
        return Suggestion(column, (name,), round(weight * 0.9, 2), "name")
    if share >= 0.5:
        return Suggestion(column, (name,), round(min(1.0, weight * 0.8 + share * 0.2), 2), "name_and_content")
    other = max(shares, key=lambda n: shares[n])
    if shares[other] >= 0.9 and share < 0.1 and other in ("id_number", "phone") and count >= FEW:
        return Suggestion(column, (other,), 0.7, "content", {"share": round(shares[other] * 100)})
    # A column of broken numbers is still the column of numbers: checking will say what is wrong with each.
    kept = weight * (0.55 + share * 0.4)
    return Suggestion(column, (name,), round(kept, 2), "contradicted", {"share": round(share * 100)})


def _inner(column: str, parts: Sequence[str], known: Dict[str, tuple[str, float]]) -> tuple[str, float, str] | None:
    """The longest known word at the end of the name: 被访者姓名, 家庭成员/联系电话."""
    tail = word_of(parts[-1] if parts else column)
    for candidate in (tail, word_of(column)):
        for start in range(len(candidate)):
            word = candidate[start:]
            if len(word) >= 2 and word in known:
                name, weight = known[word]
                return name, weight, word
    return None


def _by_content(column: str, shares: dict[str, float]) -> Suggestion:
    trusted = {
        "id_number": 0.8,
        "phone": 0.7,
        "home_text": 0.55,
        "sex": 0.7,
        "relation_to_head": 0.6,
        "nation": 0.6,
        "credit_code": 0.8,
        "component_code": 0.8,
    }
    scored = {n: trusted[n] * s for n, s in shares.items() if n in trusted and s >= 0.7}
    if not scored:
        return Suggestion(column, (), 0.0, "unknown")
    name = max(scored, key=lambda n: scored[n])
    return Suggestion(column, (name,), round(scored[name], 2), "content", {"share": round(shares[name] * 100)})


def _shares(sample: pl.Series, labels: Dict[str, frozenset[str]], kind: str) -> dict[str, float]:
    """Per field that contents can tell of: the share of the sample that looks like it."""
    text = sample.str.strip_chars()
    count = max(text.len(), 1)
    plausible, formed = identity_shares(text)

    def share(pattern: str) -> float:
        return int(text.str.contains(pattern).sum() or 0) / count

    found = {
        # Half the weight for the form alone, so that a column full of wrong check digits is still recognised.
        "id_number": max(plausible, formed * 0.6),
        "phone": share(PHONE),
        "birth": share(DATE),
        "observed_on": share(DATE),
        "name": share(NAME),
        "home_text": share(ADDRESS),
    }
    found["head_id_number"], found["head_name"] = found["id_number"], found["name"]
    found["other_id_number"], found["other_name"], found["other_phone"] = (
        found["id_number"],
        found["name"],
        found["phone"],
    )
    found["register_address"] = found["home_text"]
    found["component_code"] = share(r"^\d{17}$")
    credit = read_credit_codes(text, demo=True).code.count() / count if kind != PEOPLE else 0.0
    for target in BY_KIND[kind]:
        if target.code_list and target.code_list in labels:
            found[target.name] = int(text.is_in(list(labels[target.code_list])).sum()) / count
        elif target.check in ("date", "moment"):
            found[target.name] = share(MOMENT if target.check == "moment" else DATE)
        elif target.check == "credit":
            found[target.name] = credit
    return {name: value for name, value in found.items() if name in NAMES[kind]}


def _splits(sample: pl.Series, fields: Sequence[str]) -> bool:
    """Whether most cells really hold several things: a name and digits."""
    if {"phone", "id_number"} & set(fields):
        return int(sample.str.contains(r"[\p{Han}A-Za-z].*\d{7,}|\d{7,}.*[\p{Han}A-Za-z]").sum()) * 2 >= sample.len()
    return int(sample.str.contains(r"[/、,，;；\s|]").sum()) * 2 >= sample.len()


def _settle(proposals: list[Suggestion]) -> tuple[Suggestion, ...]:
    """One column for each field: the surest keeps it, the first among equals."""
    best: dict[str, Suggestion] = {}
    for proposal in sorted(proposals, key=lambda p: -p.confidence):
        for name in proposal.fields:
            best.setdefault(name, proposal)
    settled = []
    for proposal in proposals:
        lost = next((best[f] for f in proposal.fields if best[f] is not proposal), None)
        if lost is not None:
            proposal = Suggestion(proposal.column, (), proposal.confidence, "taken", {"other": lost.column})
        settled.append(proposal)
    return tuple(settled)
