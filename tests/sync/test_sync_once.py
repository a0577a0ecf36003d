"""Whatever breaks, and in whatever order: each dossier, step and document is on the portal exactly once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sync_desk import SyncDesk, assert_portal_has_each_once

from counter_app.sandbox.portal import PracticePortal
from counter_app.sync.engine import Watch

WRITING = ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"]
FAULTS = st.fixed_dictionaries(
    {},
    optional={
        name: st.floats(0.1, 0.3)
        for name in (
            "busy",
            "busy_429",
            "busy_503",
            "cut_before_commit",
            "cut_after_commit",
            "html",
            "truncated_json",
            "expired_sessions",
            "feed_repeats",
        )
    },
)


class CrashError(BaseException):
    """Stands for the program's end at any moment between two of its steps: nothing may catch it."""


def crash_after(calls: int) -> Watch:
    left = iter(range(calls))

    def sending(_: str) -> None:
        if next(left, None) is None:
            raise CrashError

    return Watch(sending=sending)


# Shrinking a run of a whole portal takes longer than reading the failing one.
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    faults=FAULTS,
    seed=st.integers(0, 2**16),
    knows=st.booleans(),
    crashes=st.lists(st.integers(0, 6), max_size=4),
    dossiers=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=5),
)
def test_each_thing_is_there_exactly_once(
    faults: dict[str, float],
    seed: int,
    knows: bool,
    crashes: list[int],
    dossiers: list[tuple[int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        desk = SyncDesk.create(Path(name) / "desk")
        desk.seed = seed
        with PracticePortal(Path(name) / "portal.db", faults=faults, knows_idempotency=knows, seed=seed) as portal:
            for number, (documents, steps) in enumerate(dossiers, start=1):
                code = desk.receive(number, documents)
                for step in range(steps):
                    desk.step(code, "processing" if step % 2 == 0 else "supplement_requested")
            for calls in crashes:
                crash(desk, portal.url, calls)
            desk.sync(portal.url, give_up_after=10)
            portal.faults.clear()
            result = desk.sync(portal.url)

            assert_portal_has_each_once(desk, portal)
            assert desk.states() == {"done": len(desk.messages())}
            assert result.failed == 0
        desk.database.close()


def crash(desk: SyncDesk, url: str, calls: int) -> None:
    """Run until the program "dies" before a call; what it had marked stays as it was."""
    try:
        desk.sync(url, watch=crash_after(calls))
    except CrashError:
        return


def fault_after(portal: PracticePortal, fault: str, calls: int) -> Watch:
    left = iter(range(calls))

    def sending(_: str) -> None:
        if next(left, None) is None:
            portal.faults.set(fault, next_calls=1)

    return Watch(sending=sending)


def test_every_call_of_a_whole_sync_may_be_the_one_that_is_cut(tmp_path: Path) -> None:
    """Walk through a sync and cut each of its calls in turn, before and after the portal's commit."""
    for knows in (True, False):
        for fault in ("cut_before_commit", "cut_after_commit"):
            for skipped in range(9):
                name = f"{fault}-{skipped}-{knows}"
                desk = SyncDesk.create(tmp_path / name)
                with PracticePortal(tmp_path / f"{name}.db", knows_idempotency=knows) as portal:
                    code = desk.receive(1, documents=1)
                    desk.step(code, "processing")
                    client = desk.client(portal.url)
                    desk.engine(client).run_pass(fault_after(portal, fault, skipped))
                    client.close()
                    portal.faults.clear()
                    desk.sync(portal.url)

                    assert_portal_has_each_once(desk, portal)
                    assert desk.states() == {"done": len(desk.messages())}
                desk.database.close()
