"""Bad input to the real program: each a clear message in Vietnamese, the exit status of the contract, nothing lost."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from counter_app.errors import UserError
from counter_app.sandbox import PracticePortal
from counter_app.services.desk import DeskContext
from counter_app.services.intake_document import request_from_document
from counter_app.services.json_files import parse_json
from counter_app.services.receive import receive
from counter_app.settings import load_settings, save_settings, with_changes
from tests.catalogue_samples import pdf_bytes, receive_document, write_pdf
from tests.cli.program import answer, error, run
from tests.services.inspect_desk import nothing_stored, refused


def counts(directory: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(directory / "counter.db")) as connection:
        dossiers = connection.execute("SELECT count(*) FROM dossier").fetchone()[0]
        return dossiers, connection.execute("SELECT count(*) FROM outbox").fetchone()[0]


@pytest.mark.parametrize(
    ("document", "kind", "word"),
    [
        (b"", "document_invalid", "JSON"),
        (b"{", "document_invalid", "JSON"),
        (b"[]", "document_invalid", ""),
        (b'"x"', "document_invalid", ""),
        (b'{"procedure": "\xff"}', "document_invalid", "UTF-8"),
        (b"[" * 200_000, "document_invalid", ""),
        (b'{"a": ' + b"9" * 5000 + b"}", "document_invalid", ""),
        (receive_document(note="hỏng \ud83d"), None, ""),
        (receive_document(applicant={"name": "\ud83d"}), None, ""),
        (receive_document("9.999999"), "procedure_unknown", "9.999999"),
        (receive_document(components=[]), "component_missing", "TP01"),
    ],
)
def test_documents_that_cannot_be_taken(desk: DeskContext, document: Any, kind: str | None, word: str) -> None:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    with nothing_stored(desk), pytest.raises(UserError) as caught:
        receive(desk, request_from_document(parse_json(content, "document_invalid", "đầu vào"), Path()))
    assert caught.value.kind in ((kind,) if kind else ("document_invalid", "text_invalid"))
    assert word in caught.value.message
    assert len(caught.value.message) < 500


def test_piped_rubbish_is_1_in_the_real_program(directory: Path) -> None:
    for content in (b"\xff\xfe\x00", b"[" * 100_000, json.dumps(receive_document(note="\ud83d")).encode()):
        assert error(directory, 1, "receive", "-", stdin=content)["kind"] in ("document_invalid", "text_invalid")
    assert counts(directory) == (0, 0)


def test_bytes_of_another_encoding_on_the_command_line(directory: Path) -> None:
    done = run(directory, "search", b"Ni\xea")
    assert done.returncode == 2
    assert "Unicode" in done.stderr


def test_json_is_utf_8_on_any_machine(directory: Path) -> None:
    got = run(directory, "--json", "show", "H15.36-1", PYTHONIOENCODING="ascii")
    assert got.returncode == 1
    assert "Hãy" in json.loads(got.stdout)["error"]["message"]


def test_document_with_a_byte_order_mark_is_taken(directory: Path, tmp_path: Path) -> None:
    path = tmp_path / "từ Windows.json"
    path.write_text(json.dumps(receive_document()), encoding="utf-8-sig")
    assert answer(directory, "receive", str(path))["status"] == "received"


@pytest.mark.parametrize("what", ["missing", "empty", "large", "jpeg", "folder", "pipe"])
def test_files_that_cannot_be_taken(directory: Path, tmp_path: Path, what: str) -> None:
    path = tmp_path / "đơn.pdf"
    if what == "empty":
        path.touch()
    elif what == "large":
        with path.open("wb") as file:
            file.write(pdf_bytes())
            file.truncate(51 * 1024 * 1024)
    elif what == "jpeg":
        path.write_bytes(b"\xff\xd8\xff\xe0\0\x10JFIF")
    elif what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    document = receive_document(components=[{"code": "TP01", "originals": 1, "files": ["đơn.pdf"]}])
    (tmp_path / "hồ sơ.json").write_text(json.dumps(document), encoding="utf-8")
    kinds = {"empty": "file_empty", "large": "file_too_large", "jpeg": "file_not_pdf"}
    found = error(directory, 1, "receive", str(tmp_path / "hồ sơ.json"))
    assert found["kind"] == kinds.get(what, "file_missing")
    assert "đơn.pdf" in found["message"]
    assert counts(directory) == (0, 0)
    assert not list(directory.rglob("*.part"))


def test_documents_and_files_that_are_not_there(directory: Path, tmp_path: Path) -> None:
    assert error(directory, 1, "receive", str(tmp_path / "không có.json"))["kind"] == "file_missing"
    assert error(directory, 3, "receive", str(tmp_path))["kind"] == "file_unreadable"
    assert error(directory, 1, "catalogue", "import", str(tmp_path / "a.json"))["kind"] == "file_missing"


def test_bad_settings_are_named_with_the_status_of_a_refusal(directory: Path) -> None:
    with (directory / "settings.toml").open("a", encoding="utf-8") as file:
        file.write('\n[printing]\ncolour = "đỏ"\n')
    found = error(directory, 1, "list")
    assert found["kind"] == "settings_invalid"
    assert "printing" in found["message"]


# The portal


def with_portal(directory: Path, url: str) -> Path:
    save_settings(directory, with_changes(load_settings(directory), portal={"url": url, "user": "canbo"}))
    return directory


def sync(directory: Path, *options: str, password: str = "thuchanh") -> tuple[int, dict[str, Any]]:
    done = run(directory, "--json", "sync", *options, COUNTER_PORTAL_PASSWORD=password)
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    assert document["error"]["message"] in done.stderr
    return done.returncode, document


@pytest.fixture
def waiting(directory: Path) -> Path:
    """A desk with one dossier that waits for the portal."""
    answer(directory, "receive", "-", stdin=receive_document())
    return directory


def still_waits(directory: Path) -> None:
    rows = answer(directory, "outbox")["messages"]
    assert [row["state"] for row in rows] == ["waiting"]
    assert answer(directory, "verify")["problems"] == []


def test_wrong_password_is_told_and_nothing_is_lost(waiting: Path, tmp_path: Path) -> None:
    with PracticePortal(tmp_path / "portal.db") as portal:
        with_portal(waiting, portal.url)
        status, document = sync(waiting, password="sai")
        assert (status, document["error"]["kind"]) == (1, "sign_in_needed")
        assert "mật khẩu" in document["error"]["message"]
        still_waits(waiting)
        done = run(waiting, "--json", "sync", COUNTER_PORTAL_PASSWORD="thuchanh")
        assert (done.returncode, json.loads(done.stdout)["sent"]) == (0, 1)
        assert len(portal.dossiers()) == 1


class CaptivePortal(BaseHTTPRequestHandler):
    """A hotel's network: a friendly page for everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = "<html><body>Chào mừng quý khách</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def html_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), CaptivePortal)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_portal_that_answers_html(waiting: Path, html_url: str) -> None:
    status, document = sync(with_portal(waiting, html_url), "--once")
    assert (status, document["error"]["kind"], document["left"]) == (3, "line_down", 1)
    still_waits(waiting)


def test_portal_that_is_not_there(waiting: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        status, document = sync(with_portal(waiting, f"http://127.0.0.1:{taken.getsockname()[1]}"), "--once")
    assert (status, document["error"]["kind"], document["left"]) == (3, "line_down", 1)
    still_waits(waiting)


def test_password_is_asked_for_where_there_is_none(waiting: Path) -> None:
    done = run(
        with_portal(waiting, "http://127.0.0.1:9"),
        "--json",
        "sync",
        "--once",
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
    )
    assert (done.returncode, json.loads(done.stdout)["error"]["kind"]) == (3, "sign_in_needed")


def test_two_receptions_at_once_take_two_numbers(directory: Path) -> None:
    """Two programs on one file: neither fails, no number twice."""
    document = json.dumps(receive_document()).encode()
    command = [sys.executable, "-m", "counter_app", "--data", str(directory), "--json", "receive", "-"]
    programs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = [program.communicate(document, timeout=60) for program in programs]
    assert [program.returncode for program in programs] == [0] * 4, answers
    assert len({json.loads(out)["code"] for out, _ in answers}) == 4
    assert answer(directory, "verify")["dossiers"] == 4


def test_scan_that_changes_under_the_hand_is_kept_as_it_was(desk: DeskContext, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "a.pdf")
    stored = desk.documents.add(scan, max_mb=1)
    scan.write_bytes(b"")
    assert desk.documents.problem(stored.sha256, stored.size) == ""
    with refused("file_empty"):
        desk.documents.add(scan, max_mb=1)
