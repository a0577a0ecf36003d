"""Any walk of any dossier over a real desk, against a model that counts its clock minute by minute."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM, WorkCalendar
from counter_app.rules.lifecycle import OPEN, TRANSITIONS, Status, Step, clock_stands
from counter_app.services.calendars import read_calendar
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.undo import undo_last, undoable
from counter_app.services.values import ComponentIn, DossierView
from counter_app.services.verify import verify
from tests import profiles
from tests.catalogue_samples import CASES, DAYS, HOURS, SAME_DAY, full_request, request
from tests.conftest import TUESDAY_MORNING, Clock
from tests.rules.slow_clock import FIRST_DAY, SlowClock

GIVEN = {
    Step.HAND_OVER: StepInput(unit="Phòng Kinh tế"),
    Step.REQUEST_SUPPLEMENT: StepInput(reason="Thiếu bản sao", again="Thiếu thêm"),
    Step.REFUSE: StepInput(reason="Không thuộc thẩm quyền"),
    Step.STOP: StepInput(reason="Người nộp xin dừng"),
}
TAKEN = [
    step
    for step in Step
    if step not in {Step.REGISTER, Step.ATTACH, Step.CORRECT, Step.EXEMPT, Step.REFUND, Step.APOLOGISE}
]
"""Steps of ``take_step``; letters of apology have rules of their own."""
UNITS = {DAYS: "working_day", CASES: "calendar_day", SAME_DAY: "same_day", HOURS: "working_hour"}


@dataclass
class Model:
    """What the walk so far must have led to; ``before`` is for a step that is taken back."""

    status: Status
    waits: list[tuple[int, int]] = field(default_factory=list)
    waiting_since: int | None = None
    came_from: Status | None = None
    before: Model | None = None

    def take(self, step: Step, at: int) -> Model:
        """The model after a permitted step; a dossier that ends while it waits owes nothing any more."""
        after = TRANSITIONS[self.status][step]
        if step is Step.SUPPLEMENT and self.came_from is Status.RECEIVED:
            after = Status.RECEIVED
        new = replace(self, status=after, waits=list(self.waits), before=self)
        if after is Status.SUPPLEMENT_REQUESTED and self.status is not after:
            new.came_from = self.status
        if clock_stands(after) and self.waiting_since is None:
            new.waiting_since = at
        elif after in OPEN and not clock_stands(after) and self.waiting_since is not None:
            new.waits.append((self.waiting_since, at))
            new.waiting_since = None
        return new


@pytest.fixture(scope="module")
def walked(prepared_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskContext]:
    """One desk for all walks: each has a dossier of its own."""
    directory = Path(shutil.copytree(prepared_directory, tmp_path_factory.mktemp("walks") / "desk"))
    desk = open_desk(directory, Clock())
    yield desk
    assert verify(desk).problems == ()
    desk.close()


@pytest.fixture(scope="module")
def slow(walked: DeskContext) -> SlowClock:
    calendar: WorkCalendar = read_calendar(walked)
    return SlowClock(((420, 690), (810, 1020)), (), calendar.days_off, calendar.worked_days)


def minutes(moment: datetime) -> int:
    """A moment as the reference counts it."""
    return int((moment.astimezone(VIETNAM) - datetime.combine(FIRST_DAY, time(), VIETNAM)).total_seconds()) // 60


def check(desk: DeskContext, code: str, model: Model, slow: SlowClock, unit: str) -> None:
    view = show(desk, code)
    assert view.row.status == model.status
    if model.status in (Status.RECEIVED, Status.PROCESSING, *filter(clock_stands, Status)):
        assert (view.row.paused_at is not None) == clock_stands(model.status), "the clock stands when it should"
    assert view.row.due is not None
    assert view.first_due is not None
    received = minutes(view.row.received_at)
    promised = minutes(view.first_due)
    assert minutes(view.row.due) == slow.due_after(received, promised, model.waits, unit)
    _check_turns(view)


def _check_turns(view: DossierView) -> None:
    """By the history: never two waits at once, and none that ends before it begins."""
    for event, following in zip(view.events, view.events[1:], strict=False):
        assert following.at >= event.at
        assert following.status_before == event.status_after


walks = st.tuples(
    st.sampled_from(sorted(UNITS)),
    st.integers(0, 200),
    st.lists(st.tuples(st.sampled_from([*TAKEN, None]), st.integers(1, 2500)), max_size=9),
)


@pytest.mark.timeout(profiles.TIMEOUT_SECONDS)
@hypothesis.seed(profiles.SEED)
@hypothesis.settings(
    max_examples=profiles.EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(walks)
def test_any_walk(walked: DeskContext, slow: SlowClock, walk: tuple[str, int, list[tuple[Step | None, int]]]) -> None:
    """None among the steps takes the last one back."""
    procedure, days, steps = walk
    clock: Any = walked.clock
    clock.now = TUESDAY_MORNING + timedelta(days=days)
    house = (ComponentIn("TP01", 1), ComponentIn("TP02", 1))
    wanted = full_request() if procedure == DAYS else request(procedure)
    if procedure == CASES:
        wanted = replace(wanted, case_name="Nhà ở", components=house)
    code = receive(walked, wanted).code
    model = Model(Status.RECEIVED)
    for step, wait in steps:
        clock.now += timedelta(minutes=wait)
        before = show(walked, code)
        if step is None:
            model = _take_back(walked, code, model, before)
        elif step in TRANSITIONS[model.status]:
            take_step(walked, code, step, GIVEN.get(step, StepInput()))
            model = model.take(step, minutes(clock.now))
        else:
            with pytest.raises(UserError) as refusal:
                take_step(walked, code, step, GIVEN.get(step, StepInput()))
            assert refusal.value.kind in ("step_not_permitted", "already_received")
            assert show(walked, code) == before, "what is refused leaves no trace"
        check(walked, code, model, slow, UNITS[procedure])


def _take_back(desk: DeskContext, code: str, model: Model, before: DossierView) -> Model:
    if undoable(desk, code).refusal:
        with pytest.raises(UserError, match="Không hoàn tác được"):
            undo_last(desk, code, "Nhầm")
        assert show(desk, code) == before
        return model
    undo_last(desk, code, "Nhầm")
    assert model.before is not None
    assert before.events[-1].step not in (Step.CORRECT, Step.RECEIVE)
    return replace(model.before, before=None)
