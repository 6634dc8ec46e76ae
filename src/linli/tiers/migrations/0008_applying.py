"""What is read everywhere of applications: those that were published and are neither refused, withdrawn nor taken back since."""

from django.db import migrations

DROP = "DROP POLICY published ON tiers_application"
CREATE = "CREATE POLICY published ON tiers_application FOR SELECT USING ("
OPEN = "published_from IS NOT NULL"
#: Those in which the table of states has its record open to everybody.
STATES = " AND state IN ('publicised', 'reported', 'recognised', 'rechecking', 'lapsed')"


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0007_studio"),
    ]

    operations = [
        migrations.RunSQL([DROP, f"{CREATE}{OPEN}{STATES})"], [DROP, f"{CREATE}{OPEN})"]),
    ]
