"""Each fault as a client meets it, and the switches."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests
from sandbox_desk import Clock, Desk, dossier, step

from counter_app.errors import UserError
from counter_app.sandbox import PracticePortal, parse_fault_option
from counter_app.sandbox.faults import FaultBoard, FaultRule

CODE = "H15.36-260514-0001"


def send(desk: Desk, **options: Any) -> requests.Response:
    return desk.post("DongBoHoSoMC", isUpdating="False", data=[dossier()], key=str(uuid.uuid4()), **options)


def test_busy_is_99_and_does_no_work(desk: Desk) -> None:
    desk.portal.faults.set("busy", next_calls=2)
    assert [send(desk).json()["error_code"] for _ in range(2)] == ["99", "99"]
    assert desk.portal.dossiers() == {}
    assert send(desk).json()["error_code"] == "00"


@pytest.mark.parametrize(("fault", "status"), [("busy_503", 503), ("busy_429", 429)])
def test_busy_over_http_says_when_to_come_back(desk: Desk, fault: str, status: int) -> None:
    desk.portal.faults.set(fault, next_calls=2, seconds=7)
    answer = send(desk)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    answer = desk.files("POST", headers={"Upload-Length": "3"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert desk.portal.dossiers() == {}


def test_slow_has_done_the_work_when_the_client_gives_up(desk: Desk) -> None:
    desk.portal.faults.set("slow", next_calls=1, seconds=60)
    body = {
        "session": desk.session,
        "madonvi": desk.office,
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [dossier()],
    }
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(f"{desk.portal.url}/integration", json=body, timeout=(5, 0.5))
    assert list(desk.portal.dossiers()) == [CODE]


def test_cut_before_commit_leaves_nothing(desk: Desk) -> None:
    desk.portal.faults.set("cut_before_commit", next_calls=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        send(desk)
    assert desk.portal.dossiers() == {}


def test_cut_after_commit_leaves_the_work(desk: Desk) -> None:
    desk.portal.faults.set("cut_after_commit", next_calls=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        send(desk)
    assert list(desk.portal.dossiers()) == [CODE]


def test_after_a_cut_the_key_gives_the_answer_that_was_lost(desk: Desk) -> None:
    send(desk)
    key = str(uuid.uuid4())
    desk.portal.faults.set("cut_after_commit", next_calls=1)
    with pytest.raises(requests.exceptions.ConnectionError):
        desk.progress(step(), key=key)
    assert desk.progress(step(), key=key)["result"][0]["error_code"] == "00"
    assert desk.portal.steps(CODE) == [step()]


def test_a_patch_is_cut_in_the_middle_and_its_bytes_are_kept(desk: Desk) -> None:
    content = bytes(200_000)
    address = desk.create(content)
    desk.portal.faults.set("cut_before_commit", next_calls=1, on=["PATCH"])
    with pytest.raises(requests.exceptions.ConnectionError):
        desk.patch(address, 0, content)
    assert desk.offset(address) == 100_000
    assert desk.patch(address, 100_000, content[100_000:]).status_code == 204


def test_a_patch_cut_after_the_last_byte_is_complete(desk: Desk) -> None:
    address = desk.create(b"abc")
    desk.portal.faults.set("cut_after_commit", next_calls=1, on=["PATCH"])
    with pytest.raises(requests.exceptions.ConnectionError):
        desk.patch(address, 0, b"abc")
    assert desk.offset(address) == 3
    assert desk.files("GET", address).content == b"abc"


def test_captive_portal_is_html_with_200_and_nothing_arrives(desk: Desk) -> None:
    desk.portal.faults.set("html", next_calls=2)
    answer = send(desk)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert desk.portal.dossiers() == {}
    assert desk.files("POST", headers={"Upload-Length": "3"}).headers["Content-Type"].startswith("text/html")
    assert desk.portal.files() == []


def test_truncated_json_has_done_the_work(desk: Desk) -> None:
    desk.portal.faults.set("truncated_json", next_calls=1)
    answer = send(desk)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(answer.content)
    assert list(desk.portal.dossiers()) == [CODE]


def test_expired_sessions_are_01_and_401_until_signed_in_again(desk: Desk) -> None:
    desk.portal.faults.set("expired_sessions", next_calls=1)
    assert [send(desk).json()["error_code"] for _ in range(2)] == ["01", "01"]
    desk.sign_in()
    assert send(desk).json()["error_code"] == "00"
    desk.portal.faults.set("expired_sessions", next_calls=1)
    assert desk.files("HEAD", f"{desk.portal.url}/files/chuabaogiocotep1").status_code == 401


def test_the_feed_repeats_and_leaves_nothing_out(desk: Desk) -> None:
    for year in range(2027, 2033):
        desk.portal.push("Lich", "", {"Nam": str(year)})
    desk.portal.faults.set("feed_repeats", probability=1)
    pages, cursor, more = [], "", "1"
    while more == "1":
        answer = desk.call("LayThayDoi", tu=cursor, so="3")
        pages.append([entry["DuLieu"]["Nam"] for entry in answer["result"]])
        cursor, more = answer["tiep"], answer["con"]
    assert pages == [["2027", "2027", "2028", "2029"], ["2028", "2029", "2030", "2031", "2032"]]


def test_a_fault_can_be_kept_to_one_service(desk: Desk) -> None:
    desk.portal.faults.set("busy", probability=1, on=["CapNhatTienDoHoSoMC"])
    assert desk.send(dossier())["error_code"] == "00"
    assert desk.progress(step())["error_code"] == "99"


def test_a_seed_makes_a_run_reproducible_and_faults_independent() -> None:
    def run(**faults: float) -> list[bool]:
        board = FaultBoard(faults, seed=42)
        struck = []
        for _ in range(200):
            board.strike("html", "TraCuuHoSo")
            struck.append(board.strike("busy", "TraCuuHoSo") is not None)
        return struck

    alone = run(busy=0.3)
    assert alone == run(busy=0.3) == run(busy=0.3, html=0.9)
    assert 30 < sum(alone) < 90
    assert alone != [FaultBoard({"busy": 0.3}, seed=43).strike("busy", "x") is not None for _ in range(200)]


def test_a_portal_starts_with_faults(tmp_path: Path, clock: Clock) -> None:
    faults = {"busy": {"next_calls": 1, "on": ["TraCuuHoSo"]}, "knows_idempotency": False, "seed": 9}
    with PracticePortal(tmp_path / "c.db", faults=faults, clock=clock) as portal:
        desk = Desk(portal)
        assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "99"
        assert desk.call("TraCuuHoSo", mahoso=CODE)["error_code"] == "00"
        assert portal.faults.snapshot()["seed"] == 9
        assert not portal.faults.knows_idempotency
        desk.http.close()


def test_faults_are_switched_over_http(desk: Desk) -> None:
    address = f"{desk.portal.url}/practice/faults"
    answer = requests.post(address, json={"busy": {"probability": 1}, "knows_idempotency": False}, timeout=10)
    assert answer.json()["busy"]["probability"] == 1
    assert send(desk).json()["error_code"] == "99"
    assert requests.get(address, timeout=10).json()["busy"]["struck"] == 1
    requests.post(address, json={"clear": True}, timeout=10)
    assert send(desk).json()["error_code"] == "00"
    # Clearing the faults leaves alone what the portal knows.
    assert not desk.portal.faults.knows_idempotency


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"khong_co": 1}, "fault_unknown"),
        ({"busy": 1.5}, "fault_invalid"),
        ({"busy": "nhiều"}, "fault_invalid"),
        ({"busy": {"next": 1}}, "fault_invalid"),
        ({"busy": {"next_calls": -1}}, "fault_invalid"),
        ({"busy": {"probability": "x"}}, "fault_invalid"),
        ({"slow": {"seconds": 9999}}, "fault_invalid"),
        ({"busy": {"on": "PATCH"}}, "fault_invalid"),
        ({"seed": "x"}, "fault_invalid"),
        ({"knows_idempotency": "0"}, "fault_invalid"),
    ],
)
def test_wrong_settings_are_refused_whole(portal: PracticePortal, settings: dict[str, Any], kind: str) -> None:
    before = portal.faults.snapshot()
    answer = requests.post(f"{portal.url}/practice/faults", json={"html": 1, **settings}, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["kind"] == kind
    assert portal.faults.snapshot() == before


def test_options_of_the_command_line() -> None:
    assert parse_fault_option("busy") == ("busy", FaultRule(probability=1.0))
    assert parse_fault_option("html=0.25") == ("html", FaultRule(probability=0.25))
    assert parse_fault_option("cut_after_commit=next:2") == ("cut_after_commit", FaultRule(next_calls=2))
    for wrong in ("la", "busy=x", "busy=2", "busy=next:"):
        with pytest.raises(UserError):
            parse_fault_option(wrong)
