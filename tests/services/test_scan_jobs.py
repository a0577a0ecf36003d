"""Scanned pages on their way into a dossier: once, whatever dies on the way, and never without a word."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from counter_app.rules.lifecycle import Step
from counter_app.scanning import cleanup
from counter_app.services import scan_jobs
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.scan_groups import READY, UNASSIGNED, UNDECIDED, groups_of, ready_groups
from counter_app.services.scan_jobs import (
    DONE,
    TROUBLE,
    WAITING,
    Progress,
    counts,
    enqueue,
    give_up,
    jobs_of_tray,
    open_jobs,
    recover,
    retry,
    work_off_one,
)
from counter_app.services.scan_queue import ScanQueue
from counter_app.services.scan_trays import clear_up, loose_pages, open_tray
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, refused
from tests.services.scan_samples import filled_tray, group_of


@pytest.fixture
def code(desk: DeskContext) -> str:
    return receive(desk, full_request()).code


def test_pages_become_one_document_of_the_paper(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một", "hai", "ba"])
    (job,) = enqueue(desk, tray.id, [group_of(tray, code, pages=slice(0, 2))]).jobs
    assert show(desk, code).scans_in_work == {("TP01", "")}
    told: list[Progress] = []
    outcome = work_off_one(desk, progress=told.append)
    assert outcome is not None
    assert (outcome.job, outcome.dossier_code, outcome.state) == (job, code, DONE)
    assert [(item.done, item.pages) for item in told] == [(0, 2), (1, 2), (2, 2)]
    view = show(desk, code)
    assert view.scans_in_work == frozenset()
    (document,) = view.documents
    assert (document.component_code, document.file_name, document.pages) == ("TP01", f"{code}-TP01.pdf", 2)
    with pikepdf.open(desk.documents.path_of(document.sha256)) as pdf, pdf.open_metadata() as facts:
        assert (facts["pdfaid:part"], facts["pdfaid:conformance"]) == ("2", "B")
    assert kinds(desk, code) == ["create", "upload"]
    assert verify(desk).problems == ()
    assert jobs_of_tray(desk, tray.id)[0].sha256 == document.sha256
    assert work_off_one(desk) is None
    again = enqueue(desk, tray.id, [group_of(tray, code, "TP02", pages=slice(1, 3))])
    assert (again.jobs, len(again.refused)) == ((), 1), "a page lies in one document"


def test_dust_is_taken_away_unless_the_settings_say_otherwise(
    desk: DeskContext, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    straight = cleanup.straightened

    def straightened(*page: Any, despeckle: bool, **how: Any) -> Any:
        asked.append(despeckle)
        return straight(*page, despeckle=despeckle, **how)

    monkeypatch.setattr(cleanup, "straightened", straightened)
    tray = filled_tray(desk, ["một", "hai"])
    enqueue(desk, tray.id, [group_of(tray, code, pages=slice(0, 1)), group_of(tray, code, "TP02", pages=slice(1, 2))])
    work_off_one(desk)
    pages = replace(desk.settings.pages, despeckle=False)
    work_off_one(replace(desk, settings=replace(desk.settings, pages=pages)))
    assert asked == [True, False]


def test_a_second_document_of_the_same_paper_has_a_name_of_its_own(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một", "hai"])
    enqueue(desk, tray.id, [group_of(tray, code, pages=slice(0, 1)), group_of(tray, code, pages=slice(1, 2))])
    work_off_one(desk)
    work_off_one(desk)
    assert [item.file_name for item in show(desk, code).documents] == [f"{code}-TP01.pdf", f"{code}-TP01-2.pdf"]


def test_a_result_is_attached_to_the_result(desk: DeskContext, code: str) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    tray = filled_tray(desk, ["Trích lục"])
    enqueue(desk, tray.id, [group_of(tray, code, "", result="KQ01")])
    work_off_one(desk)
    (document,) = show(desk, code).documents
    assert (document.component_code, document.result_code) == ("", "KQ01")
    assert document.file_name == f"{code}-KQ1.pdf"


def test_what_cannot_be_attached_is_named_and_the_rest_goes_on(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một", "hai", "ba"])
    wrong = [
        group_of(tray, "H15.36-200101-0001", pages=slice(0, 1)),
        group_of(tray, code, "TP99", pages=slice(0, 1)),
        group_of(tray, code, pages=slice(0, 0)),
        group_of(tray, code, pages=slice(1, 2)),
        group_of(tray, code, "TP02", pages=slice(1, 3)),
    ]
    queued = enqueue(desk, tray.id, wrong)
    assert [number for number, _ in queued.refused] == [0, 1, 2, 4]
    assert "TP99" in queued.refused[1][1]
    assert "đã được gửi" in queued.refused[3][1], "page two is in the job just made"
    assert len(open_jobs(desk)) == 1


def test_a_trouble_waits_for_a_person_who_tries_again_or_takes_the_pages_back(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một"])
    (job,) = enqueue(desk, tray.id, [group_of(tray, code)]).jobs
    image = tray.image_path(tray.pages()[0].id)
    aside = image.rename(image.with_suffix(".aside"))
    outcome = work_off_one(desk)
    assert outcome is not None
    assert outcome.state == TROUBLE
    assert "quét lại" in outcome.message
    assert (counts(desk).in_work, counts(desk).trouble) == (0, 1)
    assert work_off_one(desk) is None, "nothing is tried again by itself"
    aside.rename(image)
    retry(desk, job)
    assert open_jobs(desk)[0].state == WAITING
    assert work_off_one(desk) is not None
    assert len(show(desk, code).documents) == 1
    with refused("scan_job_state"):
        give_up(desk, job)


def test_pages_taken_back_are_loose_again(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một"])
    (job,) = enqueue(desk, tray.id, [group_of(tray, code)]).jobs
    tray.image_path(tray.pages()[0].id).unlink()
    work_off_one(desk)
    assert loose_pages(tray.pages(), jobs_of_tray(desk, tray.id)) == ()
    give_up(desk, job)
    assert loose_pages(tray.pages(), jobs_of_tray(desk, tray.id)) == tray.pages()
    assert counts(desk).trouble == 0


def test_a_job_that_was_stopped_waits_for_the_next_start(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một"])
    enqueue(desk, tray.id, [group_of(tray, code)])
    outcome = work_off_one(desk, stop=lambda: True)
    assert outcome is not None
    assert outcome.state == WAITING
    assert show(desk, code).documents == ()


CHILD = """
import os, sys
from pathlib import Path
from datetime import datetime
import counter_app.services.scan_jobs as scan_jobs
from counter_app.services.desk import open_desk
real = scan_jobs.attach
def dying(*given, **named):
    if sys.argv[2] == "before":
        os._exit(9)
    real(*given, **named)
    os._exit(9)
scan_jobs.attach = dying
scan_jobs.work_off_one(open_desk(Path(sys.argv[1]), lambda: datetime.fromisoformat("2026-03-10T08:30:00+07:00")))
"""


def die(directory: Path, when: str) -> None:
    """A program that is killed at its first job, before or after the document is attached."""
    done = subprocess.run([sys.executable, "-c", CHILD, str(directory), when], timeout=60, check=False)
    assert done.returncode == 9


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_attaches_neither_twice_nor_never(directory: Path, clock: Clock, when: str) -> None:
    desk = open_desk(directory, clock)
    code = receive(desk, full_request()).code
    tray = filled_tray(desk, ["một"])
    enqueue(desk, tray.id, [group_of(tray, code)])
    desk.close()
    die(directory, when)
    again = open_desk(directory, clock)
    assert recover(again) == (1 if when == "before" else 0)
    while work_off_one(again) is not None:
        pass
    view = show(again, code)
    assert len(view.documents) == 1
    assert [event.step for event in view.events].count("attach") == 1
    assert [job.state for job in jobs_of_tray(again, tray.id)] == [DONE]
    assert verify(again).problems == ()
    again.close()


def test_a_job_that_ends_the_program_again_and_again_is_left_to_a_person(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một"])
    enqueue(desk, tray.id, [group_of(tray, code)])
    for _ in range(3):
        assert [job.state for job in open_jobs(desk)] == [WAITING]
        scan_jobs._claim(desk)  # as far as a program comes that dies at it
        recover(desk)
    assert [job.state for job in open_jobs(desk)] == [TROUBLE]
    assert "nhiều lần" in open_jobs(desk)[0].message
    assert scan_jobs._claim(desk) is None


def test_the_queue_works_off_what_waits_and_reads_the_words(desk: DeskContext, code: str) -> None:
    from threading import Event

    from counter_app.services.document_text import find_in_documents

    tray = filled_tray(desk, ["Đơn đăng ký biến động đất đai"])
    settled, troubles = Event(), []
    queue = ScanQueue(desk, on_outcome=lambda _outcome: settled.set(), on_trouble=troubles.append)
    queue.start()
    enqueue(desk, tray.id, [group_of(tray, code)])
    queue.wake()
    assert settled.wait(60)
    queue.stop()
    read = ScanQueue(desk, on_trouble=troubles.append)
    read._work()
    assert [hit.row.code for hit in find_in_documents(desk, "bien dong dat dai")] == [code]
    assert troubles == []


def test_a_tray_goes_when_all_its_pages_are_in_their_dossiers(desk: DeskContext, code: str) -> None:
    done = filled_tray(desk, ["một", "trang thừa"])
    enqueue(desk, done.id, [group_of(done, code, pages=slice(0, 1))])
    done.drop([done.pages()[1].id])
    left = filled_tray(desk, ["hai", "ba"])
    assert [(tray.id, tray.pages) for tray in clear_up(desk)] == [(left.id, 2)], "the job still needs its pictures"
    assert done.directory.is_dir()
    work_off_one(desk)
    assert [tray.id for tray in clear_up(desk, in_use=[done.id])] == [left.id]
    assert done.directory.is_dir()
    clear_up(desk)
    assert not done.directory.exists()
    assert len(open_tray(desk, left.id).pages()) == 2


def test_documents_of_a_tray_stand_in_the_order_of_their_pages(desk: DeskContext, code: str) -> None:
    tray = filled_tray(desk, ["một", "hai", "ba", "bốn"])
    first, second, third, fourth = (page.id for page in tray.pages())
    tray.split_before(third)
    tray.assign([first, second], dossier=code, component="TP01")
    tray.change(fourth, trouble="Không đọc được tờ ngăn.")
    states = [(group.page_ids, group.state) for group in groups_of(tray.pages(), ())]
    assert states == [((first, second), READY), ((third, fourth), UNDECIDED)]
    tray.change(fourth, trouble="")
    assert [group.state for group in groups_of(tray.pages(), ())] == [READY, UNASSIGNED]
    (ready,) = ready_groups(tray.pages(), ())
    assert [page.id for page in ready.pages] == [first, second]
    enqueue(desk, tray.id, [ready])
    jobs = jobs_of_tray(desk, tray.id)
    assert ready_groups(tray.pages(), jobs) == ()
    assert [group.state for group in groups_of(tray.pages(), jobs)] == [WAITING, UNASSIGNED]
