"""Who sees a part of a group of areas sees the group: whoever filters by it may not see all it lies in."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from linli.kernel.rls import in_scope

MEMBER = f"EXISTS (SELECT FROM unnest(codes) AS member(code) WHERE {in_scope('member.code')})"


class Migration(migrations.Migration):
    dependencies = [("access", "0004_second_factor_identity_view")]

    operations = [
        RunSQL(
            f"CREATE POLICY members ON access_area_group FOR SELECT USING ({MEMBER})",
            "DROP POLICY members ON access_area_group",
        ),
    ]
