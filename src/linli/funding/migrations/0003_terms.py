"""Contracts are changed from a month on, cancelled and ended; their numbers are their keeper's; parties and accounts keep their
history."""

import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models
from django.db.models import Q

from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, protect

# A number belongs to the town, or the district, that keeps the contract. Rewritten as a whole: an UPDATE would see no rows
# (row-level security) or leave an image of each in the history.
NUMBERED = "".join(
    f"""
    ALTER TABLE funding_{table} ALTER COLUMN numbered_by TYPE text USING left(area_code, 9);
    """
    for table in ("contract", "revenue_contract")
)
HISTORIES = """
    ALTER TABLE funding_project_history ADD COLUMN drop_reason text;
    ALTER TABLE funding_contract_history ADD COLUMN numbered_by text, ADD COLUMN cancelled_on date, ADD COLUMN cancel_reason text;
    ALTER TABLE funding_revenue_contract_history ADD COLUMN numbered_by text, ADD COLUMN cancelled_on date, ADD COLUMN reason text,
        ADD COLUMN version integer, ADD COLUMN changed_by_name text;
"""
HISTORIES_BACK = """
    ALTER TABLE funding_project_history DROP COLUMN drop_reason;
    ALTER TABLE funding_contract_history DROP COLUMN numbered_by, DROP COLUMN cancelled_on, DROP COLUMN cancel_reason;
    ALTER TABLE funding_revenue_contract_history DROP COLUMN numbered_by, DROP COLUMN cancelled_on, DROP COLUMN reason,
        DROP COLUMN version, DROP COLUMN changed_by_name;
"""
#: Terms stay as they were agreed, but for the area they lie in (0002).
TERMS_STAY = """
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN
    GRANT UPDATE (area_code) ON funding_revenue_terms TO linli_app;
END IF; END $$;
CREATE TRIGGER posted_stays BEFORE UPDATE OR DELETE ON funding_revenue_terms
    FOR EACH ROW EXECUTE FUNCTION funding_posted_stays();
"""


def _text() -> models.TextField:
    return models.TextField(default="")


class Migration(migrations.Migration):
    dependencies = [("funding", "0002_contracts")]

    operations = [
        migrations.AddField("project", "drop_reason", _text()),
        migrations.AddField("contract", "numbered_by", models.TextField(default=""), preserve_default=False),
        migrations.AddField("contract", "cancelled_on", models.DateField(null=True)),
        migrations.AddField("contract", "cancel_reason", _text()),
        migrations.AddField("revenuecontract", "numbered_by", models.TextField(default=""), preserve_default=False),
        migrations.AddField("revenuecontract", "cancelled_on", models.DateField(null=True)),
        migrations.AddField("revenuecontract", "reason", _text()),
        migrations.AddField("revenuecontract", "version", models.IntegerField(default=1)),
        migrations.AddField("revenuecontract", "changed_by_name", _text()),
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
        migrations.RunSQL(HISTORIES, HISTORIES_BACK),
        migrations.RemoveConstraint("contract", "contract_number"),
        migrations.AddConstraint(
            "contract",
            models.UniqueConstraint(
                fields=("numbered_by", "number"), condition=Q(("cancelled_on", None)), name="contract_number"
            ),
        ),
        migrations.RemoveConstraint("revenuecontract", "revenue_contract_number"),
        migrations.AddConstraint(
            "revenuecontract",
            models.UniqueConstraint(
                fields=("numbered_by", "number"), condition=Q(("cancelled_on", None)), name="revenue_contract_number"
            ),
        ),
        migrations.CreateModel(
            name="RevenueTerms",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("since", models.DateField()),
                ("rate", models.DecimalField(decimal_places=6, max_digits=14)),
                ("valid_until", models.DateField(null=True)),
                ("reason", models.TextField()),
                ("agreed_at", models.DateTimeField()),
                ("agreed_by_name", models.TextField(default="")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="funding.revenuecontract"
                    ),
                ),
            ],
            options={
                "db_table": "funding_revenue_terms",
                "constraints": [models.CheckConstraint(condition=Q(("rate__gt", 0)), name="revenue_terms_rate")],
            },
        ),
        protect("funding_revenue_terms"),
        append_only("funding_revenue_terms"),
        migrations.RunSQL(TERMS_STAY, "DROP TRIGGER posted_stays ON funding_revenue_terms"),
        keep_history("funding_party", "true"),
        keep_history("funding_account", "true", key="code"),
    ]
