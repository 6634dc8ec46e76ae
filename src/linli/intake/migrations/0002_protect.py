"""Row-level security of the intake: a batch and its findings are seen where its area is."""

from django.db import migrations

from linli.kernel.rls import protect


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [
        protect("intake_batch"),
        protect("intake_finding"),
    ]
