"""A request also carries the unit of who acts: some rows are seen by whom they were handed to, not by where they lie."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations
from django.db.migrations.operations import RunSQL

from linli.kernel.rls import pin_search_path

SQL = Path(__file__).parent / "sql" / "own_unit.sql"
BEGIN = "access_begin(bytea, text, timestamptz, boolean, boolean, text)"


class Migration(migrations.Migration):
    dependencies = [("access", "0011_identity_proof")]

    operations = [RunSQL(SQL.read_text(), RunSQL.noop), RunSQL(pin_search_path(BEGIN), RunSQL.noop)]
