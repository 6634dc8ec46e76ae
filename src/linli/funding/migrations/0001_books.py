"""The books: what is posted stays, lines balance, closed months take nothing more. The database itself refuses it."""

import django.contrib.postgres.fields
import django.db.models.deletion
import linli.kernel.areas
import linli.kernel.ids
from django.db import migrations, models

from linli.kernel.history import keep_history
from linli.kernel.rls import append_only, protect


#: Posted rows go with their area when areas change, and never change otherwise.
POSTED_STAYS = """
CREATE FUNCTION funding_posted_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        OLD.area_code := NEW.area_code;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'funding: what is posted is never changed' USING ERRCODE = '23514';
END $body$;
CREATE TRIGGER posted_stays BEFORE UPDATE OR DELETE ON funding_entry
    FOR EACH ROW EXECUTE FUNCTION funding_posted_stays();
CREATE TRIGGER posted_stays BEFORE UPDATE OR DELETE ON funding_line
    FOR EACH ROW EXECUTE FUNCTION funding_posted_stays();
"""
POSTED_STAYS_BACK = """
DROP TRIGGER posted_stays ON funding_entry; DROP TRIGGER posted_stays ON funding_line;
DROP FUNCTION funding_posted_stays();
"""
#: All lines of an entry come in one statement, from position 1 on: a second one cannot add to it.
LINES_BALANCE = """
CREATE FUNCTION funding_lines_balance() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM new_lines GROUP BY entry_id
               HAVING sum(debit) <> sum(credit) OR min(position) <> 1 OR count(*) < 2) THEN
        RAISE EXCEPTION 'funding: the lines of an entry do not balance' USING ERRCODE = '23514';
    END IF;
    IF EXISTS (SELECT FROM new_lines n LEFT JOIN funding_entry e ON e.id = n.entry_id AND e.area_code = n.area_code
               WHERE e.id IS NULL) THEN
        RAISE EXCEPTION 'funding: a line lies in another area than its entry' USING ERRCODE = '23514';
    END IF;
    IF EXISTS (SELECT FROM new_lines n JOIN funding_entry e ON e.id = n.entry_id
               WHERE e.month <= (SELECT max(month) FROM funding_period WHERE closed_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'funding: the month is closed' USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER lines_balance AFTER INSERT ON funding_line REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION funding_lines_balance();
-- An entry comes first and its lines after it, in one transaction: at its end they have to be there.
CREATE FUNCTION funding_has_lines() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    -- Where the entry itself is out of the scope the transaction ends with, its lines are too.
    IF EXISTS (SELECT FROM funding_entry WHERE id = NEW.id) AND NOT EXISTS (SELECT FROM funding_line WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'funding: an entry has no lines' USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER has_lines AFTER INSERT ON funding_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION funding_has_lines();
"""
LINES_BALANCE_BACK = """
DROP TRIGGER lines_balance ON funding_line; DROP FUNCTION funding_lines_balance();
DROP TRIGGER has_lines ON funding_entry; DROP FUNCTION funding_has_lines();
"""
CLOSED_STAYS = """
CREATE FUNCTION funding_month_is_open() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.month <> extract(year FROM NEW.booked_on)::int * 100 + extract(month FROM NEW.booked_on)::int THEN
        RAISE EXCEPTION 'funding: the month of an entry is that of its day' USING ERRCODE = '23514';
    END IF;
    IF EXISTS (SELECT FROM funding_period WHERE closed_at IS NOT NULL AND month >= NEW.month) THEN
        RAISE EXCEPTION 'funding: the month is closed' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER month_is_open BEFORE INSERT ON funding_entry FOR EACH ROW EXECUTE FUNCTION funding_month_is_open();
CREATE FUNCTION funding_closed_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.last_number NOT IN (0, 1) OR NEW.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'funding: a month begins open and with its first number' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.last_number > OLD.last_number + 1 THEN
        RAISE EXCEPTION 'funding: the numbers of a month have no gaps' USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'DELETE' OR OLD.closed_at IS NOT NULL OR OLD.month <> NEW.month OR NEW.last_number < OLD.last_number THEN
        RAISE EXCEPTION 'funding: a closed month is never opened' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER closed_stays BEFORE INSERT OR UPDATE OR DELETE ON funding_period
    FOR EACH ROW EXECUTE FUNCTION funding_closed_stays();
"""
CLOSED_STAYS_BACK = """
DROP TRIGGER month_is_open ON funding_entry; DROP FUNCTION funding_month_is_open();
DROP TRIGGER closed_stays ON funding_period; DROP FUNCTION funding_closed_stays();
"""
#: Only the change of areas touches a posted row.
AREA_MAY_MOVE = """
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN
    GRANT UPDATE (area_code) ON funding_entry, funding_line TO linli_app;
END IF; END $$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Period',
            fields=[
                ('month', models.IntegerField(primary_key=True, serialize=False)),
                ('last_number', models.IntegerField(default=0)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.TextField(default='')),
                ('closed_by_name', models.TextField(default='')),
            ],
            options={
                'db_table': 'funding_period',
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('code', models.TextField(db_collation='C', primary_key=True, serialize=False)),
                ('name_zh', models.TextField()),
                ('name_en', models.TextField()),
                ('kind', models.TextField()),
                ('money', models.BooleanField(default=False)),
                ('capital', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'funding_account',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['asset', 'liability', 'fund', 'income', 'expense'])), name='account_kind')],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('name', models.TextField()),
                ('credit_code', models.TextField(db_collation='C', default='')),
                ('note', models.TextField(default='')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.TextField()),
            ],
            options={
                'db_table': 'funding_party',
                'constraints': [models.UniqueConstraint(fields=('name',), name='funding_party_name'), models.CheckConstraint(condition=models.Q(('kind__in', ['operator', 'supplier', 'payer', 'other'])), name='funding_party_kind')],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('name', models.TextField()),
                ('terms', models.TextField(default='')),
                ('earmark', models.TextField(default='')),
                ('spend_accounts', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(null=True)),
                ('certainty', models.TextField(default='local')),
                ('origin', models.TextField(default='')),
                ('version', models.IntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.TextField()),
                ('changed_by_name', models.TextField(default='')),
            ],
            options={
                'db_table': 'funding_source',
                'constraints': [models.UniqueConstraint(fields=('name',), name='funding_source_name'), models.CheckConstraint(condition=models.Q(('kind__in', ['provincial_award', 'city_finance', 'district_finance', 'street', 'enterprise', 'operation', 'donation'])), name='funding_source_kind'), models.CheckConstraint(condition=models.Q(('certainty__in', ('official', 'local', 'inferred', 'demo'))), name='funding_source_certainty'), models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='funding_source_days')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('month', models.IntegerField()),
                ('number', models.IntegerField()),
                ('booked_on', models.DateField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('text', models.TextField()),
                ('document', models.TextField(default='')),
                ('posted_at', models.DateTimeField()),
                ('posted_by', models.TextField()),
                ('posted_by_name', models.TextField(default='')),
                ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='funding.entry')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='funding.party')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='funding.source')),
            ],
            options={
                'db_table': 'funding_entry',
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('year', models.SmallIntegerField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=16)),
                ('note', models.TextField(default='')),
                ('version', models.IntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.TextField()),
                ('changed_by_name', models.TextField(default='')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='funding.source')),
            ],
            options={
                'db_table': 'funding_budget',
            },
        ),
        migrations.CreateModel(
            name='BookLine',
            fields=[
                ('id', models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ('position', models.SmallIntegerField()),
                ('area_code', linli.kernel.areas.AreaCodeField(db_collation='C')),
                ('debit', models.DecimalField(decimal_places=2, max_digits=16)),
                ('credit', models.DecimalField(decimal_places=2, max_digits=16)),
                ('note', models.TextField(default='')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='funding.account')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='funding.entry')),
            ],
            options={
                'db_table': 'funding_line',
                'constraints': [models.UniqueConstraint(fields=('entry', 'position'), name='line_position'), models.CheckConstraint(condition=models.Q(models.Q(('credit', 0), ('debit__gt', 0)), models.Q(('credit__gt', 0), ('debit', 0)), _connector='OR'), name='line_one_side')],
            },
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['area_code', 'booked_on', 'id'], name='entry_area'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['booked_on', 'id'], name='entry_day'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('month', 'number'), name='entry_number'),
        ),
        migrations.AddIndex(
            model_name='budget',
            index=models.Index(fields=['area_code', 'year'], name='budget_area'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='budget_amount'),
        ),
        protect("funding_budget"),
        protect("funding_entry"),
        protect("funding_line"),
        keep_history("funding_source", "true"),
        keep_history("funding_budget"),
        append_only("funding_entry"),
        append_only("funding_line"),
        migrations.RunSQL(AREA_MAY_MOVE, migrations.RunSQL.noop),
        migrations.RunSQL(POSTED_STAYS, POSTED_STAYS_BACK),
        migrations.RunSQL(LINES_BALANCE, LINES_BALANCE_BACK),
        migrations.RunSQL(CLOSED_STAYS, CLOSED_STAYS_BACK),
    ]
