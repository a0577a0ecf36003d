"""Desk and portal as one machine: whatever happens in whatever order, in the end both sides agree.

A failure prints its steps and a blob; ``COUNTER_TEST_SEED`` (in the head of the report) brings the whole run back.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from sync_world import World
from world_checks import check_agreed, check_at_any_time

from counter_app.errors import UserError
from counter_app.models import Dossier
from counter_app.rules.lifecycle import Status, Step, permitted_steps
from counter_app.services.attach import attach
from counter_app.services.receive import receive
from counter_app.services.steps import ELSEWHERE, StepInput, take_step
from counter_app.services.values import ComponentIn
from counter_app.sync.engine import Light, Watch
from tests.catalogue_samples import HOURS, request, write_pdf
from tests.conftest import TUESDAY_MORNING
from tests.profiles import model, seeded

CALLS = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo", "LayThayDoi", "POST", "PATCH", "HEAD")
ONE_CALL = (
    "busy",
    "busy_429",
    "busy_503",
    "slow",
    "cut_before_commit",
    "cut_after_commit",
    "html",
    "truncated_json",
    "expired_sessions",
    "feed_repeats",
)
REFUSALS = {"impossible_time", "apology_repeated", "new_due_invalid", "new_due_missing", "dossier_unknown"}
"""What the rules may say: to a wrong clock, to a second letter, of an online dossier that has not come in yet."""

FAULTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(ONE_CALL),
            "next_calls": st.integers(1, 3),
            "on": st.one_of(st.just(()), st.sampled_from(CALLS).map(lambda call: (call,))),
            "seconds": st.sampled_from((0, 1, 90, 600)),
        }
    ),
    max_size=2,
)
PAPERS = st.integers(0, 4)
"""Few, so that the same bytes come again in other dossiers."""


@seeded
class SyncMachine(RuleBasedStateMachine):
    """A desk at work, a portal, and all that comes between them."""

    prepared: ClassVar[Path]
    dossiers = Bundle("dossiers")

    def __init__(self) -> None:
        super().__init__()
        self._scratch = tempfile.TemporaryDirectory(prefix="sync-model-")
        self._world: World | None = None

    @property
    def world(self) -> World:
        assert self._world is not None
        return self._world

    @initialize(seed=st.integers(0, 2**16), knows_keys=st.booleans())
    def begin(self, seed: int, knows_keys: bool) -> None:
        self._world = World(self.prepared, Path(self._scratch.name), TUESDAY_MORNING, seed=seed, knows_keys=knows_keys)

    def teardown(self) -> None:
        try:
            if self._world is not None:
                self.world.settle()
                check_agreed(self.world)
        finally:
            if self._world is not None:
                self._world.close()
            self._scratch.cleanup()

    # The desk

    @rule(target=dossiers, papers=st.lists(PAPERS, max_size=2), lacks=st.booleans())
    def receive(self, papers: list[int], lacks: bool) -> str:
        self._tick()
        files = tuple(self._paper(one) for one in papers)
        if lacks:
            wanted = request(HOURS, components=(), supplement_reason="Thiếu tờ khai")
        else:
            wanted = request(HOURS, components=(ComponentIn("TP01", 1, 0, files),))
        return receive(self.world.desk, wanted).code

    @rule(code=dossiers, choice=st.integers(0, 20))
    def step(self, code: str, choice: int) -> None:
        self._tick()
        self._take_step(code, choice)

    @rule(code=dossiers, paper=PAPERS, as_result=st.booleans())
    def attach(self, code: str, paper: int, as_result: bool) -> None:
        self._tick()
        target = {"result": "KQ01"} if as_result else {"component": "TP01"}
        self._unless_refused(lambda: attach(self.world.desk, code, [self._paper(paper)], **target))

    # The portal's side

    @rule(target=dossiers)
    def apply_on_line(self) -> str:
        self._tick()
        return self.world.push("HoSoMoi")

    @rule(code=dossiers, kind=st.sampled_from(("TienDo", "KetQua")), status=st.sampled_from(("4", "5", "9")))
    def process(self, code: str, kind: str, status: str) -> None:
        if code not in self.world.portal.dossiers():
            return
        self._tick()
        # Off the seconds in which the desk works: the protocol tells two such steps apart by nothing else.
        self.world.wait(timedelta(seconds=4))
        self.world.push(kind, code=code, **({"status": status} if kind == "TienDo" else {}))
        self.world.wait(timedelta(seconds=4))

    @rule()
    def day_off(self) -> None:
        self.world.push_calendar()
        self._tick()

    # The line

    @rule(faults=FAULTS, calls=st.none() | st.integers(0, 8))
    def sync(self, faults: list[dict[str, object]], calls: int | None) -> None:
        self._set(faults)
        self.world.sync(self._stopping(calls), in_haste=self._is_slow(faults))

    @rule(code=dossiers, choice=st.integers(0, 20), at=st.integers(0, 8), faults=FAULTS)
    def sync_while_the_clerk_works(self, code: str, choice: int, at: int, faults: list[dict[str, object]]) -> None:
        self._set(faults)
        calls = iter(range(at))

        def sending(_: str) -> None:
            if next(calls, None) is None:
                self._tick()
                self._take_step(code, choice)

        self.world.sync(Watch(sending=sending), in_haste=self._is_slow(faults))

    @rule(after=st.integers(0, 40), faults=FAULTS, is_seen_dead=st.booleans())
    def die(self, after: int, faults: list[dict[str, object]], is_seen_dead: bool) -> None:
        self._set(faults)
        self.world.sync_and_die(after, in_haste=self._is_slow(faults), is_seen_dead=is_seen_dead)

    @rule()
    def restart(self) -> None:
        self.world.end_program()

    @rule(tries=st.integers(1, 6))
    def sync_with_a_wrong_password(self, tries: int) -> None:
        self.world.portal.faults.clear()
        self.world.end_program()
        self.world.program(password="sai mật khẩu")
        before = self.world.portal.dossiers()
        for _ in range(tries):
            result = self.world.sync()
            assert result.busy_elsewhere or result.light in (Light.SIGN_IN_NEEDED, Light.OFFLINE)
        assert self.world.portal.dossiers() == before
        self.world.end_program()

    # Time

    @rule(seconds=st.sampled_from((1, 20, 700, 5000)) | st.just(8 * 86400))
    def wait(self, seconds: int) -> None:
        self.world.wait(timedelta(seconds=8 * seconds if seconds < 8 * 86400 else seconds))

    @rule(minutes=st.sampled_from((0, -3, 3, -130, 130, -2880, 2880)))
    def set_the_clock(self, minutes: int) -> None:
        self.world.skew = timedelta(minutes=minutes)

    @invariant()
    def nothing_is_twice_and_done_is_there(self) -> None:
        if self._world is not None:
            check_at_any_time(self.world)

    # Helpers

    def _tick(self) -> None:
        """The desk works at every eighth second, so that steps bumped by a second or two stay apart."""
        self.world.wait(timedelta(seconds=8))

    def _paper(self, number: int) -> Path:
        return write_pdf(self.world.scratch / f"giấy {number}.pdf", pages=8)

    def _take_step(self, code: str, choice: int) -> None:
        with self.world.desk.database.read() as session:
            row = session.scalars(select(Dossier).where(Dossier.code == code)).one_or_none()
            if row is None:  # on line, and not come in yet
                return
            status, due = Status(row.status), row.due
        possible = [one for one in permitted_steps(status) if one not in ELSEWHERE]
        if not possible:
            return
        given = StepInput(reason="Theo quy định", unit="Phòng Tư pháp")
        step = possible[choice % len(possible)]
        if step is Step.APOLOGISE and due is not None:
            given = StepInput(reason=given.reason, unit=given.unit, new_due=due + timedelta(hours=1))
        self._unless_refused(lambda: take_step(self.world.desk, code, step, given))

    def _unless_refused(self, work: Callable[[], object]) -> None:
        try:
            work()
        except UserError as refusal:
            if refusal.kind not in REFUSALS:
                raise

    def _set(self, faults: list[dict[str, object]]) -> None:
        self.world.portal.faults.clear()
        for fault in faults:
            self.world.portal.faults.set(**fault)  # type: ignore[arg-type]

    @staticmethod
    def _is_slow(faults: list[dict[str, object]]) -> bool:
        return any(fault["name"] == "slow" for fault in faults)

    @staticmethod
    def _stopping(calls: int | None) -> Watch:
        if calls is None:
            return Watch()
        left = iter(range(calls))
        return Watch(stop=lambda: next(left, None) is None)


@pytest.fixture(autouse=True)
def _prepared(prepared_directory: Path, caplog: pytest.LogCaptureFixture) -> None:
    SyncMachine.prepared = prepared_directory
    caplog.set_level(logging.ERROR)


TestSync = model(SyncMachine.TestCase)
