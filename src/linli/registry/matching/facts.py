"""What the base holds of people, in the fields that matching compares. Numbers and phones are opened in memory only."""

from __future__ import annotations

from typing import Any, Literal

import polars as pl

from linli.kernel import secrets
from linli.registry.merge import stage

About = Literal["registry_person", "registry_source_record"]
#: What is compared; of those who are in the base beside it `id`, and `numbered` ("t" or "f").
MATCHED = ("name", "sex", "birth", "id_number", "phone", "town", "village", "address", "head_name")
COLUMNS = ("id", *MATCHED, "numbered")
#: What a change of makes two people worth another look.
COMPARED = ("name", "sex", "birth", "id_number", "phone", "village", "address", "head_name")
_SCHEMA: dict[str, Any] = dict.fromkeys(COLUMNS, pl.String)
# Homes are compared as they were read: village and canonical address. Without an address nobody's home is known.
_FACTS = """
SELECT t.id, t.name, t.sex, t.birth, {number}, t.phone, left(t.home_area, 9), left(t.home_area, 12),
       coalesce(d.standard, t.home_text), {head}, t.id_hash IS NOT NULL
FROM {about} t LEFT JOIN places_dwelling d ON d.id = t.dwelling_id
LEFT JOIN registry_household h ON h.id = t.household_id
WHERE {where}
"""


def of(about: About, where: str, numbers: bool = True) -> pl.DataFrame:
    """COLUMNS as text of the rows `t` that a condition chooses; `id_number` only where it is asked for. Runs as whoever
    sees them."""
    head = "t.head_name" if about == "registry_source_record" else "h.head_name"
    number = "t.id_number" if numbers else "NULL"
    found = stage.fetch(_FACTS.format(about=about, head=head, where=where, number=number), _SCHEMA)
    return found.with_columns(pl.Series(c, opened(found[c]), pl.String) for c in ("id_number", "phone"))


def opened(values: pl.Series) -> list[str | None]:
    """The texts behind ciphertexts in PostgreSQL's hex form."""
    return secrets.decrypt_many([None if v is None else bytes.fromhex(v[2:]) for v in values.to_list()])


def keys(facts: pl.DataFrame) -> list[bytes | None]:
    """A keyed hash of what each row of `of` is compared by: what tells that it has changed."""
    text = facts.select(pl.concat_str([pl.col(c).fill_null("") for c in COMPARED], separator="\u001f")).to_series()
    return secrets.fingerprint_many("match", text.to_list())


def pair_keys(one: list[bytes | None], other: list[bytes | None]) -> list[bytes | None]:
    """The same of pairs, whichever comes first."""
    sides = [sorted([a or b"", b or b""]) for a, b in zip(one, other, strict=True)]
    return secrets.fingerprint_many("match", [f"{a.hex()}|{b.hex()}" for a, b in sides])
