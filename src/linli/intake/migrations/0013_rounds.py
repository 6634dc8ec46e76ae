"""Rounds of reporting: what is asked for, each area's return with its steps, frozen versions, and what was answered."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.history import keep_history
from linli.kernel.rls import AREAS, append_only, in_scope, pin_search_path, protect

# A round is seen below the area it asks too, and the figures of a village by whoever has a grid of it. The areas around
# those held are computed once a statement.
AROUND = (
    f"(area_code IN (SELECT left(s, n) FROM unnest({AREAS}) s, unnest(ARRAY[6, 9, 12, 15]) n WHERE n <= length(s)))"
)
SEEN = f"({in_scope()} OR {AROUND})"
OF_RETURN = "EXISTS (SELECT FROM intake_return t WHERE t.id = intake_return_step.return_id)"
OF_VERSION = "EXISTS (SELECT FROM intake_return_version v WHERE v.id = intake_frozen_part.version_id)"
# A version never changes but for the code of its area, which goes with a change of areas, and an answer but for its
# person, who may be joined into another.
CHANGING = {"intake_return_version": "area_code", "intake_round_answer": "person_id"}


def only_column(table: str, column: str) -> RunSQL:
    """The program's role may add and read rows, and change nothing of them but one column."""
    return RunSQL(
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM linli_app; "
        f"GRANT UPDATE ({column}) ON {table} TO linli_app; END IF; END $$",
        "",
    )


# What the program's role may destroy of what was frozen, and when: the rows of rounds that ended more than a year ago. The
# version stays, with its figures and its checksum. A town's rows are those of its villages, so a round goes as a whole.
DESTROY = """
    CREATE FUNCTION intake_destroy_versions(p_before timestamptz, p_most integer, p_now timestamptz)
    RETURNS TABLE (id uuid, at timestamptz) LANGUAGE plpgsql SECURITY DEFINER AS $body$
    BEGIN
        IF p_before > now() - interval '365 days' THEN
            RAISE invalid_parameter_value USING MESSAGE = 'the floor of intake_frozen_part is a year';
        END IF;
        RETURN QUERY
        WITH due AS (
            SELECT v.id, r.closed_at FROM intake_return_version v
            JOIN intake_return t ON t.id = v.return_id JOIN intake_round r ON r.id = t.round_id
            WHERE v.gone_at IS NULL AND r.state = 'closed' AND r.closed_at < p_before
            ORDER BY v.id LIMIT p_most FOR UPDATE OF v
        ), parts AS (
            DELETE FROM intake_frozen_part p USING due WHERE p.version_id = due.id
        )
        UPDATE intake_return_version v SET gone_at = p_now FROM due WHERE v.id = due.id RETURNING v.id, due.closed_at;
    END $body$;
    REVOKE ALL ON FUNCTION intake_destroy_versions(timestamptz, integer, timestamptz) FROM PUBLIC;
    DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN
        GRANT EXECUTE ON FUNCTION intake_destroy_versions(timestamptz, integer, timestamptz) TO linli_app;
    END IF; END $$;
    """ + pin_search_path("intake_destroy_versions(timestamptz, integer, timestamptz)")


class Migration(migrations.Migration):
    dependencies = [("intake", "0012_comparison_started")]

    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("form_id", models.UUIDField()),
                ("form_version_id", models.UUIDField()),
                ("form_number", models.IntegerField()),
                ("form_name", models.TextField()),
                ("issuer_name", models.TextField(default="")),
                ("period", models.TextField()),
                ("as_of", models.DateField()),
                ("due_on", models.DateField()),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("top_code", linli.kernel.areas.AreaCodeField()),
                ("subject", models.TextField()),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, size=None),
                ),
                ("binding", models.JSONField()),
                ("template_id", models.UUIDField()),
                ("template_name", models.TextField()),
                ("template_sha256", models.TextField()),
                ("fresh_days", models.IntegerField(null=True)),
                ("state", models.TextField(default="open")),
                ("opened_by", models.TextField()),
                ("opened_by_name", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("measured_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_round",
                "indexes": [models.Index(fields=["-due_on", "-id"], name="round_list")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("form_id", "area_code", "period"),
                        name="round_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("receiver_code", linli.kernel.areas.AreaCodeField()),
                ("place", models.TextField()),
                ("state", models.TextField(default="draft")),
                ("version", models.IntegerField(default=0)),
                ("accepted", models.IntegerField(null=True)),
                ("rows", models.IntegerField(default=0)),
                ("blanks", models.IntegerField(default=0)),
                ("stale", models.IntegerField(default=0)),
                ("waiting", models.IntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="intake.round",
                    ),
                ),
            ],
            options={
                "db_table": "intake_return",
                "indexes": [
                    models.Index(fields=["round", "area_code"], name="return_areas"),
                    models.Index(fields=["area_code", "state"], name="return_states"),
                    models.Index(fields=["round", "receiver_code"], name="return_receivers"),
                ],
                "constraints": [models.UniqueConstraint(fields=("round", "place"), name="return_once")],
            },
        ),
        migrations.CreateModel(
            name="ReturnStep",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("deed", models.TextField()),
                ("before", models.TextField()),
                ("after", models.TextField()),
                ("version", models.IntegerField(default=0)),
                ("reason", models.TextField(default="")),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        db_column="return_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="intake.return",
                    ),
                ),
            ],
            options={"db_table": "intake_return_step"},
        ),
        migrations.CreateModel(
            name="ReturnVersion",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("number", models.IntegerField()),
                ("fields", django.contrib.postgres.fields.ArrayField(models.TextField(), size=None)),
                ("rows", models.IntegerField()),
                ("own_rows", models.IntegerField()),
                ("blanks", models.IntegerField()),
                ("stale", models.IntegerField()),
                ("oldest", models.DateField(null=True)),
                ("newest", models.DateField(null=True)),
                ("sha256", models.TextField()),
                ("parts", django.contrib.postgres.fields.ArrayField(models.UUIDField(), default=list, size=None)),
                ("gone_at", models.DateTimeField(null=True)),
                ("left_out", django.contrib.postgres.fields.ArrayField(models.TextField(), default=list, size=None)),
                ("since_round", models.JSONField(null=True)),
                ("since_returned", models.JSONField(null=True)),
                ("made_by", models.TextField()),
                ("made_by_name", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        db_column="return_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="intake.return",
                    ),
                ),
            ],
            options={
                "db_table": "intake_return_version",
                "constraints": [models.UniqueConstraint(fields=("owner", "number"), name="return_version_once")],
            },
        ),
        migrations.CreateModel(
            name="FrozenPart",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen",
                        to="intake.returnversion",
                    ),
                ),
            ],
            options={
                "db_table": "intake_frozen_part",
                "constraints": [models.UniqueConstraint(fields=("version", "number"), name="frozen_part_once")],
            },
        ),
        migrations.CreateModel(
            name="RoundAnswer",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField()),
                ("person_id", models.UUIDField()),
                ("field", models.TextField()),
                ("kind", models.TextField()),
                ("record_id", models.UUIDField(null=True)),
                ("stated_on", models.DateField()),
                ("made_by", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        db_column="return_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="intake.return",
                    ),
                ),
            ],
            options={
                "db_table": "intake_round_answer",
                "indexes": [models.Index(fields=["person_id", "field"], name="round_answer_person")],
            },
        ),
        protect("intake_round", SEEN, in_scope()),
        protect("intake_return", SEEN, in_scope()),
        protect("intake_return_step", OF_RETURN),
        protect("intake_return_version"),
        protect("intake_frozen_part", OF_VERSION),
        protect("intake_round_answer"),
        keep_history("intake_round"),
        keep_history("intake_return"),
        append_only("intake_return_step"),
        append_only("intake_frozen_part"),
        *(only_column(table, column) for table, column in CHANGING.items()),
        RunSQL(DESTROY, "DROP FUNCTION intake_destroy_versions(timestamptz, integer, timestamptz)"),
    ]
