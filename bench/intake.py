"""Intake of one xlsx of people: first load, the same file again, a further file; django-import-export beside it.

Run: python bench/intake.py [--rows 540000] [--home FOLDER] [--no-peer]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import _setting
import polars as pl

FURTHER, PEER = 10_000, 20_000


def take_in(path: Path) -> _setting.Run:
    """The command a clerk's colleague would type: read, check, match, merge."""
    return _setting.linli(
        "intake", "run", str(path), "--source", "police", "--area", _setting.DISTRICT, "--commit", "--skip-bad", "--json"
    )  # fmt: skip


def further_file(source: Path, target: Path, rows: int) -> None:
    """`rows` of the first file: half as they are with another phone, half with other numbers and names."""
    from linli.project.demo.bench_file import write_bench_xlsx

    write_bench_xlsx(target, rows, seed=77)
    other = pl.read_excel(target, engine="calamine", infer_schema_length=0)
    known = pl.read_excel(source, engine="calamine", infer_schema_length=0).head(rows // 2)
    changed = known.with_columns(other["联系电话"].head(rows // 2).alias("联系电话"))
    pl.concat([changed, other.tail(rows - rows // 2)]).write_excel(target)


def peer(path: Path, rows: int) -> tuple[float, int]:
    """django-import-export in bulk mode on the same rows, into a table of the same eight columns and an id."""
    import tablib
    from django.db import connection, models
    from import_export import resources

    class PeerPerson(models.Model):
        name, sex, number, nation = (
            models.TextField(),
            models.TextField(),
            models.TextField(db_index=True),
            models.TextField(),
        )
        phone, household, relation, address = (models.TextField() for _ in range(4))

        class Meta:
            app_label = "bench"

    class PeerResource(resources.ModelResource):
        class Meta:
            model = PeerPerson
            use_bulk = True
            batch_size = 1000
            skip_diff = True
            import_id_fields = ("number",)
            exclude = ("id",)
            force_init_instance = True

    table = pl.read_excel(path, engine="calamine", infer_schema_length=0).head(rows)
    fields = ("name", "sex", "number", "nation", "phone", "household", "relation", "address")
    with connection.cursor() as cursor:
        columns = ", ".join(f"{f} text NOT NULL" for f in fields)
        cursor.execute(f"CREATE TEMP TABLE bench_peerperson (id bigint GENERATED ALWAYS AS IDENTITY, {columns})")
        cursor.execute("CREATE INDEX ON bench_peerperson (number)")
    started = time.perf_counter()
    data = tablib.Dataset(*table.fill_null("").rows(), headers=fields)
    result: Any = PeerResource().import_data(data, dry_run=False, use_transactions=True, raise_errors=True)
    seconds = time.perf_counter() - started
    assert result.totals["new"] == table.height, result.totals
    return seconds, _setting.own_megabytes()


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=540_000)
    options.add_argument("--home", help="keep the home in this folder, for bench/search.py")
    options.add_argument("--no-peer", action="store_true")
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home), tempfile.TemporaryDirectory() as folder:
        from linli.project.demo.bench_file import write_bench_xlsx

        first, further = Path(folder) / "people.xlsx", Path(folder) / "further.xlsx"
        written = write_bench_xlsx(first, chosen.rows, seed=1)
        further_file(first, further, min(FURTHER, written))
        print(f"{'what':44} {'rows':>8} {'s':>7} {'MB':>6}  outcome")
        for what, path in (("first load", first), ("the same file again", first), ("a further file", further)):
            run = take_in(path)
            answer = run.json()
            counts = answer["merge"]
            shown = ", ".join(f"{k} {v:,}" for k, v in counts.items() if isinstance(v, int) and v)
            rows = written if path is first else FURTHER
            print(f"{what:44} {rows:8,} {run.seconds:7.1f} {run.megabytes:6,}  {shown}", flush=True)
        if not chosen.no_peer:
            seconds, megabytes = peer(first, PEER)
            print(f"{'django-import-export, bulk, no checks':44} {PEER:8,} {seconds:7.1f} {megabytes:6,}")


if __name__ == "__main__":
    main()
