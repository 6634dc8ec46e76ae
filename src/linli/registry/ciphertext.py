"""Columns of the registry that hold ciphertext: numbers and phones, also inside rows as they came."""

from linli.kernel.ciphertext import declare, excuse

declare("registry_person", "id_number", "phone", history=True)
declare("registry_source_record", "id_number", "phone", "set_aside", json=("raw",))
declare("registry_thing_record", "phone", json=("raw",))
declare("registry_legal_entity", "phone", history=True)
declare("registry_key_place", "phone", history=True)
declare("registry_relation", "phone", history=True)
declare("registry_rental", "phone", history=True)
declare("registry_custom_value", "sealed", history=True)
for table in ("registry_person", "registry_person_history", "registry_source_record"):
    excuse(table, "id_hash", why="keyed hash")
excuse("registry_source_record", "match_key", "content_hash", why="keyed hashes")
excuse("registry_match_proposal", "facts_key", why="keyed hash")
excuse("registry_regrouped", "match_key", why="keyed hash")
excuse("registry_thing_record", "content_hash", why="keyed hash")
for table in ("registry_household", "registry_household_history"):
    excuse(table, "key", why="keyed hash")
