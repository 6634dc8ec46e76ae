"""Towns' frozen versions are destroyed before those of the villages they are made of."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from linli.kernel.rls import pin_search_path


def destroying(order: str) -> str:
    """The function that destroys versions in slices, in an order. As in 0013, where its rights are given."""
    return f"""
        CREATE OR REPLACE FUNCTION intake_destroy_versions(p_before timestamptz, p_most integer, p_now timestamptz)
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
                ORDER BY {order} LIMIT p_most FOR UPDATE OF v
            ), parts AS (
                DELETE FROM intake_frozen_part p USING due WHERE p.version_id = due.id
            )
            UPDATE intake_return_version v SET gone_at = p_now FROM due WHERE v.id = due.id RETURNING v.id, due.closed_at;
        END $body$;
        """ + pin_search_path("intake_destroy_versions(timestamptz, integer, timestamptz)")


class Migration(migrations.Migration):
    dependencies = [("intake", "0013_rounds")]

    # Between two slices nothing stands that lacks what it is made of: false comes before true.
    operations = [RunSQL(destroying("cardinality(v.parts) = 0, v.id"), destroying("v.id"))]
