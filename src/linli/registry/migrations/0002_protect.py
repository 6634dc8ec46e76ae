"""Row-level security and history of the registry."""

from django.db import migrations

from linli.kernel.history import keep_history
from linli.kernel.rls import any_in_scope, in_scope, protect

# A person may be visible in several areas. The fast path is the chief one; the others cost one index probe a row,
# and only rows whose chief area is foreign get there.
PERSON = (
    f"({in_scope('registry_person.area_code')} OR EXISTS "
    "(SELECT FROM registry_person_area a WHERE a.person_id = registry_person.id))"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        protect("registry_person_area"),
        protect("registry_person", PERSON, in_scope()),
        protect("registry_name_token"),
        protect("registry_source_record"),
        protect("registry_residence"),
        protect("registry_household"),
        protect("registry_transfer", any_in_scope("from_area", "to_area")),
        keep_history("registry_person"),
        keep_history("registry_residence"),
        keep_history("registry_household"),
    ]
