"""What waits goes on a stick and from another desk to the portal, each thing once, whatever breaks on the way."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.noise_pdf import noise_pdf
from counter_app.errors import KnownError
from counter_app.models import Document, OutboxMessage
from counter_app.rules.lifecycle import Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.services import rescue_export, rescue_file
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.rescue_export import Exported, export_rescue
from counter_app.services.rescue_hold import end_hold, open_holds, settle, take_receipt
from counter_app.services.rescue_send import SendProgress
from counter_app.services.rescue_terms import HOLD, MARGIN
from counter_app.services.steps import StepInput, take_step
from counter_app.settings import with_changes
from counter_app.sync import outbox
from counter_app.sync.client import TransientTrouble
from counter_app.sync.messages import MessageKind
from tests.catalogue_samples import write_pdf
from tests.services.inspect_desk import refused
from tests.services.rescue_desks import PASSPHRASE, UNIT, Client, Office, states


class KilledError(BaseException):
    """Stands for the program's end between two of its steps: nothing may catch it."""


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue_file, "SCRYPT_COST", 2**4)


@pytest.fixture(params=[True, False], ids=["knows-keys", "knows-no-keys"])
def office(prepared_directory: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    with PracticePortal(tmp_path / "portal.db", knows_idempotency=request.param, seed=7) as portal:
        made = Office(prepared_directory, tmp_path, portal)
        yield made
        made.close()


@pytest.fixture
def home(office: Office) -> DeskContext:
    return office.desk(1)


@pytest.fixture
def other(office: Office) -> DeskContext:
    return office.desk(2)


def exported(office: Office, home: DeskContext, name: str = "cứu hộ.qmc") -> Exported:
    return export_rescue(home, office.stick / name, PASSPHRASE)


def settle_at(office: Office, desk: DeskContext, client: Client | None = None) -> int:
    client = client or office.client(desk)
    try:
        return settle(desk, client)
    finally:
        client.close()


# There and back


def test_carried_sent_and_settled_by_the_receipt(office: Office, home: DeskContext, other: DeskContext) -> None:
    for number in range(4):
        office.take_in(home, steps=number % 3, scans=number % 2)
    made = exported(office, home)
    assert (made.dossiers, made.left_out, states(home)) == (4, (), {"held": made.messages})
    done = office.carry(other, made.file)
    assert (done.dossiers, done.sent, done.left) == (4, made.messages, ())
    assert take_receipt(home, done.receipt) == made.messages
    assert states(home) == {"done": made.messages}
    assert open_holds(home) == ()
    assert office.sync(home) == 0
    office.check_each_once(home)
    assert states(other) == {}, "the other desk's own queue has nothing to do with it"
    assert list(other.directory.glob("*.part")) == []


def test_without_a_receipt_a_look_at_the_portal_settles_it(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    for number in range(3):
        office.take_in(home, steps=number)
    made = exported(office, home)
    office.carry(other, made.file)
    office.clock.move(hours=24, minutes=59)
    assert settle_at(office, home) == 0
    assert states(home)["held"] == made.messages
    office.clock.move(minutes=1)
    assert settle_at(office, home) == made.messages
    assert states(home) == {"done": made.messages}
    assert office.sync(home) == 0
    office.check_each_once(home)


def test_a_stick_that_nobody_sent_costs_nothing_but_time(office: Office, home: DeskContext) -> None:
    for number in range(3):
        office.take_in(home, steps=number)
    made = exported(office, home)
    assert office.sync(home) == 0, "held back, whatever insists"
    assert office.portal.dossiers() == {}
    office.clock.move(hours=25)
    assert settle_at(office, home) == 0
    assert states(home) == {"waiting": made.messages}
    assert office.sync(home) > 0
    office.check_each_once(home)


def test_the_clerk_may_end_the_hold(office: Office, home: DeskContext) -> None:
    office.take_in(home)
    made = exported(office, home)
    (hold,) = open_holds(home)
    assert (hold.id, hold.file_name, hold.held, hold.ended) == (made.id, "cứu hộ.qmc", made.messages, False)
    end_hold(home, made.id)
    assert settle_at(office, home) == 0
    office.sync(home)
    office.check_each_once(home)
    assert open_holds(home) == ()


def test_what_home_had_sent_unseen_is_not_sent_again(office: Office, home: DeskContext, other: DeskContext) -> None:
    """The line broke between the portal's commit and its answer; then somebody fetched the stick."""
    for _ in range(3):
        office.take_in(home, steps=2)
    for call in ("DongBoHoSoMC", "CapNhatTienDoHoSoMC"):
        office.portal.faults.set("cut_after_commit", next_calls=1, on=[call])
        office.sync(home, passes=1)
    made = exported(office, home)
    office.portal.faults.clear()
    done = office.carry(other, made.file)
    take_receipt(home, done.receipt)
    office.sync(home)
    office.check_each_once(home)


def test_a_half_uploaded_document_goes_on_from_its_last_byte(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    office.take_in(home)
    office.portal.faults.set("cut_before_commit", probability=1, on=["PATCH"])
    office.sync(home, passes=4)
    office.portal.faults.clear()
    (begun,) = office.portal.files()
    assert 0 < begun["received"] < begun["length"]
    done = office.carry(other, exported(office, home).file)
    (whole,) = office.portal.files()
    assert (whole["id"], whole["state"]) == (begun["id"], "complete")
    take_receipt(home, done.receipt)
    office.check_each_once(home)


# Life at home goes on


def test_steps_taken_meanwhile_wait_and_keep_the_documents_named(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    code = office.take_in(home)
    made = exported(office, home)
    office.clock.move(minutes=5)
    take_step(home, code, Step.ACCEPT, StepInput(unit=UNIT))
    attach(home, code, [write_pdf(office.folder / "thêm.pdf")], component="TP01")
    new = office.take_in(home)
    assert office.sync(home) > 0, "a new dossier goes as ever"
    assert list(office.portal.dossiers()) == [new]
    done = office.carry(other, made.file)
    take_receipt(home, done.receipt)
    office.sync(home)
    office.check_each_once(home)


def test_the_same_without_a_receipt(office: Office, home: DeskContext, other: DeskContext) -> None:
    code = office.take_in(home)
    made = exported(office, home)
    take_step(home, code, Step.ACCEPT, StepInput(unit=UNIT))
    office.carry(other, made.file)
    end_hold(home, made.id)
    assert settle_at(office, home) == made.messages
    office.sync(home)
    office.check_each_once(home)


def test_a_dossier_that_needs_attention_stays_with_all_that_follows(office: Office, home: DeskContext) -> None:
    stuck, free = office.take_in(home), office.take_in(home)
    with home.database.write() as session:
        first = next(
            one for one in outbox.to_send(session, home.clock(), MessageKind.CREATE, 9) if one.dossier_code == stuck
        )
        outbox.mark_needs_attention(session, first, reason="sai", code="03")
    made = exported(office, home)
    assert made.dossiers == 1
    with home.database.read() as session:
        held = set(session.scalars(select(OutboxMessage.dossier_code).where(OutboxMessage.state == "held")))
    assert held == {free}
    with refused("rescue_nothing", "Không có gì chờ gửi"):
        exported(office, home, "hai.qmc")


def test_a_damaged_scan_stays_and_the_rest_goes(office: Office, home: DeskContext, other: DeskContext) -> None:
    code = office.take_in(home, scans=2)
    with home.database.read() as session:
        broken, sound = session.scalars(select(Document).order_by(Document.id)).all()
    home.documents.path_of(broken.sha256).write_bytes(b"")
    made = exported(office, home)
    (told,) = made.left_out
    assert broken.file_name in told
    assert code in told
    done = office.carry(other, made.file)
    take_receipt(home, done.receipt)
    named = office.portal.dossiers()[code]["TaiLieuNop"]
    assert [one["TepDinhKemId"] for one in named] == [sound.sha256]
    assert states(home)["waiting"] == 1
    office.sync(home)
    assert states(home)["needs_attention"] == 1


# Cut, killed, refused, sent twice


def killing(after: int) -> Callable[[SendProgress], None]:
    """Ends the program when it has told of its progress so often."""
    left = iter(range(after - 1)) if after > 0 else repeat(0)

    def tell(_: SendProgress) -> None:
        if next(left, None) is None:
            raise KilledError

    return tell


@pytest.mark.parametrize("seed", range(4))
def test_cut_and_killed_on_the_way_it_is_taken_up_again(
    office: Office, home: DeskContext, other: DeskContext, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(5):
        office.take_in(home, steps=chance.randrange(3), scans=chance.randrange(3))
    made = exported(office, home)
    for fault in ("cut_after_commit", "cut_before_commit", "busy", "html", "truncated_json", "busy_503"):
        office.portal.faults.set(fault, probability=0.12, seconds=0)
    finished = None
    kills = 0
    while finished is None:
        try:
            finished = office.carry(other, made.file, killing(chance.randrange(1, 12) if kills < 8 else -1))
        except KilledError:
            kills += 1
            other = office.reopened(other)
        except TransientTrouble:
            continue
    assert kills
    office.portal.faults.clear()
    take_receipt(home, finished.receipt)
    assert states(home) == {"done": made.messages}
    office.check_each_once(home)


def test_a_file_is_sent_once_by_a_desk(office: Office, home: DeskContext, other: DeskContext) -> None:
    office.take_in(home)
    made = exported(office, home)
    done = office.carry(other, made.file)
    done.receipt.unlink()
    with refused("rescue_sent_already", "đã gửi xong", done.receipt.name):
        office.carry(other, made.file)
    assert take_receipt(home, done.receipt) == made.messages, "a lost receipt is written again"


def test_a_second_desk_with_a_copy_finds_everything_there(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    for number in range(3):
        office.take_in(home, steps=number, scans=number)
    made = exported(office, home)
    copy = Path(shutil.copy(made.file, office.stick / "bản sao.qmc"))
    office.carry(other, made.file)
    again = office.carry(office.desk(3), copy)
    assert again.left == ()
    take_receipt(home, again.receipt)
    office.check_each_once(home)


def test_what_the_portal_refuses_is_left_to_the_old_desk(office: Office, home: DeskContext, other: DeskContext) -> None:
    bad, good = office.take_in(home), office.take_in(home)
    with home.database.write() as session:
        row = session.scalars(
            select(OutboxMessage).where(OutboxMessage.dossier_code == bad, OutboxMessage.kind == "create")
        ).one()
        record = json.loads(row.payload)
        row.payload = json.dumps({**record, "LoaiDoiTuong": "9"}).encode()
    made = exported(office, home)
    done = office.carry(other, made.file)
    ((code, words),) = done.left
    assert code == bad
    assert words
    assert list(office.portal.dossiers()) == [good]
    take_receipt(home, done.receipt)
    assert settle_at(office, home) == 0
    office.sync(home)
    counted = states(home)
    assert counted["needs_attention"] == 1, "told at home by the portal itself"
    assert "held" not in counted


def test_somebody_elses_dossier_under_our_code_is_left_alone(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    code = office.take_in(home)
    stranger = office.desk(1_0 - 5)
    with home.database.read() as session:
        record = json.loads(session.scalars(select(OutboxMessage.payload).where(OutboxMessage.kind == "create")).one())
    foreign = json.dumps({**record, "ChuHoSo": "Người Khác"}).encode()
    client = office.client(stranger)
    client.send_dossiers([foreign], updating=False, key=rescue_export.UUID(int=7))
    client.close()
    made = exported(office, home)
    done = office.carry(other, made.file)
    assert [one for one, _ in done.left] == [code]
    assert office.portal.steps(code) == []
    end_hold(home, made.id)
    settle_at(office, home)
    office.sync(home)
    assert states(home)["needs_attention"] == 1


# Time


def test_the_file_expires_before_the_hold_does_by_the_portals_clock(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    office.take_in(home)
    made = exported(office, home)
    assert made.held_until - made.send_until == MARGIN
    for wrong in (timedelta(hours=-5), timedelta(hours=5)):
        office.clock.now = made.send_until - timedelta(seconds=1) - wrong
        client = office.client(other)
        client.skew = wrong
        settled = office.client(home)
        settled.skew = wrong
        assert settle_at(office, home, settled) == 0
        assert states(home) == {"held": made.messages}
        office.clock.now += timedelta(seconds=1)
        with refused("rescue_too_late", "quá hạn"):
            office.carry(other, made.file, client=client)
    assert office.portal.dossiers() == {}


def test_the_time_is_watched_while_it_is_sent(office: Office, home: DeskContext, other: DeskContext) -> None:
    for _ in range(3):
        office.take_in(home)
    made = exported(office, home)

    def tell(progress: SendProgress) -> None:
        if progress.done == 1:
            office.clock.now = datetime(2026, 3, 20, tzinfo=UTC)

    with refused("rescue_too_late"):
        office.carry(other, made.file, tell)
    assert len(office.portal.dossiers()) == 1
    settle_at(office, home)
    office.sync(home)
    office.check_each_once(home)


# What can be wrong with the stick


def test_wrong_files_and_passphrases_are_told(office: Office, home: DeskContext, other: DeskContext) -> None:
    office.take_in(home)
    made = exported(office, home)
    with refused("rescue_own_file", "chính quầy này"):
        office.carry(home, made.file)
    stranger = office.desk(4, office="H15.99")
    with refused("rescue_other_office", "H15.36", "H15.99"):
        office.carry(stranger, made.file)
    national = replace(other, settings=with_changes(other.settings, portal={"profile": 2}))
    for wrong in (
        lambda: office.carry(national, made.file, client=office.client(other)),
        lambda: export_rescue(national, office.stick / "b.qmc", PASSPHRASE),
    ):
        with refused("rescue_profile", "sao lưu"):
            wrong()
    made.file.write_bytes(made.file.read_bytes()[:-5])
    with refused("rescue_damaged", error=KnownError):
        office.carry(other, made.file)
    with refused("rescue_target_exists", "tên khác"):
        exported(office, home)
    with refused("rescue_passphrase_short"):
        export_rescue(home, office.stick / "b.qmc", "ngắn")
    assert office.portal.dossiers() == {}


def test_receipts_are_believed_only_from_who_could_open_the_file(
    office: Office, home: DeskContext, other: DeskContext
) -> None:
    office.take_in(home)
    made = exported(office, home)
    done = office.carry(other, made.file)
    receipt = json.loads(done.receipt.read_text("utf-8"))
    for changed in ({**receipt, "done": []}, {**receipt, "signature": "00"}, {"id": made.id}, [], {**receipt, "id": 1}):
        done.receipt.write_text(json.dumps(changed), "utf-8")
        with refused("rescue_receipt_invalid", "biên nhận"):
            take_receipt(home, done.receipt)
    done.receipt.write_bytes(b"\xff\xfe")
    with refused("rescue_receipt_invalid"):
        take_receipt(home, done.receipt)
    done.receipt.write_text(json.dumps(receipt), "utf-8")
    with refused("rescue_unknown", "quầy đã xuất"):
        take_receipt(other, done.receipt)
    assert states(home) == {"held": made.messages}
    assert take_receipt(home, done.receipt) == made.messages
    assert take_receipt(home, done.receipt) == 0, "taken twice it changes nothing"


@pytest.fixture
def small_stick(tmp_path: Path) -> Iterator[Path]:
    """A stick of 256 KiB."""
    place = tmp_path / "thẻ nhỏ"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let us mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_stick_is_told_and_everything_waits_as_before(
    office: Office, home: DeskContext, small_stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = office.take_in(home)
    big = office.folder / "lớn.pdf"
    big.write_bytes(noise_pdf(random.Random(1), 600_000))
    attach(home, code, [big], component="TP01")
    before = states(home)
    with refused("rescue_no_room", "cần 1 MB", "như cũ", error=KnownError):
        export_rescue(home, small_stick / "a.qmc", PASSPHRASE)
    # Another program fills it while we write.
    monkeypatch.setattr(rescue_export, "file_size", lambda _: 0)
    with refused("rescue_no_room", "Thẻ đầy", "như cũ", error=KnownError):
        export_rescue(home, small_stick / "a.qmc", PASSPHRASE)
    with refused("rescue_not_written", "kiểm tra thẻ", error=KnownError):
        export_rescue(home, small_stick / "không có" / "a.qmc", PASSPHRASE)
    assert list(small_stick.iterdir()) == []
    assert states(home) == before
    assert open_holds(home) == ()


def test_killed_while_writing_it_is_held_back_and_then_sent_by_home(office: Office, home: DeskContext) -> None:
    for _ in range(3):
        office.take_in(home)

    def tell(done: int, _of: int) -> None:
        if done == 2:
            raise KilledError

    with pytest.MonkeyPatch.context() as patched:
        # A program that is killed gives nothing back.
        patched.setattr(rescue_export, "give_back", lambda *_: None)
        with pytest.raises(KilledError):
            export_rescue(home, office.stick / "a.qmc", PASSPHRASE, tell)
    home = office.reopened(home)
    assert office.sync(home) == 0
    office.clock.move(hours=(HOLD + MARGIN).total_seconds() / 3600)
    settle_at(office, home)
    office.sync(home)
    office.check_each_once(home)
