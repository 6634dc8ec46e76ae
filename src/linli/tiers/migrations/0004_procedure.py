"""The procedure of applying. Only an application has an area: its own row is the public record, which all may read once it was
published and none changes from outside; what belongs to it is seen where the application lies."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, in_scope, protect

OF_APPLICATION = (
    "EXISTS (SELECT FROM tiers_application a WHERE a.id = application_id AND " + in_scope("a.area_code") + ")"
)
PUBLISHED = migrations.RunSQL(
    "CREATE POLICY published ON tiers_application FOR SELECT USING (published_from IS NOT NULL)",
    "DROP POLICY published ON tiers_application",
)
PARTS = (
    "tiers_application_step", "tiers_indicator_verdict", "tiers_application_gap", "tiers_acceptance_member", "tiers_site_visit",
    "tiers_objection", "tiers_standing_warning",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("tiers", "0003_kinds_of_assessments"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanYear",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("year", models.SmallIntegerField(unique=True)),
                ("title", models.TextField()),
                ("self_by", models.DateField()),
                ("town_by", models.DateField()),
                ("accept_by", models.DateField()),
                ("publication_days", models.SmallIntegerField(default=5)),
                ("document", models.TextField(default="")),
                ("version", models.IntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.TextField()),
                ("opened_by_name", models.TextField(default="")),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tiers.indicatorsystem"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_plan_year",
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("tier", models.TextField()),
                ("state", models.TextField(default="planned")),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("due_on", models.DateField(null=True)),
                ("met", models.SmallIntegerField(default=0)),
                ("missed", models.SmallIntegerField(default=0)),
                ("unknown", models.SmallIntegerField(default=0)),
                ("of", models.SmallIntegerField(default=0)),
                ("accepted_on", models.DateField(null=True)),
                ("published_from", models.DateField(null=True)),
                ("published_until", models.DateField(null=True)),
                ("report_document", models.TextField(default="")),
                ("reported_on", models.DateField(null=True)),
                ("outcome", models.TextField(default="")),
                ("decision_document", models.TextField(default="")),
                ("decided_by", models.TextField(default="")),
                ("decided_on", models.DateField(null=True)),
                ("award_cents", models.BigIntegerField(null=True)),
                ("awarded_on", models.DateField(null=True)),
                ("award_document", models.TextField(default="")),
                ("recheck_by", models.DateField(null=True)),
                ("rechecked_on", models.DateField(null=True)),
                ("synthetic", models.BooleanField(default=False)),
                ("planned_at", models.DateTimeField()),
                ("planned_by", models.TextField()),
                ("updated_at", models.DateTimeField()),
                (
                    "plan_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to="tiers.planyear"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_application",
            },
        ),
        migrations.CreateModel(
            name="SiteVisit",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("place", models.TextField()),
                ("notes", models.TextField(default="")),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("added_by_name", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_site_visit",
            },
        ),
        migrations.CreateModel(
            name="StandingWarning",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("indicator", models.TextField(db_collation="C")),
                ("metric", models.TextField(db_collation="C", default="")),
                ("value", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("since", models.DateField()),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_standing_warning",
            },
        ),
        migrations.CreateModel(
            name="AcceptanceMember",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("position", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("unit", models.TextField(default="")),
                ("post", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_acceptance_member",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "position"), name="acceptance_member_position")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationGap",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("indicator", models.TextField(db_collation="C")),
                ("todo", models.TextField()),
                ("owner", models.TextField()),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
                ("note", models.TextField(default="")),
                ("version", models.IntegerField(default=1)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.TextField()),
                ("added_by_name", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="gaps", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_application_gap",
                "indexes": [
                    models.Index(condition=models.Q(("done_on", None)), fields=["due_on"], name="application_gap_open")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationStep",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("action", models.TextField()),
                ("from_state", models.TextField(default="")),
                ("to_state", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("actor_name", models.TextField()),
                ("unit_name", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_application_step",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "version"), name="application_step_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorVerdict",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("stage", models.TextField()),
                ("indicator", models.TextField(db_collation="C")),
                ("verdict", models.TextField()),
                ("reason", models.TextField(default="")),
                ("prefilled", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("said_by", models.TextField()),
                ("actor_name", models.TextField(default="")),
                ("unit_name", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="verdicts", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_indicator_verdict",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "stage", "indicator"), name="indicator_verdict_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["self", "town", "district"])), name="indicator_verdict_stage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ("met", "missed", "not_asked"))),
                        name="indicator_verdict_verdict",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("origin", models.TextField()),
                ("indicator", models.TextField(db_collation="C", default="")),
                ("text", models.TextField()),
                ("contact", models.BinaryField(null=True)),
                ("masked", models.TextField(default="")),
                ("token", models.BinaryField(null=True)),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("actor_name", models.TextField(default="")),
                ("answer", models.TextField(default="")),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.TextField(default="")),
                ("answered_by_name", models.TextField(default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="tiers.application"
                    ),
                ),
            ],
            options={
                "db_table": "tiers_objection",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("token__isnull", False)),
                        fields=("application", "token"),
                        name="objection_token_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("public", "community"))), name="objection_origin"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(("answered_at__isnull", False), models.Q(("answer", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="objection_answered",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="planyear",
            constraint=models.CheckConstraint(
                condition=models.Q(("self_by__lte", models.F("town_by")), ("town_by__lte", models.F("accept_by"))),
                name="plan_year_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="planyear",
            constraint=models.CheckConstraint(
                condition=models.Q(("publication_days__gte", 1)), name="plan_year_publication"
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["area_code", "-id"], name="application_of"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["state", "due_on"], name="application_due"),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("plan_year", "area_code"),
                name="application_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__in", ("basic", "growing", "model"))), name="application_tier"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "planned",
                            "self_assessing",
                            "town_checking",
                            "accepting",
                            "publicised",
                            "reported",
                            "recognised",
                            "rechecking",
                            "refused",
                            "withdrawn",
                            "lapsed",
                        ],
                    )
                ),
                name="application_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("", "recognised", "refused"))), name="application_outcome"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_from", None), ("published_until", None)),
                    models.Q(("published_from__isnull", False), ("published_until__gte", models.F("published_from"))),
                    _connector="OR",
                ),
                name="application_publication",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("award_cents", None), ("award_cents__gt", 0), _connector="OR"),
                name="application_award",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingwarning",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gone_at", None)), fields=("application", "indicator"), name="standing_warning_once"
            ),
        ),
        protect("tiers_application"),
        PUBLISHED,
        keep_history("tiers_application"),
        *(protect(table, OF_APPLICATION) for table in PARTS),
        append_only("tiers_application_step"),
        keep_history("tiers_indicator_verdict", OF_APPLICATION),
        keep_history("tiers_application_gap", OF_APPLICATION),
    ]
