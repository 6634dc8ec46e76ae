"""Parameters of matching, and pairs somebody is asked about."""

from django.db import migrations, models

import linli.kernel.ids
from linli.kernel.rls import protect


def _seen(column: str) -> str:
    return f"EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = registry_match_proposal.{column})"


# By whoever sees both people, and the row where there is one.
BOTH = (
    f"({_seen('person_id')} AND (other_id IS NULL OR {_seen('other_id')}) AND (record_id IS NULL OR EXISTS "
    "(SELECT FROM registry_source_record r WHERE r.id = registry_match_proposal.record_id)))"
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0022_custom_fields")]

    operations = [
        migrations.CreateModel(
            name="MatchModel",
            fields=[
                ("version", models.IntegerField(primary_key=True, serialize=False)),
                ("parameters", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
            ],
            options={"db_table": "registry_match_model"},
        ),
        migrations.CreateModel(
            name="MatchThreshold",
            fields=[
                ("valid_from", models.DateField(primary_key=True, serialize=False)),
                ("merge", models.FloatField()),
                ("review", models.FloatField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
            ],
            options={"db_table": "registry_match_threshold"},
        ),
        migrations.CreateModel(
            name="MatchProposal",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("other_id", models.UUIDField(null=True)),
                ("record_id", models.UUIDField(null=True)),
                ("probability", models.FloatField()),
                ("model", models.IntegerField()),
                ("lines", models.JSONField()),
                ("facts_key", models.BinaryField(null=True)),
                ("state", models.TextField(default="open")),
                ("opened_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(null=True)),
                ("reason", models.TextField(default="")),
            ],
            options={
                "db_table": "registry_match_proposal",
                "indexes": [
                    models.Index(
                        condition=models.Q(("record_id", None)), fields=["state", "id"], name="match_proposal_list"
                    ),
                    models.Index(fields=["person_id"], name="match_proposal_person"),
                    models.Index(fields=["other_id"], name="match_proposal_other"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("record_id", None)),
                        fields=("person_id", "other_id"),
                        name="match_proposal_pair",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("record_id__isnull", False)),
                        fields=("record_id", "person_id"),
                        name="match_proposal_record",
                    ),
                ],
            },
        ),
        protect("registry_match_proposal", BOTH),
    ]
