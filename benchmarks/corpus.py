"""Databases of any size, made quickly and the same every time, in the program's own schema."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.people import Person, make_person
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.identity import fold
from counter_app.rules.lifecycle import Status, is_open
from counter_app.services.calendars import read_calendar
from counter_app.services.catalogue import import_starter_catalogue
from counter_app.services.desk import open_desk
from counter_app.services.offices import init_desk
from counter_app.services.values import OfficeData
from counter_app.settings import Settings
from counter_app.storage import DATABASE_NAME

DATA = Path(__file__).parent / "data"
OFFICE = OfficeData("H15.36", "UBND xã Ea Kao", "UBND TỈNH ĐẮK LẮK", place="Ea Kao", phone="0262 3812 345")
CLERK = "Lê Thị Hạnh"
DESK = 1
SEED = 2026
LAST_DAY = date(2026, 5, 8)
PER_DAY = 400
"""Dossiers of one day: a busy ward, and fewer than a desk has numbers."""
OPEN_SHARE = 0.03
DOSSIERS_PER_PERSON = 2.5
TRIGGER = "dossier_search_insert"
BLOCK = 20_000


def new_desk(directory: Path) -> Path:
    """An initialised data directory with the shipped catalogue and no dossier."""
    init_desk(directory, OFFICE, Settings(office=OFFICE.code, desk=DESK, clerk=CLERK))
    desk = open_desk(directory)
    try:
        import_starter_catalogue(desk)
        read_calendar(desk)
    finally:
        desk.close()
    return directory


def corpus(dossiers: int, root: Path = DATA) -> Path:
    """A data directory with that many dossiers; made on first use and kept, for the schema at hand."""
    directory = root / f"desk-{dossiers}-{recipe()}"
    if not directory.exists():
        sys.stderr.write(f"making {dossiers:,} dossiers in {directory} (once)\n")
        making = directory.with_name(directory.name + ".part")
        shutil.rmtree(making, ignore_errors=True)
        new_desk(making)
        _fill(making / DATABASE_NAME, dossiers)
        making.rename(directory)
    return directory


def recipe() -> str:
    """Changes whenever the schema or this file does, so that no old database is taken for a new one."""
    import hashlib

    import counter_app.migrations.versions as versions

    files = sorted(path for folder in versions.__path__ for path in Path(folder).glob("*.py"))
    files += [Path(__file__), Path(__file__).with_name("people.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:10]


def _fill(path: Path, dossiers: int) -> None:
    random = Random(SEED)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("PRAGMA cache_size=-400000")
        trigger = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (TRIGGER,)).fetchone()[0]
        indexes = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            "AND tbl_name IN ('dossier', 'applicant', 'outbox', 'dossier_event')"
        ).fetchall()
        database.execute("BEGIN")
        database.execute(f"DROP TRIGGER {TRIGGER}")
        for name, _ in indexes:
            database.execute(f"DROP INDEX {name}")
        people = [make_person(random) for _ in range(max(1, int(dossiers / DOSSIERS_PER_PERSON)))]
        _insert(database, "applicant", (_applicant(number, person) for number, person in enumerate(people, start=1)))
        _insert_dossiers(database, random, people, dossiers)
        for _, statement in indexes:
            database.execute(statement)
        database.execute("INSERT INTO dossier_search(dossier_search) VALUES ('rebuild')")
        database.execute(trigger)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode=WAL")


def _insert_dossiers(database: sqlite3.Connection, random: Random, people: list[Person], dossiers: int) -> None:
    procedures = database.execute(
        "SELECT id, limit_amount, limit_unit FROM procedure WHERE current AND in_force ORDER BY code"
    ).fetchall()[:300]
    calendar = database.execute("SELECT id FROM calendar WHERE current").fetchone()[0]
    office = database.execute("SELECT id FROM office").fetchone()[0]
    made: list[dict[str, Any]] = []
    for number in range(1, dossiers + 1):
        made.append(_dossier(random, people, number, dossiers, random.choice(procedures), office, calendar))
        if len(made) == BLOCK or number == dossiers:
            _insert(database, "dossier", iter(made))
            _insert(database, "dossier_event", map(_event, made))
            _insert(database, "outbox", map(_message, made))
            made.clear()


def _insert(database: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = ", ".join(first)
    places = ", ".join(f":{name}" for name in first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
    database.execute(statement, first)
    database.executemany(statement, rows)


def _applicant(number: int, person: Person) -> dict[str, Any]:
    return {
        "id": number, "kind": "person", "name": person.name, "personal_number": person.personal_number,
        "tax_code": "", "birth_date": person.birth_date, "sex": person.sex, "phone": person.phone, "email": "",
        "address": f"Thôn {number % 23 + 1}, xã Ea Kao, tỉnh Đắk Lắk", "created_at": "2017-01-01 00:00:00.000000",
    }  # fmt: skip


def _dossier(
    random: Random, people: list[Person], number: int, dossiers: int, procedure: tuple[int, int, str],
    office: int, calendar: int,
) -> dict[str, Any]:  # fmt: skip
    """The oldest has number 1; the newest ``OPEN_SHARE`` are open."""
    back, of_day = divmod(dossiers - number, PER_DAY)
    day = LAST_DAY - timedelta(days=back)
    of_day = PER_DAY - of_day
    code = f"{OFFICE.code}-{day:%y%m%d}-{DESK}{of_day:03d}"
    received = datetime.combine(day, time(7, 30), VIETNAM).astimezone(UTC) + timedelta(minutes=of_day)
    due = received + timedelta(days=random.randint(1, 20))
    place = random.randrange(len(people))
    person = people[place]
    status = _status(random, number > dossiers * (1 - OPEN_SHARE))
    closed = not is_open(status)
    return {
        "id": number, "code": code, "portal_code": None, "office_id": office, "desk_number": DESK,
        "procedure_id": procedure[0], "case_name": "", "applicant_id": place + 1, "submitter_id": None,
        "calendar_id": calendar, "channel": "counter", "return_by": "counter", "status": status.value,
        "is_open": int(not closed), "money_state": "nothing_due",
        "delivery_state": "confirmed" if status is Status.RETURNED else "pending",
        "limit_amount": procedure[1], "limit_unit": procedure[2], "received_at": _stored(received),
        "due": _stored(due), "first_due": _stored(due), "due_soon_from": _stored(due - timedelta(days=1)),
        "paused_at": _stored(received + timedelta(hours=2)) if status is Status.SUPPLEMENT_REQUESTED else None,
        "finished_at": _stored(due) if closed else None,
        "returned_at": _stored(due) if status is Status.RETURNED else None,
        "unit": "Tư pháp – Hộ tịch", "shelf": "", "sets": 1, "note": "", "apology_count": 0,
        "register_number": number, "search_text": fold(f"{code} {person.name} {person.personal_number} {person.phone}"),
        "revision": 1,
    }  # fmt: skip


def _status(random: Random, recent: bool) -> Status:
    chance = random.random()
    if recent:
        if chance < 0.30:
            return Status.RECEIVED
        return Status.PROCESSING if chance < 0.92 else Status.SUPPLEMENT_REQUESTED
    if chance < 0.96:
        return Status.RETURNED
    return Status.WITHDRAWN if chance < 0.98 else Status.REFUSED


def _event(dossier: dict[str, Any]) -> dict[str, Any]:
    return {
        "dossier_id": dossier["id"], "number": 1, "step": "receive", "at": dossier["received_at"],
        "entered_at": dossier["received_at"], "actor": CLERK, "status_before": None, "status_after": "received",
        "due_before": None, "due_after": dossier["due"], "reason": "", "unit": "", "form": "receipt",
        "form_number": dossier["register_number"], "details": "{}",
    }  # fmt: skip


def _message(dossier: dict[str, Any]) -> dict[str, Any]:
    number = dossier["id"]
    waiting = number % 50 == 0 and dossier["is_open"]
    return {
        "key": f"00000000-0000-7000-8000-{number:012d}", "dossier_id": number, "dossier_code": dossier["code"],
        "number": 1, "kind": "create", "payload": json.dumps({"MaHoSo": dossier["code"]}).encode(),
        "document_id": None, "revision": 1, "state": "waiting" if waiting else "done", "unseen": 0,
        "attempts": 0 if waiting else 1, "next_attempt_at": dossier["received_at"], "last_error": "",
        "error_code": "", "error_field": "", "created_at": dossier["received_at"],
        "done_at": None if waiting else dossier["received_at"],
    }  # fmt: skip


def _stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000")
