"""Calls that fail as a whole: which key they keep, who is at fault, how long is waited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from scripted_portal import Asked, Reply, ScriptedServer, json_reply
from sync_desk import SyncDesk, assert_portal_has_each_once

from counter_app.sandbox.portal import PracticePortal
from counter_app.sync.engine import TIMEOUT_PAUSE, Light

Answer = Callable[[Asked, list[str]], Reply | None]


@dataclass
class SmallPortal:
    """Keeps dossiers; ``answer`` may speak first, on a writing call and the codes in it."""

    answer: Answer
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    writes: list[tuple[str, list[str]]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/auth/login":
            return json_reply({"error_code": "0", "session": "s"})
        call = asked.json()
        if call["service"] == "LayThayDoi":
            return json_reply({"error_code": "00", "result": [], "tiep": "", "con": "0"})
        if call["service"] == "TraCuuHoSo":
            codes = call["mahoso"] if isinstance(call["mahoso"], list) else [call["mahoso"]]
            return json_reply({"error_code": "00", "result": [self.held[one] for one in codes if one in self.held]})
        codes = [one["MaHoSo"] for one in call["data"]]
        self.writes.append((asked.headers["idempotency-key"], codes))
        reply = self.answer(asked, codes)
        if reply is None:
            self.held |= {one["MaHoSo"]: one for one in call["data"]}
            reply = json_reply({"error_code": "00", "result": [{"MaHoSo": one, "error_code": "00"} for one in codes]})
        return reply


@contextmanager
def small_portal(answer: Answer) -> Iterator[tuple[SmallPortal, str]]:
    portal = SmallPortal(answer)
    with ScriptedServer(portal) as server:
        yield portal, server.url


def first(*replies: Reply) -> Answer:
    waiting = list(replies)
    return lambda _asked, _codes: waiting.pop(0) if waiting else None


@pytest.mark.parametrize("reply", [Reply(cut=True), Reply(500), Reply(200, b"<html>")])
def test_after_an_outcome_not_seen_the_same_call_keeps_its_key_also_after_a_restart(
    desk: SyncDesk, reply: Reply
) -> None:
    desk.receive(1)
    with small_portal(first(reply)) as (portal, url):
        desk.sync(url, give_up_after=1)
        desk.sync(url)

    assert len(portal.writes) == 2
    assert portal.writes[0] == portal.writes[1]
    assert desk.states() == {"done": 1}


@pytest.mark.parametrize(
    "reply",
    [Reply(422), Reply(429), json_reply({"error_code": "99"}), json_reply({"error_code": "10", "result": [{}]})],
)
def test_after_an_answer_the_next_try_takes_a_new_key_where_the_old_one_is_spent(desk: SyncDesk, reply: Reply) -> None:
    desk.receive(1)
    spent = reply.body != json_reply({"error_code": "10", "result": [{}]}).body
    with small_portal(first(reply)) as (portal, url):
        desk.sync(url)

    keys = [key for key, _ in portal.writes]
    assert len(keys) == 2
    assert (keys[0] != keys[1]) is spent
    assert desk.states() == {"done": 1}


def test_one_busy_item_goes_again_alone_and_later(desk: SyncDesk) -> None:
    codes = [desk.receive(1), desk.receive(2)]
    rows = [{"MaHoSo": codes[0], "error_code": "00"}, {"MaHoSo": codes[1], "error_code": "99", "message": "bận"}]
    with small_portal(first(json_reply({"error_code": "10", "result": rows}))) as (portal, url):
        desk.sync(url)

    assert [one for _, one in portal.writes] == [codes, [codes[1]]]
    assert desk.states() == {"done": 2}


def test_a_dossier_that_makes_the_portal_fail_does_not_hold_up_the_others(desk: SyncDesk) -> None:
    codes = [desk.receive(number) for number in range(1, 31)]
    poison = codes[7]
    with small_portal(lambda _, sent: Reply(500) if poison in sent else None) as (portal, url):
        desk.sync(url, give_up_after=40)

        assert sorted(portal.held) == sorted(set(codes) - {poison})
    assert desk.states() == {"done": 29, "waiting": 1}
    assert "500" in desk.message(poison, "create").last_error


def test_a_refusal_of_the_whole_call_that_names_one_dossier_is_that_ones(desk: SyncDesk) -> None:
    codes = [desk.receive(number) for number in range(1, 11)]
    detail = {"MaHoSo": codes[3], "Truong": "MaTTHC", "MoTa": "không có thủ tục này"}
    refusal = json_reply({"error_code": "03", "message": "Sai", "result": detail})
    with small_portal(lambda _, sent: refusal if codes[3] in sent else None) as (portal, url):
        desk.sync(url)

        assert sorted(portal.held) == sorted(set(codes) - {codes[3]})
        assert len(portal.writes) == 2
    stuck = desk.message(codes[3], "create")
    assert (stuck.state, stuck.error_code, stuck.error_field) == ("needs_attention", "03", "MaTTHC")


def test_a_refusal_of_the_whole_call_that_names_nobody_is_narrowed_down(desk: SyncDesk) -> None:
    codes = [desk.receive(number) for number in range(1, 11)]
    refusal = json_reply({"error_code": "03", "message": "Sai"})
    with small_portal(lambda _, sent: refusal if codes[3] in sent else None) as (portal, url):
        desk.sync(url)

        assert sorted(portal.held) == sorted(set(codes) - {codes[3]})
    assert desk.states() == {"done": 9, "needs_attention": 1}
    assert desk.message(codes[3], "create").error_code == "03"


def test_a_portal_too_slow_to_answer_gets_time_before_it_is_asked(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1)
    portal.faults.set("slow", next_calls=1, on=["DongBoHoSoMC"], seconds=30)
    client = desk.client(portal.url, read_limit=0.2)

    result = desk.engine(client).run_pass()

    client.close()
    assert result.light is Light.OFFLINE
    (message,) = desk.messages()
    assert message.next_attempt_at - desk.clock.now >= TIMEOUT_PAUSE
    desk.sync(portal.url)
    assert_portal_has_each_once(desk, portal)


def test_pauses_grow_while_the_line_is_down_and_end_with_the_first_answer(desk: SyncDesk) -> None:
    desk.receive(1)
    client = desk.client("http://127.0.0.1:9")
    engine = desk.engine(client)
    longest = timedelta(0)
    for _ in range(30):
        result = engine.run_pass()
        assert result.retry_at is not None
        pause = result.retry_at - desk.clock.now
        longest = max(longest, pause)
        assert timedelta(0) <= pause <= timedelta(minutes=5)
        desk.clock.now += pause
    client.close()

    assert longest > timedelta(minutes=1)
