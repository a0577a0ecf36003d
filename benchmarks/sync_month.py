"""A month of a province, from one desk's outbox to the portal, against a bare loop that makes the same calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.corpus import DATA
from benchmarks.measuring import Aim, Line
from benchmarks.sync_month_corpus import desk_of_its_own, month

PROJECT = Path(__file__).resolve().parent.parent
DOSSIERS = 25_000
SAMPLE_SECONDS = 0.2
SETTLED = 0.2
"""The share of the run after which memory has to be flat: by then every kind of work has been done."""
USER, PASSWORD = "canbo", "thuchanh"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What both told (``seconds`` of wall time and ``cpu`` of their own process), how many calls it were, and the
    resident memory of the syncing process over time in MiB."""

    ours: dict[str, float]
    bare: dict[str, float]
    calls: int
    memory: list[float]


def run(dossiers: int = DOSSIERS, root: Path = DATA) -> list[Line]:
    """Dossiers a second and the memory of the syncing process."""
    source = month(dossiers, root)
    with tempfile.TemporaryDirectory(prefix="sync-month-", dir=root) as scratch:
        outcome = measure(source, Path(scratch))
    what = f"sync, {dossiers:,} dossiers with a scan each"
    ours, bare = outcome.ours, outcome.bare
    rates = f"{dossiers / ours['seconds']:.0f} dossiers/s, bare {dossiers / bare['seconds']:.0f}/s"
    against = "the same calls with requests alone"
    memory = outcome.memory
    settled = memory[int(len(memory) * SETTLED)]
    return [
        Line(f"{what}, {outcome.calls:,} calls: {rates}", ours["seconds"], bare["seconds"], "s", against, Aim(1.3)),
        Line(f"{what}: CPU of the sending process", ours["cpu"], bare["cpu"], "s", against),
        Line(f"{what}: memory in the middle", memory[len(memory) // 2], settled, "MiB", "after a fifth", Aim(1.1)),
        Line(f"{what}: memory at the end", memory[-1], settled, "MiB", "after a fifth", Aim(1.1)),
        Line(f"{what}: most memory", max(memory), settled, "MiB", "after a fifth", Aim(1.2)),
    ]


def measure(source: Path, folder: Path) -> Outcome:
    """Ours first, then the bare loop on a portal as fresh; the portals' files stay in ``folder``."""
    directory = desk_of_its_own(source, folder / "desk")
    log = folder / "calls"
    with _portal(folder / "ours.db") as url:
        ours, memory = _child(["benchmarks.sync_month_desk", str(directory), str(log)], url)
    with _portal(folder / "bare.db") as url:
        bare, _ = _child(["benchmarks.sync_month_bare", str(directory), str(log), url], url)
    return Outcome(ours, bare, int(bare["calls"]), memory)


@contextmanager
def _portal(database: Path) -> Iterator[str]:
    """A fresh practice portal in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.portal_process", "127.0.0.1", str(database)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


def _child(module: Sequence[str], url: str) -> tuple[dict[str, Any], list[float]]:
    """What a child process tells at its end, and its resident memory over time in MiB."""
    environment = {"COUNTER_PORTAL_URL": url, "COUNTER_PORTAL_USER": USER, "COUNTER_PORTAL_PASSWORD": PASSWORD}
    child = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    samples: list[float] = []
    ended = threading.Event()

    def sample() -> None:
        process = psutil.Process(child.pid)
        while not ended.wait(SAMPLE_SECONDS):
            try:
                samples.append(process.memory_info().rss / MIB)
            except psutil.NoSuchProcess:
                return

    watcher = threading.Thread(target=sample)
    watcher.start()
    assert child.stdout is not None
    text = child.stdout.readline()
    ended.set()
    watcher.join()
    child.communicate()
    if not text:
        raise RuntimeError(f"{module[0]} told nothing")
    return json.loads(text), samples
