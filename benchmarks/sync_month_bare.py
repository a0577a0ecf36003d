"""Child process: the same calls as ours with one ``requests.Session``; no database, no checks, nothing kept.

Run as ``python -m benchmarks.sync_month_bare DIRECTORY LOG URL`` with the desk's data after it has synced and the log
of its calls. What is sent is read into memory first; documents come from the disk, as ours do. Tells the seconds that
the calls took.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from benchmarks.corpus import OFFICE as OFFICE_DATA
from counter_app.services.document_store import DocumentStore
from counter_app.storage import DATABASE_NAME

OFFICE = OFFICE_DATA.code
TIMEOUT = 60
TUS = {"Tus-Resumable": "1.0.0"}
JSON = {"Content-Type": "application/json; charset=utf-8"}


@dataclass
class Scan:
    """A document: where it lies, and its upload at this portal."""

    path: Path
    name: str
    size: int
    url: str = ""
    sent: int = 0
    content: bytes = b""


@dataclass
class Material:
    """Records in the order of the outbox; documents by digest, and by their path at the portal that ours had."""

    creates: Iterator[bytes]
    updates: Iterator[bytes]
    by_digest: dict[str, Scan]
    by_path: dict[str, Scan]


class Bare:
    """One session with one portal."""

    def __init__(self, url: str, material: Material) -> None:
        self._url = url
        self._material = material
        self._http = requests.Session()
        self._http.trust_env = False
        self._session = ""

    def call(self, method: str, path: str, length: int, items: int, updating: bool, digest: str) -> None:
        """Make one of the calls of the log."""
        if path == "/auth/login":
            pair = {"username": "canbo", "password": "thuchanh"}
            self._session = self._post(path, json.dumps(pair).encode(), {}).json()["session"]
        elif items:
            self._send_records(items, updating)
        elif path == "/integration":
            self._call("LayThayDoi", b'"tu":"","so":"100"', {})
        elif method == "POST":
            self._create(digest)
        elif method == "PATCH":
            self._patch(self._material.by_path[path], length)

    def _send_records(self, items: int, updating: bool) -> None:
        source = self._material.updates if updating else self._material.creates
        data = b",".join(next(source) for _ in range(items))
        if updating:
            data = self._with_new_addresses(data)
        flag = b"True" if updating else b"False"
        body = b'"isUpdating":"' + flag + b'","data":[' + data + b"]"
        answer = self._call("DongBoHoSoMC", body, {"Idempotency-Key": str(uuid.uuid4())})
        if answer["error_code"] != "00":
            raise RuntimeError(f"the portal refused a record: {answer}")

    def _with_new_addresses(self, data: bytes) -> bytes:
        """This portal gave the uploads other addresses, of the same length."""
        mark = b'"DuongDanTaiTepTin":"'
        first, *rest = data.split(mark)
        pieces = [first]
        for piece in rest:
            old, quote, tail = piece.partition(b'"')
            pieces.append(self._material.by_path[urlsplit(old.decode()).path].url.encode() + quote + tail)
        return mark.join(pieces)

    def _create(self, digest: str) -> None:
        scan = self._material.by_digest[digest]
        scan.content = scan.path.read_bytes()
        pairs = {"filename": scan.name, "sha256": digest, "madonvi": OFFICE}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        headers = {"Upload-Length": str(scan.size), "Upload-Metadata": metadata}
        scan.url = self._file("POST", f"{self._url}/files", headers, b"").headers["Location"]

    def _patch(self, scan: Scan, length: int) -> None:
        piece = scan.content[scan.sent : scan.sent + length]
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(scan.sent)}
        self._file("PATCH", scan.url, headers, piece)
        scan.sent += length
        if scan.sent == scan.size:
            scan.content = b""

    def _file(self, method: str, url: str, headers: dict[str, str], body: bytes) -> requests.Response:
        headers = {**TUS, **headers, "Authorization": f"Session {self._session}"}
        answer = self._http.request(method, url, headers=headers, data=body, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer

    def _call(self, service: str, members: bytes, headers: dict[str, str]) -> dict[str, str]:
        head = json.dumps({"session": self._session, "madonvi": OFFICE, "service": service}, separators=(",", ":"))
        body = head[:-1].encode() + b"," + members + b"}"
        answer: dict[str, str] = self._post("/integration", body, headers).json()
        return answer

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        answer = self._http.post(f"{self._url}{path}", data=body, headers={**JSON, **headers}, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer


def material(directory: Path) -> Material:
    """Read what the desk has sent."""
    store = DocumentStore(directory / "documents")
    with closing(sqlite3.connect(directory / DATABASE_NAME)) as database:

        def payloads(kind: str) -> Iterator[bytes]:
            rows = database.execute("SELECT payload FROM outbox WHERE kind = ? ORDER BY id", (kind,)).fetchall()
            return iter([row[0] for row in rows])

        by_digest, by_path = {}, {}
        for digest, name, size, address in database.execute("SELECT sha256, file_name, size, upload_url FROM document"):
            by_digest[digest] = by_path[urlsplit(address).path] = Scan(store.path_of(digest), name, size)
        return Material(payloads("create"), payloads("update"), by_digest, by_path)


def main(directory: str, log: str, url: str) -> int:
    """Make the calls one after the other."""
    bare = Bare(url, material(Path(directory)))
    calls = [line.split() for line in Path(log).read_text(encoding="utf-8").splitlines()]
    begun, begun_cpu = time.perf_counter(), time.process_time()
    for method, path, length, items, updating, digest in calls:
        bare.call(method, path, int(length), int(items), updating == "1", digest)
    took, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    sys.stdout.write(f"{json.dumps({'seconds': took, 'cpu': cpu, 'calls': len(calls)})}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
