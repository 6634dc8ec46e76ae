"""Appointments that came of a duty in a grid say so (`access.Appointment.source`); those from before are told now."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

# The owner is bound by forced row-level security: what is changed lies in the scope set here.
TELL = """
SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true);
UPDATE access_appointment SET source = 'grid_staff'
WHERE id IN (SELECT appointment_id FROM places_grid_staff);
SELECT set_config('linli.lo', '', true), set_config('linli.hi', '', true), set_config('linli.one', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0006_offices"), ("places", "0007_recode")]

    operations = [RunSQL(TELL, RunSQL.noop)]
