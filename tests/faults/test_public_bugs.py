"""Bugs that others met in the field, each with the entry in its tracker: none of them may be ours.

Each test runs the real syncer on a real desk file against the practice portal, which takes every repeated step for
a new one (it does not know Idempotency-Key).
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from counter_app.errors import KnownError
from counter_app.models import OutboxMessage, SyncLock
from counter_app.rules.lifecycle import Status, Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.outbox import retry
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.values import FeeIn
from counter_app.storage import DATABASE_NAME, backup, restore
from counter_app.sync.engine import Watch
from counter_app.sync.messages import wire_time
from tests.both_sides import differences
from tests.catalogue_samples import full_request, pdf_bytes, write_pdf
from tests.services.inspect_desk import refused
from tests.services.rescue_desks import Office, states

CALLS = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC", "PATCH")


@pytest.fixture
def office(prepared_directory: Path, tmp_path: Path) -> Iterator[Office]:
    with PracticePortal(tmp_path / "portal.db", knows_idempotency=False, seed=7) as portal:
        made = Office(prepared_directory, tmp_path, portal)
        yield made
        made.close()


@pytest.fixture
def desk(office: Office) -> DeskContext:
    return office.desk(1)


def stuck(desk: DeskContext) -> list[OutboxMessage]:
    """What needs a person."""
    with desk.database.read() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.state == "needs_attention")))


@pytest.mark.parametrize("restarts", [False, True], ids=["runs-on", "started-anew"])
def test_a_lost_reply_makes_no_copies(office: Office, desk: DeskContext, restarts: bool) -> None:
    """getodk/getodk#50, SEL-Columbia/formhub#678, Esri/Survey123Community#326.

    On unstable lines the reply to a submission that had arrived was lost, the client repeated it until it saw a
    reply, and the server had up to ten copies. Here every kind of call loses its reply up to four times over.
    """
    for call in CALLS:
        for number in range(3):
            office.take_in(desk, steps=number, scans=1)
        office.portal.faults.set("cut_after_commit", next_calls=4, on=[call])
        for _ in range(5):
            office.sync(desk, passes=1)
            office.clock.move(minutes=15)
            if restarts:
                desk = office.reopened(desk)
    office.portal.faults.clear()
    office.sync(desk)

    assert differences(desk, office.portal) == []


@pytest.mark.parametrize("owner", ["a dead program of this machine", "a machine long silent"])
def test_already_sending_does_not_survive_a_reboot(office: Office, desk: DeskContext, owner: str) -> None:
    """getodk/collect#4513: nothing could be sent since a background sending was "running", even after a reboot."""
    for number in range(3):
        office.take_in(desk, steps=number)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    name = f"{socket.gethostname()}|{dead.pid}|x" if owner.startswith("a dead") else "quầy-cũ|1|x"
    with desk.database.write() as session:
        session.add(SyncLock(name="sync", owner=name, pulse_at=desk.clock()))
        for message in session.scalars(select(OutboxMessage)):
            message.state = "sending"
    if not owner.startswith("a dead"):
        assert office.engine(desk).run_pass().busy_elsewhere, "it might still be alive"
        office.clock.move(minutes=11)
    office.sync(office.reopened(desk))

    assert differences(office.desks[0], office.portal) == []


def test_a_dossier_taken_in_while_another_is_sent_goes_too(office: Office, desk: DeskContext) -> None:
    """getodk/collect#5473: a form finalised while a large one was on its way was never sent by itself."""
    office.take_in(desk, scans=2)
    late: list[str] = []

    def sending(what: str) -> None:
        if "giấy tờ" in what and not late:
            late.append(office.take_in(desk, steps=0, scans=1))

    watch = Watch(sending=sending)
    engine = office.engine(desk)
    engine.run_pass(watch)
    engine.close()

    assert late, "the first one's documents were under way"
    assert set(late) <= set(office.portal.dossiers())
    assert differences(desk, office.portal) == [], "within the very same pass"


def test_a_lost_answer_to_the_last_chunk_does_not_send_the_file_again(office: Office, desk: DeskContext) -> None:
    """owncloud/client#6232: the answer to the last chunk was lost, and the whole file went again, and again."""
    office.take_in(desk, steps=0)
    office.portal.faults.set("cut_after_commit", probability=1, on=["PATCH"])
    office.sync(desk)
    assert office.portal.faults.snapshot()["cut_after_commit"]["struck"] > 0
    office.portal.faults.clear()
    office.sync(desk)

    (there,) = office.portal.files()
    assert there["state"] == "complete"
    assert differences(desk, office.portal) == []


@pytest.mark.parametrize("damage", ["the head", "all pages"])
def test_a_damaged_journal_is_called_that_and_can_be_mended(office: Office, desk: DeskContext, damage: str) -> None:
    """owncloud/client#2547: the journal was corrupt, the message told of missing permissions, and sync was stuck."""
    office.take_in(desk)
    office.sync(desk)
    office.take_in(desk)
    path = desk.directory / DATABASE_NAME
    kept = backup(path, office.folder / "sao lưu.db")
    desk.close()
    content = bytearray(path.read_bytes())
    place = slice(0, 100) if damage == "the head" else slice(4096, None)
    content[place] = b"\xa5" * len(content[place])
    path.write_bytes(content)

    with refused("database_damaged", path.name, "counter-app restore", error=KnownError) as caught:
        office.sync(office.reopened(desk))
    assert "quyền" not in caught.value.message
    restore(desk.directory, kept)
    office.sync(office.reopened(desk))
    assert differences(office.desks[0], office.portal) == []


def test_a_file_emptied_by_a_power_cut_is_never_sent_over_a_good_one(office: Office, desk: DeskContext) -> None:
    """nextcloud/desktop#10547: files that a hard reset had left empty were taken for edits, and 447 good ones lost."""
    code = office.take_in(desk, steps=0)
    office.sync(desk)
    before = office.portal.dossiers()[code]
    attach(desk, code, [write_pdf(office.folder / "mới.pdf")], component="TP01")
    attached = show(desk, code).documents
    whole = pdf_bytes("mới.pdf")
    for document in attached:
        desk.documents.path_of(document.sha256).write_bytes(b"")
    office.sync(desk)

    assert office.portal.dossiers()[code] == before
    assert [one["length"] for one in office.portal.files()] == [one.size for one in attached[:1]]
    (message,) = stuck(desk)
    assert "không còn nguyên vẹn" in message.last_error
    for content in (whole, (office.folder / "tờ 0.pdf").read_bytes()):
        attach_again = office.folder / "phục hồi.pdf"
        attach_again.write_bytes(content)
        desk.documents.add(attach_again, max_mb=1)
    retry(desk, message.key)
    office.sync(desk)
    assert differences(desk, office.portal) == []


def test_one_bad_record_holds_no_other_back(office: Office, desk: DeskContext) -> None:
    """opencrvs/opencrvs-core#2576, frappe/erpnext#13388: one refused record blocked the queue behind it."""
    bad = office.take_in(desk)
    good = [office.take_in(desk) for _ in range(5)]
    with desk.database.write() as session:
        create = session.scalars(
            select(OutboxMessage).where(OutboxMessage.dossier_code == bad, OutboxMessage.kind == "create")
        ).one()
        right = create.payload
        create.payload = right.replace(b'"LoaiDoiTuong":"1"', b'"LoaiDoiTuong":"8"')
        assert create.payload != right
    office.sync(desk)

    held = office.portal.dossiers()
    assert sorted(held) == good
    assert all(len(held[code]["TaiLieuNop"]) == 1 for code in good), "their documents too"
    (message,) = stuck(desk)
    assert (message.dossier_code, message.error_field) == (bad, "LoaiDoiTuong")
    with desk.database.write() as session:
        session.get_one(OutboxMessage, message.id).payload = right
    retry(desk, message.key)
    office.sync(desk)
    assert differences(desk, office.portal) == []


def test_a_record_never_names_a_file_that_is_not_there_yet(office: Office, desk: DeskContext) -> None:
    """opencrvs/opencrvs-core#13303: attachments went outside the queue, the record came first, and stuck for ever."""
    url = office.portal.url
    office.portal.stop()
    codes = [office.take_in(desk, steps=number, scans=2) for number in range(3)]
    office.sync(desk, passes=2)
    desk = office.reopened(desk)
    office.portal.start()
    assert office.portal.url == url
    office.portal.faults.set("cut_before_commit", probability=1, on=["PATCH", "POST", "HEAD"])
    for _ in range(3):
        office.sync(desk, passes=2)
        held = office.portal.dossiers()
        assert sorted(held) == codes, "the records are there, whatever becomes of the files"
        assert all(held[code].get("TaiLieuNop", []) == [] for code in codes)
        assert stuck(desk) == []
    office.portal.faults.clear()
    office.sync(desk)

    assert differences(desk, office.portal) == []


def test_news_from_the_server_do_not_undo_what_was_just_paid(office: Office, desk: DeskContext) -> None:
    """odoo/odoo#288974: an order known to the server as open was paid off line; a refresh opened it again."""
    code = receive(desk, full_request(fees=(FeeIn("LP01", paid=False),))).code
    for step in (Step.HAND_OVER, Step.ACCEPT, Step.REQUEST_PAYMENT):
        office.clock.move(minutes=5)
        take_step(desk, code, step, StepInput(unit="Phòng Tư pháp", reason="Nộp lệ phí"))
    office.sync(desk)
    asked = office.portal.steps(code)[-1]
    assert asked["TrangThai"] == "6"
    office.portal.stop()
    office.clock.move(minutes=5)
    take_step(desk, code, Step.PAY, StepInput(method="cash"))
    office.sync(desk, passes=2)
    paid = show(desk, code)
    assert (paid.row.status, paid.money_state) == (Status.PROCESSING, "paid")
    office.portal.start()
    # The server tells, before and after it has heard of the payment, what it knew.
    office.portal.push("TienDo", code, asked)
    office.portal.faults.set("busy", next_calls=1, on=list(CALLS))
    office.sync(desk)
    office.portal.push("TienDo", code, {**asked, "NoiDungXuLy": "Nhắc nộp lệ phí"})
    office.sync(office.reopened(desk))

    after = show(office.desks[0], code)
    assert (after.row.status, after.money_state, after.fees) == (paid.row.status, "paid", paid.fees)
    assert office.portal.dossiers()[code]["TrangThaiHoSo"] == "4"
    payments = [one for one in office.portal.steps(code) if one["ThoiDiemXuLy"] == wire_time(after.events[-1].at)]
    assert [one["TrangThai"] for one in payments] == ["4"], "the portal has heard of the payment, once"
    assert set(states(office.desks[0])) == {"done"}
