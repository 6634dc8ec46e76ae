"""Values that are encrypted under another key have not changed: rotating keys leaves no history."""

from django.db import migrations

from linli.kernel.history import reseals_leave_no_history


class Migration(migrations.Migration):
    dependencies = [("registry", "0014_bulk_edit")]

    operations = [
        reseals_leave_no_history(
            "registry_person", "registry_legal_entity", "registry_key_place", "registry_rental", "registry_relation"
        ),
    ]
