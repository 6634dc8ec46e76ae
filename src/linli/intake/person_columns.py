"""Columns of the intake that name a person."""

from linli.registry.person_columns import PersonColumn, declare

declare(PersonColumn("intake_round_answer", "person_id"))
