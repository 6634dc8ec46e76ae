"""What is shown of identifiers where they may not be read in full."""

from __future__ import annotations

import pytest

from linli.kernel.masking import mask_text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("电话13800001234，已核", "电话13*******34，已核"),
        ("３７０３０２１９９００１０１００１１", "３７**************１１"),
        ("990302 19500304 0017", "99****************17"),
        ("138-0000-1234", "13*********34"),
        ("3号楼2单元401", "3号楼2单元401"),
        ("2026-01-01 12:30", "2026-01-01 12:30"),
        ("护照E12345678", "护照E1*****78"),
        (None, None),
    ],
)
def test_numbers_in_free_text_are_masked_however_they_are_written(written: str | None, shown: str | None) -> None:
    assert mask_text(written) == shown
