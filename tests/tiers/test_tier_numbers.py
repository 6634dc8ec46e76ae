"""Numbers of persons are found in texts however they are written, and figures, days and documents are not taken for them."""

from __future__ import annotations

import pytest

from linli.tiers.numbers import holds_any_number, holds_personal_number


@pytest.mark.parametrize(
    "number",
    [
        "13805330000", "138 0533 0000", "138-0533-0000", "138—0533—0000", "138－0533－0000", "+8613805330000", "+86 138 0533 0000",
        "8613805330000", "0086-13805330000", "１３８０５３３００００", "0533-5180000", "（0533）5180000", "0533 518 0000", "05335180000",
        "010—60000000", "+86-0533-5180000", "370302199001011234", "37030219900101123X", "370302 19900101 1234",
        "3703 0219 9001 0112 34", "370302-19900101-123x",
    ],
)  # fmt: skip
def test_a_number_of_a_person_is_found_however_it_is_written(number: str) -> None:
    assert holds_personal_number(f"请联系{number}。") and holds_personal_number(number)
    assert holds_any_number(f"王主任{number}")


@pytest.mark.parametrize(
    "text",
    [
        "川政办字〔2024〕27号", "2026-11-26", "2026.11.20—2026.12.31 10:00", "投入1200000元", "面积 12 345.50 平方米", "热线12345",
        "2026年11月26日 09:30", "370302005013", "第1—3项，共 180 户、2 000 人", "",
    ],
)  # fmt: skip
def test_figures_days_and_documents_are_no_numbers_of_persons(text: str) -> None:
    assert not holds_personal_number(text)
