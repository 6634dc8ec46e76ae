"""Row-level security and history of places: regions and grids are public reference data, homes are not."""

from django.db import migrations

from linli.kernel.history import keep_history
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        protect("places_compound"),
        protect("places_dwelling"),
        keep_history("places_compound"),
        keep_history("places_dwelling"),
    ]
