"""Uploads by tus 1.0.0: resumed from the portal's last byte, verified, never a damaged file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from scripted_portal import Asked, Reply, ScriptedServer, json_reply

from counter_app.sync.client import (
    DocumentDamaged,
    DocumentFile,
    Refused,
    TransientTrouble,
    UploadPlace,
)
from counter_app.sync.downloads import BLOCK_BYTES
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings

CONTENT = bytes(range(256)) * 10
CHUNK = 1000
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@dataclass
class Files:
    """A small tus server whose next answers can be replaced, one a request."""

    held: dict[str, bytearray] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    next: list[Reply | None] = field(default_factory=list)
    take_then_cut: bool = False

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/auth/login":
            return json_reply({"error_code": "0", "session": "s"})
        if self.next:
            reply = self.next.pop(0)
            if reply is not None:
                return reply
        if asked.headers.get("authorization") != "Session s" or asked.headers.get("tus-resumable", "1.0.0") != "1.0.0":
            return Reply(401)
        return {"POST": self.create, "HEAD": self.head, "PATCH": self.patch, "GET": self.get}[asked.method](asked)

    def create(self, asked: Asked) -> Reply:
        path = f"/files/{len(self.held) + 1}"
        self.held[path] = bytearray()
        self.lengths[path] = int(asked.headers["upload-length"])
        self.metadata[path] = asked.headers["upload-metadata"]
        return Reply(201, b"", {"Location": path})

    def head(self, asked: Asked) -> Reply:
        if asked.path not in self.held:
            return Reply(404)
        headers = {
            "Upload-Offset": str(len(self.held[asked.path])),
            "Upload-Length": str(self.lengths[asked.path]),
            "Content-Length": "0",
        }
        return Reply(200, b"", headers)

    def patch(self, asked: Asked) -> Reply:
        if asked.path not in self.held:
            return Reply(410)
        held = self.held[asked.path]
        if int(asked.headers["upload-offset"]) != len(held):
            return Reply(409)
        algorithm, _, digest = asked.headers.get("upload-checksum", "").partition(" ")
        if algorithm and hashlib.new(algorithm, asked.body).digest() != base64.b64decode(digest):
            return Reply(460)
        held += asked.body
        if self.take_then_cut:
            self.take_then_cut = False
            return Reply(cut=True)
        return Reply(204, b"", {"Upload-Offset": str(len(held))})

    def get(self, asked: Asked) -> Reply:
        content = bytes(self.held[asked.path])
        begin = asked.headers.get("range")
        if begin is None:
            return Reply(200, content)
        first, last = map(int, begin.removeprefix("bytes=").split("-"))
        if first >= len(content):
            return Reply(416)
        piece = content[first : last + 1]
        return Reply(206, piece, {"Content-Range": f"bytes {first}-{first + len(piece) - 1}/{len(content)}"})


@dataclass
class Desk:
    """A desk with one document and one portal; remembers every place as the database would."""

    files: Files
    server: ScriptedServer
    client: Profile1Client
    document: DocumentFile
    places: list[UploadPlace] = field(default_factory=list)

    def upload(self, place: UploadPlace | None = None, chunks: int = 10_000) -> str | None:
        """Upload; told to stop after so many blocks, of which each PATCH of the test has one."""
        left = iter(range(chunks))
        return self.client.upload(
            self.document, place or UploadPlace(), self.places.append, lambda _: next(left, None) is not None
        )

    def sent(self, method: str) -> list[Asked]:
        return [one for one in self.server.asked if one.method == method and one.path.startswith("/files")]

    def assert_whole(self, url: str | None) -> None:
        assert url is not None
        assert bytes(self.files.held[url.removeprefix(self.server.url)]) == CONTENT


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "document"
    path.write_bytes(CONTENT)
    document = DocumentFile(path, "đơn xin.pdf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    files = Files()
    with ScriptedServer(files) as server:
        settings = Profile1Settings(server.url, "canbo", "x", "H15.36", chunk_size=CHUNK, limits=HttpLimits(2, 5, 10))
        client = Profile1Client(settings, now=lambda: NOW)
        yield Desk(files, server, client, document)
        client.close()


def test_a_document_arrives_whole_in_chunks_with_its_name_digest_and_office(desk: Desk) -> None:
    url = desk.upload()

    desk.assert_whole(url)
    assert [len(one.body) for one in desk.sent("PATCH")] == [1000, 1000, 560]
    assert [one.offset for one in desk.places] == [0, 1000, 2000]
    (metadata,) = desk.files.metadata.values()
    told = {name: base64.b64decode(text).decode() for name, text in (one.split(" ") for one in metadata.split(","))}
    assert told == {"filename": "đơn xin.pdf", "sha256": desk.document.sha256, "madonvi": "H15.36"}


def test_after_a_cut_the_portals_offset_rules_and_at_most_a_chunk_is_sent_again(desk: Desk) -> None:
    desk.files.next = [None, None, Reply(cut=True)]
    with pytest.raises(TransientTrouble) as caught:
        desk.upload()
    assert caught.value.seen

    desk.assert_whole(desk.upload(desk.places[-1]))
    assert len(desk.sent("HEAD")) == 1
    assert len(desk.sent("POST")) == 1
    assert sum(len(one.body) for one in desk.sent("PATCH")) == len(CONTENT) + CHUNK


def test_a_chunk_that_was_taken_before_the_cut_is_not_sent_again(desk: Desk) -> None:
    desk.files.take_then_cut = True
    with pytest.raises(TransientTrouble):
        desk.upload()

    desk.assert_whole(desk.upload(desk.places[-1]))
    assert sum(len(one.body) for one in desk.sent("PATCH")) == len(CONTENT)


def test_what_the_portal_kept_of_a_cut_upload_is_written_down_before_more_goes(desk: Desk) -> None:
    """Else a document that gets on between cuts would count as stuck, and wait longer after each."""
    desk.files.take_then_cut = True
    with pytest.raises(TransientTrouble):
        desk.upload()
    desk.files.next = [None, Reply(cut=True)]
    with pytest.raises(TransientTrouble):
        desk.upload(desk.places[-1])

    assert desk.places[-1].offset == CHUNK


def test_an_upload_is_found_again_where_the_portal_has_moved(desk: Desk) -> None:
    url = desk.upload()
    assert url is not None
    before = "http://dichvucong.example:8080" + urlsplit(url).path

    assert desk.upload(UploadPlace(before, 1000)) == url
    assert sum(len(one.body) for one in desk.sent("PATCH")) == len(CONTENT), "nothing goes twice"
    desk.assert_whole(desk.upload(UploadPlace("http://dichvucong.example:8080/files/quên", 1000)))


def test_an_upload_can_be_stopped_between_chunks_and_goes_on_after_a_restart(desk: Desk) -> None:
    assert desk.upload(chunks=2) is None
    assert desk.places[-1].offset == 2000

    desk.assert_whole(desk.upload(desk.places[-1]))
    assert sum(len(one.body) for one in desk.sent("PATCH")) == len(CONTENT)


def test_a_document_that_is_whole_at_the_portal_costs_one_question(desk: Desk) -> None:
    url = desk.upload()
    before = len(desk.server.asked)

    assert desk.upload(UploadPlace(url, len(CONTENT))) == url
    assert [one.method for one in desk.server.asked[before:]] == ["HEAD"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_the_portal_forgot_starts_over(desk: Desk, status: int) -> None:
    desk.upload(chunks=1)
    desk.files.next = [Reply(status)]

    desk.assert_whole(desk.upload(desk.places[-1]))
    assert len(desk.sent("POST")) == 2


def test_an_upload_forgotten_in_the_middle_starts_over(desk: Desk) -> None:
    desk.files.next = [None, None, Reply(410)]

    desk.assert_whole(desk.upload())
    assert len(desk.files.held) == 2


def test_a_wrong_digest_of_the_whole_starts_over_in_pieces_with_checksums(desk: Desk) -> None:
    desk.files.next = [None, None, None, Reply(460), Reply(404)]

    desk.assert_whole(desk.upload())
    assert len(desk.files.held) == 2
    assert ["upload-checksum" in one.headers for one in desk.sent("PATCH")] == [False] * 3 + [True] * 3


def test_a_digest_that_never_agrees_is_left_for_later(desk: Desk) -> None:
    one_start = [None, None, None, Reply(460), Reply(404)]
    desk.files.next = one_start * 3

    with pytest.raises(TransientTrouble) as caught:
        desk.upload()
    assert caught.value.kind == "upload_digest"
    assert desk.places[-1] == UploadPlace()


def test_a_chunk_spoilt_on_the_way_is_sent_again(desk: Desk) -> None:
    desk.files.next = [None, Reply(460)]

    desk.assert_whole(desk.upload())
    assert len(desk.files.held) == 1


def test_an_offset_that_does_not_agree_is_asked_again(desk: Desk) -> None:
    desk.files.next = [None, Reply(409)]

    desk.assert_whole(desk.upload())
    assert len(desk.sent("HEAD")) == 1


def test_an_expired_session_is_renewed_in_the_middle_of_an_upload(desk: Desk) -> None:
    desk.files.next = [None, None, Reply(401)]

    desk.assert_whole(desk.upload())
    assert [one.path for one in desk.server.asked].count("/auth/login") == 2


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], b"x" + CONTENT[1:]])
def test_an_emptied_cut_or_changed_file_is_never_sent(desk: Desk, content: bytes) -> None:
    desk.document.path.write_bytes(content)

    with pytest.raises(DocumentDamaged):
        desk.upload()
    assert desk.server.asked == []


def test_a_file_that_is_gone_is_told_with_what_to_do(desk: Desk) -> None:
    desk.document.path.unlink()

    with pytest.raises(DocumentDamaged) as caught:
        desk.upload()
    assert "quét lại" in caught.value.message


def test_the_session_never_goes_to_another_machine(desk: Desk) -> None:
    desk.files.next = [Reply(201, b"", {"Location": "http://127.0.0.2:9/files/1"})]

    with pytest.raises(TransientTrouble) as caught:
        desk.upload()
    assert caught.value.kind == "upload_elsewhere"
    assert len(desk.server.asked) == 2


def test_a_file_that_the_portal_does_not_want_needs_a_person(desk: Desk) -> None:
    desk.files.next = [Reply(413)]

    with pytest.raises(Refused) as caught:
        desk.upload()
    assert caught.value.code == "http_413"


def test_a_file_of_the_portal_comes_down_and_goes_on_from_what_is_there(desk: Desk, tmp_path: Path) -> None:
    url = desk.upload()
    assert url is not None
    target = tmp_path / "down"
    target.write_bytes(CONTENT[:700])

    desk.client.download(url, target, desk.document.sha256)

    assert target.read_bytes() == CONTENT
    assert desk.sent("GET")[0].headers["range"] == f"bytes=700-{700 + BLOCK_BYTES - 1}"
    desk.client.download(url, target, desk.document.sha256)
    assert target.read_bytes() == CONTENT


def long_file(desk: Desk) -> tuple[str, bytes]:
    """A file on the portal of three blocks and a bit."""
    content = hashlib.sha256(b"x").digest() * (3 * BLOCK_BYTES // 32) + b"end"
    desk.files.held["/files/9"] = bytearray(content)
    return f"{desk.server.url}/files/9", content


def test_a_cut_costs_a_block_and_no_more(desk: Desk, tmp_path: Path) -> None:
    url, content = long_file(desk)
    digest, target = hashlib.sha256(content).hexdigest(), tmp_path / "down"
    desk.files.next = [None, None, Reply(cut=True)]

    with pytest.raises(TransientTrouble):
        desk.client.download(url, target, digest)
    assert target.stat().st_size in (BLOCK_BYTES, 2 * BLOCK_BYTES), "what had come stays"
    assert desk.client.download(url, target, digest)

    assert target.read_bytes() == content
    asked = [one.headers["range"].partition("-")[0] for one in desk.sent("GET")]
    assert len(asked) - len(set(asked)) == 1, "only the block that was cut is asked for twice"


def test_a_download_is_stopped_between_two_blocks_and_goes_on_later(desk: Desk, tmp_path: Path) -> None:
    url, content = long_file(desk)
    digest, target = hashlib.sha256(content).hexdigest(), tmp_path / "down"
    left = iter((True, True, False))

    assert not desk.client.download(url, target, digest, lambda: next(left))
    assert target.stat().st_size == 2 * BLOCK_BYTES
    assert desk.client.download(url, target, digest)
    assert target.read_bytes() == content


def test_a_portal_without_ranges_gives_the_file_whole(desk: Desk, tmp_path: Path) -> None:
    url, content = long_file(desk)
    target = tmp_path / "down"
    target.write_bytes(content[:500])
    desk.files.next = [Reply(200, content)]

    assert desk.client.download(url, target, hashlib.sha256(content).hexdigest())
    assert target.read_bytes() == content


@pytest.mark.parametrize("told", ["", "bytes 0-262143/*"])
def test_a_length_that_is_not_told_is_found_out(desk: Desk, tmp_path: Path, told: str) -> None:
    url, content = long_file(desk)
    blocks = [content[at : at + BLOCK_BYTES] for at in range(0, len(content), BLOCK_BYTES)]
    headers = {"Content-Range": told} if told else {}
    desk.files.next = [Reply(206, block, headers) for block in blocks]

    assert desk.client.download(url, tmp_path / "down", hashlib.sha256(content).hexdigest())
    assert (tmp_path / "down").read_bytes() == content


def test_a_block_from_elsewhere_in_the_file_is_found_by_the_digest(desk: Desk, tmp_path: Path) -> None:
    url, content = long_file(desk)
    desk.files.next = [None, Reply(206, content[5:10], {"Content-Range": f"bytes 5-9/{len(content)}"})]

    with pytest.raises(TransientTrouble) as caught:
        desk.client.download(url, tmp_path / "down", hashlib.sha256(content).hexdigest())
    assert caught.value.kind == "download_digest"
    assert (tmp_path / "down").read_bytes() == b""


def test_a_wrong_file_of_the_portal_is_thrown_away(desk: Desk, tmp_path: Path) -> None:
    url = desk.upload()
    assert url is not None
    target = tmp_path / "down"

    with pytest.raises(TransientTrouble):
        desk.client.download(url, target, "0" * 64)
    assert target.read_bytes() == b""
