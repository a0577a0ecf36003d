"""What goes over one connection: compressed where the portal takes it, in blocks, noted without content."""

from __future__ import annotations

import gzip
import io
import socket
from datetime import UTC, datetime

import pytest
from scripted_portal import Asked, Reply, ScriptedServer

from counter_app.sync.client import TransientTrouble
from counter_app.sync.http import Http, HttpLimits, Stream

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
LONG = b'{"GhiChu":"' + b"a" * 5000 + b'"}'


def http(url: str) -> Http:
    return Http(url, limits=HttpLimits(2, 5, 10), now=lambda: NOW)


def test_bodies_are_compressed_once_the_portal_has_said_that_it_takes_them() -> None:
    with ScriptedServer(lambda _: Reply(200, b"{}", {"Accept-Encoding": "gzip, br"})) as server:
        line = http(server.url)
        for _ in range(3):
            line.send("POST", server.url, body=LONG)
        line.send("POST", server.url, body=b"short")
        line.close()

    first, second, third, short = server.asked
    assert (first.body, "content-encoding" in first.headers) == (LONG, False)
    assert second.headers["content-encoding"] == "gzip"
    assert gzip.decompress(second.body) == LONG
    assert second.body == third.body
    assert len(second.body) < 200
    assert (short.body, "content-encoding" in short.headers) == (b"short", False)


@pytest.mark.parametrize("refusal", [Reply(415), Reply(200, b"{}", {"Accept-Encoding": "identity"})])
def test_a_portal_that_takes_it_no_longer_gets_plain_bodies_again(refusal: Reply) -> None:
    replies = [Reply(200, b"{}", {"Accept-Encoding": "gzip"}), refusal, Reply(200, b"{}")]
    with ScriptedServer(lambda _: replies.pop(0)) as server:
        line = http(server.url)
        for _ in range(3):
            line.send("POST", server.url, body=LONG)
        line.close()

    assert ["content-encoding" in one.headers for one in server.asked] == [False, True, False]


def test_a_part_of_a_file_goes_in_blocks_and_asks_before_each() -> None:
    asked: list[int] = []

    def before_block(sent: int) -> int:
        asked.append(sent)
        return 400

    with ScriptedServer(lambda _: Reply(204)) as server:
        line = http(server.url)
        line.send("PATCH", server.url, body=Stream(io.BytesIO(b"0123456789" * 200), 10, 1000, before_block))
        line.close()

    assert server.asked[0].body == b"0123456789" * 100
    assert server.asked[0].headers["content-length"] == "1000"
    assert asked == [0, 400, 800]


@pytest.mark.parametrize("error", [OSError("the disk"), RuntimeError("told to stop")])
def test_what_ends_a_body_comes_out_as_it_is(error: Exception) -> None:
    def before_block(sent: int) -> int:
        if sent:
            raise error
        return 10

    with ScriptedServer(lambda _: Reply(204)) as server:
        line = http(server.url)
        with pytest.raises(type(error)) as caught:
            line.send("PATCH", server.url, body=Stream(io.BytesIO(bytes(100)), 0, 100, before_block))
        line.close()
    assert caught.value is error


def test_calls_are_noted_with_sizes_and_troubles_and_without_content() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(cut=True) if asked.path == "/files" else Reply(200, b'{"ChuHoSo":"x"}')

    with ScriptedServer(answer) as server:
        line = http(server.url)
        line.send("POST", f"{server.url}/integration", body=b"bytes", call="TraCuuHoSo")
        with pytest.raises(TransientTrouble):
            line.send("HEAD", f"{server.url}/files")
        line.close()

    first, second = line.exchanges
    assert (first.at, first.call, first.status, first.trouble) == (NOW, "TraCuuHoSo", 200, "")
    assert (first.bytes_sent, first.bytes_received) == (5, 15)
    assert (second.call, second.status, second.trouble) == ("HEAD", None, "portal_cut")
    assert "ChuHoSo" not in repr(line.exchanges)


def test_only_the_newest_calls_are_kept() -> None:
    with ScriptedServer(lambda _: Reply(200)) as server:
        line = http(server.url)
        for number in range(60):
            line.send("GET", server.url, call=str(number))
        line.close()

    assert [one.call for one in line.exchanges] == [str(number) for number in range(10, 60)]


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="the system has no such option")
def test_little_of_a_document_is_held_back_in_the_system() -> None:
    """A reader that takes nothing leaves the sender standing after a few blocks, not after megabytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line = http(f"http://127.0.0.1:{listener.getsockname()[1]}")
        line._limits = HttpLimits(0.3, 0.3, 1)
        body = Stream(io.BytesIO(bytes(4_000_000)), 0, 4_000_000, lambda _: 4096)
        with pytest.raises(TransientTrouble):
            line.send("PATCH", line.base_url, body=body)
        line.close()

    assert body.sent < 400_000
