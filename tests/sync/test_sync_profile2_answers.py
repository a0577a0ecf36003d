"""The adapter to profile 2 against answers good, bad and missing: errors, tokens, files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from profile2_line import DOSSIER, KNOWN, Book, Line, open_line, send_new, step, update
from scripted_portal import Reply, json_reply

from counter_app.sync.client import (
    DocumentDamaged,
    DocumentFile,
    Refused,
    SignInNeeded,
    TransientTrouble,
    UploadPlace,
)
from counter_app.sync.messages import DossierMessage, update_message
from counter_app.sync.profile2 import Profile2Client
from counter_app.sync.profile2_book import PortalName
from counter_app.sync.profile2_calls import Profile2Settings


@pytest.fixture
def line() -> Iterator[Line]:
    with open_line() as made:
        yield made


# Answers


def test_the_portal_s_own_words_come_through(line: Line) -> None:
    line.answers["/dossiers"] = json_reply({"code": 99, "message": " Thiếu mã đơn vị ", "data": None})
    item = send_new(line)
    # 99, 01, 04 and 05 are profile 1's: here any code is an error and nothing more.
    assert (item.error_code, item.message) == ("code_99", "Thiếu mã đơn vị")
    line.answers["/dossiers"] = json_reply({"code": "04", "message": "", "data": None})
    assert "không nêu lý do" in send_new(line).message


def test_any_status_of_success_will_do(line: Line) -> None:
    line.answers["/dossiers"] = Reply(201, json.dumps({"code": 0, "message": "", "data": {"IdHoSo": "1"}}).encode())
    assert send_new(line).done


def test_an_error_with_a_status_of_4xx_is_the_portal_s_word_too(line: Line) -> None:
    line.answers["/dossiers"] = Reply(422, json.dumps({"code": 3, "message": "Sai ngày"}).encode())
    assert send_new(line).message == "Sai ngày"
    line.answers["/dossiers"] = Reply(404, b"<html>")
    with pytest.raises(TransientTrouble) as trouble:
        send_new(line)
    assert trouble.value.kind == "portal_status"


@pytest.mark.parametrize(
    ("reply", "kind", "seen"),
    [
        (Reply(200, b"<html>"), "portal_not_json", True),
        (Reply(200, b"[]"), "portal_not_json", True),
        (json_reply({"data": {"IdHoSo": "1"}}), "portal_protocol", True),
        (json_reply({"code": False, "data": {"IdHoSo": "1"}}), "portal_protocol", True),
        (json_reply({"code": None}), "portal_protocol", True),
        (Reply(302, headers={"Location": "https://khac.example.vn/"}), "portal_redirect", True),
        (Reply(429, headers={"Retry-After": "7"}), "portal_busy", False),
        (Reply(503), "portal_busy", True),
        (Reply(500), "portal_error", True),
        (Reply(cut=True), "portal_cut", True),
    ],
)
def test_what_is_no_answer_is_trouble_of_the_line(line: Line, reply: Reply, kind: str, seen: bool) -> None:
    line.answers["/dossiers"] = reply
    with pytest.raises(TransientTrouble) as trouble:
        send_new(line)
    assert (trouble.value.kind, trouble.value.seen) == (kind, seen)
    assert trouble.value.retry_after == (timedelta(seconds=7) if reply.status == 429 else None)


def test_a_refusal_of_several_is_passed_on_and_of_one_is_its_own(line: Line) -> None:
    line.book.names.update({**KNOWN, "K2": PortalName("G2", "id-2")})
    line.answers["/status"] = json_reply({"code": 3, "message": "Sai", "data": None})
    both = [update(4), update_message(DossierMessage(**{**DOSSIER.__dict__, "code": "K2", "status": 4})).payload]
    with pytest.raises(Refused):
        line.client.send_dossiers(both, updating=True, key=uuid4())
    unknown = update_message(DossierMessage(**{**DOSSIER.__dict__, "code": "K3", "status": 4})).payload
    items = line.client.send_dossiers([unknown, both[0]], updating=True, key=uuid4()).items
    assert [one.error_code for one in items] == ["05", "code_3"]


# The token


def test_a_token_is_renewed_once_and_the_call_repeated_once(line: Line) -> None:
    answers = iter([Reply(401), json_reply({"code": 0, "message": "", "data": {"IdHoSo": "1"}})])
    line.answers["/dossiers"] = lambda _: next(answers)
    assert send_new(line).done
    assert line.paths() == ["/token", "/next-value", "/dossiers", "/token", "/dossiers"]
    line.book.names.clear()
    line.answers["/dossiers"] = Reply(401)
    with pytest.raises(TransientTrouble) as trouble:
        send_new(line)
    assert (trouble.value.kind, trouble.value.seen) == ("portal_session", False)


def test_a_token_is_renewed_before_its_end(line: Line) -> None:
    line.book.names.update(KNOWN)
    line.client.send_steps([step()], key=uuid4())
    line.seconds = 3569
    line.client.send_steps([step()], key=uuid4())
    assert line.paths().count("/token") == 1
    line.seconds = 3570
    line.client.send_steps([step()], key=uuid4())
    assert line.paths().count("/token") == 2


@pytest.mark.parametrize(
    "reply", [Reply(401), Reply(400), Reply(403), json_reply({"code": 12, "message": "x", "data": None})]
)
def test_a_wrong_secret_asks_for_a_person(line: Line, reply: Reply) -> None:
    line.answers["/token"] = reply
    with pytest.raises(SignInNeeded) as needed:
        send_new(line)
    assert "khóa bí mật" in needed.value.reason


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"access_token": "", "expires_in": 1},
        {"access_token": "a b", "expires_in": 1},
        {"access_token": "a\r\nX: y", "expires_in": 1},
        {"access_token": "a", "expires_in": -1},
        {"access_token": "a"},
        {"access_token": "a", "expires_in": 9, "token_type": "mac"},
    ],
)
def test_a_token_that_is_none_is_trouble(line: Line, data: object) -> None:
    line.answers["/token"] = json_reply({"code": 0, "message": "", "data": data})
    with pytest.raises(TransientTrouble) as trouble:
        line.client.sign_in()
    assert not trouble.value.seen
    assert line.paths() == ["/token"]


def test_without_a_secret_nothing_is_sent() -> None:
    client = Profile2Client(Profile2Settings("https://cong.invalid", "a", "", "H15.36"), Book())
    with pytest.raises(SignInNeeded):
        client.sign_in()


# Files


def document(tmp_path: Path, content: bytes = b"%PDF noi dung", name: str = 'giấy "1".pdf') -> DocumentFile:
    path = tmp_path / "stored"
    path.write_bytes(content)
    return DocumentFile(path, name, len(content), hashlib.sha256(content).hexdigest())


def send_file(line: Line, file: DocumentFile, go_on: Callable[[int], bool] = lambda _: True) -> str | None:
    return line.client.upload(file, UploadPlace(), lambda _: None, go_on)


def taken(file: DocumentFile, **changes: object) -> Reply:
    entry = {"IdTepTin": "f-3", "HashTepTin": file.sha256, **changes}
    return json_reply({"code": 0, "message": "", "data": [entry]})


def test_a_file_goes_as_a_form_and_comes_back_as_an_identifier(line: Line, tmp_path: Path) -> None:
    file = document(tmp_path, b"%PDF " + b"x" * 70_000)
    line.answers["/files"] = taken(file)
    told: list[int] = []
    assert send_file(line, file, lambda sent: told.append(sent) is None) == "IdTepTin:f-3"
    (asked,) = [one for one in line.server.asked if one.path == "/files"]
    kind, _, boundary = asked.headers["content-type"].partition("; boundary=")
    assert kind == "multipart/form-data"
    head, _, rest = asked.body.partition(b"\r\n\r\n")
    assert head.decode() == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="giấy %221%22.pdf"\r\n'
        "Content-Type: application/pdf"
    )
    assert rest == file.path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    assert told[0] == 0
    assert told == sorted(told)
    assert max(told) <= file.size


@pytest.mark.parametrize(
    "changes", [{"HashTepTin": "0" * 64}, {"HashTepTin": None}, {"IdTepTin": ""}, {"IdTepTin": None}]
)
def test_a_file_that_arrived_as_another_is_sent_again(line: Line, tmp_path: Path, changes: dict[str, object]) -> None:
    file = document(tmp_path)
    line.answers["/files"] = taken(file, **changes)
    with pytest.raises(TransientTrouble) as trouble:
        send_file(line, file)
    assert trouble.value.seen


def test_a_damaged_or_late_file_never_goes(line: Line, tmp_path: Path) -> None:
    file = document(tmp_path)
    line.book.too_late = True
    with pytest.raises(Refused) as refusal:
        send_file(line, file)
    assert refusal.value.code == "not_offered"
    file.path.write_bytes(b"%PDF noi dunG")
    with pytest.raises(DocumentDamaged):
        send_file(line, file)
    assert line.server.asked == []


def test_a_file_is_broken_off_between_two_blocks(line: Line, tmp_path: Path) -> None:
    file = document(tmp_path, b"%PDF " + b"x" * 400_000)
    line.answers["/files"] = taken(file)
    assert send_file(line, file, lambda sent: sent < 1000) is None


def test_a_file_that_came_through_before_the_program_ended_is_not_sent_again(line: Line, tmp_path: Path) -> None:
    file = document(tmp_path)
    place = UploadPlace("IdTepTin:f-3", file.size)
    assert line.client.upload(file, place, lambda _: None, lambda _: True) == "IdTepTin:f-3"
    assert line.server.asked == []


def test_a_file_goes_whole_again_under_a_new_token(line: Line, tmp_path: Path) -> None:
    file = document(tmp_path)
    answers = iter([Reply(401), taken(file)])
    line.answers["/files"] = lambda _: next(answers)
    assert send_file(line, file) == "IdTepTin:f-3"
    first, second = (one.body for one in line.server.asked if one.path == "/files")
    assert first == second


# What the profile does not have


def test_what_is_not_offered_is_said_so(line: Line, tmp_path: Path) -> None:
    for work in (
        lambda: line.client.procedures("1"),
        lambda: line.client.procedure("1.004837"),
        lambda: line.client.download("x", tmp_path / "x", "0"),
    ):
        with pytest.raises(Refused) as refusal:
            work()
        assert refusal.value.code == "not_offered"
    assert line.server.asked == []


def test_a_portal_without_a_feed_has_nothing_new_and_still_tells_of_the_line(line: Line) -> None:
    page = line.client.changes("x", 100)
    assert (page.entries, page.cursor, page.more) == ((), "x", False)
    assert line.paths() == ["/token"]
    line.answers["/token"] = Reply(cut=True)
    with pytest.raises(TransientTrouble):
        line.client.changes("x", 100)
