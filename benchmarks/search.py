"""Type-ahead search against the same query put to sqlite3 by hand."""

from __future__ import annotations

import gc
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from random import Random

from benchmarks.corpus import DATA, SEED, corpus
from benchmarks.measuring import Aim, Line, percentile
from counter_app.rules.dossier_code import is_valid, normalise
from counter_app.rules.identity import fold
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import find, full_text_query
from counter_app.storage import DATABASE_NAME

LIMIT = 20
MIN_LETTERS = 2
"""The search box asks from the second letter on."""
FRAME_MS = 16.0

COLUMNS = """d.id, d.code, d.portal_code, a.name, p.name, d.status, d.is_open, d.received_at, d.due, d.due_soon_from,
    d.finished_at, d.paused_at, d.unit, d.apology_count
    FROM dossier d JOIN applicant a ON a.id = d.applicant_id JOIN procedure p ON p.id = d.procedure_id"""
RAW_MATCH = f"""SELECT {COLUMNS} WHERE d.id IN (
    SELECT rowid FROM dossier_search WHERE dossier_search MATCH ? ORDER BY rowid DESC LIMIT {LIMIT})
    ORDER BY d.id DESC"""
RAW_CODE = f"SELECT {COLUMNS} WHERE d.code = ?1 OR d.portal_code = ?1 LIMIT {LIMIT}"
RAW_STATES = "SELECT DISTINCT dossier_id, state, unseen FROM outbox WHERE dossier_id IN ({})"


def typed_texts(path: Path, people: int) -> list[str]:
    """What a clerk's typing looks like letter by letter, for ``people`` dossiers each looked for in its own way."""
    random = Random(SEED)
    with closing(sqlite3.connect(path)) as database:
        newest = database.execute("SELECT max(id) FROM dossier").fetchone()[0]
        ids = [random.randint(1, newest) for _ in range(people)]
        found = [
            database.execute(
                "SELECT d.code, a.name, a.personal_number, a.phone FROM dossier d "
                "JOIN applicant a ON a.id = d.applicant_id WHERE d.id = ?",
                (number,),
            ).fetchone()
            for number in ids
        ]
    texts = []
    for place, (code, name, personal_number, phone) in enumerate(found):
        ways = (name, fold(name), name.split(" ", 1)[-1].lower(), code, personal_number, phone, name)
        whole = ways[place % len(ways)]
        texts += [whole[:length] for length in range(MIN_LETTERS, len(whole) + 1)]
    return texts


class RawSearch:
    """One connection set up as the program's are; the statements a careful hand would write."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._database.execute(f"PRAGMA {pragma}")

    def find(self, code: str | None, match: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        """The rows, and what the outbox holds of them."""
        rows: list[tuple[object, ...]] = []
        if code is not None:
            rows = self._database.execute(RAW_CODE, (code,)).fetchall()
        if not rows:
            rows = self._database.execute(RAW_MATCH, (match,)).fetchall()
        states = RAW_STATES.format(",".join("?" * len(rows)))
        return rows, self._database.execute(states, [row[0] for row in rows]).fetchall()

    def close(self) -> None:
        self._database.close()


def run(dossiers: int = 1_000_000, people: int = 63, repeats: int = 3, root: Path = DATA) -> list[Line]:
    """p50 and p95 over all typed texts; of each text the median of its repetitions counts."""
    directory = corpus(dossiers, root)
    texts = typed_texts(directory / DATABASE_NAME, people)
    desk = open_desk(directory)
    raw = RawSearch(directory / DATABASE_NAME)
    try:
        ours, baseline = _measure(desk, raw, texts, repeats)
    finally:
        raw.close()
        desk.close()
    what = f"search, {dossiers:,} dossiers, {len(texts)} texts"
    lines = [
        Line(f"{what}: {name}", percentile(ours, share), percentile(baseline, share), "ms", "the same query in sqlite3")
        for name, share in (("p50", 0.50), ("p99", 0.99))
    ]
    p95 = Line(
        f"{what}: p95",
        percentile(ours, 0.95),
        percentile(baseline, 0.95),
        "ms",
        "the same query in sqlite3",
        Aim(2.0),
        Aim(FRAME_MS, "ms"),
    )
    return [lines[0], p95, lines[1]]


def _measure(desk: DeskContext, raw: RawSearch, texts: list[str], repeats: int) -> tuple[list[float], list[float]]:
    ours: list[list[float]] = [[] for _ in texts]
    baseline: list[list[float]] = [[] for _ in texts]
    for text in texts:
        _one(desk, raw, text)  # the first touch of each page of the file is nobody's measurement
    gc.collect()
    for turn in range(repeats):
        for place, text in enumerate(texts):
            mine, theirs = _one(desk, raw, text, raw_first=bool((turn + place) % 2))
            ours[place].append(mine)
            baseline[place].append(theirs)
    return [percentile(found, 0.5) for found in ours], [percentile(found, 0.5) for found in baseline]


def _one(desk: DeskContext, raw: RawSearch, text: str, *, raw_first: bool = False) -> tuple[float, float]:
    """Milliseconds of ours and of the baseline for one text, and a check that both found the same."""
    match = full_text_query(text)
    normal = normalise(text)
    code = normal if is_valid(normal) else None
    if raw_first:
        theirs, rows = _timed_raw(raw, code, match)
    start = time.perf_counter()
    found = find(desk, text, LIMIT)
    mine = (time.perf_counter() - start) * 1000
    if not raw_first:
        theirs, rows = _timed_raw(raw, code, match)
    if [row.id for row in found] != [row[0] for row in rows]:
        raise AssertionError(f"«{text}» finds different dossiers")
    return mine, theirs


def _timed_raw(raw: RawSearch, code: str | None, match: str) -> tuple[float, list[tuple[object, ...]]]:
    start = time.perf_counter()
    rows, _ = raw.find(code, match)
    return (time.perf_counter() - start) * 1000, rows
