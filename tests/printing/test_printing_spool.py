"""The spool on a real database and real listeners: printed once, whatever breaks on the way."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as threads

import pytest
from paper_samples import THERMAL
from real_printers import IppPrinter, RawPrinter, free_port

from counter_app.database import Database
from counter_app.errors import CounterError, KnownError, UserError
from counter_app.services.print_job_store import DatabaseJobStore
from counter_app.services.print_jobs import (
    JobRow,
    cancel,
    confirm,
    enqueue,
    job,
    list_jobs,
    reprint,
    retry_now,
)
from printing.outcome import PrintOutcomeUnknown
from printing.printers import ESCPOS, PDF
from printing.spool import LEASE, Spooler, SpoolJob, pause_after
from printing.thermal import render_thermal

MORNING = datetime(2026, 2, 5, 8, 0, tzinfo=UTC)
SLIP = render_thermal(THERMAL, 80)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Changes:
    """Counts the spooler's news and waits for a state without sleeping."""

    db: Database
    news: Event = field(default_factory=Event)

    def __call__(self) -> None:
        self.news.set()

    def wait_for(self, job_id: int, state: str) -> JobRow:
        while True:
            self.news.clear()
            row = job(self.db, job_id)
            if row.state == state:
                return row
            assert self.news.wait(15), f"job {job_id} stays {row.state}: {row.last_error}"


def put(db: Database, printer: str, *, payload: bytes = SLIP, now: datetime = MORNING, **more: str) -> int:
    return enqueue(
        db, form="thermal", title="Phiếu hẹn", printer=printer, payload=payload, mime=ESCPOS, now=now, **more
    )


def test_printer_that_is_off_then_on_prints_once(db: Database) -> None:
    clock = Clock()
    spooler = Spooler(DatabaseJobStore(db), clock)
    port = free_port()
    number = put(db, f"tcp://127.0.0.1:{port}")

    assert spooler.step(f"tcp://127.0.0.1:{port}") == timedelta(seconds=2)
    waiting = job(db, number)
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert "Kiểm tra máy in đã bật" in waiting.last_error
    assert spooler.step(waiting.printer) is None, "not before its time"

    with RawPrinter().listening(port) as printer:
        clock.now += timedelta(seconds=2)
        assert spooler.step(waiting.printer) == timedelta()
        clock.now += timedelta(days=2)
        assert spooler.step(waiting.printer) is None
        assert printer.done.wait(10)
    assert printer.received == [SLIP]
    printed = job(db, number)
    assert (printed.state, printed.attempts, printed.last_error) == ("printed", 2, "")
    assert printed.printed_at == MORNING + timedelta(seconds=2)


def test_running_spooler_prints_when_the_printer_comes_back(db: Database) -> None:
    changes = Changes(db)
    clock = Clock()
    port = free_port()
    number = put(db, f"tcp://127.0.0.1:{port}")
    spooler = Spooler(DatabaseJobStore(db), clock, on_change=changes, look_seconds=0.05)
    spooler.start()
    try:
        assert changes.news.wait(15)
        assert "Không kết nối được" in job(db, number).last_error
        with RawPrinter().listening(port) as printer:
            clock.now += timedelta(seconds=2)
            spooler.wake()
            changes.wait_for(number, "printed")
            assert printer.done.wait(10)
    finally:
        spooler.stop()
    assert printer.received == [SLIP]


def test_clerk_says_that_the_printer_is_well_again(db: Database) -> None:
    spooler = Spooler(DatabaseJobStore(db), Clock())
    port = free_port()
    number = put(db, f"tcp://127.0.0.1:{port}")
    assert spooler.step(f"tcp://127.0.0.1:{port}") == timedelta(seconds=2)
    with RawPrinter().listening(port) as printer:
        retry_now(db, number, MORNING)
        assert spooler.step(printer.uri) == timedelta()
        assert printer.done.wait(10)
    with pytest.raises(UserError) as refused:
        retry_now(db, number, MORNING)
    assert refused.value.kind == "job_state"


def test_out_of_paper_leaves_the_job_waiting_with_a_clear_word(db: Database) -> None:
    spooler = Spooler(DatabaseJobStore(db), Clock())
    with RawPrinter(status={2: 0x32, 4: 0x72}).listening() as printer:
        number = put(db, printer.uri)
        assert spooler.step(printer.uri) == timedelta(seconds=2)
    row = job(db, number)
    assert row.state == "waiting"
    assert "hết giấy" in row.last_error
    assert row.label == "Đang chờ in"
    assert printer.received == []


def test_paper_that_ends_in_the_midst_asks_and_the_slip_is_never_sent_again_by_itself(db: Database) -> None:
    told: list[CounterError] = []
    clock = Clock()
    spooler = Spooler(DatabaseJobStore(db), clock, on_trouble=told.append)
    with RawPrinter(status={2: 0x12, 4: 0x12}, after={2: 0x32, 4: 0x72}).listening() as printer:
        number = put(db, printer.uri)
        assert spooler.step(printer.uri) == timedelta()
        clock.now += timedelta(hours=1)
        assert spooler.step(printer.uri) is None
    assert printer.received == [SLIP]
    row = job(db, number)
    assert row.state == "unknown"
    assert "hết giấy khi đang in" in row.last_error
    assert [error.message for error in told] == [row.last_error]


def test_each_trouble_of_a_printer_is_told_once_until_it_is_another_or_over(db: Database) -> None:
    told: list[CounterError] = []
    clock = Clock()
    spooler = Spooler(DatabaseJobStore(db), clock, on_trouble=told.append)
    out, low, well = {2: 0x32, 4: 0x72}, {2: 0x12, 4: 0x1E}, {2: 0x12, 4: 0x12}
    with RawPrinter().listening() as printer:
        for status in (out, out, low, low, well, low):
            printer.status = status
            number = put(db, printer.uri)
            while spooler.step(printer.uri) == timedelta():
                pass
            clock.now += timedelta(seconds=8)
    assert [error.kind for error in told] == ["printer_out_of_paper", "printer_needs_care", "printer_needs_care"]
    row = job(db, number)
    assert (row.state, "sắp hết giấy" in row.last_error) == ("printed", True)
    assert len(printer.received) == 6


def test_line_cut_while_sending_asks_and_is_never_sent_again_by_itself(db: Database) -> None:
    clock = Clock()
    spooler = Spooler(DatabaseJobStore(db), clock)
    with RawPrinter(cut_after=500).listening() as printer:
        number = put(db, printer.uri, payload=SLIP * 100)
        assert spooler.step(printer.uri) == timedelta()
        assert job(db, number).state == "unknown"
        clock.now += timedelta(hours=1)
        assert spooler.step(printer.uri) is None
    assert printer.connections == 1
    assert "Xem máy in" in job(db, number).last_error


def test_dead_printer_never_holds_up_another(db: Database) -> None:
    """One printer takes the connection and then neither reads nor answers; the other prints meanwhile."""
    changes = Changes(db)
    stuck = Event()
    release = Event()

    def deliver(claimed: SpoolJob, stop: Event) -> str:
        from printing.spool import deliver as really

        if claimed.printer != "tcp://127.0.0.1:9":
            return really(claimed, stop)
        stuck.set()
        assert release.wait(20)
        return ""

    with RawPrinter().listening() as printer:
        dead = put(db, "tcp://127.0.0.1:9")
        spooler = Spooler(
            DatabaseJobStore(db),
            Clock(),
            deliver=deliver,
            on_change=changes,
            look_seconds=0.05,
        )
        spooler.start()
        try:
            assert stuck.wait(10)
            alive = [put(db, printer.uri) for _ in range(3)]
            spooler.wake()
            for number in alive:
                changes.wait_for(number, "printed")
            assert job(db, dead).state == "sending"
        finally:
            release.set()
            spooler.stop()
    assert len(printer.received) == 3


def test_program_killed_while_sending_asks_at_the_next_start(db: Database, tmp_path: Path) -> None:
    """A real process dies with the first bytes on the wire; the next start prints nothing by itself."""
    program = """
import os, sys
from datetime import datetime
from pathlib import Path
from counter_app.database import Database
from counter_app.services.print_job_store import DatabaseJobStore
from printing.spool import Spooler

def deliver(job, stop):
    os._exit(9)

db = Database(Path(sys.argv[1]))
Spooler(DatabaseJobStore(db), lambda: datetime.fromisoformat(sys.argv[3]), deliver=deliver).step(sys.argv[2])
"""
    with RawPrinter().listening() as printer:
        number = put(db, printer.uri)
        killed = subprocess.run(
            [sys.executable, "-c", program, str(db.path), printer.uri, MORNING.isoformat()],
            timeout=60,
            check=False,
            env={"PYTHONPATH": ":".join(filter(None, sys.path)), "PATH": ""},
        )
        assert killed.returncode == 9
        assert job(db, number).state == "sending"

        changes = Changes(db)
        spooler = Spooler(DatabaseJobStore(db), Clock(), on_change=changes, look_seconds=0.05)
        spooler.start()
        try:
            row = changes.wait_for(number, "unknown")
            later = put(db, printer.uri)
            spooler.wake()
            changes.wait_for(later, "printed")
        finally:
            spooler.stop()
    assert "Chương trình dừng khi đang in" in row.last_error
    assert printer.received == [SLIP], "the later job alone"
    assert job(db, number).state == "unknown"


def test_another_program_under_way_is_left_alone_until_its_lease_ends(db: Database) -> None:
    store = DatabaseJobStore(db)
    number = put(db, "tcp://127.0.0.1:9")
    claimed = store.claim("tcp://127.0.0.1:9", MORNING)
    assert claimed is not None
    assert store.recover(MORNING + timedelta(seconds=30)) == 0
    assert store.recover(MORNING + LEASE + timedelta(seconds=1)) == 1
    assert job(db, number).state == "unknown"
    store.mark_printed(number, MORNING + LEASE)
    assert job(db, number).state == "printed", "the sender knew better"


def test_job_of_an_earlier_day_asks_before_it_prints(db: Database) -> None:
    clock = Clock()
    spooler = Spooler(DatabaseJobStore(db), clock)
    with RawPrinter().listening() as printer:
        # 23:30 in Viet Nam; half an hour later it is tomorrow there, though not in UTC.
        evening = datetime(2026, 2, 5, 16, 30, tzinfo=UTC)
        number = put(db, printer.uri, now=evening)
        clock.now = evening + timedelta(minutes=31)
        assert spooler.step(printer.uri) is None
        assert job(db, number).state == "asks"
        assert printer.connections == 0

        confirm(db, number, clock.now)
        assert job(db, number).state == "confirmed"
        assert spooler.step(printer.uri) == timedelta()
        assert printer.done.wait(10)
    assert printer.received == [SLIP]


def test_confirmed_job_keeps_the_clerks_word_while_the_printer_is_off(db: Database) -> None:
    clock = Clock(MORNING + timedelta(days=1))
    spooler = Spooler(DatabaseJobStore(db), clock)
    printer = f"tcp://127.0.0.1:{free_port()}"
    number = put(db, printer)
    assert spooler.step(printer) is None
    confirm(db, number, clock.now)
    assert spooler.step(printer) == timedelta(seconds=2)
    assert job(db, number).state == "confirmed"


def test_clerk_says_that_an_unknown_job_came_out(db: Database) -> None:
    number = unknown_job(db)
    confirm(db, number, MORNING)
    assert job(db, number).state == "printed"
    with pytest.raises(UserError) as refused:
        confirm(db, number, MORNING)
    assert refused.value.kind == "job_state"
    with pytest.raises(UserError, match="không hủy được nữa"):
        cancel(db, number)


def test_clerk_prints_an_unknown_job_again_with_the_mark(db: Database) -> None:
    number = unknown_job(db)
    marked = render_thermal(THERMAL, 58)
    again = reprint(db, number, marked, MORNING)
    assert job(db, number).state == "cancelled"
    with RawPrinter().listening() as printer:
        moved = reprint(db, again, marked, MORNING, printer=printer.uri)
        assert job(db, again).state == "cancelled", "the paper cannot come out of both"
        assert Spooler(DatabaseJobStore(db), Clock()).step(printer.uri) == timedelta()
        assert printer.done.wait(10)
    assert printer.received == [marked]
    assert job(db, moved).reprint


def unknown_job(db: Database) -> int:
    store = DatabaseJobStore(db)
    number = put(db, "tcp://127.0.0.1:9")
    assert store.claim("tcp://127.0.0.1:9", MORNING) is not None
    assert store.recover(None) == 1
    return number


def test_cancelled_job_is_never_printed(db: Database) -> None:
    with RawPrinter().listening() as printer:
        number = put(db, printer.uri)
        cancel(db, number)
        assert Spooler(DatabaseJobStore(db), Clock()).step(printer.uri) is None
    assert printer.connections == 0
    assert job(db, number).label == "Đã hủy"


def test_same_paper_twice_needs_the_clerks_wish(db: Database) -> None:
    first = put(db, "tcp://127.0.0.1:9", issue="41")
    with pytest.raises(UserError) as refused:
        put(db, "tcp://127.0.0.1:9", issue="41")
    assert refused.value.kind == "already_printed"
    assert "In lại" in refused.value.message
    put(db, "tcp://127.0.0.1:9", issue="4")
    put(db, "tcp://127.0.0.1:9", issue="42")
    cancel(db, first)
    put(db, "tcp://127.0.0.1:9", issue="41")


def test_bad_address_is_refused_before_it_waits(db: Database) -> None:
    with pytest.raises(UserError) as refused:
        put(db, "máy in nào đó")
    assert refused.value.kind == "printer_unknown"
    assert list_jobs(db) == ()


def test_unknown_job_number(db: Database) -> None:
    with pytest.raises(UserError) as refused:
        cancel(db, 404)
    assert refused.value.kind == "job_unknown"


def test_jobs_of_one_printer_come_out_in_their_order(db: Database) -> None:
    spooler = Spooler(DatabaseJobStore(db), Clock())
    with RawPrinter().listening() as printer:
        for letter in (b"1", b"2", b"3"):
            put(db, printer.uri, payload=SLIP + letter)
        while spooler.step(printer.uri) == timedelta():
            pass
    assert [data[-1:] for data in printer.received] == [b"1", b"2", b"3"]


def test_refused_job_lets_the_next_one_pass(db: Database) -> None:
    spooler = Spooler(DatabaseJobStore(db), Clock())
    number = enqueue(db, form="receipt", title="Giấy", printer="usb:04b8:0e15", payload=b"%PDF", mime=PDF, now=MORNING)
    put(db, "usb:04b8:0e15")
    assert spooler.step("usb:04b8:0e15") == timedelta(), "no pause: the printer is not to blame"
    assert job(db, number).next_attempt_at == MORNING + timedelta(minutes=10)
    assert spooler.step("usb:04b8:0e15") == timedelta(seconds=2)


def test_only_one_of_many_claims_a_job(db: Database) -> None:
    put(db, "tcp://127.0.0.1:9")
    claimed: list[SpoolJob | None] = []
    claimers = [
        Thread(target=lambda: claimed.append(DatabaseJobStore(db).claim("tcp://127.0.0.1:9", MORNING)))
        for _ in range(8)
    ]
    for claimer in claimers:
        claimer.start()
    for claimer in claimers:
        claimer.join(30)
    assert len(claimed) == 8
    assert len([one for one in claimed if one is not None]) == 1


def test_fault_of_our_own_while_sending_is_reported_and_the_job_asks(db: Database) -> None:
    def deliver(_job: SpoolJob, _stop: Event) -> str:
        raise ZeroDivisionError

    number = put(db, "tcp://127.0.0.1:9")
    with pytest.raises(ZeroDivisionError):
        Spooler(DatabaseJobStore(db), Clock(), deliver=deliver).step("tcp://127.0.0.1:9")
    assert job(db, number).state == "unknown"


def test_fault_of_the_store_is_told_and_printing_goes_on(db: Database) -> None:
    class Flaky(DatabaseJobStore):
        """Its first look fails as a locked database does."""

        failed = False

        def printers(self) -> list[str]:
            if not self.failed:
                self.failed = True
                raise KnownError("database_busy", "Một chương trình khác đang ghi vào cơ sở dữ liệu.")
            return super().printers()

    told: list[KnownError] = []
    changes = Changes(db)
    with RawPrinter().listening() as printer:
        number = put(db, printer.uri)
        spooler = Spooler(
            Flaky(db),
            Clock(),
            on_change=changes,
            on_trouble=told.append,
            look_seconds=0.05,
        )
        spooler.start()
        try:
            changes.wait_for(number, "printed")
        finally:
            spooler.stop()
    assert [error.kind for error in told] == ["database_busy"]


def test_stop_leaves_no_thread_and_takes_no_further_job(db: Database) -> None:
    sent: list[int] = []
    entered, leave = Event(), Event()

    def deliver(claimed: SpoolJob, _stop: Event) -> str:
        entered.set()
        assert leave.wait(20)
        sent.append(claimed.id)
        return ""

    first = put(db, "tcp://127.0.0.1:9")
    second = put(db, "tcp://127.0.0.1:9")
    spooler = Spooler(DatabaseJobStore(db), Clock(), deliver=deliver, look_seconds=0.05)
    spooler.start()
    assert entered.wait(10)
    stopper = Thread(target=spooler.stop)
    stopper.start()
    leave.set()
    stopper.join(20)
    assert not [thread.name for thread in threads() if thread.name.startswith("print")]
    assert job(db, first).state == "printed"
    assert job(db, second).state in ("waiting", "printed")
    assert len(sent) == len(list_jobs(db, states=("printed",)))


def test_pause_grows_to_a_minute_and_a_refusal_waits_longer() -> None:
    seconds = [pause_after(attempt, "printer_off").total_seconds() for attempt in (1, 2, 3, 5, 6, 50)]
    assert seconds == [2, 4, 8, 32, 60, 60]
    assert pause_after(1, "printer_refused") == timedelta(minutes=10)


def test_list_shows_what_is_not_settled_newest_first(db: Database) -> None:
    first, second, third = (put(db, "tcp://127.0.0.1:9") for _ in range(3))
    cancel(db, second)
    assert [row.id for row in list_jobs(db)] == [third, first]
    assert [row.id for row in list_jobs(db, states=("cancelled",))] == [second]


def test_ipp_job_goes_through_the_spool_once(db: Database, office_printer: IppPrinter) -> None:
    spooler = Spooler(DatabaseJobStore(db), Clock())
    before = len(office_printer.documents())
    paper = b"%PDF-1.4\n% a small paper of its own\n"
    number = enqueue(db, form="receipt", title="Giấy tiếp nhận", printer=office_printer.uri, payload=paper, now=MORNING)
    assert spooler.step(office_printer.uri) == timedelta()
    assert spooler.step(office_printer.uri) is None
    assert office_printer.documents()[before:] == [paper]
    assert job(db, number).state == "printed"


def test_unknown_outcome_names_both_ways_out() -> None:
    message = PrintOutcomeUnknown("Đứt dây").message
    assert "«Giấy đã ra»" in message
    assert "«In lại»" in message
