"""The adapter of profile 1 against answers good, bad and missing, over real HTTP on loopback."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from scripted_portal import Asked, Reply, ScriptedServer, json_reply

from counter_app import __version__
from counter_app.errors import UserError
from counter_app.sync.client import (
    BATCH_DOSSIERS,
    UNANSWERED,
    Refused,
    SignInNeeded,
    TransientTrouble,
)
from counter_app.sync.http import HttpLimits
from counter_app.sync.profile1 import Profile1Client, Profile1Settings

KEY = UUID("0192f0a0-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
LOGIN = json_reply({"error_code": "0", "session": "phiên-1", "expires_in": "3600"})
ITEM = b'{"MaHoSo":"H15.36-261125-1001","ChuHoSo":"H\' Ng\xc4\x83m"}'
OTHER = b'{"MaHoSo":"H15.36-261125-1002"}'
DONE = json_reply({"error_code": "00", "message": "", "result": []})


def settings(url: str, **changes: object) -> Profile1Settings:
    values: dict[str, object] = {
        "base_url": url,
        "username": "canbo",
        "password": "mật-khẩu-bí-mật",
        "office_id": "H15.36",
        "limits": HttpLimits(connect=2, read=5, whole=10),
        **changes,
    }
    return Profile1Settings(**values)  # type: ignore[arg-type]


@contextmanager
def portal(answer: Callable[[Asked], Reply], **changes: object) -> Iterator[tuple[ScriptedServer, Profile1Client]]:
    def scripted(asked: Asked) -> Reply:
        return answer(asked)

    with ScriptedServer(scripted) as server:
        client = Profile1Client(settings(server.url, **changes), now=lambda: NOW)
        try:
            yield server, client
        finally:
            client.close()


def after_login(*replies: Reply) -> Callable[[Asked], Reply]:
    waiting = list(replies)
    return lambda asked: LOGIN if asked.path == "/auth/login" else waiting.pop(0)


def calls(server: ScriptedServer) -> list[Asked]:
    return [one for one in server.asked if one.path == "/integration"]


def trouble_of(reply: Reply) -> TransientTrouble:
    with portal(after_login(reply)) as (_, client), pytest.raises(TransientTrouble) as caught:
        client.send_steps([ITEM], key=KEY)
    return caught.value


def test_items_travel_byte_for_byte_with_session_office_key_and_agent() -> None:
    with portal(after_login(DONE)) as (server, client):
        answer = client.send_dossiers([ITEM, OTHER], updating=False, key=KEY)

    (asked,) = calls(server)
    assert b'"data":[' + ITEM + b"," + OTHER + b"]" in asked.body
    assert asked.json()["session"] == "phiên-1"
    assert asked.json()["madonvi"] == "H15.36"
    assert asked.json()["service"] == "DongBoHoSoMC"
    assert asked.json()["isUpdating"] == "False"
    assert asked.headers["idempotency-key"] == str(KEY)
    assert asked.headers["user-agent"] == f"counter_app/{__version__}"
    assert [one.done for one in answer.items] == [True, True]


def test_one_session_serves_many_calls() -> None:
    with portal(after_login(DONE, DONE, DONE)) as (server, client):
        client.send_dossiers([ITEM], updating=True, key=KEY)
        client.send_steps([ITEM], key=KEY)
        client.look_up(["X"])

    assert [one.path for one in server.asked].count("/auth/login") == 1
    assert calls(server)[0].json()["isUpdating"] == "True"


@pytest.mark.parametrize("expired", [json_reply({"error_code": "01"}), Reply(401, b"{}")])
def test_an_expired_session_is_renewed_once_and_the_call_repeated_with_its_key(expired: Reply) -> None:
    with portal(after_login(expired, DONE)) as (server, client):
        client.send_steps([ITEM], key=KEY)

    assert [one.path for one in server.asked] == ["/auth/login", "/integration"] * 2
    assert {one.headers["idempotency-key"] for one in calls(server)} == {str(KEY)}


def test_a_session_that_never_holds_is_trouble_for_later_and_nothing_was_done() -> None:
    expired = json_reply({"error_code": "01"})
    with portal(after_login(expired, expired)) as (server, client), pytest.raises(TransientTrouble) as caught:
        client.send_steps([ITEM], key=KEY)

    assert not caught.value.seen
    assert len(calls(server)) == 2


@pytest.mark.parametrize(
    "reply", [Reply(401, b'{"error_code":"-1"}'), json_reply({"error_code": "-1", "message": "sai"})]
)
def test_a_wrong_password_asks_for_signing_in_and_sends_nothing(reply: Reply) -> None:
    with portal(lambda _: reply) as (server, client), pytest.raises(SignInNeeded):
        client.send_steps([ITEM], key=KEY)

    assert calls(server) == []


def test_without_a_password_nobody_is_asked() -> None:
    with portal(lambda _: LOGIN, password="") as (server, client), pytest.raises(SignInNeeded):
        client.look_up(["X"])

    assert server.asked == []


def test_too_many_tries_to_sign_in_wait_as_long_as_the_portal_says() -> None:
    reply = Reply(429, b"", {"Retry-After": "120"})
    with portal(lambda _: reply) as (_, client), pytest.raises(TransientTrouble) as caught:
        client.look_up(["X"])

    assert caught.value.retry_after == timedelta(seconds=120)
    assert not caught.value.seen


@pytest.mark.parametrize(
    ("reply", "kind", "seen"),
    [
        (Reply(cut=True), "portal_cut", True),
        (Reply(200, b'{"error_code":"00","result":[]}', short=True), "portal_cut", True),
        (Reply(200, b"<html>Wi-Fi</html>", {"Content-Type": "text/html"}), "portal_not_json", True),
        (Reply(200, b'["00"]'), "portal_not_json", True),
        (Reply(200, b'{"result":[]}'), "portal_protocol", True),
        (Reply(302, b"", {"Location": "http://wifi.example/"}), "portal_redirect", True),
        (Reply(429), "portal_busy", False),
        (Reply(500), "portal_error", True),
        (Reply(503), "portal_busy", True),
        (Reply(404), "portal_status", True),
        (json_reply({"error_code": "99"}), "portal_busy", False),
    ],
)
def test_what_is_transient_says_whether_the_portal_may_have_done_it(reply: Reply, kind: str, seen: bool) -> None:
    trouble = trouble_of(reply)

    assert (trouble.kind, trouble.seen) == (kind, seen)
    assert trouble.key_spent == (not seen)


def test_a_key_used_with_another_body_is_an_outcome_to_look_up_and_the_key_is_spent() -> None:
    trouble = trouble_of(Reply(422))

    assert trouble.seen
    assert trouble.key_spent


def test_a_redirect_is_not_followed() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/auth/login":
            return LOGIN
        return Reply(307, b"", {"Location": "/elsewhere"})

    with portal(answer) as (server, client), pytest.raises(TransientTrouble):
        client.send_steps([ITEM], key=KEY)

    assert [one.path for one in server.asked] == ["/auth/login", "/integration"]


def test_no_connection_means_that_nothing_was_sent() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        client = Profile1Client(settings(f"http://127.0.0.1:{holder.getsockname()[1]}"), now=lambda: NOW)
        client._session = "phiên"  # signed in before the line dropped; signing in would hide what is asked here
        with pytest.raises(TransientTrouble) as caught:
            client.send_steps([ITEM], key=KEY)
        client.close()

    assert (caught.value.kind, caught.value.seen) == ("portal_unreachable", False)


def test_a_line_without_real_tls_is_told_and_nothing_was_sent() -> None:
    with ScriptedServer(after_login(DONE)) as server:
        client = Profile1Client(settings(server.url.replace("http:", "https:")), now=lambda: NOW)
        client._session = "phiên"  # signed in before the line changed; signing in would hide what is asked here
        with pytest.raises(TransientTrouble) as caught:
            client.send_steps([ITEM], key=KEY)
        client.close()

    assert (caught.value.kind, caught.value.seen) == ("portal_tls", False)
    assert server.asked == []


def test_a_portal_that_goes_silent_is_a_time_out_with_an_unseen_outcome() -> None:
    with ScriptedServer(after_login(DONE)) as server, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        client = Profile1Client(
            settings(f"http://127.0.0.1:{silent.getsockname()[1]}", limits=HttpLimits(2, 0.2, 1)), now=lambda: NOW
        )
        client._session = "phiên"  # signed in before the portal fell silent
        with pytest.raises(TransientTrouble) as caught:
            client.send_steps([ITEM], key=KEY)
        client.close()

    assert server.asked == []
    assert (caught.value.kind, caught.value.seen) == ("portal_timeout", True)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("Wed, 25 Nov 2026 01:01:30 GMT", timedelta(seconds=90)),
        ("Wed, 25 Nov 2020 01:00:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms_and_bounded(text: str, wait: timedelta | None) -> None:
    assert trouble_of(Reply(503, b"", {"Retry-After": text})).retry_after == wait


def test_a_refusal_carries_the_portals_words_and_the_field() -> None:
    reply = json_reply(
        {"error_code": "03", "message": "Dữ liệu sai", "result": {"MaHoSo": "H1", "Truong": "MaTTHC", "MoTa": "thiếu"}}
    )
    with portal(after_login(reply)) as (_, client), pytest.raises(Refused) as caught:
        client.send_dossiers([ITEM], updating=False, key=KEY)

    assert (caught.value.code, caught.value.dossier_code, caught.value.field) == ("03", "H1", "MaTTHC")
    assert "Dữ liệu sai" in caught.value.reason
    assert "thiếu" in caught.value.reason


def test_results_of_a_batch_are_matched_by_place_and_code() -> None:
    rows = [
        {"MaHoSo": "H15.36-261125-1001", "error_code": "00", "message": ""},
        {"MaHoSo": "H15.36-261125-1002", "error_code": "03", "message": "sai", "Truong": "HinhThuc"},
    ]
    for listed in (rows, rows[::-1]):
        with portal(after_login(json_reply({"error_code": "10", "result": listed}))) as (_, client):
            items = client.send_dossiers([ITEM, OTHER], updating=False, key=KEY).items
        assert [(one.error_code, one.field) for one in items] == [("00", ""), ("03", "HinhThuc")]


def test_a_batch_whose_items_all_failed_alike_is_still_read_item_by_item() -> None:
    rows = [{"MaHoSo": "H15.36-261125-1001", "error_code": "04", "message": "đã có"}]
    with portal(after_login(json_reply({"error_code": "04", "result": rows}))) as (_, client):
        items = client.send_dossiers([ITEM], updating=False, key=KEY).items

    assert [(one.error_code, one.message) for one in items] == [("04", "đã có")]


def test_an_item_on_which_a_partial_answer_is_silent_has_no_outcome() -> None:
    rows = [{"MaHoSo": "H15.36-261125-1001", "error_code": "00"}]
    with portal(after_login(json_reply({"error_code": "10", "result": rows}))) as (_, client):
        items = client.send_dossiers([ITEM, OTHER], updating=False, key=KEY).items

    assert [one.error_code for one in items] == ["00", UNANSWERED]


def test_more_than_the_portal_takes_is_never_sent() -> None:
    with portal(after_login(DONE)) as (server, client):
        with pytest.raises(ValueError, match="items"):
            client.send_dossiers([ITEM] * (BATCH_DOSSIERS + 1), updating=False, key=KEY)
        huge = json.dumps({"MaHoSo": "H1", "GhiChu": "x" * 1024 * 1024}).encode()
        with pytest.raises(Refused) as caught:
            client.send_dossiers([huge], updating=False, key=KEY)

    assert caught.value.code == "too_large"
    assert calls(server) == []


def test_a_look_up_gives_fields_and_steps_and_leaves_out_the_unknown() -> None:
    reply = json_reply(
        {"error_code": "00", "result": [{"MaHoSo": "H1", "TrangThaiHoSo": "4", "TienDo": [{"TrangThai": "4"}]}]}
    )
    with portal(after_login(reply)) as (server, client):
        found = client.look_up(["H1", "H2"])

    assert list(found) == ["H1"]
    assert found["H1"].steps == ({"TrangThai": "4"},)
    assert "TienDo" not in found["H1"].fields
    assert calls(server)[0].json()["mahoso"] == ["H1", "H2"]


def test_the_feed_gives_entries_cursor_and_whether_more_wait() -> None:
    reply = json_reply({"error_code": "00", "result": [{"Loai": "Lich"}, "lạ"], "tiep": "c2", "con": "1"})
    with portal(after_login(reply)) as (server, client):
        page = client.changes("c1", 100)

    assert [json.loads(one) for one in page.entries] == [{"Loai": "Lich"}, "lạ"]
    assert (page.cursor, page.more) == ("c2", True)
    assert (calls(server)[0].json()["tu"], calls(server)[0].json()["so"]) == ("c1", "100")


def test_the_portals_clock_is_compared_with_ours() -> None:
    dated = Reply(200, DONE.body, {"Date": "Wed, 25 Nov 2026 01:07:00 GMT"})

    def answer(asked: Asked) -> Reply:
        return LOGIN if asked.path == "/auth/login" else dated

    with portal(answer) as (_, client):
        client.send_steps([ITEM], key=KEY)

    assert client.clock_skew == timedelta(minutes=7)


@pytest.mark.parametrize("url", ["http://cong.example.vn", "ftp://cong.example.vn", "cong", "https://a:b@cong.vn", ""])
def test_an_address_that_would_leak_or_is_none_is_refused_with_advice(url: str) -> None:
    with pytest.raises(UserError) as caught:
        Profile1Client(settings(url))

    assert caught.value.kind in {"portal_url_invalid", "portal_url_insecure"}
    assert "https://" in caught.value.message


def test_neither_password_nor_session_nor_content_shows_in_logs_and_reprs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with portal(after_login(DONE)) as (server, client):
        client.send_steps([ITEM], key=KEY)
        shown = caplog.text + repr(settings(server.url)) + repr(client)

    for secret in ("mật-khẩu", "phiên-1", "1001"):
        assert secret not in shown
