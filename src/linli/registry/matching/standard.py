"""Records in one form before they are compared: names with their readings, dates, numbers, homes; all as columns.

What is equal is compared as a small number (`…_code`), what may be nearly equal as text.
"""

from __future__ import annotations

import polars as pl

from linli.kernel.pinyin import syllable

from ..identity import numbers_checked
from ..pinyin import COMPOUND_SURNAMES, SURNAMES
from .counties import without_county

#: What records may state, as text; each may be missing altogether.
FIELDS = (
    "name", "surname", "given_name", "sex", "birth", "id_number", "phone", "town", "village", "address", "head_name",
    "street_number", "suburb", "postcode", "state", "source",
)  # fmt: skip
MOST_CHARACTERS = 6
# Numbers and phones that more records share than this are fillers, an office's or a village clerk's.
SHARED_NUMBER, SHARED_PHONE = 12, 40
TWO_CHARACTER_SURNAMES = tuple(COMPOUND_SURNAMES) + (
    "欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "东方", "司徒", "慕容", "令狐", "公孙", "轩辕", "宇文", "端木",
    "百里", "东郭", "南宫", "呼延", "独孤", "司空", "太史", "申屠", "钟离", "澹台", "公冶", "濮阳", "淳于",
)  # fmt: skip
_MARKS = r"[\s·•・．.。,，、'’‘`“”\"*＊_-]"
_NOTE = r"[（(【\[].*?[)）】\]]"
_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")}
_UNITS = ("号楼", "栋", "幢", "座", "单元", "村民小组", "小组", "组", "层", "楼", "队", "排", "号")
_NUMERALS = {c + u: d + u for c, d in _DIGITS.items() for u in _UNITS}
# A village is called by its name or by its committee's, a street by its office's: 西股村, 西股村委会, 西股村村民委员会.
_OFFICES = ((r"村?(村民委员会|村委会)", "村"), (r"(居民委员会|居委会)", ""), (r"(街道办事处|街道办)", "街道"))
# What says that a home's numbers have begun, in figures or in characters.
_NUMBERED = rf"\d|[一二三四五六七八九十百](?:{'|'.join(_UNITS)}|弄|巷)"
# The number of a group of villagers stands in one list and not in the other. One in characters above ten is not read (十二组).
_GROUP = r"\d+(村民小组|小组|组|队)"
_GROUP_NUMBER = r"(?:^|[^\d一二三四五六七八九十百])0*(\d+)(?:村民小组|小组|组|队)"
_MOBILE = r"(?:^|\|)(?:0086|86)?(1[3-9]\d{9})(?:\||$)"
_DWELLING_WORDS = r"(号楼|单元|号院|号|栋|幢|座|室|户|组|层|楼|院|门牌|中国|[\s\-－—–_#,，。.、/()（）])"


def standardise(records: pl.DataFrame) -> pl.DataFrame:
    """`row` and the columns that comparisons and blocking ask for, of records with `row` and any of FIELDS as text."""
    missing = [pl.lit(None, pl.String).alias(f) for f in FIELDS if f not in records.columns]
    told = records.with_columns(missing).with_columns(pl.col(FIELDS).cast(pl.String))
    numbers = numbers_checked(told["id_number"])
    births = _births(told["birth"])
    sexes = _sexes(told["sex"])
    frame = pl.concat(
        [
            told.select(pl.col("row").cast(pl.Int32)),
            _names(told),
            _homes(told),
            _phones(told["phone"]),
            _number_columns(numbers),
            pl.select(
                birth_said=births["date"],
                birth=pl.coalesce(numbers["birth"], births["date"]),
                year=pl.coalesce(numbers["birth"].dt.year(), births["year"]),
                sex_said=sexes,
                sex=pl.coalesce(numbers["sex"], sexes),
            ),
        ],
        how="horizontal",
    )
    return frame.with_columns(
        birth=_as_number("birth"),
        birth_said=_as_number("birth_said"),
        day=pl.col("birth").cast(pl.Int32),
        day_said=pl.col("birth_said").cast(pl.Int32),
    )


def is_han(names: pl.Series) -> bool:
    """Whether most names are written in Chinese characters."""
    known = names.drop_nulls().head(5000)
    return bool(known.len() == 0 or int(known.str.contains(r"\p{Han}").sum()) * 2 >= known.len())


def _as_number(column: str) -> pl.Expr:
    date = pl.col(column).dt
    return (date.year() * 10000 + date.month().cast(pl.Int32) * 100 + date.day().cast(pl.Int32)).cast(pl.Int32)


def _plain(text: pl.Expr) -> pl.Expr:
    """Text without full-width forms and without notes in brackets; empty is null."""
    wide = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"\u3000": " "}
    found = text.str.replace_many(wide).str.replace_all(_NOTE, "").str.strip_chars().str.to_lowercase()
    return pl.when(found != "").then(found)


def codes(text: pl.Expr) -> pl.Expr:
    """A 64-bit number for a text, the same wherever it stands; null where it is."""
    return pl.when(text.is_not_null()).then(text.hash())


# --- names -----------------------------------------------------------------------------------------------------------


def _names(told: pl.DataFrame) -> pl.DataFrame:
    """Names and their readings. Worked out once for each distinct name, readings once for each distinct character."""
    whole = told.select(
        pl.coalesce(
            _plain(pl.col("name")),
            pl.when(pl.any_horizontal(pl.col("surname", "given_name").is_not_null())).then(
                pl.when(pl.coalesce("surname", "given_name").str.contains(r"\p{Han}"))
                .then(pl.concat_str("surname", "given_name", ignore_nulls=True))
                .otherwise(pl.concat_str("given_name", "surname", separator=" ", ignore_nulls=True))
                .str.to_lowercase()
            ),
        ).alias("whole"),
        pl.col("surname").str.to_lowercase().alias("family_said"),
        pl.col("given_name").str.to_lowercase().alias("given_said"),
        head=_plain(pl.col("head_name")),
    )
    distinct = whole.select("whole", "family_said", "given_said").unique(maintain_order=True)
    known = _readings(distinct)
    joined = whole.join(
        known, on=["whole", "family_said", "given_said"], how="left", nulls_equal=True, maintain_order="left"
    )
    total = max(told.height, 1)
    return joined.select(
        "name", "family", "given", "characters",
        name_code=codes(pl.col("name")),
        pinyin_code=codes(pl.col("pinyin")),
        near_code=codes(pl.col("near")),
        near_family_code=codes(pl.col("near_family")),
        letters_code=codes(pl.col("letters")),
        family_code=codes(pl.col("family_pinyin")),
        given_code=codes(pl.col("given_pinyin")),
        first_code=codes(pl.col("first_pinyin")),
        second_code=codes(pl.col("second_pinyin")),
        head_code=codes(pl.col("head").str.replace_all(_MARKS, "")),
        name_share=_share("name", total),
        pinyin_share=_share("pinyin", total),
        family_share=_share("family", total),
        given_share=_share("given", total),
    )  # fmt: skip


def _share(column: str, total: int) -> pl.Expr:
    """How often a value occurs among the other records than a pair that shares it; never nothing. In small tables held
    towards what is usual for names, where two of a hundred say little."""
    others = (pl.len().over(column).cast(pl.Float64) - 2.0).clip(0.0)
    return pl.when(pl.col(column).is_not_null()).then((others + 0.3) / (total + 2000.0))


def _readings(distinct: pl.DataFrame) -> pl.DataFrame:
    frame = distinct.with_columns(
        han=pl.col("whole").str.contains(r"\p{Han}").fill_null(False),
    ).with_columns(
        name=pl.when("han")
        .then(pl.col("whole").str.replace_all(_MARKS, ""))
        .otherwise(pl.col("whole").str.replace_all(r"[^\p{L} ]", "").str.strip_chars()),
    )
    compound = pl.col("name").str.slice(0, 2).is_in(TWO_CHARACTER_SURNAMES) & (pl.col("name").str.len_chars() > 2)
    width = pl.when(compound).then(2).otherwise(1)
    words = pl.col("name").str.split(" ")
    frame = frame.with_columns(
        family=pl.when("han")
        .then(pl.col("name").str.slice(0, width))
        .otherwise(pl.coalesce("family_said", pl.when(words.list.len() > 1).then(words.list.last()))),
        given=pl.when("han")
        .then(pl.col("name").str.slice(width))
        .otherwise(
            pl.when(pl.col("given_said").is_not_null() | pl.col("family_said").is_not_null())
            .then("given_said")
            .otherwise(pl.when(words.list.len() > 1).then(words.list.first()).otherwise("name"))
        ),
        characters=pl.col("name").str.len_chars().cast(pl.Int8),
    )
    sounds = _sounds(frame.filter("han")["name"])
    read = [
        pl.col("name").str.slice(at, 1).replace_strict(sounds[at > 0], default="", return_dtype=pl.String)
        for at in range(MOST_CHARACTERS)
    ]
    frame = frame.with_columns(pl.when("han").then(r).otherwise(pl.lit("")).alias(f"s{i}") for i, r in enumerate(read))
    near = {s: _near(s) for s in {*sounds[0].values(), *sounds[1].values()}} | {"": ""}
    spoken = pl.concat_str([f"s{i}" for i in range(MOST_CHARACTERS)])
    nearly = [pl.col(f"s{i}").replace_strict(near, return_dtype=pl.String) for i in range(MOST_CHARACTERS)]
    latin = pl.col("name").str.replace_all(" ", "")
    wide = pl.col("family").str.len_chars() > 1
    letters = pl.col("name").str.split("").list.sort().list.join("")
    return frame.select(
        "whole", "family_said", "given_said", "name", "family", "given", "characters",
        pinyin=pl.when("han").then(spoken).otherwise(latin),
        near=pl.when("han").then(pl.concat_str(nearly)).otherwise(latin),
        near_family=pl.when("han").then(nearly[0]).otherwise("family"),
        letters=pl.when("han").then(letters).otherwise(words.list.sort().list.join(" ")),
        family_pinyin=pl.when("han")
        .then(pl.when(wide).then(pl.concat_str("s0", "s1")).otherwise("s0"))
        .otherwise("family"),
        given_pinyin=pl.when("han")
        .then(
            pl.when(wide)
            .then(pl.concat_str("s2", "s3", "s4", "s5"))
            .otherwise(pl.concat_str("s1", "s2", "s3", "s4", "s5"))
        )
        .otherwise("given"),
        first_pinyin=pl.when("han").then(pl.when(wide).then("s2").otherwise("s1")),
        second_pinyin=pl.when("han").then(pl.when(wide).then("s3").otherwise("s2")),
    ).with_columns(
        pl.when(pl.col(c) != "").then(pl.col(c))
        for c in ("pinyin", "near", "near_family", "family_pinyin", "given_pinyin", "first_pinyin", "second_pinyin", "family", "given", "name")
    )  # fmt: skip


def _near(sound: str) -> str:
    """A syllable as those write it who do not tell zh from z, nor lin from ling."""
    for front, flat in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if sound.startswith(front):
            sound = flat + sound[2:]
    return sound[:-1] if sound.endswith("ng") else sound


def _sounds(names: pl.Series) -> tuple[dict[str, str], dict[str, str]]:
    """The reading of every character that occurs: as a surname, and elsewhere. Unreadable ones stand for themselves."""
    characters = names.str.split("").explode().unique().drop_nulls().to_list()
    plain = {c: syllable(c) or c for c in characters if c}
    return plain | SURNAMES, plain


# --- numbers, dates, sexes, phones -----------------------------------------------------------------------------------


def _number_columns(numbers: pl.DataFrame) -> pl.DataFrame:
    often = pl.len().over("number") > SHARED_NUMBER
    real = pl.col("number").str.contains(r"\d{4}") & ~often & ~pl.col("number").str.contains(r"^(0+|1+|9+)$")
    return numbers.with_columns(
        number=pl.when(real.fill_null(False)).then("number"), valid=(pl.col("valid") & ~often).fill_null(False)
    ).select("number", "valid", "old", number_code=codes(pl.col("number")), number_key=codes(pl.col("number")))


def _births(values: pl.Series) -> pl.DataFrame:
    """Dates as people write them, read once for each distinct text: `date`, and `year` also where no more is said."""
    distinct = values.unique()
    text = pl.col("text").str.replace_many({chr(0xFF10 + i): str(i) for i in range(10)}).str.strip_chars()
    # A month without a day (1980-12, 198012) is no date: its two digits are not a month and a day of one each.
    apart = text.str.extract_groups(r"^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:\D|$)").struct
    close = text.str.extract_groups(r"^(\d{4})(\d{2})(\d{2})(?:\D|$)").struct
    last = text.str.extract_groups(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$").struct
    parts = pl.DataFrame({"text": distinct}).select(
        "text",
        y=pl.coalesce(apart.field("1"), close.field("1"), last.field("3")).cast(pl.Int32),
        m=pl.coalesce(apart.field("2"), close.field("2"), last.field("2")).cast(pl.Int32),
        d=pl.coalesce(apart.field("3"), close.field("3"), last.field("1")).cast(pl.Int32),
        year=text.str.extract(r"^(\d{4})").cast(pl.Int32),
    )
    american = pl.col("m") > 12
    parts = parts.with_columns(
        m=pl.when(american).then("d").otherwise("m"), d=pl.when(american).then("m").otherwise("d")
    )
    padded = pl.concat_str(
        pl.col("y").cast(pl.String).str.zfill(4), *(pl.col(c).cast(pl.String).str.zfill(2) for c in "md"), separator="-"
    )
    dated = parts.select(
        "text", date=padded.str.to_date("%Y-%m-%d", strict=False), year=pl.coalesce("y", "year")
    ).with_columns(
        date=pl.when(pl.col("date").dt.year().is_between(1850, 2100)).then("date"),
        year=pl.when(pl.col("year").is_between(1850, 2100)).then("year"),
    )
    return pl.DataFrame({"text": values}).join(dated, on="text", how="left", maintain_order="left", nulls_equal=True)


def _sexes(values: pl.Series) -> pl.Series:
    words = {"男": 1, "男性": 1, "m": 1, "male": 1, "1": 1, "女": 2, "女性": 2, "f": 2, "female": 2, "2": 2}
    return values.str.strip_chars().str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Int8)


def _phones(values: pl.Series) -> pl.DataFrame:
    text = pl.col("phone").str.replace_many({chr(0xFF10 + i): str(i) for i in range(10)})
    digits = text.str.replace_all(r"\D", "").str.replace(r"^(0086|86)(1\d{10})$", "$2")
    # Of several in one cell the first whole mobile one: gaps within numbers are blanks and hyphens (138 1234 5678), else blanks
    # stand between numbers. A run of digits is never cut: it may be an identity number.
    parted = text.str.replace_all(r"[^\d\s-]+", "|")
    mobile = [
        parted.str.replace_all(gaps, "").str.replace_all(r"\s+", "|").str.extract(_MOBILE) for gaps in (r"[\s-]+", "-+")
    ]
    digits = pl.coalesce(*mobile, digits)
    frame = pl.DataFrame({"phone": values}).select(phone=pl.when(digits.str.len_chars() >= 7).then(digits))
    often = pl.len().over("phone") > SHARED_PHONE
    return frame.select(phone=pl.when(~often).then("phone")).with_columns(phone_code=codes(pl.col("phone")))


# --- homes -----------------------------------------------------------------------------------------------------------


def _homes(told: pl.DataFrame) -> pl.DataFrame:
    """Where a record says that the person lives: town, village, the dwelling within, and its numbers alone."""
    spaceless = [
        _plain(pl.col(c)).str.replace_all(r"\s", "").alias(c)
        for c in ("town", "village", "postcode", "state", "street_number")
    ]
    frame = told.select("address", *spaceless, suburb=_plain(pl.col("suburb"))).with_columns(
        text=_plain(pl.col("address")).str.replace_all(r"\s+", " ")
    )
    han = ~pl.col("text").str.contains(r"[a-z]{3}").fill_null(False)
    frame = frame.with_columns(_by_name(c).alias(c) for c in ("town", "village"))
    whole = _by_name("text").str.replace_all(" ", "")
    # What stands behind the village; where that leaves part of the home in front of it, or names none, also behind the town,
    # or behind the county.
    frame = frame.with_columns(whole=whole.str.replace(r"^\d{6}(\p{Han})", "${1}"), behind=pl.lit(False))
    frame = frame.with_columns(_behind("village")).with_columns(_behind("town"))
    within = pl.when("behind").then("whole").otherwise(without_county(pl.col("whole")))
    frame = frame.with_columns(within=pl.when(han).then(within.str.replace_many(_NUMERALS)))
    words = pl.col("within").str.replace_all(r"\d+", "").str.replace_all(_DWELLING_WORDS, "")
    frame = frame.with_columns(
        words=words, numbers=_numbers(pl.col("within")), door=_numbers(pl.col("within").str.replace_all(_GROUP, ""))
    )
    place = pl.coalesce("village", "town", "postcode", pl.lit("")).fill_null("")
    street = pl.concat_str(pl.coalesce("street_number", pl.lit("")), "text", separator=" ")
    return frame.select(
        town_code=codes(pl.coalesce("town", "state")),
        village_code=codes(pl.coalesce("village", "postcode")),
        # A home without any number (a village's name alone) is no dwelling.
        dwelling_code=codes(
            pl.when(pl.col("numbers").is_not_null())
            .then(pl.concat_str(place, "words", "numbers", separator="|"))
            .when(~han & street.str.contains(r"\d"))
            .then(street)
        ),
        group_code=codes(pl.col("within").str.extract(_GROUP_NUMBER)),
        door_code=codes(pl.when(pl.col("door").is_not_null()).then(pl.concat_str(place, "door", separator="|"))),
        suburb_code=codes(pl.col("suburb")),
        street_code=codes(pl.when(~han).then("text")),
        street=pl.when(~han).then("text"),
        suburb="suburb",
        street_number="street_number",
        postcode="postcode",
        state="state",
    )


def _behind(place: str) -> list[pl.Expr]:
    """`whole` from behind a place on, and `behind`, that it is. Where part of the home stands before the place, or nothing
    after it (柳泉路88号城一社区2单元501, 2单元501城一社区), `whole` without the place's name."""
    parts = pl.col("whole").str.splitn(pl.col(place).fill_null("\x00"), 2).struct
    before, after = parts.field("field_0"), parts.field("field_1")
    found = after.is_not_null() & ~pl.col("behind")
    behind = found & (after != "") & ~before.str.contains(_NUMBERED)
    rest = pl.when(behind).then(after).when(found).then(before + after).otherwise("whole")
    return [rest.alias("whole"), (pl.col("behind") | behind).fill_null(False).alias("behind")]


def _by_name(column: str) -> pl.Expr:
    found = pl.col(column)
    for office, name in _OFFICES:
        found = found.str.replace_all(office, name)
    return pl.when(found != "").then(found)


def _numbers(text: pl.Expr) -> pl.Expr:
    """The numbers in a text, one after the other; null where there are none."""
    found = text.str.extract_all(r"\d+").list.eval(pl.element().str.strip_chars_start("0")).list.join("-")
    return pl.when(found != "").then(found)
