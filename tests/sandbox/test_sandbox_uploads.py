"""tus 1.0.0 with creation and checksum, section 4."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from urllib.parse import urlsplit

import pytest
from sandbox_desk import Clock, Desk, dossier

CONTENT = bytes(range(256)) * 1024
"""256 KiB."""


def checksum(data: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def begin_patch(desk: Desk, address: str, offset: int, data: bytes, claimed: int) -> socket.socket:
    """A PATCH that stands still on the line: fewer bytes than the header says."""
    parts = urlsplit(address)
    head = (
        f"PATCH {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: Session {desk.session}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {claimed}\r\n\r\n"
    )
    line = socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10)
    line.sendall(head.encode() + data)
    return line


def send_part_and_hang_up(desk: Desk, address: str, offset: int, data: bytes, claimed: int) -> None:
    """A PATCH that dies on the line: fewer bytes than the header says, then nothing."""
    with begin_patch(desk, address, offset, data, claimed) as line:
        line.shutdown(socket.SHUT_WR)
        # The portal closes once it has kept what came.
        assert line.recv(1024) == b""


def test_options_tells_what_is_spoken_and_wants_no_session(desk: Desk) -> None:
    answer = desk.http.options(f"{desk.portal.url}/files", timeout=10)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "checksum"}
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


def test_upload_in_chunks_then_get_with_and_without_a_range(desk: Desk) -> None:
    address = desk.create(CONTENT)
    assert desk.offset(address) == 0
    half = len(CONTENT) // 2
    first = desk.patch(address, 0, CONTENT[:half], Upload_Checksum=checksum(CONTENT[:half]))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    assert first.headers["Tus-Resumable"] == "1.0.0"
    assert desk.files("GET", address).status_code == 404
    assert desk.patch(address, half, CONTENT[half:], Upload_Checksum=checksum(CONTENT[half:], "sha1")).ok
    head = desk.files("HEAD", address)
    assert head.headers["Upload-Offset"] == head.headers["Upload-Length"] == str(len(CONTENT))
    assert head.headers["Cache-Control"] == "no-store"
    names = dict(pair.split(" ") for pair in head.headers["Upload-Metadata"].split(","))
    assert base64.b64decode(names["filename"]).decode() == "Đơn đề nghị.pdf"
    assert desk.files("GET", address).content == CONTENT
    part = desk.files("GET", address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, CONTENT[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(CONTENT)}"
    (file,) = desk.portal.files()
    assert (file["state"], file["sha256"]) == ("complete", hashlib.sha256(CONTENT).hexdigest())


def test_bytes_before_a_cut_are_kept_to_the_last(desk: Desk) -> None:
    address = desk.create(CONTENT)
    send_part_and_hang_up(desk, address, 0, CONTENT[:100_001], claimed=len(CONTENT))
    assert desk.offset(address) == 100_001
    assert desk.patch(address, 100_001, CONTENT[100_001:]).status_code == 204
    assert desk.files("GET", address).content == CONTENT


def test_a_wrong_chunk_is_460_and_nothing_of_it_stays(desk: Desk) -> None:
    address = desk.create(CONTENT)
    desk.patch(address, 0, CONTENT[:1000])
    bad = desk.patch(address, 1000, CONTENT[1000:], Upload_Checksum=checksum(b"khac"))
    assert bad.status_code == 460
    assert desk.offset(address) == 1000
    assert desk.patch(address, 1000, CONTENT[1000:], Upload_Checksum=checksum(CONTENT[1000:])).ok
    assert desk.files("GET", address).content == CONTENT


def test_a_wrong_whole_is_460_and_starts_over(desk: Desk) -> None:
    address = desk.create(CONTENT, digest="0" * 64)
    assert desk.patch(address, 0, CONTENT).status_code == 460
    assert desk.files("HEAD", address).status_code == 410
    assert desk.files("GET", address).status_code == 410
    assert desk.send(dossier(TaiLieuNop=[{"DuongDanTaiTepTin": address}]))["error_code"] == "03"


def test_wrong_offset_is_409_and_the_line_stays_usable(desk: Desk) -> None:
    address = desk.create(CONTENT)
    assert desk.patch(address, 5, CONTENT[5:]).status_code == 409
    assert desk.offset(address) == 0
    desk.patch(address, 0, CONTENT)
    assert desk.patch(address, 0, CONTENT).status_code == 409
    assert desk.files("GET", address).content == CONTENT


def test_more_than_announced_is_refused(desk: Desk) -> None:
    address = desk.create(CONTENT)
    assert desk.patch(address, 0, CONTENT + b"!").status_code == 413
    assert desk.offset(address) == 0


def test_an_empty_file_is_complete_at_once(desk: Desk) -> None:
    address = desk.create(b"")
    assert desk.files("GET", address).content == b""
    assert desk.files("HEAD", address).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "GET"])
def test_without_a_session_it_is_401(desk: Desk, method: str) -> None:
    address = "" if method == "POST" else desk.upload(b"abc")
    answer = desk.files(method, address, headers={"Authorization": "Session khong-co"})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH"])
def test_another_version_of_tus_is_412(desk: Desk, method: str) -> None:
    address = "" if method == "POST" else desk.upload(b"abc")
    answer = desk.files(method, address, headers={"Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_unknown_is_404_and_forgotten_after_seven_days_is_410(desk: Desk, clock: Clock) -> None:
    assert desk.files("HEAD", f"{desk.portal.url}/files/chuabaogiocotep1").status_code == 404
    unfinished, whole = desk.create(CONTENT), desk.upload(b"du")
    clock.now += 7 * 24 * 3600 + 1
    desk.sign_in()
    assert desk.files("HEAD", unfinished).status_code == 410
    assert desk.patch(unfinished, 0, CONTENT).status_code == 410
    assert desk.files("GET", whole).content == b"du"
    desk.create(b"moi")
    assert {file["state"] for file in desk.portal.files()} == {"gone", "complete", "open"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "abc"},
        {"Upload-Length": "-1"},
        {"Upload-Length": "5", "Upload-Metadata": "filename YQ=="},
        {"Upload-Length": "5", "Upload-Metadata": "filename ###"},
    ],
)
def test_creation_that_is_wrong_is_400(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.files("POST", headers=headers).status_code == 400


def test_patch_that_is_wrong_is_told_apart(desk: Desk) -> None:
    address = desk.create(CONTENT)
    assert desk.patch(address, 0, CONTENT, Content_Type="application/json").status_code == 415
    assert desk.patch(address, 0, CONTENT, Upload_Offset="x").status_code == 400
    assert desk.patch(address, 0, CONTENT, Upload_Checksum="md99 AAAA").status_code == 400
    assert desk.files("PATCH", data=b"x").status_code == 405
    assert desk.offset(address) == 0


def test_a_method_in_a_header_counts(desk: Desk) -> None:
    address = desk.create(b"abc")
    headers = {
        "X-HTTP-Method-Override": "PATCH",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert desk.files("POST", address, data=b"abc", headers=headers).status_code == 204
    assert desk.files("GET", address).content == b"abc"


def test_asking_for_the_offset_ends_a_patch_whose_line_died_without_a_word(desk: Desk) -> None:
    address = desk.create(CONTENT)
    with begin_patch(desk, address, 0, CONTENT[:5000], len(CONTENT)) as line:
        # The first askings may come before the PATCH has begun.
        assert next(filter(None, (desk.offset(address) for _ in range(1000)))) == 5000
        assert line.recv(1024) == b""
    assert desk.patch(address, 5000, CONTENT[5000:]).status_code == 204
    assert desk.files("GET", address).content == CONTENT


def test_two_at_once_on_one_upload_do_not_mix(desk: Desk) -> None:
    address = desk.create(CONTENT)
    other = Desk(desk.portal)
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda d=d: answers.append(d.patch(address, 0, CONTENT).status_code))
        for d in (desk, other)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.http.close()
    assert sorted(answers) == [204, 409]
    assert desk.files("GET", address).content == CONTENT
