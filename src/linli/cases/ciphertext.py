"""Columns of cases that hold ciphertext: who reported, and where they are told."""

from linli.kernel.ciphertext import declare, excuse

declare("cases_case", "reporter_name", "reporter_phone", history=True)
declare("cases_reporter", "contact")
excuse("cases_reporter", "tracking", why="a keyed hash of the tracking number")
