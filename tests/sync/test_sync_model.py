"""Desk and portal as one machine: whatever happens in whatever order, in the end both sides agree.

A failure prints its steps and a blob; ``COUNTER_TEST_SEED`` (in the head of the report) brings the whole run back.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule
from model_clerk import WORKS, Clerk, Work, check_disk_full, trouble_of
from model_killed import CAN_KILL
from model_program import Death
from sync_world import Machines, World
from world_checks import check_agreed, check_at_any_time

from counter_app.sync.engine import Light, Watch
from tests.conftest import TUESDAY_MORNING
from tests.profiles import TIMEOUT_SECONDS, count_example, model, seeded

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
ANSWER_LOST = ("cut_after_commit", "truncated_json", "slow")
"""The portal has done it, and the desk does not learn of it."""

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
CHOICES = st.integers(0, 20)
WORK = st.lists(st.builds(Work, st.sampled_from(WORKS), CHOICES, PAPERS), max_size=3)
DEATHS = st.one_of(
    st.builds(Death, st.integers(0, 150)),
    st.builds(
        Death,
        st.integers(0, 25),
        st.sampled_from(("look_up", "send_dossiers", "send_steps", "changes", "upload")),
    ),
)


@seeded
class SyncMachine(RuleBasedStateMachine):
    """A desk at work, a portal, and all that comes between them."""

    machines: ClassVar[Machines]
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

    @initialize(target=dossiers, seed=st.integers(0, 2**16), knows_keys=st.booleans(), paper=PAPERS)
    def begin(self, seed: int, knows_keys: bool, paper: int) -> Any:
        place = Path(self._scratch.name)
        self._world = World(self.machines, self.prepared, place, TUESDAY_MORNING, seed=seed, knows_keys=knows_keys)
        self.clerk = Clerk(self._world)
        return multiple(self.clerk.receive([paper]), self.clerk.receive(lacks=True))

    def teardown(self) -> None:
        try:
            # What a failed run would say at its end would hide the failure itself.
            if self._world is not None and sys.exc_info()[0] is None:
                self.world.settle()
                check_agreed(self.world)
                count_example()
        finally:
            if self._world is not None:
                self._world.close()
            self._scratch.cleanup()

    # The desk

    @rule(target=dossiers, papers=st.lists(PAPERS, max_size=2), lacks=st.booleans())
    def receive(self, papers: list[int], lacks: bool) -> str:
        return self.clerk.receive(papers, lacks=lacks)

    @rule(code=dossiers, works=WORK)
    def work(self, code: str, works: list[Work]) -> None:
        self._work(code, works)

    @rule(code=dossiers, works=WORK)
    def work_on_a_full_disk(self, code: str, works: list[Work]) -> None:
        for one in works:
            self.clerk.do_without_room(code, one)

    # The portal's side

    @rule(target=dossiers)
    def apply_on_line(self) -> str:
        self.world.wait(timedelta(seconds=8))
        return self.world.push("HoSoMoi")

    @rule(code=dossiers, kind=st.sampled_from(("TienDo", "KetQua")), status=st.sampled_from(("4", "5", "9")))
    def process(self, code: str, kind: str, status: str) -> None:
        if code in self.world.portal.dossiers():
            self.world.process(code, kind, status)

    @rule()
    def day_off(self) -> None:
        self.world.push_calendar()

    # The line

    @rule(code=dossiers, works=WORK, faults=FAULTS, calls=st.none() | st.integers(0, 8))
    def sync(self, code: str, works: list[Work], faults: list[dict[str, Any]], calls: int | None) -> None:
        self._work(code, works)
        self._set(faults)
        self.world.sync(self._stopping(calls), in_haste=self._is_slow(faults))

    @rule(code=dossiers, works=WORK, at=st.integers(0, 8), faults=FAULTS)
    def sync_while_the_clerk_works(self, code: str, works: list[Work], at: int, faults: list[dict[str, Any]]) -> None:
        self._set(faults)
        is_now = iter([False] * at + [True])

        def sending(_: str) -> None:
            if next(is_now, False):
                self._work(code, works)

        self.world.sync(Watch(sending=sending), in_haste=self._is_slow(faults))

    @rule(code=dossiers, choice=CHOICES, fault=st.sampled_from(ANSWER_LOST))
    def step_and_lose_the_answer(self, code: str, choice: int, fault: str) -> None:
        self._set([])
        self.world.sync()
        if self.clerk.step(code, choice):
            self._set([{"name": fault, "next_calls": 1, "on": ("CapNhatTienDoHoSoMC",), "seconds": 90}])
            self.world.sync(in_haste=fault == "slow")

    @rule(code=dossiers, works=WORK, faults=FAULTS)
    def sync_on_a_full_disk(self, code: str, works: list[Work], faults: list[dict[str, Any]]) -> None:
        self._work(code, works)
        self._set(faults)
        with self.world.full_disk():
            trouble = trouble_of(lambda: self.world.sync(in_haste=self._is_slow(faults)))
        if trouble is not None:
            check_disk_full(trouble)

    # The end of a program at any moment

    @rule(code=dossiers, works=WORK, death=DEATHS, faults=FAULTS, is_seen_dead=st.booleans())
    def die(self, code: str, works: list[Work], death: Death, faults: list[dict[str, Any]], is_seen_dead: bool) -> None:
        self._work(code, works)
        self._set(faults)
        self.world.sync_and_die(death, in_haste=self._is_slow(faults), is_seen_dead=is_seen_dead)

    @precondition(lambda self: CAN_KILL)
    @rule(code=dossiers, works=WORK, death=DEATHS, faults=FAULTS)
    def be_killed(self, code: str, works: list[Work], death: Death, faults: list[dict[str, Any]]) -> None:
        self._work(code, works)
        self._set(faults)
        self.world.sync_and_be_killed(death, in_haste=self._is_slow(faults))

    @rule(
        code=dossiers,
        entries=st.lists(st.sampled_from(("4", "5", "9", "KetQua", "HoSoMoi")), min_size=1, max_size=3),
        after=st.integers(0, 30),
        is_killed=st.booleans(),
    )
    def die_over_the_feed(self, code: str, entries: list[str], after: int, is_killed: bool) -> None:
        self._set([])
        known = code in self.world.portal.dossiers()
        for one in entries:
            if one == "HoSoMoi" or not known:
                self.world.push("HoSoMoi")
            else:
                self.world.process(code, "KetQua" if one == "KetQua" else "TienDo", one)
        death = Death(after, "changes")
        if is_killed and CAN_KILL:
            self.world.sync_and_be_killed(death, in_haste=False)
        else:
            self.world.sync_and_die(death, in_haste=False, is_seen_dead=True)

    @rule()
    def restart(self) -> None:
        self.world.end_program()

    @rule(tries=st.integers(1, 3))
    def sync_with_a_wrong_password(self, tries: int) -> None:
        self._set([])
        self.world.end_program()
        self.world.program(password="sai mật khẩu")
        before = self.world.portal.dossiers()
        for _ in range(tries):
            result = self.world.sync()
            assert result.busy_elsewhere or result.light in (Light.SIGN_IN_NEEDED, Light.OFFLINE)
        assert self.world.portal.dossiers() == before
        self.world.end_program()

    # Time

    @rule(seconds=st.sampled_from((8, 160, 5600, 40_000, 8 * 86400)))
    def wait(self, seconds: int) -> None:
        self.world.wait(timedelta(seconds=seconds))

    @rule(seconds=st.sampled_from((0, -184, 184, -7800, 7800, -172_800, 172_800)))
    def set_the_clock(self, seconds: int) -> None:
        """By whole eights, so that the desk's seconds and the portal's stay apart."""
        self.world.skew = timedelta(seconds=seconds)

    @invariant()
    def nothing_is_twice_and_done_is_there(self) -> None:
        if self._world is not None:
            check_at_any_time(self.world)

    # Helpers

    def _work(self, code: str, works: list[Work]) -> None:
        for one in works:
            self.clerk.do(code, one)

    def _set(self, faults: list[dict[str, Any]]) -> None:
        self.world.portal.faults.clear()
        for fault in faults:
            self.world.portal.faults.set(**fault)

    @staticmethod
    def _is_slow(faults: list[dict[str, Any]]) -> bool:
        return any(fault["name"] == "slow" for fault in faults)

    @staticmethod
    def _stopping(calls: int | None) -> Watch:
        if calls is None:
            return Watch()
        left = iter(range(calls))
        return Watch(stop=lambda: next(left, None) is None)


@pytest.fixture(autouse=True)
def _machines(prepared_directory: Path, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    SyncMachine.prepared, SyncMachine.machines = prepared_directory, Machines()
    caplog.set_level(logging.ERROR)
    yield
    SyncMachine.machines.close()


TestSync = pytest.mark.timeout(TIMEOUT_SECONDS)(model(SyncMachine.TestCase))
