"""A further file whose rows partly lack a number, matched against the people of a base: time, memory, and what came of it.

Half of the rows are known people as another office knows them: without number in 35 of 100, and then with a homophone in the
name (10 of 100), another phone (45) or another home (25); half are people who are not in the base, 35 of 100 without number.
The base is that of `bench/intake.py --home FOLDER` with as many people; the batch is undone afterwards.

Run: python bench/match_base.py --home FOLDER [--people 540000] [--rows 10000]
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

import _setting
import numpy as np
import polars as pl

NUMBERLESS, HOMOPHONE, OTHER_PHONE, MOVED = 0.35, 0.10, 0.45, 0.25
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NAME, NUMBER, PHONE, HOME, BIRTH = "姓名", "公民身份号码", "联系电话", "现住址", "出生日期"


def homophones(names: pl.Series) -> dict[str, str]:
    """Another character of the same sound, among those that occur in names."""
    from linli.kernel.pinyin import syllable

    by_sound: dict[str, list[str]] = defaultdict(list)
    for character in sorted(set("".join(names.to_list()))):
        by_sound[syllable(character)].append(character)
    return {c: same[(i + 1) % len(same)] for same in by_sound.values() for i, c in enumerate(same)}


def _another(rng: np.random.Generator, taken: set[str], male: bool) -> str:
    """A number that nobody of the base has: the demo's county, and a check digit (GB 11643)."""
    while True:
        day = np.datetime64("1940-01-01") + int(rng.integers(0, 24_000))
        body = f"990302{str(day).replace('-', '')}{2 * int(rng.integers(0, 500)) + male:03d}"
        number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
        if number not in taken:
            taken.add(number)
            return number


def further(first: pl.DataFrame, others: pl.DataFrame, rows: int, seed: int) -> tuple[pl.DataFrame, list[str]]:
    """The file, and the true number of each of its rows."""
    rng = np.random.default_rng(seed)
    half = rows // 2
    at = np.sort(rng.choice(first.height, half, replace=False))
    chosen = pl.concat([first[at.tolist()], others.tail(rows - half)])
    without = rng.random(rows) < NUMBERLESS
    known = (np.arange(rows) < half) & without
    sounds = homophones(first[NAME])
    names, phones, homes = chosen[NAME].to_list(), chosen[PHONE].to_list(), chosen[HOME].to_list()
    for i in np.flatnonzero(known):
        if rng.random() < HOMOPHONE:
            names[i] = names[i][:-1] + sounds[names[i][-1]]
        if rng.random() < OTHER_PHONE:
            phones[i] = phones[int(rng.integers(half, rows))]
        if rng.random() < MOVED:
            homes[i] = homes[int(rng.integers(0, rows))]
    taken = set(first[NUMBER].to_list())
    numbers = chosen[NUMBER].to_list()
    numbers[half:] = [_another(rng, taken, sex == "男") for sex in chosen["性别"].to_list()[half:]]
    told = chosen.with_columns(
        pl.Series(NAME, names),
        pl.Series(PHONE, phones),
        pl.Series(HOME, homes),
        pl.Series(NUMBER, [None if w else n for n, w in zip(numbers, without, strict=True)], pl.String),
        pl.Series(BIRTH, [f"{n[6:10]}-{n[10:12]}-{n[12:14]}" for n in numbers]),
    )
    return told, numbers


def outcome(batch: str, told: pl.DataFrame, numbers: list[str]) -> dict[str, int]:
    """What became of rows without number, by whose they are."""
    from linli.kernel import secrets
    from linli.kernel.actors import system
    from linli.kernel.scope import acting
    from linli.registry.models import Person, SourceRecord

    half = told.height // 2
    found: dict[str, int] = defaultdict(int)
    with acting(system("bench", _setting.DISTRICT)):
        records = list(
            SourceRecord.objects.filter(batch_id=batch, id_hash=None).values_list("row", "state", "person_id")
        )
        people = dict(Person.objects.filter(id__in=[p for _, _, p in records if p]).values_list("id", "id_hash"))
    for row, state, person in records:
        at = row - 2
        mine = bytes(people[person] or b"") if person else b""
        right = mine == secrets.fingerprint("identity", f"111:{numbers[at]}")
        whose = "known" if at < half else "new"
        fate = "waits" if state == "review" else "right" if right else "wrong" if mine else "somebody new"
        found[f"{whose}: {fate}"] += 1
    return dict(sorted(found.items()))


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", required=True)
    options.add_argument("--people", type=int, default=540_000)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=101)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home), tempfile.TemporaryDirectory() as folder:
        import django

        from linli.project.demo.bench_file import write_bench_csv

        django.setup()
        first, others, further_file = (Path(folder) / f"{name}.csv" for name in ("first", "others", "further"))
        write_bench_csv(first, chosen.people, seed=1)
        write_bench_csv(others, max(chosen.rows, 1000), seed=79)
        told, numbers = further(
            pl.read_csv(first, infer_schema_length=0),
            pl.read_csv(others, infer_schema_length=0),
            chosen.rows,
            chosen.seed,
        )
        told.write_csv(further_file)
        run = _setting.linli(
            "intake", "run", str(further_file), "--source", "civil", "--area", _setting.DISTRICT, "--commit", "--skip-bad",
            "--json",
        )  # fmt: skip
        answer = run.json()
        counts = ", ".join(f"{k} {v:,}" for k, v in answer["merge"].items() if isinstance(v, int) and v)
        print(
            f"{chosen.rows:,} rows against {chosen.people:,} people: {run.seconds:.1f} s, {run.megabytes:,} MB  {counts}"
        )
        for what, count in outcome(answer["batch"], told, numbers).items():
            print(f"  without number, {what:22} {count:6,}")
        _setting.linli("intake", "undo", answer["batch"])


if __name__ == "__main__":
    main()
