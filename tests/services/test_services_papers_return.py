"""The return slip that is signed before the return is entered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from counter_app.models import PrintJob
from counter_app.rules.lifecycle import Step
from counter_app.services import print_jobs
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper, print_paper
from counter_app.services.papers_return import print_slip_to_sign, slip_to_sign
from counter_app.services.print_again import print_again
from counter_app.services.print_job_store import DatabaseJobStore
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.returning import delivery_came_back, give, printed_slips
from counter_app.services.returning_delivery import Handing, OriginalBack, ResultOut
from counter_app.services.steps import StepInput, take_step
from tests.catalogue_samples import HNGAM, ON_THE_SPOT, full_request, request
from tests.conftest import Clock
from tests.printing.paper_samples import text_of
from tests.services.inspect_desk import nothing_stored, refused

PRINTER = "tcp://127.0.0.1:9"
HANDING = Handing(
    by="counter",
    results=(ResultOut("Trích lục khai sinh", "17/2026/TLKS"), ResultOut("Bản sao trích lục", "18/2026/TLKS-BS")),
    originals=(OriginalBack("TP01", 1),),
)


@pytest.fixture
def code(desk: DeskContext) -> str:
    code = receive(desk, full_request()).code
    take_step(desk, code, Step.FINISH, StepInput())
    return code


def test_the_slip_says_what_the_return_will_say_and_stores_nothing(
    desk: DeskContext, code: str, tmp_path: Path
) -> None:
    with nothing_stored(desk):
        paper = slip_to_sign(desk, code, HANDING)
    said = text_of(paper.pdf, tmp_path, rows=True)
    for words in ("PHIẾU GIAO NHẬN", HNGAM.name, "1 Trích lục khai sinh 17/2026/TLKS 01",
                  "2 Bản sao trích lục 18/2026/TLKS-BS 01", "1 Tờ khai theo mẫu 01", "Lê Thị Hạnh",
                  f"CCCD/MST: {HNGAM.personal_number}",
                  "6. Thời gian giao: 08 giờ 30 phút, ngày 10 tháng 3 năm 2026"):  # fmt: skip
        assert words in said, words
    give(desk, code, replace(HANDING, signed=True))
    assert make_paper(desk, code, "return_slip").pdf == paper.pdf


def test_the_slip_that_was_signed_is_the_paper_of_the_return(desk: DeskContext, clock: Clock, code: str) -> None:
    signed = slip_to_sign(desk, code, HANDING).pdf
    job = print_slip_to_sign(desk, code, HANDING, PRINTER)
    assert print_jobs.job(desk.database, job).event_number is None
    with refused("already_printed"):
        print_slip_to_sign(desk, code, HANDING, PRINTER)
    clock.move(minutes=7)
    give(desk, code, replace(HANDING, signed=True))
    assert make_paper(desk, code, "return_slip").pdf == signed, "with the moment at which it was signed"
    with refused("already_printed"):
        print_paper(desk, code, "return_slip", PRINTER)
    print_paper(desk, code, "return_slip", PRINTER, reprint=True)


def test_a_slip_that_never_came_out_is_not_the_one_that_was_signed(desk: DeskContext, clock: Clock, code: str) -> None:
    print_jobs.cancel(desk.database, print_slip_to_sign(desk, code, HANDING, PRINTER))
    clock.move(minutes=7)
    give(desk, code, replace(HANDING, signed=True))
    assert "slip" not in show(desk, code).events[-1].details
    print_paper(desk, code, "return_slip", PRINTER)


def test_each_handing_out_has_a_slip_of_its_own(desk: DeskContext, clock: Clock, code: str) -> None:
    by_post = Handing(by="post", tracking="EB111111111VN")
    print_slip_to_sign(desk, code, by_post, PRINTER)
    give(desk, code, by_post)
    clock.move(days=2)
    delivery_came_back(desk, code, "Không có người nhận")
    print_slip_to_sign(desk, code, HANDING, PRINTER)


def test_a_result_on_the_spot_has_its_slip_too(desk: DeskContext, tmp_path: Path) -> None:
    code = receive(desk, request(ON_THE_SPOT)).code
    assert "Giấy xác nhận" in text_of(slip_to_sign(desk, code, Handing(by="counter")).pdf, tmp_path)


def test_without_a_result_there_is_nothing_to_sign_for(desk: DeskContext) -> None:
    code = receive(desk, full_request()).code
    with refused("form_not_issued", "Có kết quả"):
        slip_to_sign(desk, code, HANDING)


@pytest.mark.parametrize(
    ("handing", "kind"),
    [
        (Handing(authorised=True), "receiver_missing"),
        (Handing(authorised=True, to="Y Thịnh"), "authority_missing"),
        (Handing(by="post"), "tracking_missing"),
        (Handing(by="counter", originals=(OriginalBack("TP99", 1),)), "component_unknown"),
    ],
)
def test_what_the_return_would_refuse_the_slip_refuses(
    desk: DeskContext, code: str, handing: Handing, kind: str
) -> None:
    with refused(kind):
        slip_to_sign(desk, code, handing)


OTHER = Handing(
    by="counter", to="Y Thắng Êban", to_number="066204003344", authorised=True, authority="Giấy ủy quyền số 12"
)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "Y Thắng Êban", "authorised": True, "authority": "Giấy ủy quyền số 12"}, "người nhận, giấy ủy quyền"),
        ({"to_number": "066204003344"}, "số định danh người nhận"),
        ({"results": HANDING.results[:1]}, "kết quả giao"),
        ({"results": (ResultOut("Trích lục khai sinh", "19/2026/TLKS"), HANDING.results[1])}, "kết quả giao"),
        ({"originals": ()}, "bản chính trả lại"),
    ],
)
def test_what_was_changed_after_the_slip_was_printed_is_not_what_was_signed(
    desk: DeskContext, clock: Clock, code: str, change: dict[str, Any], words: str
) -> None:
    print_slip_to_sign(desk, code, HANDING, PRINTER)
    clock.move(minutes=7)
    changed = replace(HANDING, signed=True, **change)
    with nothing_stored(desk), refused("slip_outdated", "in lúc 08:30 10/03/2026", f"ghi khác: {words}. ", "in phiếu"):
        give(desk, code, changed)
    print_slip_to_sign(desk, code, changed, PRINTER)
    give(desk, code, changed)
    assert make_paper(desk, code, "return_slip").pdf == slip_of(desk, code), (
        "the second slip is the paper of the return"
    )


def slip_of(desk: DeskContext, code: str) -> bytes:
    """The latest slip that went to the printer."""
    with desk.database.read() as session:
        return session.scalars(select(PrintJob.payload).order_by(PrintJob.id.desc())).first() or b""


def test_a_changed_slip_is_a_new_paper_and_no_reprint(desk: DeskContext, code: str, tmp_path: Path) -> None:
    print_slip_to_sign(desk, code, HANDING, PRINTER)
    print_slip_to_sign(desk, code, OTHER, PRINTER)
    said = text_of(slip_of(desk, code), tmp_path)
    assert "Y Thắng Êban" in said
    assert "Bản in lại" not in said
    with refused("already_printed"):
        print_slip_to_sign(desk, code, OTHER, PRINTER)
    assert [slip.said["to"] for slip in printed_slips(desk, code)] == [HNGAM.name, "Y Thắng Êban"]


def test_the_first_slip_holds_again_when_nothing_is_different_any_more(desk: DeskContext, code: str) -> None:
    print_slip_to_sign(desk, code, HANDING, PRINTER)
    print_slip_to_sign(desk, code, OTHER, PRINTER)
    give(desk, code, replace(HANDING, signed=True))
    assert signed_slip(desk, code) == printed_issue(desk, HNGAM.name)


def printed_issue(desk: DeskContext, to: str) -> str:
    """The spool's name of the slip for this receiver."""
    with desk.database.read() as session:
        (key,) = [job.key for job in session.scalars(select(PrintJob)) if job.kept["said"]["to"] == to]
    return key.split("/")[1]


def test_a_slip_that_was_given_up_asks_for_no_new_one(desk: DeskContext, code: str) -> None:
    print_jobs.cancel(desk.database, print_slip_to_sign(desk, code, OTHER, PRINTER))
    give(desk, code, replace(HANDING, signed=True))
    assert show(desk, code).row.status == "returned"


def test_by_post_nobody_signed_and_the_slip_of_the_desk_is_not_named(desk: DeskContext, code: str) -> None:
    print_slip_to_sign(desk, code, HANDING, PRINTER)
    give(desk, code, Handing(by="post", tracking="EB111111111VN"))
    assert "slip" not in show(desk, code).events[-1].details
    assert printed_slips(desk, code) == (), "the next handing out begins without one"


def test_a_slip_to_sign_is_printed_again_from_the_list_of_jobs_as_it_was(
    desk: DeskContext, clock: Clock, code: str, tmp_path: Path
) -> None:
    job = print_slip_to_sign(desk, code, OTHER, PRINTER)
    lost(desk, job)
    clock.move(minutes=7)
    again = print_again(desk, job)
    said = text_of(slip_of(desk, code), tmp_path)
    for words in ("Bản in lại", "Y Thắng Êban", "Giấy ủy quyền số 12", "08 giờ 30 phút"):
        assert words in said, words
    give(desk, code, replace(OTHER, signed=True))
    assert signed_slip(desk, code) == printed_slip(desk, again), "the one that came out holds"
    print_again(desk, again)
    assert "Giấy ủy quyền số 12" in text_of(slip_of(desk, code), tmp_path), "of the return that was entered"


def test_what_never_came_out_is_printed_without_a_mark(desk: DeskContext, code: str, tmp_path: Path) -> None:
    job = print_slip_to_sign(desk, code, HANDING, PRINTER)
    print_jobs.cancel(desk.database, job)
    again = print_again(desk, job)
    assert not print_jobs.job(desk.database, again).reprint
    assert "Bản in lại" not in text_of(slip_of(desk, code), tmp_path)
    lost(desk, again)
    print_jobs.cancel(desk.database, again)
    with refused("already_printed"):
        print_slip_to_sign(desk, code, HANDING, PRINTER)
    assert print_jobs.job(desk.database, print_again(desk, job)).reprint, "one of them may lie in the tray"


def test_a_slip_that_another_took_the_place_of_is_not_printed_again(desk: DeskContext, code: str) -> None:
    job = print_slip_to_sign(desk, code, HANDING, PRINTER)
    print_slip_to_sign(desk, code, OTHER, PRINTER)
    give(desk, code, replace(OTHER, signed=True))
    with refused("slip_not_signed", "Ctrl+Shift+P"):
        print_again(desk, job)


def lost(desk: DeskContext, job: int) -> None:
    """The program ended while the job was being sent."""
    store = DatabaseJobStore(desk.database)
    store.claim(PRINTER, desk.clock())
    store.mark_unknown(job, "mất điện")
    assert print_jobs.job(desk.database, job).state == "unknown"


def printed_slip(desk: DeskContext, job: int) -> str:
    with desk.database.read() as session:
        return session.get_one(PrintJob, job).key.split("/")[1]


def signed_slip(desk: DeskContext, code: str) -> str:
    """The spool's name of the slip that the return names."""
    details: Any = show(desk, code).events[-1].details
    return str(details["slip"][0])
