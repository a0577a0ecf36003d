"""Taking in one dossier against inserting the same rows with sqlite3, equally durable."""

from __future__ import annotations

import gc
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.corpus import DATA, SEED, corpus
from benchmarks.measuring import Aim, Line, in_turn, percentile, seconds
from benchmarks.people import make_person
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.receive import receive
from counter_app.services.values import ApplicantData, ComponentIn, Received, ReceiveRequest
from counter_app.storage import DATABASE_NAME

COMPONENTS = 8
WARM_UP = 5
CHILDREN = ("dossier_component", "dossier_fee", "dossier_event", "outbox")

Row = dict[str, Any]


class RawReceive:
    """Writes what ``receive`` wrote, row by row the same, into a database of its own."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._database.execute(f"PRAGMA {pragma}")

    def write(self, rows: list[tuple[str, list[Row]]], series: list[Row]) -> None:
        """One transaction: begin for writing, the rows of each table, the running numbers, commit."""
        run = self._database.execute
        run("BEGIN IMMEDIATE")
        for row in series:
            run(
                "INSERT INTO number_series (name, last) VALUES (:name, :last) "
                "ON CONFLICT (name) DO UPDATE SET last = excluded.last",
                row,
            )
        for table, entries in rows:
            if entries:
                self._database.executemany(_insert_statement(table, entries[0]), entries)
        run("COMMIT")

    def close(self) -> None:
        self._database.close()


def run(dossiers: int = 20_000, repeats: int = 200, root: Path = DATA) -> list[Line]:
    """Medians over ``repeats`` dossiers, on a desk that holds ``dossiers`` already."""
    source = corpus(dossiers, root)
    with tempfile.TemporaryDirectory(prefix="receive-", dir=root) as scratch:
        ours, theirs = Path(scratch) / "ours", Path(scratch) / "raw"
        shutil.copytree(source, ours)
        shutil.copytree(source, theirs)
        desk = open_desk(ours)
        raw = RawReceive(theirs / DATABASE_NAME)
        try:
            mine, baseline = _measure(desk, raw, ours / DATABASE_NAME, repeats)
        finally:
            raw.close()
            desk.close()
    what = f"receive, {COMPONENTS} components"
    against = "the same rows in sqlite3"
    return [
        Line(f"{what}: median", median(mine), median(baseline), "ms", against, Aim(3.0)),
        Line(f"{what}: p95", percentile(mine, 0.95), percentile(baseline, 0.95), "ms", against),
    ]


def _measure(desk: DeskContext, raw: RawReceive, path: Path, repeats: int) -> tuple[list[float], list[float]]:
    make = requests(path)
    with closing(sqlite3.connect(path)) as reader:
        reader.row_factory = sqlite3.Row
        written: list[tuple[list[tuple[str, list[Row]]], list[Row]]] = []

        def ours() -> float:
            request = make()
            answers: list[Received] = []
            took = seconds(lambda: answers.append(receive(desk, request)))
            written.append(written_rows(reader, answers[0].dossier_id))
            return took * 1000

        def baseline() -> float:
            rows, series = written[-1]
            return seconds(lambda: raw.write(rows, series)) * 1000

        for _ in range(WARM_UP):
            ours()
            baseline()
        gc.collect()
        gc.disable()  # as the window does: it collects between two pieces of work, by a timer
        try:
            return in_turn(repeats, ours, baseline)
        finally:
            gc.enable()


def requests(path: Path) -> Callable[[], ReceiveRequest]:
    """Makes requests of new applicants for a commune's procedure of exactly eight components, with fees."""
    random = Random(SEED + 1)
    with closing(sqlite3.connect(path)) as database:
        procedure, code = database.execute(
            "SELECT p.id, p.code FROM procedure p JOIN procedure_component c ON c.procedure_id = p.id "
            "WHERE p.current AND p.in_force AND p.limit_unit = 'working_day' AND p.levels LIKE '%commune%' "
            "GROUP BY p.id HAVING count(*) = ? AND max(c.case_name) = '' AND count(DISTINCT c.code) = ? "
            "ORDER BY (SELECT count(*) FROM procedure_fee f WHERE f.procedure_id = p.id) DESC, p.code LIMIT 1",
            (COMPONENTS, COMPONENTS),
        ).fetchone()
        papers = database.execute(
            "SELECT code FROM procedure_component WHERE procedure_id = ? ORDER BY position", (procedure,)
        ).fetchall()
    components = tuple(ComponentIn(row[0], originals=1, copies=1) for row in papers)

    def make() -> ReceiveRequest:
        person = make_person(random)
        return ReceiveRequest(
            procedure=code,
            applicant=ApplicantData(
                name=person.name,
                personal_number=person.personal_number,
                sex=person.sex,
                phone=person.phone,
                address="Buôn Akõ Dhông, xã Ea Kao, tỉnh Đắk Lắk",
            ),
            components=components,
        )

    return make


def written_rows(reader: sqlite3.Connection, dossier_id: int) -> tuple[list[tuple[str, list[Row]]], list[Row]]:
    """All rows of one dossier, parents first, and the running numbers as they stand after it."""
    dossier = _rows(reader, "SELECT * FROM dossier WHERE id = ?", dossier_id)
    applicant = _rows(reader, "SELECT * FROM applicant WHERE id = ?", dossier[0]["applicant_id"])
    rows = [("applicant", applicant), ("dossier", dossier)]
    rows += [(table, _rows(reader, f"SELECT * FROM {table} WHERE dossier_id = ?", dossier_id)) for table in CHILDREN]
    return rows, [dict(row) for row in reader.execute("SELECT name, last FROM number_series")]


def _rows(reader: sqlite3.Connection, query: str, value: object) -> list[Row]:
    return [dict(row) for row in reader.execute(query, (value,))]


def _insert_statement(table: str, row: Row) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
