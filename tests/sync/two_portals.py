"""A desk day on a portal of either profile, with faults and sudden ends, and what must hold of both sides after it."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from counter_app.database import Database
from counter_app.errors import UserError
from counter_app.models import Dossier, OutboxMessage, SyncLock
from counter_app.rules.lifecycle import Status, Step, permitted_steps, portal_number
from counter_app.sandbox.portal import PracticePortal
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.outgoing import SILENT_STEPS
from counter_app.services.portal_link import naming_queue, open_client
from counter_app.services.receive import receive
from counter_app.services.steps import ELSEWHERE, StepInput, take_step
from counter_app.services.values import ComponentIn
from counter_app.settings import PortalSettings
from counter_app.sync import outbox
from counter_app.sync.engine import PassResult, Surroundings, SyncEngine, Watch
from counter_app.sync.messages import wire_time
from tests.catalogue_samples import HOURS, request, write_pdf
from tests.conftest import TUESDAY_MORNING

CALLS = {
    1: ("DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo", "LayThayDoi", "POST", "PATCH", "HEAD"),
    2: ("next-value", "files", "dossiers", "progress", "status", "lookup"),
}
"""What the practice portal calls the calls of each profile."""
SOON = timedelta(hours=1)
REFUSALS = {"impossible_time", "apology_repeated", "new_due_invalid", "new_due_missing", "dossier_closed"}


class CrashError(BaseException):
    """The program's end: nothing may catch it."""


class Fuse:
    """Burns down at each beat (a commit, an answer of the portal) and then ends the program."""

    left: int | None = None

    def burn(self) -> None:
        if self.left is not None:
            if self.left == 0:
                raise CrashError
            self.left -= 1


class FragileDatabase(Database):
    """Ends before a commit, or right behind one."""

    def __init__(self, path: Path, fuse: Fuse) -> None:
        super().__init__(path)
        self._fuse = fuse

    @contextmanager
    def write(self) -> Iterator[Session]:
        with super().write() as session:
            yield session
            self._fuse.burn()
        self._fuse.burn()


class FragileLine:
    """A client whose program may end when the portal has answered and nothing is written yet."""

    def __init__(self, client: Any, fuse: Fuse) -> None:
        self._client = client
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)
        if not callable(member):
            return member

        def call(*given: Any, **named: Any) -> Any:
            answer = member(*given, **named)
            self._fuse.burn()
            return answer

        return call


@dataclass(frozen=True)
class Held:
    """A dossier as a portal holds it, whatever its profile: steps in order, status, digests of what is named."""

    steps: list[tuple[str, str]]
    status: str
    papers: Counter[str]
    results: Counter[str]


class DeskDay:
    """A desk, a portal of one profile, and the program between them."""

    def __init__(self, profile: int, prepared: Path, scratch: Path, *, seed: int) -> None:
        self.profile = profile
        self.scratch = scratch
        self.now = TUESDAY_MORNING
        self.portal = PracticePortal(
            scratch / "portal.db", knows_idempotency=False, seed=seed, clock=lambda: self.now.timestamp()
        ).start()
        opened = open_desk(Path(shutil.copytree(prepared, scratch / "desk")), lambda: self.now)
        url = self.portal.url if profile == 1 else self.portal.profile2_url
        self.desk: DeskContext = replace(
            opened, settings=replace(opened.settings, portal=PortalSettings(profile=profile, url=url, user="canbo"))
        )
        self.fuse = Fuse()
        self.codes: list[str] = []
        self._random = random.Random(seed).random
        self._running: tuple[SyncEngine, FragileDatabase] | None = None

    def close(self) -> None:
        self.end_program()
        self.desk.close()
        self.portal.stop()

    # The desk

    def receive(self, papers: Sequence[int] = ()) -> str:
        self.wait(8)
        files = tuple(self._paper(one) for one in papers)
        code = receive(self.desk, request(HOURS, components=(ComponentIn("TP01", 1, 0, files),))).code
        self.codes.append(code)
        return code

    def step(self, code: str, choice: int) -> None:
        self.wait(8)
        with self.desk.database.read() as session:
            row = session.scalars(select(Dossier).where(Dossier.code == code)).one()
            possible = [one for one in permitted_steps(Status(row.status)) if one not in ELSEWHERE]
            due = row.due
        if not possible:
            return
        step = possible[choice % len(possible)]
        new_due = due + timedelta(hours=1) if step is Step.APOLOGISE and due is not None else None
        given = StepInput(reason="Theo quy định", unit="Phòng Tư pháp", new_due=new_due)
        _unless_refused(lambda: take_step(self.desk, code, step, given))

    def take(self, code: str, step: Step) -> None:
        """A step that is known to be possible."""
        self.wait(8)
        take_step(self.desk, code, step, StepInput(reason="Theo quy định", unit="Phòng Tư pháp"))

    def attach(self, code: str, paper: int, *, as_result: bool) -> None:
        self.wait(8)
        target = {"result": "KQ01"} if as_result else {"component": "TP01"}
        _unless_refused(lambda: attach(self.desk, code, [self._paper(paper)], **target))

    def _paper(self, number: int) -> Path:
        return write_pdf(self.scratch / f"giấy {number}.pdf", pages=8)

    # The program

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def end_program(self) -> None:
        if self._running is not None:
            engine, database = self._running
            engine.close()
            database.close()
            self._running = None

    def sync(self, watch: Watch | None = None) -> PassResult:
        engine, _ = self._running or self._start()
        return engine.run_pass(watch)

    def sync_and_die(self, after: int) -> None:
        """One pass in which the program ends after so many beats."""
        self.fuse.left = after
        try:
            self.sync()
        except CrashError:
            self.fuse.left = None
            self.end_program()
            with self.desk.database.write() as session:
                session.execute(delete(SyncLock))
        finally:
            self.fuse.left = None

    def _start(self) -> tuple[SyncEngine, FragileDatabase]:
        database = FragileDatabase(self.desk.database.path, self.fuse)
        client = open_client(replace(self.desk, database=database), self.desk.settings, "thuchanh")
        around = Surroundings(
            portal="practice",
            document_path=self.desk.documents.path_of,
            queue_naming=naming_queue(self.desk),
            feed=lambda *_: _nothing_comes(),
            clock=lambda: self.now,
            random=self._random,
            lanes=0,
        )
        self._running = SyncEngine(database, FragileLine(client, self.fuse), around), database  # type: ignore[arg-type]
        return self._running

    def settle(self) -> None:
        """The line is whole: sync until nothing waits, within a time that a clerk would wait."""
        self.portal.faults.clear()
        begun = self.now
        while True:
            result = self.sync()
            assert self._running is not None
            with self.desk.database.read() as session:
                due = outbox.next_due(session, documents_first=self._running[0].documents_first)
            if due is None and result.retry_at is None:
                return
            self.wait(max(((result.retry_at or due or self.now) - self.now).total_seconds(), 0.05))
            assert self.now - begun < SOON, f"still waiting: {result}, next due {due}"

    # Both sides

    def messages(self) -> list[OutboxMessage]:
        with self.desk.database.read() as session:
            return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.dossier_id, OutboxMessage.number)))

    def dossier(self, code: str) -> Dossier:
        with self.desk.database.read() as session:
            found = session.scalars(select(Dossier).where(Dossier.code == code)).one()
            assert found.events is not None
            assert found.documents is not None
            return found

    def held(self) -> dict[str, Held]:
        """What the portal holds, by the desk's codes; each dossier once, or it fails."""
        return _held_in_profile1(self.portal) if self.profile == 1 else _held_in_profile2(self.portal)


def check_agreed(day: DeskDay) -> None:
    """Nothing waits: every dossier and step is there once and in order, and every document that can be."""
    held = day.held()
    assert sorted(held) == sorted(day.codes)
    messages = day.messages()
    left = [one for one in messages if one.state != "done"]
    # The one thing that only profile 2 cannot do: name a paper after the create; it says so, and to a person.
    assert [(one.kind, one.state, one.error_code) for one in left] == [
        ("upload", "needs_attention", "not_offered") for _ in left
    ], [(one.kind, one.state, one.last_error) for one in left]
    assert not left or day.profile == 2
    refused = {one.document_id for one in left}
    for code in day.codes:
        dossier, there = day.dossier(code), held[code]
        assert there.steps == [
            (wire_time(event.at), str(portal_number(Status(event.status_after))))
            for event in dossier.events
            if event.step not in SILENT_STEPS
        ], code
        assert there.status == str(portal_number(Status(dossier.status))), code
        sent = [one for one in dossier.documents if one.id not in refused]
        assert all(not one.result_code for one in dossier.documents if one.id in refused)
        assert there.papers == Counter(one.sha256 for one in sent if not one.result_code), code
        results = Counter(one.sha256 for one in sent if one.result_code)
        # Profile 2 takes results with some statuses only; until then they wait for it.
        assert there.results == (results if day.profile == 1 or there.status in ("9", "10") else there.results), code
        assert there.results <= results


def _held_in_profile1(portal: PracticePortal) -> dict[str, Held]:
    return {
        code: Held(
            [(one["ThoiDiemXuLy"], one["TrangThai"]) for one in found["TienDo"]],
            found["TrangThaiHoSo"],
            Counter(one["TepDinhKemId"] for one in found.get("TaiLieuNop", [])),
            Counter(one["GiayToId"] for one in found.get("DanhSachGiayToKetQua", [])),
        )
        for code, found in portal.dossiers().items()
    }


def _held_in_profile2(portal: PracticePortal) -> dict[str, Held]:
    records = portal.profile2_records()
    digests = {one["id"]: one["sha256"] for one in records.files()}
    held: dict[str, Held] = {}
    for found in records.dossiers().values():
        assert found["MaHoSoKhac"] not in held, "the portal has a dossier twice"
        papers = [one for component in found["ThanhPhanHoSo"] for one in component["GiayToDinhKem"]]
        held[found["MaHoSoKhac"]] = Held(
            [(_plain(one["ThoiDiemXuLy"]), one["TrangThai"]) for one in found["TienTrinh"]],
            found["TrangThai"],
            Counter(digests[one["IdGiayTo"]] for one in papers),
            Counter(digests[one["GiayToId"]] for one in found.get("DanhSachGiayToKetQua", [])),
        )
    return held


def _plain(moment: str) -> str:
    """2026-03-10T08:30:00.000 as profile 1 writes it."""
    return "".join(letter for letter in moment[:19] if letter.isdigit())


def _unless_refused(work: Callable[[], object]) -> None:
    try:
        work()
    except UserError as refusal:
        if refusal.kind not in REFUSALS:
            raise


def _nothing_comes() -> Any:
    raise AssertionError("nothing was put into the feed")
