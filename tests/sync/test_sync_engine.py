"""The engine against the practice portal: order, batches, refusals, look-ups, each thing once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sync_desk import SyncDesk, assert_portal_has_each_once, wait_until

from counter_app.models import Document, OutboxMessage, SyncRun
from counter_app.sandbox.portal import PracticePortal
from counter_app.sync import outbox, outbox_view
from counter_app.sync.engine import UNSEEN_PAUSE, Light, SyncEngine, Watch
from counter_app.sync.outbox_view import DossierSyncState
from counter_app.sync.transfers import Transfer


def test_dossiers_steps_and_documents_arrive_once_and_the_bytes_do_not_change(
    desk: SyncDesk, portal: PracticePortal
) -> None:
    first = desk.receive(1, documents=2)
    desk.receive(2)
    desk.step(first, "processing")
    before = {one.key: one.payload for one in desk.messages()}

    result = desk.sync(portal.url)

    assert_portal_has_each_once(desk, portal)
    assert desk.states() == {"done": len(desk.messages())}
    assert (result.light, result.error) == (Light.ONLINE, "")
    assert all(before.get(one.key, one.payload) == one.payload for one in desk.messages())
    assert portal.dossiers()[first]["TrangThaiHoSo"] == "4"


def test_a_second_sync_has_nothing_to_send(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1, documents=1)
    desk.sync(portal.url)

    assert desk.sync(portal.url).sent == 0


def test_many_dossiers_go_in_batches_within_the_limits(desk: SyncDesk, portal: PracticePortal) -> None:
    for number in range(1, 121):
        desk.receive(number)
    told: list[str] = []

    desk.sync(portal.url, watch=Watch(sending=told.append))

    assert_portal_has_each_once(desk, portal)
    assert len([one for one in told if one.startswith("Gửi")]) == 3


def test_records_go_before_documents(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1, documents=1)
    desk.receive(2, documents=1)
    told: list[str] = []

    desk.sync(portal.url, watch=Watch(sending=told.append))

    assert told[0].startswith("Gửi hồ sơ")
    first_upload = next(n for n, one in enumerate(told) if "giấy tờ" in one)
    assert first_upload > 0
    assert "TaiLieuNop" in json.loads(desk.message("H15.36-261125-0001", "create").payload)
    assert json.loads(desk.message("H15.36-261125-0001", "create").payload)["TaiLieuNop"] == []


def test_a_new_record_goes_past_a_document_under_way(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1, documents=1)
    codes: list[str] = []
    seen: list[tuple[bool, str]] = []

    def under_way(_: Transfer) -> None:
        if codes:
            return
        codes.append(desk.receive(2))
        # The document's thread waits here until the record is through, or the test fails.
        arrived = wait_until(lambda: codes[0] in portal.dossiers())
        seen.append((arrived, portal.files()[0]["state"]))

    client = desk.client(portal.url)
    engine = SyncEngine(desk.database, client, replace(desk.surroundings(), lanes=1))
    engine.run_pass(Watch(transfer=under_way))
    client.close()

    assert seen == [(True, "open")]
    assert_portal_has_each_once(desk, portal)
    assert len(portal.files()) == 1


def test_a_refused_dossier_holds_back_only_its_own_and_is_mended_and_resent(
    desk: SyncDesk, portal: PracticePortal
) -> None:
    bad, good = desk.receive(1), desk.receive(2)
    desk.step(bad, "processing")
    right = desk.message(bad, "create").payload
    with desk.database.write() as session:
        wrong = json.dumps({**json.loads(right), "HinhThuc": "9"}).encode()
        session.execute(update(OutboxMessage).where(OutboxMessage.payload == right).values(payload=wrong))

    desk.sync(portal.url)

    stuck = desk.message(bad, "create")
    assert sorted(portal.dossiers()) == [good]
    assert (stuck.state, stuck.error_code, stuck.error_field) == ("needs_attention", "03", "HinhThuc")
    assert stuck.last_error
    with desk.database.read() as session:
        states = outbox_view.dossier_states(session, [1, 2])
        assert states == {1: DossierSyncState.NEEDS_ATTENTION, 2: DossierSyncState.SENT}
        assert outbox_view.counts(session).needs_attention == 1

    with desk.database.write() as session:
        outbox.resend(session, stuck.key, desk.clock.now, right)
    desk.sync(portal.url)
    assert_portal_has_each_once(desk, portal)


@pytest.mark.parametrize("fault", ["cut_before_commit", "slow"])
def test_a_step_whose_answer_is_missing_gives_the_portal_time_that_no_haste_shortens(
    desk: SyncDesk, portal: PracticePortal, fault: str
) -> None:
    """A portal that does not know the key would keep a second step beside one that it comes to late."""
    code = desk.receive(1)
    desk.sync(portal.url)
    desk.step(code, "processing")
    portal.faults.set(fault, next_calls=1, on=["CapNhatTienDoHoSoMC"], seconds=30)
    client = desk.client(portal.url, read_limit=0.2)
    engine = desk.engine(client)

    engine.run_pass()
    engine.hurry()
    client.close()

    step = desk.message(code, "step")
    assert (step.state, step.unseen) == ("waiting", True)
    assert step.next_attempt_at - desk.clock.now >= outbox.STEP_SETTLE
    desk.sync(portal.url)
    assert_portal_has_each_once(desk, portal)


def test_an_outcome_cut_off_after_the_commit_is_looked_up_and_not_sent_again(
    desk: SyncDesk, portal: PracticePortal
) -> None:
    code = desk.receive(1)
    desk.step(code, "processing")
    portal.faults.set("cut_after_commit", next_calls=1, on=["DongBoHoSoMC"])
    client = desk.client(portal.url)
    engine = desk.engine(client)

    result = engine.run_pass()

    assert result.light is Light.OFFLINE
    message = desk.message(code, "create")
    assert message.next_attempt_at - desk.clock.now >= UNSEEN_PAUSE
    assert (message.state, message.unseen) == ("waiting", True)
    with desk.database.read() as session:
        assert outbox_view.dossier_states(session, [1]) == {1: DossierSyncState.UNKNOWN}
    client.close()

    desk.sync(portal.url)
    assert_portal_has_each_once(desk, portal)


@pytest.mark.parametrize("service", ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"])
@pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit", "truncated_json", "html", "busy_503"])
def test_each_fault_on_each_writing_call_still_gives_each_thing_once(
    desk: SyncDesk, portal: PracticePortal, fault: str, service: str
) -> None:
    for number in (1, 2, 3):
        code = desk.receive(number, documents=1)
        desk.step(code, "processing")
    portal.faults.set(fault, next_calls=2, on=[service])

    desk.sync(portal.url)

    assert_portal_has_each_once(desk, portal)
    assert desk.states() == {"done": len(desk.messages())}


def test_an_expired_session_in_the_middle_is_renewed(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1, documents=1)
    portal.faults.set("expired_sessions", next_calls=1, on=["DongBoHoSoMC"])

    result = desk.sync(portal.url)

    assert (result.failed, result.error) == (0, "")
    assert_portal_has_each_once(desk, portal)


def test_a_code_that_somebody_else_has_used_is_decided_by_a_person(desk: SyncDesk, portal: PracticePortal) -> None:
    code = desk.receive(1)
    other = {**json.loads(desk.message(code, "create").payload), "ChuHoSo": "Trần Văn B"}
    theirs = desk.client(portal.url)
    theirs.send_dossiers([json.dumps(other).encode()], updating=False, key=outbox.call_key([]))
    theirs.close()

    desk.sync(portal.url)

    message = desk.message(code, "create")
    assert (message.state, message.error_code, message.unseen) == ("needs_attention", "04", False)
    assert portal.dossiers()[code]["ChuHoSo"] == "Trần Văn B"


def test_a_create_that_is_there_already_and_ours_is_done(desk: SyncDesk, portal: PracticePortal) -> None:
    code = desk.receive(1)
    earlier = desk.client(portal.url)
    earlier.send_dossiers([desk.message(code, "create").payload], updating=False, key=outbox.call_key([]))
    earlier.close()

    desk.sync(portal.url)

    assert desk.states() == {"done": 1}


def test_an_update_of_a_dossier_that_the_portal_lost_goes_again_after_its_create(
    desk: SyncDesk, portal: PracticePortal, tmp_path: Path
) -> None:
    code = desk.receive(1)
    desk.sync(portal.url)
    desk.step(code, "processing")
    with PracticePortal(tmp_path / "emptied.db", knows_idempotency=portal.faults.knows_idempotency) as emptied:
        desk.sync(emptied.url)

        assert_portal_has_each_once(desk, emptied)
    assert desk.states() == {"done": 3}


def test_off_line_nothing_is_lost_and_nothing_counts_as_a_failed_try(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1, documents=1)
    url = portal.url
    portal.stop()

    result = desk.sync(url, give_up_after=3)

    assert result.light is Light.OFFLINE
    assert result.error
    assert {(one.state, one.attempts, one.unseen) for one in desk.messages()} == {("waiting", 0, False)}
    portal.start()
    desk.sync(portal.url)
    assert_portal_has_each_once(desk, portal)


def test_a_pause_that_the_portal_asks_for_is_kept(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1)
    portal.faults.set("busy_503", next_calls=1, seconds=90)
    client = desk.client(portal.url)

    result = desk.engine(client).run_pass()

    client.close()
    assert result.retry_at is not None
    assert result.retry_at - desk.clock.now >= timedelta(seconds=90)


def test_a_wrong_password_stops_at_the_first_try_and_sends_nothing(desk: SyncDesk, tmp_path: Path) -> None:
    desk.receive(1)
    with PracticePortal(tmp_path / "other.db", password="khác") as portal:
        result = desk.sync(portal.url)

        assert result.light is Light.SIGN_IN_NEEDED
        assert portal.dossiers() == {}
    assert desk.states() == {"waiting": 1}


def test_an_office_that_may_not_send_needs_attention_with_the_portals_words(desk: SyncDesk, tmp_path: Path) -> None:
    code = desk.receive(1)
    with PracticePortal(tmp_path / "other.db", offices=["H99.99"]) as portal:
        desk.sync(portal.url)

    message = desk.message(code, "create")
    assert (message.state, message.error_code) == ("needs_attention", "02")
    assert message.last_error


def test_a_document_emptied_by_a_power_cut_is_never_sent_and_holds_nothing_back(
    desk: SyncDesk, portal: PracticePortal
) -> None:
    code = desk.receive(1, documents=2)
    with desk.database.read() as session:
        emptied = session.scalars(select(Document).order_by(Document.id)).first()
    assert emptied is not None
    desk.document_path(emptied.sha256).write_bytes(b"")
    desk.step(code, "processing")

    desk.sync(portal.url)

    assert [one["state"] for one in portal.files()] == ["complete"]
    assert len(portal.steps(code)) == 1
    assert desk.states()["needs_attention"] == 1
    assert desk.message(code, "upload").error_code == "document_damaged"


def test_what_a_dead_program_left_sending_is_looked_up_first(desk: SyncDesk, portal: PracticePortal) -> None:
    code = desk.receive(1)
    sent = desk.client(portal.url)
    sent.send_dossiers([desk.message(code, "create").payload], updating=False, key=outbox.call_key([]))
    sent.close()
    with desk.database.write() as session:
        session.execute(update(OutboxMessage).values(state="sending"))
    portal.faults.set("busy", probability=1.0, on=["DongBoHoSoMC"])

    desk.sync(portal.url)

    assert desk.states() == {"done": 1}


def test_stop_ends_a_pass_between_two_calls(desk: SyncDesk, portal: PracticePortal) -> None:
    for number in range(1, 61):
        desk.receive(number)
    calls = 0

    def sending(_: str) -> None:
        nonlocal calls
        calls += 1

    client = desk.client(portal.url)
    desk.engine(client).run_pass(Watch(stop=lambda: calls >= 1, sending=sending))
    client.close()

    assert len(portal.dossiers()) == 50
    assert desk.states() == {"done": 50, "waiting": 10}


def test_a_dossier_changed_while_its_message_is_under_way_stays_waiting(desk: SyncDesk, portal: PracticePortal) -> None:
    code = desk.receive(1)

    def sending(_: str) -> None:
        if len(desk.messages()) == 1:
            desk.step(code, "processing")

    client = desk.client(portal.url)
    stop = iter([False, True])
    desk.engine(client).run_pass(Watch(stop=lambda: next(stop, True), sending=sending))
    client.close()

    assert [one.state for one in desk.messages()] == ["done", "waiting", "waiting"]
    with desk.database.read() as session:
        assert outbox_view.dossier_states(session, [1]) == {1: DossierSyncState.CHANGED_SINCE}


def test_a_pass_is_told_in_the_history(desk: SyncDesk, portal: PracticePortal) -> None:
    desk.receive(1)
    desk.sync(portal.url)

    with desk.database.read() as session:
        (run,) = session.scalars(select(SyncRun))
    assert (run.sent, run.failed, run.error) == (1, 0, "")
