"""A request also carries which restricted rows its actor reads."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations
from django.db.migrations.operations import RunSQL

from linli.kernel.rls import pin_search_path

SQL = Path(__file__).parent / "sql" / "readers.sql"
BEGIN = "access_begin(bytea, text, timestamptz, boolean, boolean, text)"


class Migration(migrations.Migration):
    dependencies = [("access", "0014_unit_end")]

    operations = [RunSQL(SQL.read_text(), RunSQL.noop), RunSQL(pin_search_path(BEGIN), RunSQL.noop)]
