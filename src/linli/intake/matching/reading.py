"""A file of people as the columns that matching compares, its rows counted from 0 as they stand below the header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from linli.kernel.slices import Slices
from linli.registry.matching.standard import FIELDS

from ..limits import Limits, installed
from ..problems import DamagedFile, EmptyFile, TooManyColumns, TooManyRows
from ..reading import ROW, RawColumn, RawTable, SheetInfo, WorkbookInfo, read_table
from ..reading.container import column_letters
from ..reading.table import CellMarks
from ..suggest import ENOUGH, is_known_header, suggest, word_of

#: Fields of people's tables under the names that matching has for them.
OF_INTAKE = {
    "name": "name", "sex": "sex", "birth": "birth", "id_number": "id_number", "phone": "phone", "home_town": "town",
    "home_village": "village", "home_text": "address", "head_name": "head_name",
}  # fmt: skip
#: Parts of an address that stand in columns of their own, in the order in which they are written together.
PARTS = ("home_road", "home_door", "home_compound", "home_building", "home_unit", "home_floor", "home_room")
#: Headers that tables for the base do not need: names in two columns, addresses as abroad, where a record is from.
_BY_FIELD = {
    "given_name": "given name, given names, first name, forename, givenname, firstname, 名",
    "surname": "surname, last name, family name, lastname, 姓",
    "name": "person name, resident name, citizen name",
    "birth": "date of birth, birth date, birthdate, dob, birthday, dateofbirth, birth day",
    "sex": "gender, sex, sex code, 性别代码",
    "id_number": "soc sec id, id number, idnumber, national id, id card, ssn, id no, idno, id card no, id card number, idcard, idcard no, "
    "identity no, identity card, identity card no, identity card number, identification number, citizen id, citizen id number, id号码, id号",
    "phone": "phone, phone number, telephone, mobile, tel, phone no, telephone number, mobile phone, mobile no, mobile number, "
    "cellphone, cell phone, contact phone, contact number, phonenumber, 手机联系电话",
    "street_number": "street number, house number",
    "address": "address 1, street, address, addr, full address, detail address, detailed address, address detail, home address, "
    "residential address, residence address, residence, current address, living address, 住址, 地址, 详细地址, 家庭住址, 家庭地址, "
    "现住址, 现住地址, 现居住地址, 居住地址, 常住地址, 居住地",
    "suburb": "suburb, city",
    "postcode": "postcode, post code, zip, zipcode",
    "state": "state",
    "town": "town, township, town name, street town, town street, town or street, street office, subdistrict, sub district, "
    "subdistrict office, 街镇, 镇街名称, 所在镇街, 所属街道, 所属乡镇, 所在街道, 所在乡镇",
    "village": "village, village name, community, community name, village community, village or community, village committee, committee, "
    "residents committee, neighborhood, neighbourhood, 村居名称, 所在村居",
    "source": "来源, 数据来源, 来源部门, 数据源, 来源单位, 来源系统, 来源渠道, 信息来源, 采集来源, 提供部门, 提供单位, source, src, data source, "
    "source department, source dept, source system, source name",
    "head_name": "household head, head, head name, head of household, household head name, householder",
}
OWN_WORDS = {word: field for field, words in _BY_FIELD.items() for word in words.split(", ")}
# Words that also name what is less than the field, or something else beside it: a town that is lived in, a line that is no
# mobile one. They yield to any other word for the same field.
_YIELDING = {
    "居住地", "常住地址", "residence", "street", "address 1", "tel", "telephone", "telephone number", "city", "committee",
    "residents committee", "head",
}  # fmt: skip
# Where a row stands, under a name that no column of a file has: one may well be called "row".
_AT = "\x00row"
#: What contents alone may say: a header that says nothing over a column that is plainly this.
BY_CONTENT = ("id_number", "home_text")
# A header that may be a person as well as a phone: what is in the column decides.
_IF_CONTENT_TOO = {"contact": "phone"}
_WHOLLY_NAMED = ("name", "name_and_content")


@dataclass(frozen=True, slots=True)
class Records:
    """`frame`: `row` (Int32, from 0) and FIELDS as text, a row for each of the file. `meant`: which column is which field."""

    frame: pl.DataFrame
    meant: dict[str, str]
    raw: pl.DataFrame


def read(path: Path, leave: Sequence[str] = ()) -> Records:
    """Read a csv, xlsx, parquet or other table. Columns named in `leave` take no part. Raises kinds of UnreadableFile."""
    limits = installed()
    table = _parquet(path, limits) if path.suffix.lower() in (".parquet", ".pq") else read_table(
        path, limits=limits, known=_known
    )  # fmt: skip
    frame = table.frame
    first = table.header_last + 1
    counted = frame[ROW] - first if not table.several else pl.Series(np.arange(frame.height))
    skipped = [n.row - first for n in table.notes if n.row and n.code.startswith("row.")] if not table.several else []
    meant = meanings(table, leave)
    found = frame.drop(ROW).with_columns(counted.cast(pl.Int32).alias(_AT))
    highest: Any = counted.max()
    last = max([-1, *skipped, -1 if highest is None else int(highest)])
    whole = pl.DataFrame({_AT: pl.Series(np.arange(last + 1), dtype=pl.Int32)})
    raw = whole.join(found, on=_AT, how="left", maintain_order="left")
    return Records(raw.select(pl.col(_AT).alias("row"), *_columns(meant)), meant, raw.drop(_AT))


def _known(name: str) -> bool:
    return _word(name) in OWN_WORDS or is_known_header(name)


def _word(name: str) -> str:
    """A header as in OWN_WORDS: IdCardNo as id card no, "ID Card No." too."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) if name.isascii() else name
    return word_of(parted.replace("-", " ").replace(".", " ") if name.isascii() else parted)


def meanings(table: RawTable, leave: Sequence[str] = ()) -> dict[str, str]:
    """Column to field, for the columns that take part. Our own words first, then what intake would propose by name, then words
    that yield, then what contents or part of a name say."""
    words = {c.name: _word(c.name) for c in table.columns if c.name not in leave}
    own = [(c, OWN_WORDS[w], w in _YIELDING) for c, w in words.items() if w in OWN_WORDS]
    yielding = {c for c, _, yields in own if yields}
    firm = replace(table, columns=tuple(c for c in table.columns if c.name not in yielding))
    named: list[tuple[str, str]] = []
    guessed: list[tuple[str, str]] = []
    for proposal in suggest(firm, {}):
        if proposal.column in leave or proposal.confidence < ENOUGH or len(proposal.fields) != 1:
            continue
        name = proposal.fields[0]
        if proposal.reason == "content" and name not in (*BY_CONTENT, _IF_CONTENT_TOO.get(words[proposal.column])):
            continue
        field = OF_INTAKE.get(name, name if name in PARTS else "")
        (named if proposal.reason in _WHOLLY_NAMED else guessed).append((proposal.column, field))
    fields: dict[str, str] = {}
    firmly, at_last = ([(c, field) for c, field, yields in own if yields is late] for late in (False, True))
    for column, field in (*firmly, *named, *at_last, *guessed):
        if field and column not in fields and field not in fields.values():
            fields[column] = field
    return fields


def _columns(meant: dict[str, str]) -> list[pl.Expr]:
    by_field = {field: column for column, field in meant.items()}
    columns = [pl.col(by_field[f]).alias(f) for f in FIELDS if f in by_field and f != "address"]
    parts = [pl.col(by_field[p]) for p in PARTS if p in by_field]
    if parts:
        whole = pl.concat_str(parts, separator="-", ignore_nulls=True)
        said = pl.when(whole != "").then(whole)
        text = pl.concat_str(pl.col(by_field["address"]).fill_null(""), whole) if "address" in by_field else said
        columns.append(pl.when(text != "").then(text).alias("address"))
    elif "address" in by_field:
        columns.append(pl.col(by_field["address"]).alias("address"))
    return columns


def _parquet(path: Path, limits: Limits) -> RawTable:
    """A Parquet file as a raw table: its columns as text, a row of the file a row of the table."""
    if not path.stat().st_size:
        raise EmptyFile()
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DamagedFile() from error
    if frame.height > limits.batch_rows:
        raise TooManyRows(rows=frame.height, limit=limits.batch_rows)
    if frame.width > limits.columns:
        raise TooManyColumns(columns=frame.width, limit=limits.columns)
    frame = frame.select(c for c in frame.columns if not frame.schema[c].is_nested())
    text = frame.select(_text(c, kind) for c, kind in frame.schema.items()).with_columns(
        pl.when(pl.all() != "").then(pl.all())
    )
    columns = tuple(
        RawColumn(name, at, column_letters(at), text.height - text[name].null_count())
        for at, name in enumerate(text.columns)
    )
    rows = text.with_columns((pl.int_range(pl.len(), dtype=pl.Int64) + 2).alias(ROW))
    nowhere = np.empty((0, 2), np.int64)
    info = WorkbookInfo("csv", "parquet", path.stat().st_size, (SheetInfo("parquet"),))
    marks = CellMarks(nowhere, nowhere, nowhere)
    return RawTable(info, "", 1, 1, columns, Slices.of(rows, ROW), (), marks)


def _text(column: str, kind: pl.DataType) -> pl.Expr:
    """A column as text. Phones with gaps come as floating numbers out of many programs: 13800138000.0, not 1.38e10."""
    value = pl.col(column)
    text = value.cast(pl.String).str.strip_chars()
    if not kind.is_float():
        return text
    whole = (value == value.round()) & (value.abs() < 2**53)
    number = pl.when(whole).then(value).cast(pl.Int64, strict=False).cast(pl.String)
    return pl.coalesce(number, text).alias(column)
