"""One long sync, killed again and again at random: nothing is lost, and nothing is on the portal twice.

``python -m tests.faults.sync_kills --dossiers 1000 --kills 100 --seed 1`` runs it at full size; the test beside it
runs a small one. Everything is real: the program as it is installed, SIGKILL, a portal in a process of its own that
does not know Idempotency-Key, files. A kill comes at a random request of the sync's share of the work, or among the
first of a new start, while it looks up what the last one left behind. Between the two sides lies a line that holds that
request before the portal sees it, or its answer, until the program is dead: so each kill falls inside the sync.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from counter_app.rules.lifecycle import Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.catalogue import import_catalogue
from counter_app.services.desk import open_desk
from counter_app.services.offices import init_desk
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.settings import Settings
from tests.both_sides import differences
from tests.catalogue_samples import OFFICE, catalogue, request, write_pdf
from tests.sync.line_proxy import LineProxy

UNIT = "Phòng Tư pháp"
LAST_SHARE = 0.8
"""Of the work; the kills are spread over so many requests, of which each settles one message at most, so that work is
left when the last one comes."""
EARLY = 0.2
"""Share of kills that come among the first requests of a start."""
EARLY_REQUESTS = 6
LONGEST_MOMENT = 0.03
"""Seconds from the held request to the kill at most: what the program does meanwhile beside it is cut anywhere."""
NUMBERS_A_DAY = 900
MAX_RUNS = 20
"""Whole runs that may be needed once nobody kills any more."""
_PAUSE = threading.Event()


@dataclass
class Killed:
    """What one trial did and found."""

    dossiers: int
    messages: int = 0
    kills: int = 0
    passes: int = 0
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def run(dossiers: int, kills: int, seed: int, directory: Path) -> Killed:
    """Take the dossiers in, sync them under fire, then to the end, and compare both sides."""
    trial = Killed(dossiers)
    chance = random.Random(seed)
    place = directory / "quầy"
    trial.messages = _take_in(place, dossiers, chance, directory)
    started = time.monotonic()
    with _portal(directory / "portal.db") as url, LineProxy(url) as line:
        for number in range(kills):
            goal = int(trial.messages * LAST_SHARE * (number + chance.random()) / kills)
            _killed_once(trial, place, line, goal, chance)
        # By another address than before: what was half sent goes on there, and what was sent is not sent again.
        _to_the_end(trial, place, url)
    trial.seconds = time.monotonic() - started
    _compare(trial, place, directory / "portal.db")
    return trial


def _take_in(place: Path, dossiers: int, chance: random.Random, scratch: Path) -> int:
    """A desk with dossiers of one or two steps and one document; returns how many messages that makes in the end."""
    init_desk(place, OFFICE, Settings(office=OFFICE.code, desk=1))
    # A desk has 999 numbers a day.
    days = 1 + dossiers // NUMBERS_A_DAY
    day = days
    desk = open_desk(place, lambda: datetime.now(UTC) - timedelta(days=day))
    import_catalogue(desk, catalogue())
    messages = 0
    try:
        for number in range(dossiers):
            day = days - number // NUMBERS_A_DAY
            scan = write_pdf(scratch / "tờ khai.pdf", f"{number} " * chance.randrange(10, 4000))
            code = receive(desk, request(files=[scan])).code
            steps = (Step.HAND_OVER, Step.ACCEPT)[: chance.randint(1, 2)]
            for step in steps:
                take_step(desk, code, step, StepInput(unit=UNIT))
            # The record, each step with an update after it, the document, the update that names it.
            messages += 1 + 2 * len(steps) + 2
    finally:
        desk.close()
    return messages


@contextlib.contextmanager
def _portal(db: Path) -> Iterator[str]:
    """A practice portal in a process of its own, which takes every repeated step for a new one."""
    program = subprocess.Popen(
        [sys.executable, "-m", "counter_app", "--json", "practice-portal", "--db", str(db), "--no-idempotency"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert program.stdout is not None
        yield str(json.loads(program.stdout.readline())["url"])
    finally:
        program.kill()
        program.communicate()


def _start(place: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "counter_app", "--data", str(place), "--json", "sync"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={
            **os.environ,
            "COUNTER_PORTAL_URL": url,
            "COUNTER_PORTAL_USER": "canbo",
            "COUNTER_PORTAL_PASSWORD": "thuchanh",
        },
    )


def _killed_once(trial: Killed, place: Path, line: LineProxy, goal: int, chance: random.Random) -> None:
    """Let the sync come to its request, of all or of this start, and kill it there."""
    early = chance.random() < EARLY
    requests = chance.randint(1, EARLY_REQUESTS) if early else max(1, goal - line.requests)
    line.hold_after(requests, answers_only=chance.random() < 0.5)
    program = _start(place, line.url)
    trial.passes += 1
    try:
        while not line.held.wait(0.01):
            if program.poll() is None:
                continue
            # What another start left in doubt waits its time, so this one may have found nothing to do.
            program.communicate()
            if not _waits(place):
                trial.problems.append(f"kill {trial.kills + 1}: all was sent before its request came")
                return
            program = _start(place, line.url)
            trial.passes += 1
        _PAUSE.wait(chance.random() * LONGEST_MOMENT)
        if program.poll() is None:
            trial.kills += 1
        else:
            trial.problems.append(f"kill {trial.kills + 1}: ended by itself while its request was held")
    finally:
        program.kill()
        program.communicate()
        line.let_go()


def _waits(place: Path) -> bool:
    with contextlib.closing(sqlite3.connect(place / "counter.db")) as watch:
        return bool(watch.execute("SELECT count(*) FROM outbox WHERE state != 'done'").fetchone()[0])


def _to_the_end(trial: Killed, place: Path, url: str) -> None:
    answer: dict[str, Any] = {}
    for _ in range(MAX_RUNS):
        trial.passes += 1
        out, _ = _start(place, url).communicate(timeout=900)
        answer = json.loads(out)
        if not answer.get("left"):
            break
    else:
        trial.problems.append(f"still waiting in the end: {answer}")


def _compare(trial: Killed, place: Path, db: Path) -> None:
    desk = open_desk(place)
    try:
        with PracticePortal(db, knows_idempotency=False) as portal:
            trial.problems += differences(desk, portal)
            held = portal.dossiers()
            trial.counts = {
                "dossiers": len(held),
                "steps": sum(len(one["TienDo"]) for one in held.values()),
                "documents": sum(one["state"] == "complete" for one in portal.files()),
            }
    finally:
        desk.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dossiers", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        trial = run(options.dossiers, options.kills, options.seed, Path(directory))
    sys.stdout.write(
        f"kills: {trial.kills}; passes: {trial.passes}; messages: {trial.messages}; at the portal: {trial.counts}; "
        f"seconds: {trial.seconds:.0f}; seed: {options.seed}; problems: {trial.problems or 'none'}\n"
    )
    sys.exit(1 if trial.problems else 0)


if __name__ == "__main__":
    main()
