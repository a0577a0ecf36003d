"""A desk behind a thin line: how much of it carries what counts, and how long a new dossier's record waits."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.corpus import DATA, SEED, new_desk
from benchmarks.line.forwarder import PORTAL_ADDRESS
from benchmarks.line.network import Network, network
from benchmarks.line.shaping import Shape
from benchmarks.measuring import Aim, Line
from benchmarks.noise_pdf import noise_pdf
from benchmarks.receive import requests
from counter_app.services.desk import open_desk
from counter_app.services.receive import receive
from counter_app.storage import DATABASE_NAME

SMALLEST, LARGEST = 50_000, 2_000_000
"""Bytes of a scan."""
SPARE = 1.5
"""The backlog against what the line could carry: it must not run out."""
LAST_RECEPTION_SECONDS = 10.0
"""Dossiers received so shortly before the end are not looked at."""
USER, PASSWORD = "canbo", "thuchanh"


@dataclass(frozen=True)
class Outcome:
    """What one run brought.

    Waits in seconds of line time; ``undisturbed`` are those of them in which the line was not cut; ``missing`` records
    had not come at the end.
    """

    up: float
    counted: int
    wire: int
    waits: tuple[float, ...]
    undisturbed: tuple[float, ...]
    missing: int
    record_size: float


def run(
    minutes: float = 10.0, shape: Shape | None = None, root: Path = DATA, seed: int = SEED, *, trace: bool = False
) -> list[Line]:
    """Four lines: the share that counts, the longest and the median wait of a record, the longest without a cut.

    ``trace``: tell on standard error what the desk does when, and whether the line was up.
    """
    shape = shape or Shape()
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="thin-line-", dir=root) as scratch:
        outcome = measure(minutes * 60, shape, Path(scratch), seed, trace=trace)
    kind = "reset" if shape.resets else "silent"
    what = f"thin line, {minutes:g} min, {shape.up:g} s up, {shape.down:g} s dead, old connections {kind}"
    return as_lines(what, shape, outcome)


def as_lines(what: str, shape: Shape, outcome: Outcome) -> list[Line]:
    """The outcome against the line itself."""
    full = shape.rate * outcome.up
    share = Line(
        f"{what}: documents and records that arrived, {outcome.wire / full:.1%} of the line with headers",
        outcome.counted / outcome.up / 1000,
        shape.rate / 1000,
        "kB/s",
        "the line while it is up",
        Aim(0.9, least=True),
    )
    alone = shape.delay + outcome.record_size / shape.rate
    waits, undisturbed = outcome.waits or (float("inf"),), outcome.undisturbed or (float("inf"),)
    missing = f", {outcome.missing} still to come" if outcome.missing else ""
    return [
        share,
        Line(
            f"{what}: {len(outcome.waits)} new records, longest wait{missing}",
            max(waits), alone, "s", "the record alone on the line", value_aim=Aim(2.0, "s"),
        ),
        Line(f"{what}: median wait", median(waits), alone, "s", "the record alone on the line"),
        Line(
            f"{what}: {len(outcome.undisturbed)} waits in which the line was not cut, longest",
            max(undisturbed), alone, "s", "the record alone on the line",
        ),
    ]  # fmt: skip


def measure(seconds: float, shape: Shape, scratch: Path, seed: int, *, trace: bool = False) -> Outcome:
    """Run desk and portal for so long, then look at what each of them holds."""
    directory = prepare(scratch, shape.rate * seconds * SPARE, seed)
    portal_file = scratch / "portal.db"
    with network(shape, seed) as running:
        with _portal(running, portal_file) as url:
            start = time.time()
            received = _work(running, directory, url, seconds, seed, trace)
            end = time.time()
        line = running.line
    arrived = _arrivals(portal_file)
    looked_at = [(code, at) for code, at in received if line.up_between(at, end) > LAST_RECEPTION_SECONDS]
    waits, undisturbed = [], []
    for code, at in looked_at:
        there = min(arrived.get(code, end), end)
        waits.append(line.up_between(at, there))
        if line.period(at) == line.period(there):
            undisturbed.append(waits[-1])
    bodies = _records_done(directory)
    return Outcome(
        up=line.up_between(start, end),
        counted=sum(bodies) + _document_bytes(portal_file),
        wire=running.counts["desk"]["arrived_bytes"],
        waits=tuple(waits),
        undisturbed=tuple(undisturbed),
        missing=sum(code not in arrived for code, _ in looked_at),
        record_size=median(bodies or [0]),
    )


def prepare(scratch: Path, backlog: float, seed: int) -> Path:
    """A desk with dossiers whose scans together have ``backlog`` bytes; nothing has been sent."""
    random = Random(seed)
    directory = new_desk(scratch / "desk")
    desk = open_desk(directory)
    make = requests(directory / DATABASE_NAME)
    scan = scratch / "scan.pdf"
    try:
        while backlog > 0:
            size = int(SMALLEST * (LARGEST / SMALLEST) ** random.random())
            scan.write_bytes(noise_pdf(random, size))
            request = make()
            first = replace(request.components[0], files=(scan,))
            receive(desk, replace(request, components=(first, *request.components[1:])))
            backlog -= size
    finally:
        desk.close()
    return directory


@contextmanager
def _portal(running: Network, database: Path) -> Iterator[str]:
    process = subprocess.Popen(
        ["ip", "netns", "exec", running.portal, sys.executable, "-m", "benchmarks.portal_process",
         PORTAL_ADDRESS, str(database)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


def _work(
    running: Network, directory: Path, url: str, seconds: float, seed: int, trace: bool
) -> list[tuple[str, float]]:
    """The dossiers that the desk received in so many seconds, with their moments."""
    environment = {"COUNTER_PORTAL_URL": url, "COUNTER_PORTAL_USER": USER, "COUNTER_PORTAL_PASSWORD": PASSWORD}
    start = time.time()
    received = []
    last = ""
    module = ["benchmarks.thin_line_desk", str(directory), str(seed)]
    with running.start(running.desk, module, **environment) as child:
        watchdog = threading.Timer(seconds, child.kill)
        watchdog.start()
        assert child.stdout is not None
        for text in child.stdout:
            # The last line may be half a line: the desk was ended while it wrote.
            told = json.loads(text) if text.endswith("\n") else {}
            if "code" in told:
                received.append((told["code"], told["at"]))
            elif trace and told.get("what", last) != last:
                last = told["what"]
                dial, is_up = running.line.period(told["at"])
                sys.stderr.write(f"{told['at'] - start:7.2f} s, dial {dial} {'up  ' if is_up else 'DEAD'} {last}\n")
    watchdog.cancel()
    if child.returncode != -signal.SIGKILL:
        raise RuntimeError(f"the desk ended by itself with {child.returncode}")
    return received


def _arrivals(portal_file: Path) -> dict[str, float]:
    with closing(sqlite3.connect(portal_file)) as database:
        return dict(database.execute("SELECT code, arrived_at FROM dossier"))


def _document_bytes(portal_file: Path) -> int:
    """What the portal holds of documents, whole or not."""
    with closing(sqlite3.connect(portal_file)) as database:
        return int(database.execute("SELECT total(received) FROM upload WHERE state != 'gone'").fetchone()[0])


def _records_done(directory: Path) -> list[int]:
    """Bytes of each record that the portal has taken."""
    with closing(sqlite3.connect(directory / DATABASE_NAME)) as database:
        rows = database.execute("SELECT length(payload) FROM outbox WHERE state = 'done' AND kind != 'upload'")
        return [size for (size,) in rows]
