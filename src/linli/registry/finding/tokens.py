"""The triggers that keep what global search goes by, as migration operations.

Statement-level, with transition tables: a load of 40,000 components computes the tokens of each distinct name once.
An update touches only the tokens of rows whose names, code or area have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.migrations.operations import RunSQL

from .rules import NOISE, Kind

#: A name as it is compared, in SQL; `rules.plain` says the same. "C" makes small letters of Latin capitals alone.
PLAIN = """
CREATE FUNCTION registry_plain(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(lower(normalize(said, NFKC) COLLATE "C"), '{noise}', '', 'g')
$$
""".format(noise=NOISE.replace("'", "''"))


@dataclass(frozen=True, slots=True)
class Found:
    """A table whose rows are found: by `name`, by the array of `aliases`, by `code`."""

    table: str
    kind: Kind
    aliases: str | None = None
    code: str | None = None

    @property
    def watched(self) -> Sequence[str]:
        """The columns tokens depend on."""
        return [c for c in ("name", "area_code", self.aliases, self.code) if c]

    def tokens(self, rows: str) -> str:
        """A query for (token, kind, area_code, subject_id) of the rows of a relation."""
        names = f"ARRAY[r.name] || r.{self.aliases}" if self.aliases else "ARRAY[r.name]"
        coded = (
            f"UNION SELECT '#' || upper(r.{self.code}), '{self.kind}', r.area_code, r.id FROM {rows} r "
            f"WHERE r.{self.code} <> ''"
            if self.code
            else ""
        )
        return f"""
            WITH named AS MATERIALIZED (
                SELECT r.id, r.area_code, registry_plain(n.said) AS said FROM {rows} r CROSS JOIN unnest({names}) n(said)
            ), said AS MATERIALIZED (
                SELECT DISTINCT said FROM named WHERE said <> ''
            ), piece AS (
                SELECT said, substr(said || '$', at, 2) AS token FROM said CROSS JOIN generate_series(1, length(said)) at
                UNION
                SELECT said, '^' || string_agg(
                    coalesce(i.letter, CASE WHEN c.one ~ '[a-z0-9]' THEN c.one END, ''), '' ORDER BY c.at)
                FROM said CROSS JOIN regexp_split_to_table(said, '') WITH ORDINALITY c(one, at)
                LEFT JOIN registry_initial i ON i.character = c.one GROUP BY said
            )
            SELECT piece.token, '{self.kind}', named.area_code, named.id FROM named JOIN piece USING (said)
            WHERE piece.token <> '^'
            {coded}
        """


def fill_tokens(found: Found) -> str:
    """The statement that enters tokens of everything that stands."""
    return (
        "INSERT INTO registry_find_token (token, kind, area_code, subject_id) "
        f"{found.tokens(found.table)} ON CONFLICT DO NOTHING"
    )


def keep_tokens(found: Found) -> RunSQL:
    """Create the triggers of one table. They run with the writer's own rights and scope."""
    table, function = found.table, f"{found.table}_keep_tokens"
    now, before = (", ".join(f"{alias}.{column}" for column in found.watched) for alias in "no")
    changed = f"FROM old_rows o JOIN new_rows n USING (id) WHERE ({now}) IS DISTINCT FROM ({before})"
    delete = (
        "DELETE FROM registry_find_token t USING gone g WHERE (t.token, t.kind, t.area_code, t.subject_id) = "
        "(g.token, g.kind, g.area_code, g.subject_id)"
    )
    insert = "INSERT INTO registry_find_token (token, kind, area_code, subject_id)"

    def gone(rows: str) -> str:
        return f"WITH gone (token, kind, area_code, subject_id) AS ({found.tokens(rows)})"

    return RunSQL(
        f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                {insert} {found.tokens("new_rows")} ON CONFLICT DO NOTHING;
            ELSIF TG_OP = 'DELETE' THEN
                {gone("old_rows")} {delete};
            ELSIF EXISTS (SELECT {changed}) THEN
                {gone(f"(SELECT o.* {changed})")} {delete};
                {insert} {found.tokens(f"(SELECT n.* {changed})")} ON CONFLICT DO NOTHING;
            END IF;
            RETURN NULL;
        END $body$;
        CREATE TRIGGER find_inserts AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        CREATE TRIGGER find_updates AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        CREATE TRIGGER find_deletes AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        """,
        f"""
        DROP TRIGGER find_inserts ON {table}; DROP TRIGGER find_updates ON {table};
        DROP TRIGGER find_deletes ON {table}; DROP FUNCTION {function}();
        """,
    )
