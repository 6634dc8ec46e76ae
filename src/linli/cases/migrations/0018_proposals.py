"""Proposals: seen by area, by the unit that answers and by those that help it; what belongs to one is seen with it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.history import keep_history
from linli.kernel.rls import in_scope, of_own_unit, protect

OF_HELPERS = "(SELECT nullif(current_setting('linli.unit', true), ''))::uuid = ANY(cohost_units)"
SEEN = f"({in_scope()} OR {of_own_unit('host_unit_id')} OR {OF_HELPERS})"
OF_PROPOSAL = "EXISTS (SELECT FROM cases_proposal p WHERE p.id = proposal_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0017_supervision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("body", models.TextField()),
                ("number", models.TextField(db_collation="C")),
                ("year", models.SmallIntegerField()),
                ("term", models.SmallIntegerField()),
                ("session", models.SmallIntegerField()),
                ("title", models.TextField()),
                ("content", models.TextField()),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("host_unit_id", models.UUIDField(null=True)),
                ("host_name", models.TextField(default="")),
                (
                    "cohost_units",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("round", models.SmallIntegerField(default=1)),
                ("openness", models.TextField(default="")),
                ("openness_reason", models.TextField(default="")),
                ("published_at", models.DateTimeField(null=True)),
                ("published_round", models.SmallIntegerField(null=True)),
                ("concluded_at", models.DateTimeField(null=True)),
                ("registered_at", models.DateTimeField()),
                ("registered_by", models.TextField()),
                ("registered_by_name", models.TextField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
            options={
                "db_table": "cases_proposal",
            },
        ),
        migrations.CreateModel(
            name="ProposalCohost",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("unit_id", models.UUIDField()),
                ("unit_name", models.TextField()),
                ("role", models.TextField()),
                ("contribution", models.TextField(default="")),
                ("contributed_at", models.DateTimeField(null=True)),
                ("contributed_by_name", models.TextField(default="")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cohosts", to="cases.proposal"
                    ),
                ),
            ],
            options={
                "db_table": "cases_proposal_cohost",
            },
        ),
        migrations.CreateModel(
            name="ProposalReply",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("round", models.SmallIntegerField()),
                ("version", models.IntegerField(default=0)),
                ("unit_name", models.TextField(default="")),
                ("text", models.TextField(default="")),
                ("contact_name", models.TextField(default="")),
                ("contact_phone", models.TextField(default="")),
                ("drafted_at", models.DateTimeField(null=True)),
                ("drafted_by", models.TextField(default="")),
                ("drafted_by_name", models.TextField(default="")),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reviewed_by_name", models.TextField(default="")),
                ("document_number", models.TextField(default="")),
                ("signed_at", models.DateTimeField(null=True)),
                ("signed_by", models.TextField(default="")),
                ("signed_post", models.TextField(default="")),
                ("signed_name", models.TextField(default="")),
                ("answered_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("opinion", models.TextField(default="")),
                ("attitude", models.TextField(default="")),
                ("outcome", models.TextField(default="")),
                ("remark", models.TextField(default="")),
                ("rated_at", models.DateTimeField(null=True)),
                ("rated_by_name", models.TextField(default="")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="cases.proposal"
                    ),
                ),
            ],
            options={
                "db_table": "cases_proposal_reply",
            },
        ),
        migrations.CreateModel(
            name="Proposer",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("position", models.SmallIntegerField()),
                ("name", models.BinaryField()),
                ("contact", models.BinaryField(null=True)),
                ("masked", models.TextField(default="")),
                ("shown", models.BooleanField(default=False)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proposers", to="cases.proposal"
                    ),
                ),
            ],
            options={
                "db_table": "cases_proposer",
            },
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["year", "number", "id"], name="proposal_year"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["year", "number", "id"],
                name="proposal_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(fields=("body", "number"), name="proposal_number"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("body__in", ("cppcc", "congress"))), name="proposal_body"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("openness__in", ("", "open", "closed"))), name="proposal_openness"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at", None), ("published_round", None)),
                    models.Q(("openness", "open"), ("published_at__isnull", False), ("published_round__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_published_if_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalcohost",
            constraint=models.UniqueConstraint(fields=("proposal", "unit_id"), name="cohost_once"),
        ),
        migrations.AddConstraint(
            model_name="proposalcohost",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ("assisting", "separate"))), name="cohost_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalreply",
            constraint=models.UniqueConstraint(fields=("proposal", "round"), name="reply_round"),
        ),
        migrations.AddConstraint(
            model_name="proposalreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_at", None), ("answered_on__isnull", False), _connector="OR"),
                name="reply_signed_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("opinion__in", ("", "satisfied", "basically", "dissatisfied"))),
                name="reply_opinion",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("attitude__in", ("", "satisfied", "basically", "dissatisfied"))),
                name="reply_attitude",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposalreply",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("", "satisfied", "basically", "dissatisfied"))),
                name="reply_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposer",
            constraint=models.UniqueConstraint(fields=("proposal", "position"), name="proposer_position"),
        ),
        protect("cases_proposal", SEEN),
        keep_history("cases_proposal", SEEN),
        protect("cases_proposer", OF_PROPOSAL),
        protect("cases_proposal_cohost", OF_PROPOSAL),
        protect("cases_proposal_reply", OF_PROPOSAL),
    ]
