"""The probe of the line: each thing that can be in the way has its own words, and every wait ends."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from counter_app.services import line_probe, line_words
from counter_app.services.line_certificate import read_certificate
from counter_app.services.line_probe import LineReport, probe_line
from tests.services.line_server import ANSWER, NOW, answering, issue, secured, serving


def probe(port: int, *, secure: bool = True, root: Path | None = None, stop: bool = False, **more: float) -> LineReport:
    stopped = threading.Event()
    if stop:
        stopped.set()
    url = f"{'https' if secure else 'http'}://localhost:{port}/cong"
    return probe_line(url, root, clock=lambda: NOW, stop=stopped, **more)


def outcomes(report: LineReport) -> list[str]:
    return [step.outcome.value for step in report.steps]


def test_a_portal_with_a_root_of_the_office_s_own(tmp_path: Path) -> None:
    issued = issue(tmp_path)
    seen: list[bytes] = []
    with serving(secured(issued.chain, answering(seen=seen))) as port:
        report = probe(port, root=issued.root)
    assert outcomes(report) == ["good"] * 4
    assert report.clock_skew == timedelta(minutes=12)
    assert report.certificate is not None
    assert (report.certificate.subject, report.certificate.issuer) == ("CN=localhost", "CN=Gốc thử nghiệm")
    assert report.certificate.valid_until > datetime.now(UTC)
    assert seen[0].startswith(b"HEAD /cong HTTP/1.1\r\nHost: localhost")
    assert b"Authorization" not in seen[0]


def test_an_unknown_root_is_shown_with_what_the_certificate_says(tmp_path: Path) -> None:
    issued = issue(tmp_path)
    with serving(secured(issued.chain, answering())) as port:
        report = probe(port)
    assert outcomes(report) == ["good", "good", "bad", "skipped"]
    assert report.steps[2].words == line_words.UNKNOWN_ROOT
    assert report.certificate is not None
    assert report.certificate.issuer == "CN=Gốc thử nghiệm"


def test_another_root_of_the_office_s_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    issued, other = issue(tmp_path), issue(tmp_path / "other")
    with serving(secured(issued.chain, answering())) as port:
        assert probe(port, root=other.root).steps[2].words == line_words.UNKNOWN_ROOT_OWN


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"until": datetime.now(UTC) - timedelta(days=1)}, line_words.EXPIRED),
        ({"name": "dichvucong.example"}, line_words.WRONG_NAME),
    ],
)
def test_what_is_wrong_with_a_certificate(tmp_path: Path, given: dict, words: str) -> None:
    issued = issue(tmp_path, **given)
    with serving(secured(issued.chain, answering())) as port:
        report = probe(port, root=issued.root)
    assert report.steps[2].words == words
    assert report.certificate is not None


def test_a_file_of_roots_that_is_none(tmp_path: Path) -> None:
    bundle = tmp_path / "root.pem"
    bundle.write_text("không phải chứng thư", encoding="utf-8")
    with serving(answering()) as port:
        assert probe(port, root=bundle).steps[2].words == line_words.BUNDLE_UNREADABLE
    with serving(answering()) as port:
        assert probe(port, root=tmp_path / "gone.pem").steps[2].words == line_words.BUNDLE_UNREADABLE


def test_a_server_that_does_not_speak_tls() -> None:
    with serving(lambda connection: connection.recv(4096) and connection.sendall(ANSWER)) as port:
        report = probe(port)
    assert outcomes(report) == ["good", "good", "bad", "skipped"]
    assert "Không lập được kết nối bảo mật" in report.steps[2].words


def test_a_portal_on_this_machine_needs_no_tls() -> None:
    with serving(answering()) as port:
        report = probe(port, secure=False)
    assert outcomes(report) == ["good", "good", "skipped", "good"]
    assert report.certificate is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://wifi.example\r\n\r\n", line_words.REDIRECTED.format(status=302)),
        (b"HTTP/1.1 503 Busy\r\n\r\n", line_words.SERVER_TROUBLE.format(status=503)),
        (b"SSH-2.0-OpenSSH\r\n", line_words.NOT_HTTP),
        (b"", line_words.NOT_HTTP),
    ],
)
def test_an_answer_that_is_not_the_portal_s(answer: bytes, words: str) -> None:
    with serving(answering(answer)) as port:
        assert probe(port, secure=False).steps[3].words == words


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    report = probe(port)
    assert outcomes(report) == ["good", "bad", "skipped", "skipped"]
    assert report.steps[1].words == line_words.REFUSED


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_given: object, **_named: object) -> list:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    report = probe_line("https://dvc.example", None, clock=lambda: NOW, stop=threading.Event())
    assert outcomes(report) == ["bad", "skipped", "skipped", "skipped"]
    assert report.steps[0].words == line_words.NAME_UNKNOWN.format(host="dvc.example")


@pytest.mark.parametrize(
    "url", ["https://", "https://dvc.example:cong", "http://dvc.example", "https://a:b@dvc.example"]
)
def test_an_address_that_is_none_is_not_tried(url: str) -> None:
    report = probe_line(url, None, clock=lambda: NOW, stop=threading.Event())
    assert outcomes(report) == ["bad"]
    assert "Địa chỉ cổng" in report.steps[0].words


def test_a_server_that_is_silent_is_not_waited_for_without_end() -> None:
    silent = threading.Event()
    with serving(lambda _: silent.wait(5) and None) as port:
        report = probe(port, seconds=0.2)
        silent.set()
    assert outcomes(report) == ["good", "good", "bad", "skipped"]
    assert "Không có trả lời" in report.steps[2].words


def test_a_stop_ends_the_wait() -> None:
    silent, stop = threading.Event(), threading.Event()
    reports: list[LineReport] = []
    with serving(lambda _: silent.wait(5) and None) as port:

        def run() -> None:
            reports.append(probe_line(f"https://localhost:{port}", None, clock=lambda: NOW, stop=stop, seconds=600.0))

        thread = threading.Thread(target=run)
        thread.start()
        stop.set()
        thread.join(5)
        silent.set()
    assert not thread.is_alive()
    assert reports[0].stopped


def tunnel(target: int) -> line_probe.Callable[[socket.socket], None]:
    """A proxy that passes on what comes, after a CONNECT with the right pair."""

    def serve(connection: socket.socket) -> None:
        head = connection.recv(4096)
        assert head.startswith(f"CONNECT localhost:{target} HTTP/1.1\r\n".encode())
        if b"Proxy-Authorization: Basic aGFuaDptYXQta2hhdQ==" not in head:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with socket.create_connection(("127.0.0.1", target)) as behind:
            back = threading.Thread(target=pass_on, args=(behind, connection))
            back.start()
            pass_on(connection, behind)
            back.join()

    return serve


def pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(4096):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = issue(tmp_path)
    with serving(secured(issued.chain, answering())) as port, serving(tunnel(port)) as proxy:
        with_pair = urlsplit(f"http://hanh:mat-khau@localhost:{proxy}")
        monkeypatch.setattr(line_probe, "_proxy_for", lambda _scheme, _host: with_pair)
        report = probe(port, root=issued.root)
        assert outcomes(report) == ["good"] * 4
        assert report.proxy == f"localhost:{proxy}"
        assert "mat-khau" not in str(report)
        monkeypatch.setattr(line_probe, "_proxy_for", lambda _s, _h: urlsplit(f"http://localhost:{proxy}"))
        refused = probe(port, root=issued.root)
        assert outcomes(refused) == ["good", "bad", "skipped", "skipped"]
        assert "HTTP 407" in refused.steps[1].words


def test_the_machine_s_proxy_is_for_the_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    found = line_probe._proxy_for("https", "dvc.example")
    assert found is not None
    assert (found.hostname, found.port) == ("proxy.example", 3128)
    assert line_probe._proxy_for("https", "localhost") is None


def test_no_certificate_and_no_clock_are_no_trouble() -> None:
    assert read_certificate(b"nothing") is None
    assert line_probe._read_head(ANSWER)[1] == datetime(2026, 3, 10, 1, 42, tzinfo=UTC)
    assert line_probe._read_head(b"HTTP/1.1 200 OK\r\nDate: today\r\n\r\n") == (200, None)
