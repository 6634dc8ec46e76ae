"""Cases for restricted readers: the mark is kept with the case, and the database itself shows it to those readers alone.

A second fence beside that of areas, whatever else lets a row through. What hangs on a case is seen with it and needs none of its own;
supports and hand-overs are asked by the policy of cases and cannot ask it in turn, so that they carry the mark as they carry the area.
A merge that was undone is seen by who sees both: one of them may be hidden now, and the other not.
Cases that were given such a category before are marked, and leave the figures, which everybody shares.
"""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Coalesce

from linli.kernel.rls import restrict_readers

NEVER_DUE = Coalesce("due_at", models.Value(datetime(9999, 1, 1, tzinfo=UTC), output_field=models.DateTimeField()))
FINISHED = ["closed", "evaluated", "not_accepted", "cancelled", "merged"]
MARKED = ("case", "casesupport", "casehandover")
EVERYTHING = (
    "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true), "
    "set_config('linli.readers', '{*:}', true), set_config('linli.reseal', '1', true);"  # no change of anybody's: no history of it
)
NOTHING = (
    "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '', true), set_config('linli.one', '', true), "
    "set_config('linli.readers', '', true), set_config('linli.reseal', '', true);"
)
#: A case has the mark of its own category, and else that of any of its family (`categories.marks`): what was merged into it or it was
#: merged into, what was split from it or it was split from, and so on.
MARK = """
WITH RECURSIVE joined AS (
    SELECT m.case_id AS a, m.main_id AS b FROM cases_merge m WHERE m.undone_at IS NULL
    UNION ALL SELECT m.main_id, m.case_id FROM cases_merge m WHERE m.undone_at IS NULL
    UNION ALL SELECT k.child_id, k.parent_id FROM cases_child k
    UNION ALL SELECT k.parent_id, k.child_id FROM cases_child k
), family AS (
    SELECT c.id, g.restricted_to AS mark FROM cases_category g JOIN cases_case c ON c.category_id = g.id WHERE g.restricted_to <> ''
    UNION SELECT j.b, f.mark FROM family f JOIN joined j ON j.a = f.id
)
UPDATE cases_case c SET restricted_to = m.mark
FROM (
    SELECT f.id, coalesce(nullif(min(g.restricted_to), ''), min(f.mark)) AS mark
    FROM family f JOIN cases_case k ON k.id = f.id LEFT JOIN cases_category g ON g.id = k.category_id GROUP BY f.id
) m WHERE c.id = m.id;
UPDATE cases_support s SET restricted_to = c.restricted_to FROM cases_case c WHERE c.id = s.case_id AND c.restricted_to <> '';
UPDATE cases_hand_over s SET restricted_to = c.restricted_to FROM cases_case c WHERE c.id = s.case_id AND c.restricted_to <> '';
DELETE FROM cases_evaluation_fact f USING cases_case c WHERE c.id = f.case_id AND c.restricted_to <> '';
UPDATE cases_merge m SET case_mark = g.restricted_to FROM cases_case c JOIN cases_category g ON g.id = c.category_id
WHERE c.id = m.case_id AND m.undone_at IS NULL AND g.restricted_to <> '';
UPDATE cases_merge m SET main_mark = g.restricted_to FROM cases_case c JOIN cases_category g ON g.id = c.category_id
WHERE c.id = m.main_id AND m.undone_at IS NULL AND g.restricted_to <> '';
"""
OF_BOTH = (
    "undone_at IS NULL OR "
    "(EXISTS (SELECT FROM cases_case c WHERE c.id = case_id) AND EXISTS (SELECT FROM cases_case c WHERE c.id = main_id))"
)
#: A row that was replaced is as secret as what it has become.
OF_CASE = "EXISTS (SELECT FROM cases_case c WHERE c.id = {table}.id)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0029_merged_lists"), ("access", "0015_readers")]

    operations = [
        *(
            migrations.AddField(
                model, "restricted_to", models.TextField(db_collation="C", db_default="", default="")
            )
            for model in MARKED
        ),
        *(
            migrations.AddField("casemerge", name, models.TextField(db_collation="C", db_default="", default=""))
            for name in ("case_mark", "main_mark")
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_case_history ADD COLUMN restricted_to text COLLATE \"C\"",
            "ALTER TABLE cases_case_history DROP COLUMN restricted_to",
        ),
        migrations.RemoveIndex("case", "case_area"),
        migrations.AddIndex(
            "case", models.Index(fields=["area_code", "id"], include=["unit_id", "restricted_to"], name="case_area")
        ),
        migrations.RemoveIndex("case", "case_state_area"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["state", "area_code", "id"], name="case_state_area",
                include=["unit_id", "urgent", "filed_at", "procedure", "transferred", "restricted_to"],
            ),
        ),
        migrations.RemoveIndex("case", "case_open_due"),
        migrations.AddIndex(
            "case",
            models.Index(
                NEVER_DUE, "id", condition=~models.Q(state__in=FINISHED), name="case_open_due",
                include=["state", "area_code", "unit_id", "due_at", "urgent", "filed_at", "procedure", "restricted_to"],
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["restricted_to", "area_code", "id"], condition=~models.Q(restricted_to=""), name="case_restricted"
            ),
        ),
        migrations.RunSQL(f"{EVERYTHING} {MARK} {NOTHING}", migrations.RunSQL.noop),
        *(restrict_readers(table) for table in ("cases_case", "cases_support", "cases_hand_over")),
        restrict_readers("cases_case_history", OF_CASE.format(table="cases_case_history"), reads_only=True),
        restrict_readers("cases_merge", OF_BOTH, reads_only=True),
    ]  # fmt: skip
