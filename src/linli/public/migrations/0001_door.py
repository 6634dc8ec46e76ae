"""The function behind the code on a door. `linli migrate` gives the role of the public doors the right to call it."""

from pathlib import Path

from django.db import migrations

from linli.kernel.rls import pin_search_path

SQL = Path(__file__).with_name("sql") / "door.sql"


class Migration(migrations.Migration):
    dependencies = [("places", "0006_protect_buildings"), ("access", "0002_security")]

    operations = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), "DROP FUNCTION public_door(text)"),
        migrations.RunSQL(pin_search_path("public_door(text)"), ""),
    ]
