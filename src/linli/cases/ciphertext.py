"""Columns of cases that hold ciphertext: who reported or proposed, where they are told, and what was mediated."""

from linli.kernel.ciphertext import declare, excuse

declare("cases_case", "reporter_name", "reporter_phone", history=True)
declare("cases_reporter", "contact")
declare("cases_mediation", "parties", "summary", "agreement", "note")
declare("cases_proposer", "name", "contact")
excuse("cases_reporter", "tracking", why="a keyed hash of the tracking number")
