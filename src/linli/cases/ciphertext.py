"""Columns of cases that hold ciphertext: who reported."""

from linli.kernel.ciphertext import declare

declare("cases_case", "reporter_name", "reporter_phone", history=True)
