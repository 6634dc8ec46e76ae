"""Row-level security and history of entities, key places and components."""

from django.db import migrations

from linli.kernel.history import keep_history
from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_things")]

    operations = [
        protect("registry_thing_record"),
        protect("registry_legal_entity"),
        protect("registry_key_place"),
        protect("registry_component"),
        keep_history("registry_legal_entity"),
        keep_history("registry_key_place"),
        keep_history("registry_component"),
    ]
