"""The same desk day on both adapters, with faults, cuts and sudden ends: in the end desk and portal agree."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from two_portals import CALLS, DeskDay, check_agreed

from counter_app.rules.lifecycle import Step
from tests import profiles

FAULTS = (
    "busy_429",
    "busy_503",
    "cut_before_commit",
    "cut_after_commit",
    "html",
    "truncated_json",
    "expired_sessions",
)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), st.lists(st.integers(0, 3), max_size=2, unique=True)),
        st.tuples(st.just("step"), st.integers(0, 20)),
        st.tuples(st.just("step"), st.integers(0, 20)),
        st.tuples(st.just("attach"), st.tuples(st.integers(0, 3), st.booleans())),
        st.tuples(st.just("fault"), st.tuples(st.sampled_from(FAULTS), st.integers(0, 20), st.integers(1, 2))),
        st.tuples(st.just("sync"), st.just(0)),
        st.tuples(st.just("die"), st.integers(0, 25)),
        st.tuples(st.just("wait"), st.sampled_from((2, 60, 1500))),
    ),
    min_size=4,
    max_size=18,
)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("profile", [1, 2])
def test_desk_and_portal_agree_after_any_day(profile: int, prepared_directory: Path) -> None:
    @seed(profiles.SEED)
    @settings(
        max_examples=profiles.PROFILES[profiles.NAME] // 5,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(deeds=DEEDS, which=st.integers(0, 1000))
    def run(deeds: list[tuple[str, Any]], which: int) -> None:
        with tempfile.TemporaryDirectory(prefix="day-") as scratch:
            day = DeskDay(profile, prepared_directory, Path(scratch), seed=which)
            try:
                day.receive([0])
                for place, deed in enumerate(deeds):
                    _do(day, deed, which + place)
                day.settle()
                check_agreed(day)
            finally:
                day.close()

    run()


def _do(day: DeskDay, deed: tuple[str, Any], which: int) -> None:
    kind, given = deed
    code = day.codes[which % len(day.codes)]
    match kind:
        case "receive":
            day.receive(given)
        case "step":
            day.step(code, given)
        case "attach":
            day.attach(code, given[0], as_result=given[1])
        case "fault":
            name, call, times = given
            calls = CALLS[day.profile]
            day.portal.faults.set(name, next_calls=times, on=(calls[call % len(calls)],))
        case "sync":
            day.sync()
        case "die":
            day.sync_and_die(given)
        case "wait":
            day.wait(given)


@pytest.mark.parametrize("profile", [1, 2])
def test_a_late_paper_that_another_dossier_still_wants_is_told_as_late(
    profile: int, prepared_directory: Path, tmp_path: Path
) -> None:
    day = DeskDay(profile, prepared_directory, tmp_path, seed=1)
    try:
        first = day.receive([0])
        day.settle()
        day.attach(first, 1, as_result=False)
        day.receive([1])
        day.settle()
        check_agreed(day)
    finally:
        day.close()


@pytest.mark.parametrize("profile", [1, 2])
def test_a_whole_day_without_a_line_arrives_at_its_end(profile: int, prepared_directory: Path, tmp_path: Path) -> None:
    """Receive, hand over, attach a result, finish and return off line: all of it, results too, is on the portal."""
    day = DeskDay(profile, prepared_directory, tmp_path, seed=1)
    try:
        code = day.receive([0, 1])
        day.take(code, Step.HAND_OVER)
        day.attach(code, 2, as_result=True)
        day.take(code, Step.FINISH)
        day.take(code, Step.RETURN)
        day.settle()
        check_agreed(day)
        there = day.held()[code]
        assert (there.status, sum(there.papers.values()), sum(there.results.values())) == ("10", 2, 1)
    finally:
        day.close()


@pytest.mark.parametrize("profile", [1, 2])
@pytest.mark.parametrize("after", range(0, 48, 3))
def test_the_program_may_end_anywhere(profile: int, after: int, prepared_directory: Path, tmp_path: Path) -> None:
    day = DeskDay(profile, prepared_directory, tmp_path, seed=after)
    try:
        code = day.receive([0])
        day.step(code, 1)
        day.sync_and_die(after)
        day.settle()
        check_agreed(day)
    finally:
        day.close()


@pytest.mark.parametrize("profile", [1, 2])
def test_a_paper_that_comes_after_the_record(profile: int, prepared_directory: Path, tmp_path: Path) -> None:
    """Profile 1 names it; profile 2 has no call for it, and says so without holding anything else back."""
    day = DeskDay(profile, prepared_directory, tmp_path, seed=1)
    try:
        code = day.receive([0])
        day.settle()
        day.attach(code, 1, as_result=False)
        day.take(code, Step.HAND_OVER)
        day.settle()
        check_agreed(day)
        late = [one for one in day.messages() if one.state != "done"]
        assert [one.error_code for one in late] == ([] if profile == 1 else ["not_offered"])
        assert sum(day.held()[code].papers.values()) == (2 if profile == 1 else 1)
        assert all("chỉ nhận giấy tờ cùng lúc với hồ sơ" in one.last_error for one in late)
    finally:
        day.close()


def test_the_record_goes_without_a_paper_that_does_not_get_through(prepared_directory: Path, tmp_path: Path) -> None:
    """A portal whose files are broken does not keep a dossier from it for ever."""
    day = DeskDay(2, prepared_directory, tmp_path, seed=1)
    try:
        code = day.receive([0])
        day.portal.faults.set("cut_after_commit", probability=1, on=("files",))
        for _ in range(20):
            day.sync()
            day.wait(300)
        assert day.held()[code].papers == {}
        assert day.dossier(code).portal_code is not None
    finally:
        day.close()


def test_a_damaged_file_does_not_hold_the_record(prepared_directory: Path, tmp_path: Path) -> None:
    day = DeskDay(2, prepared_directory, tmp_path, seed=1)
    try:
        code = day.receive([0])
        (document,) = day.dossier(code).documents
        day.desk.documents.path_of(document.sha256).chmod(0o600)
        day.desk.documents.path_of(document.sha256).write_bytes(b"")
        day.settle()
        assert day.held()[code].papers == {}
        (stuck,) = [one for one in day.messages() if one.state != "done"]
        assert (stuck.kind, stuck.error_code) == ("upload", "document_damaged")
    finally:
        day.close()
