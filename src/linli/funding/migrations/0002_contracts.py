"""Projects with their contracts, and facilities with theirs: payments and settlements stay as they were posted."""

import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, protect


TABLES = (
    "project", "contract", "milestone", "payment", "asset", "facility", "revenue_contract", "usage", "settlement",
)  # fmt: skip
#: Rows that stay as they are, but for the area they lie in.
STAYING = ("milestone", "payment", "settlement", "asset")
AREA_MAY_MOVE = """
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN
    GRANT UPDATE (area_code) ON funding_milestone, funding_payment, funding_settlement, funding_asset TO linli_app;
END IF; END $$
"""
#: The owner cannot change them either, as with entries (0001).
POSTED_STAYS = "".join(
    f"CREATE TRIGGER posted_stays BEFORE UPDATE OR DELETE ON funding_{table} "
    "FOR EACH ROW EXECUTE FUNCTION funding_posted_stays();"
    for table in STAYING
)
POSTED_STAYS_BACK = "".join(f"DROP TRIGGER posted_stays ON funding_{table};" for table in STAYING)


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0001_books'),
    ]

    operations = [
        migrations.CreateModel(
            name='Facility',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('kind', models.TextField()),
                ('name', models.TextField()),
                ('opened_on', models.DateField()),
                ('invested', models.DecimalField(decimal_places=2, max_digits=16)),
                ('yearly_upkeep', models.DecimalField(decimal_places=2, max_digits=16)),
                ('life_years', models.SmallIntegerField(default=10)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
            ],
            options={
                'db_table': 'funding_facility',
                'indexes': [models.Index(fields=['area_code', 'id'], name='facility_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['charger', 'locker', 'screen', 'other'])), name='facility_kind'), models.CheckConstraint(condition=models.Q(('life_years__gt', 0)), name='facility_life')],
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('kind', models.TextField()),
                ('number', models.TextField()),
                ('title', models.TextField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('signed_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('warranty_until', models.DateField(null=True)),
                ('accepted_on', models.DateField(null=True)),
                ('acceptance', models.TextField(default='')),
                ('version', models.IntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.TextField()),
                ('changed_by_name', models.TextField(default='')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.account')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.party')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.source')),
                ('facility', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='upkeep_contracts', to='funding.facility')),
            ],
            options={
                'db_table': 'funding_contract',
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('position', models.SmallIntegerField()),
                ('name', models.TextField()),
                ('due_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='funding.contract')),
            ],
            options={
                'db_table': 'funding_milestone',
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('paid_on', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='funding.contract')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='funding.entry')),
                ('milestone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='funding.milestone')),
            ],
            options={
                'db_table': 'funding_payment',
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('title', models.TextField()),
                ('need', models.TextField(default='')),
                ('planned', models.DecimalField(decimal_places=2, max_digits=16)),
                ('state', models.TextField(default='need')),
                ('tender_method', models.TextField(default='')),
                ('tender_number', models.TextField(default='')),
                ('tender_on', models.DateField(null=True)),
                ('award_amount', models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ('award_on', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.TextField()),
                ('changed_by_name', models.TextField(default='')),
                ('award_party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.party')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.source')),
            ],
            options={
                'db_table': 'funding_project',
            },
        ),
        migrations.AddField(
            model_name='contract',
            name='project',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contract', to='funding.project'),
        ),
        migrations.CreateModel(
            name='RevenueContract',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('kind', models.TextField()),
                ('number', models.TextField()),
                ('rate', models.DecimalField(decimal_places=6, max_digits=14)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='funding.facility')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.party')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.source')),
            ],
            options={
                'db_table': 'funding_revenue_contract',
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('month', models.IntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=16)),
                ('rate', models.DecimalField(decimal_places=6, max_digits=14)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('settled_at', models.DateTimeField()),
                ('settled_by_name', models.TextField(default='')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='funding.revenuecontract')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='funding.entry')),
            ],
            options={
                'db_table': 'funding_settlement',
            },
        ),
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('month', models.IntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=16)),
                ('origin', models.TextField(default='')),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.TextField()),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='usage', to='funding.revenuecontract')),
            ],
            options={
                'db_table': 'funding_usage',
            },
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('name', models.TextField()),
                ('quantity', models.IntegerField()),
                ('cost', models.DecimalField(decimal_places=2, max_digits=16)),
                ('place', models.TextField(default='')),
                ('accepted_on', models.DateField()),
                ('warranty_until', models.DateField(null=True)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='funding.contract')),
            ],
            options={
                'db_table': 'funding_asset',
                'indexes': [models.Index(fields=['area_code', 'id'], name='asset_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='asset_quantity')],
            },
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('contract', 'position'), name='milestone_position'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_amount'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['area_code', 'id'], name='project_area'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['need', 'tender', 'awarded', 'contracted', 'done', 'dropped'])), name='project_state'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('tender_method__in', ['', 'open', 'invited', 'consultation', 'enquiry', 'single', 'small'])), name='project_tender_method'),
        ),
        migrations.AddIndex(
            model_name='contract',
            index=models.Index(fields=['area_code', 'id'], name='contract_area'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.UniqueConstraint(fields=('number',), name='contract_number'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['purchase', 'upkeep'])), name='contract_kind'),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='contract_amount'),
        ),
        migrations.AddIndex(
            model_name='revenuecontract',
            index=models.Index(fields=['area_code', 'id'], name='revenue_area'),
        ),
        migrations.AddConstraint(
            model_name='revenuecontract',
            constraint=models.UniqueConstraint(fields=('number',), name='revenue_contract_number'),
        ),
        migrations.AddConstraint(
            model_name='revenuecontract',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['rent', 'per_kwh', 'per_parcel', 'advertising'])), name='revenue_kind'),
        ),
        migrations.AddConstraint(
            model_name='revenuecontract',
            constraint=models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='revenue_rate'),
        ),
        migrations.AddConstraint(
            model_name='revenuecontract',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='revenue_days'),
        ),
        migrations.AddIndex(
            model_name='settlement',
            index=models.Index(fields=['contract', 'month'], name='settlement_month'),
        ),
        migrations.AddConstraint(
            model_name='usage',
            constraint=models.UniqueConstraint(fields=('contract', 'month'), name='usage_once'),
        ),
        migrations.AddConstraint(
            model_name='usage',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='usage_quantity'),
        ),
        *(protect(f"funding_{table}") for table in TABLES),
        *(keep_history(f"funding_{table}") for table in ("project", "contract", "usage", "facility", "revenue_contract")),
        *(append_only(f"funding_{table}") for table in STAYING),
        migrations.RunSQL(AREA_MAY_MOVE, migrations.RunSQL.noop),
        migrations.RunSQL(POSTED_STAYS, POSTED_STAYS_BACK),
    ]
