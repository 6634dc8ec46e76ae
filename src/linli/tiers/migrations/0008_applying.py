"""What is read everywhere of applications: those that were published and are neither refused, withdrawn nor taken back since; by who
acts for an area somewhere, by nobody else."""

from django.db import migrations

from linli.kernel.rls import LOW

DROP = "DROP POLICY published ON tiers_application"
CREATE = "CREATE POLICY published ON tiers_application FOR SELECT USING ("
OPEN = "published_from IS NOT NULL"
#: Those in which the table of states has its record open to everybody.
STATES = " AND state IN ('publicised', 'reported', 'recognised', 'rechecking', 'lapsed')"
#: Without an actor the bound is not set, or empty.
ACTING = f" AND (SELECT {LOW} <> '')"


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0007_studio"),
    ]

    operations = [
        migrations.RunSQL([DROP, f"{CREATE}{OPEN}{STATES}{ACTING})"], [DROP, f"{CREATE}{OPEN})"]),
    ]
