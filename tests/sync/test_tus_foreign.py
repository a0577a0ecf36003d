"""Uploads to a tus server that is none of ours, over a line that is cut at any byte: what it stores is what we sent."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from line_proxy import LineProxy

from counter_app.sync.client import DocumentFile, TransientTrouble, UploadPlace
from counter_app.sync.http import Http, HttpLimits
from counter_app.sync.pace import Pace
from counter_app.sync.uploads import Uploader

SERVER = Path(__file__).with_name("tus_server")
CUTS = 6
PER_REQUEST = 1_000
"""Bytes of a request's line and headers, at the most."""
PER_CUT = 64 * 1024
"""Bytes that this server may have read and not yet written when the line falls: it buffers so many."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    directory = tmp_path / "store"
    directory.mkdir()
    return directory


@pytest.fixture
def server(store: Path) -> Iterator[str]:
    """The address of a running tus server; skipped where node or its modules are not installed."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (SERVER / "node_modules").is_dir():
        pytest.skip("the tus server is not installed: npm ci --prefix tests/sync/tus_server")
    process = subprocess.Popen(
        [node, str(SERVER / "server.mjs"), str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port, "the tus server did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.communicate()


@contextmanager
def uploader(url: str, patch: int) -> Iterator[Uploader]:
    """Our uploads at a portal that wants no session; ``patch``: bytes of one PATCH, 0 as the line allows."""
    http = Http(url, limits=HttpLimits(5, 20, 60))

    def now() -> datetime:
        return datetime.now(UTC)

    try:
        yield Uploader(
            f"{url}/files",
            lambda method, address, headers, body: http.send(method, address, headers=headers, body=body),
            office_id="H15.36",
            now=now,
            pace=Pace(patch),
        )
    finally:
        http.close()


def document(folder: Path, size: int, seed: int) -> DocumentFile:
    content = random.Random(seed).randbytes(size)
    path = folder / f"scan {size}"
    path.write_bytes(content)
    return DocumentFile(path, "đơn xin.pdf", size, hashlib.sha256(content).hexdigest())


def persist(sender: Uploader, sent: DocumentFile) -> str:
    """Try again from the last known place, as the syncer does after each cut."""
    place = UploadPlace()

    def remember(new: UploadPlace) -> None:
        nonlocal place
        place = new

    for _ in range(10 * CUTS):
        try:
            url = sender.send(sent, place, remember, lambda _: True)
        except TransientTrouble:
            continue
        assert url is not None
        return url
    raise AssertionError(f"the upload never ended; it stands at {place}")


def stored_digest(store: Path, url: str) -> str:
    return hashlib.sha256((store / url.rsplit("/", 1)[1]).read_bytes()).hexdigest()


@pytest.mark.parametrize("size", [1, 2_047, 65_536, 1_000_003])
def test_a_whole_line(server: str, store: Path, tmp_path: Path, size: int) -> None:
    sent = document(tmp_path, size, seed=size)
    with uploader(server, 0) as sender:
        url = persist(sender, sent)
    assert stored_digest(store, url) == sent.sha256


@pytest.mark.parametrize("patch", [0, 40_000], ids=["one-piece", "pieces"])
@pytest.mark.parametrize(("size", "seed"), [(70_001, 1), (400_000, 2), (1_500_000, 3), (1_500_000, 4)])
def test_a_line_that_is_cut_at_any_byte(
    server: str, store: Path, tmp_path: Path, size: int, seed: int, patch: int
) -> None:
    """Cuts fall into bodies and headers alike; the server keeps what came, and we go on from there."""
    sent = document(tmp_path, size, seed)
    # Of the line's bytes, not the file's: some fall into the headers before the first byte of the document.
    cuts = sorted(random.Random(seed).sample(range(size), CUTS))
    with LineProxy(server, cuts=cuts) as line, uploader(line.url, patch) as sender:
        url = persist(sender, sent)
    assert stored_digest(store, url) == sent.sha256
    assert line.cut == CUTS
    assert line.passed <= size + PER_CUT * line.cut + PER_REQUEST * line.requests
