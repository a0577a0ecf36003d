"""`verify` finds what is wrong, and random days at the desk leave nothing wrong."""

from __future__ import annotations

import shutil
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.errors import UserError
from counter_app.rules.calendar import VIETNAM
from counter_app.rules.lifecycle import Status, Step, derive, permitted_steps
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import list_dossiers, show
from counter_app.services.receive import receive
from counter_app.services.steps import ELSEWHERE, StepInput, take_step
from counter_app.services.values import QueueFilter
from counter_app.services.verify import verify
from tests.catalogue_samples import full_request, request, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, payloads, row_counts, tamper


@pytest.fixture
def busy(directory: Path, clock: Clock, tmp_path: Path) -> tuple[Path, str]:
    """A closed desk with one dossier that went some way, and its code."""
    desk = open_desk(directory, clock)
    code = receive(desk, request(files=(write_pdf(tmp_path / "đơn.pdf"),))).code
    take_step(desk, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    take_step(desk, code, Step.FINISH, StepInput())
    found = verify(desk)
    assert (found.dossiers, found.documents, found.events, found.problems) == (1, 1, 3, ())
    desk.close()
    return directory, code


def problems(directory: Path) -> tuple[str, ...]:
    desk = open_desk(directory)
    try:
        return verify(desk).problems
    finally:
        desk.close()


def stored(directory: Path) -> Path:
    return next(path for path in (directory / "documents").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE dossier SET status = 'returned'", "không khớp"),
        ("DELETE FROM dossier_event WHERE number = 2", "sự kiện"),
        ("DELETE FROM dossier_event WHERE number = 3", "không khớp"),
        ("DELETE FROM dossier_event", "lịch sử không hợp lệ"),
        ("UPDATE dossier_event SET step = 'return' WHERE number = 2", "lịch sử không hợp lệ"),
        ("UPDATE dossier_event SET step = 'dance' WHERE number = 2", "lịch sử không hợp lệ"),
        ("DELETE FROM outbox", "tin"),
        ("UPDATE dossier SET due = '2031-01-01 10:00:00.000000'", "ngày hẹn"),
        ("UPDATE dossier SET is_open = 1", "đang mở"),
    ],
)
def test_tampered_database_is_found(busy: tuple[Path, str], statement: str, word: str) -> None:
    directory, code = busy
    tamper(directory / "counter.db", statement)
    found = problems(directory)
    assert any(code in problem and word in problem for problem in found), found


def test_broken_reference_is_found(busy: tuple[Path, str]) -> None:
    directory, _ = busy
    tamper(directory / "counter.db", "UPDATE dossier SET calendar_id = 999")
    assert any("dossier" in problem for problem in problems(directory))


@pytest.mark.parametrize("damage", ["missing", "emptied", "changed"])
def test_damaged_document_is_found(busy: tuple[Path, str], damage: str) -> None:
    directory, _ = busy
    path = stored(directory)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "emptied" else b"x" * path.stat().st_size)
    (problem,) = problems(directory)
    assert "đơn.pdf" in problem
    assert "quét lại" in problem


def test_history_is_append_only_for_the_program_itself(busy: tuple[Path, str]) -> None:
    import sqlite3
    from contextlib import closing

    directory, _ = busy
    with closing(sqlite3.connect(directory / "counter.db")) as connection:
        for statement in ("DELETE FROM dossier_event", "UPDATE dossier_event SET reason = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


ENOUGH = StepInput(
    reason="Lý do", unit="Phòng Kinh tế", new_due=datetime(2026, 3, 17, 17, tzinfo=VIETNAM), by="post", to="Y Bhiăo"
)
MOVES = st.lists(
    st.tuples(
        st.sampled_from([step for step in Step if step is Step.ATTACH or step not in ELSEWHERE | {Step.RECEIVE}]),
        st.integers(0, 2),
        st.integers(0, 300),
    ),
    max_size=12,
)


def apply(desk: DeskContext, code: str, step: Step, folder: Path) -> None:
    if step is Step.ATTACH:
        attach(desk, code, [write_pdf(folder / f"{row_counts(desk)['document']}.pdf")], component="TP01")
    else:
        take_step(desk, code, step, ENOUGH)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(MOVES)
def test_random_days_leave_nothing_wrong(
    prepared_directory: Path, tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[Step, int, int]]
) -> None:
    """Only permitted steps succeed, status follows from the events, and each event is told to the portal once."""
    folder = tmp_path_factory.mktemp("ngày")
    clock = Clock()
    desk = open_desk(Path(shutil.copytree(prepared_directory, folder / "desk")), clock)
    try:
        codes = [receive(desk, full_request()).code for _ in range(3)]
        for step, which, minutes in moves:
            clock.move(minutes=minutes)
            before = show(desk, codes[which])
            allowed = step in permitted_steps(Status(before.row.status))
            once = step is not Step.APOLOGISE or before.row.apology_count == 0
            # Five hours at most pass a move: the new date may have become one that can no longer be promised.
            fits = step is not Step.APOLOGISE or clock.now < ENOUGH.new_due > before.row.due  # type: ignore[operator]
            if allowed and once and fits:
                apply(desk, codes[which], step, folder)
                assert len(show(desk, codes[which]).events) == len(before.events) + 1
            else:
                counts = row_counts(desk)
                with pytest.raises(UserError):
                    apply(desk, codes[which], step, folder)
                assert show(desk, codes[which]) == before
                assert row_counts(desk) == counts
        assert verify(desk).problems == ()
        for row in list_dossiers(desk, QueueFilter())[0]:
            events = show(desk, row.code).events
            assert derive(Step(event.step) for event in events) == row.status
            assert [event.at for event in events] == sorted(event.at for event in events)
            assert all(one.due_after == two.due_before for one, two in pairwise(events))
            told = [(step["ThoiDiemXuLy"], step["TrangThai"]) for step in payloads(desk, row.code, "step")]
            assert len(told) == len(set(told)) == sum(event.step not in ("receive", "attach") for event in events)
            assert kinds(desk, row.code).count("create") == 1
    finally:
        desk.close()
