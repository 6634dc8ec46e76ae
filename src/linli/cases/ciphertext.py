"""Columns of cases that hold ciphertext: who reported or proposed, where they are told, and what was mediated."""

from linli.kernel.ciphertext import declare, excuse

declare("cases_case", "reporter_name", "reporter_phone", history=True)
declare("cases_reporter", "contact")
declare("cases_mediation", "parties", "summary", "agreement", "note")
declare("cases_proposer", "name", "contact")
excuse("cases_reporter", "tracking", why="a keyed hash of the tracking number")
excuse("cases_reporter", "contact_hash", why="a keyed hash of where they are told")
excuse("cases_reporter", "content", why="a keyed hash of what an app sent")
excuse("cases_reporter_contact", "hashed", "code", why="keyed hashes of an address, and of the code that stops it")
excuse("cases_open311_key", "hashed", why="a keyed hash of a key")
