"""The portal as a program: start, stop, kill, restart, many at once."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sandbox_desk import Desk, dossier, step

from counter_app.errors import KnownError
from counter_app.sandbox import PracticePortal

ROOT = Path(__file__).parents[2]
CODE = "H15.36-260514-0001"


class Process:
    """The command in a process of its own."""

    def __init__(self, db: Path) -> None:
        # A shell that starts the tests in the background has SIGINT ignored, and children inherit that.
        program = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            f"from counter_app.sandbox import run; run('127.0.0.1', 0, {str(db)!r}, None)"
        )
        self.popen = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        assert self.popen.stdout is not None
        self.url = self.popen.stdout.readline().removeprefix("Cổng thực hành: ").strip()

    def end(self, number: signal.Signals) -> tuple[int, str]:
        self.popen.send_signal(number)
        _, errors = self.popen.communicate(timeout=20)
        return self.popen.returncode, errors


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    running = Process(tmp_path / "cong.db")
    yield running
    if running.popen.poll() is None:
        running.end(signal.SIGKILL)


def desk_at(url: str) -> Desk:
    class At:
        pass

    portal = At()
    portal.url = url  # type: ignore[attr-defined]
    return Desk(portal)  # type: ignore[arg-type]


def test_what_was_answered_outlives_a_kill(process: Process, tmp_path: Path) -> None:
    desk = desk_at(process.url)
    content = bytes(50_000)
    assert desk.send(dossier())["error_code"] == "00"
    assert desk.progress(step())["error_code"] == "00"
    address = desk.create(content)
    assert desk.patch(address, 0, content[:20_000]).status_code == 204
    process.end(signal.SIGKILL)
    desk.http.close()
    with PracticePortal(tmp_path / "cong.db") as again:
        moved = f"{again.url}{urlsplit(address).path}"
        after = Desk(again)
        after.session = desk.session
        assert again.steps(CODE) == [step()]
        assert after.offset(moved) == 20_000
        assert after.patch(moved, 20_000, content[20_000:]).status_code == 204
        # The old address still names the file.
        paper = {"DuongDanTaiTepTin": address}
        assert after.send(dossier(TaiLieuNop=[paper]), updating="True")["error_code"] == "00"
        after.http.close()


def test_ctrl_c_ends_it_cleanly(process: Process) -> None:
    assert process.url.startswith("http://127.0.0.1:")
    code, errors = process.end(signal.SIGINT)
    assert code == 0
    assert "Đã dừng" in errors
    assert "Traceback" not in errors


def test_a_restart_answers_at_the_same_address(tmp_path: Path) -> None:
    portal = PracticePortal(tmp_path / "c.db").start()
    first = portal.url
    desk = Desk(portal)
    desk.send(dossier())
    portal.stop()
    with portal:
        assert portal.url == first
        assert list(portal.dossiers()) == [CODE]
        desk.sign_in()
        assert desk.send(dossier())["error_code"] == "04"
    desk.http.close()


def test_stop_leaves_no_thread_even_with_lines_open(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    portal = PracticePortal(tmp_path / "c.db").start()
    desk = Desk(portal)
    parts = urlsplit(portal.url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as silent:
        silent.sendall(b"POST /integration HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        portal.faults.set("slow", probability=1, seconds=300)
        waiting = threading.Thread(target=lambda: _swallow_cut(desk))
        waiting.start()
        while not portal.faults.snapshot()["slow"]["struck"]:
            continue
        portal.stop()
        waiting.join(10)
    portal.stop()
    desk.http.close()
    assert set(threading.enumerate()) == before


def _swallow_cut(desk: Desk) -> None:
    try:
        desk.post("TraCuuHoSo", mahoso=CODE)
    except OSError:
        return


def test_one_line_carries_many_calls(portal: PracticePortal, desk: Desk) -> None:
    parts = urlsplit(portal.url)
    request = b"GET /tra-cuu HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as line:
        # The second request is on the line before the first is answered.
        line.sendall(request + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = b""
        while data := line.recv(65536):
            answer += data
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_many_desks_at_once_lose_and_repeat_nothing(portal: PracticePortal) -> None:
    Desk(portal).send(dossier())
    failed: list[object] = []

    def work(number: int) -> None:
        desk = Desk(portal)
        for n in range(10):
            content = f"{number}-{n}".encode()
            paper = {"DuongDanTaiTepTin": desk.upload(content)}
            answers = (
                desk.send(dossier(f"H15.{number}-260514-{n:04}", TaiLieuNop=[paper])),
                desk.progress(step(NoiDungXuLy=f"{number}-{n}")),
            )
            failed.extend(answer for answer in answers if answer["error_code"] != "00")
        desk.http.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(portal.dossiers()) == 61
    kept = [s["NoiDungXuLy"] for s in portal.steps(CODE)]
    assert sorted(kept) == sorted(f"{number}-{n}" for number in range(6) for n in range(10))


def test_a_port_in_use_is_told_in_words(portal: PracticePortal, tmp_path: Path) -> None:
    port = int(urlsplit(portal.url).port or 0)
    other = PracticePortal(tmp_path / "khac.db", port=port)
    with pytest.raises(KnownError, match="đang có chương trình khác dùng") as caught:
        other.start()
    assert caught.value.kind == "port_in_use"
    with pytest.raises(KnownError) as caught:
        PracticePortal(tmp_path / "khac.db", host="203.0.113.9").start()
    assert caught.value.kind == "cannot_listen"


def test_a_file_that_cannot_be_used_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("không phải cơ sở dữ liệu", encoding="utf-8")
    for path in (tmp_path / "tep", tmp_path / "tep" / "c.db", tmp_path):
        with pytest.raises(KnownError, match="Hãy kiểm tra quyền ghi") as caught:
            PracticePortal(path).start()
        assert caught.value.kind == "practice_storage"


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with PracticePortal(tmp_path / "c.db"):
        pass
    with sqlite3.connect(tmp_path / "c.db") as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(KnownError) as caught:
        PracticePortal(tmp_path / "c.db").start()
    assert caught.value.kind == "practice_newer"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"procedures": [{"levels": ["commune"]}]}', '{"procedures": [1]}'])
def test_a_catalogue_that_cannot_be_read_is_told_in_words(tmp_path: Path, content: str) -> None:
    (tmp_path / "danh-muc.json").write_text(content, encoding="utf-8")
    for path in (tmp_path / "danh-muc.json", tmp_path / "khong-co.json"):
        with pytest.raises(KnownError) as caught:
            PracticePortal(tmp_path / "c.db", catalogue=path)
        assert caught.value.kind == "catalogue_unreadable"
