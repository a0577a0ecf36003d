"""Papers given before are offered and used again: the same file, told to the portal, in both histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from counter_app.errors import KnownError, UserError
from counter_app.models import DocumentReuse
from counter_app.rules.digitising import PaperKind, Treatment
from counter_app.rules.lifecycle import Step
from counter_app.services.attach import attach
from counter_app.services.backlog import OldResult, enter, make_batch
from counter_app.services.backlog_scan import attach_old
from counter_app.services.catalogue import import_catalogue
from counter_app.services.desk import DeskContext
from counter_app.services.digitising import set_rule
from counter_app.services.digitising_refresh import refresh_all
from counter_app.services.digitising_todo import todo_ids
from counter_app.services.offices import office_row
from counter_app.services.outgoing import dossier_message
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.reuse import PaperSource, offers, reuse
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.values import ComponentIn
from counter_app.services.verify import verify
from counter_app.sync.messages import named_document
from tests.catalogue_samples import (
    DUNG,
    HNGAM,
    HOURS,
    SAME_DAY,
    full_request,
    paper,
    procedure,
    request,
    write_pdf,
)
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, nothing_stored, refused


@pytest.fixture
def earlier(desk: DeskContext, tmp_path: Path, clock: Clock) -> str:
    """A dossier of HNGAM with a scan of "Tờ khai theo mẫu"; a day has passed since."""
    code = receive(desk, request(HOURS, files=[write_pdf(tmp_path / "tờ khai.pdf", pages=2)])).code
    clock.move(days=1)
    return code


def test_a_paper_of_the_same_person_and_name_is_offered(desk: DeskContext, earlier: str) -> None:
    code = receive(desk, request(SAME_DAY)).code
    (offer,) = offers(desk, code)
    assert (offer.component, offer.code, offer.name, offer.pages) == ("TP01", earlier, "Tờ khai theo mẫu", 2)
    assert offer.given_on == date(2026, 3, 10)


def test_nobody_elses_and_never_by_name_alone(desk: DeskContext, earlier: str) -> None:
    assert offers(desk, receive(desk, request(SAME_DAY, DUNG)).code) == ()
    assert offers(desk, receive(desk, request(SAME_DAY, replace(HNGAM, personal_number=""))).code) == ()


def test_using_it_again_links_the_file_and_tells_everybody(desk: DeskContext, earlier: str) -> None:
    code = receive(desk, request(SAME_DAY)).code
    offer = offers(desk, code)[0]
    before = kinds(desk, earlier)
    done = reuse(desk, code, "TP01", offer.source)
    (source,) = show(desk, earlier).documents
    assert (done.sha256, done.file_name, done.pages) == (source.sha256, source.file_name, 2)
    assert kinds(desk, code)[-1] == "upload"
    assert kinds(desk, earlier) == before, "nothing of the earlier dossier has changed for the portal"
    ours, theirs = show(desk, code).events[-1], show(desk, earlier).events[-1]
    assert (ours.step, ours.details["reused_from"]) == (Step.ATTACH, earlier)
    assert (theirs.step, theirs.details["reused_for"]) == (Step.CORRECT, code)
    assert earlier in ours.reason
    assert code in theirs.reason
    with desk.database.read() as session:
        (row,) = session.query(DocumentReuse).all()
    assert (row.document_id, row.source_id, row.actor) == (done.id, source.id, "Lê Thị Hạnh")
    refresh_all(desk)
    assert len(todo_ids(desk)) == 0
    assert verify(desk).problems == ()


def test_the_portal_is_told_by_its_own_flag_and_no_other(desk: DeskContext, earlier: str) -> None:
    code = receive(desk, request(SAME_DAY)).code
    reuse(desk, code, "TP01", offers(desk, code)[0].source)
    told = {}
    for one in (earlier, code):
        with desk.database.read() as session:
            dossier = find_dossier(session, one)
            for document in dossier.documents:
                document.upload_url, document.uploaded_at = f"/files/{one}", desk.clock()
            message = dossier_message(dossier, office_row(session, desk), dossier.documents)
            session.rollback()
        told[one] = named_document(message.documents[0])
    assert (told[earlier]["DuocTaiSuDung"], told[code]["DuocTaiSuDung"]) == ("0", "1")
    same = {name for name in told[code] if told[code][name] == told[earlier][name]}
    assert set(told[code]) - same == {"DuocTaiSuDung", "DuongDanTaiTepTin"}


def test_a_result_given_before_stands_for_a_component(desk: DeskContext, tmp_path: Path, clock: Clock) -> None:
    first = receive(desk, request(HOURS)).code
    take_step(desk, first, Step.FINISH, StepInput())
    attach(desk, first, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    batch = make_batch(desk, "Hộp 1", "Tờ khai", "UBND xã Ea Kao")
    old = enter(desk, batch, OldResult("1", date(2019, 1, 2), HNGAM.name, HNGAM.personal_number)).result
    assert offers(desk, receive(desk, request(SAME_DAY)).code) == (), "nothing is scanned of it yet"
    attach_old(desk, old.code, write_pdf(tmp_path / "cũ.pdf"))
    code = receive(desk, request(SAME_DAY)).code
    (offer,) = offers(desk, code)
    assert (offer.source, offer.code, offer.given_on) == (PaperSource(backlog_id=old.id), old.code, date(2019, 1, 2))
    reuse(desk, code, "TP01", offer.source)
    with desk.database.read() as session:
        (row,) = session.query(DocumentReuse).all()
    assert (row.source_id, row.backlog_id) == (None, old.id)


def test_the_dossiers_own_papers_are_not_offered_to_it(desk: DeskContext, tmp_path: Path) -> None:
    names = [paper("TP01", "Giấy xác nhận"), paper("TP02", "Giấy xác nhận", required=False)]
    import_catalogue(desk, {"procedures": [procedure("9.000001", "Xác nhận", 1, "same_day", components=names)]})
    code = receive(desk, request("9.000001", files=[write_pdf(tmp_path / "a.pdf")])).code
    take_step(desk, code, Step.FINISH, StepInput())
    attach(desk, code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    assert offers(desk, code) == ()
    other = receive(desk, request("9.000001")).code
    assert {offer.component for offer in offers(desk, other)} == {"TP01", "TP02"}


def test_what_has_run_out_is_not_offered(desk: DeskContext, tmp_path: Path, earlier: str, clock: Clock) -> None:
    set_rule(desk, SAME_DAY, PaperKind.COMPONENT, "TP01", Treatment.SCAN, 1)
    code = receive(desk, request(SAME_DAY)).code
    source = offers(desk, code)[0].source
    clock.set(11, 9, month=4)
    assert offers(desk, code) == ()
    with nothing_stored(desk), refused("reuse_not_possible", error=UserError):
        reuse(desk, code, "TP01", source)
    batch = make_batch(desk, "Hộp 1", "Tờ khai", "UBND xã")
    ended = OldResult("1", date(2019, 1, 2), HNGAM.name, HNGAM.personal_number, valid_until=date(2020, 1, 1))
    attach_old(desk, enter(desk, batch, ended).result.code, write_pdf(tmp_path / "cũ.pdf"))
    assert offers(desk, code) == ()


def test_only_where_no_file_is_and_only_once(desk: DeskContext, earlier: str, tmp_path: Path) -> None:
    code = receive(desk, request(SAME_DAY)).code
    source = offers(desk, code)[0].source
    reuse(desk, code, "TP01", source)
    assert offers(desk, code) == ()
    with nothing_stored(desk), refused("reuse_not_possible", error=UserError):
        reuse(desk, code, "TP01", source)


@pytest.mark.parametrize("source", [PaperSource(), PaperSource(document_id=99), PaperSource(backlog_id=1)])
def test_a_source_that_is_not_there_is_refused(desk: DeskContext, earlier: str, source: PaperSource) -> None:
    code = receive(desk, request(SAME_DAY)).code
    with nothing_stored(desk), refused("reuse_not_possible", error=UserError):
        reuse(desk, code, "TP01", source)


def test_a_damaged_file_is_not_used_again(desk: DeskContext, earlier: str) -> None:
    code = receive(desk, request(SAME_DAY)).code
    offer = offers(desk, code)[0]
    desk.documents.path_of(show(desk, earlier).documents[0].sha256).write_bytes(b"%PDF-1.4")
    with nothing_stored(desk), refused("document_damaged", "sai độ dài", error=KnownError):
        reuse(desk, code, "TP01", offer.source)


def test_a_secret_paper_is_never_offered(desk: DeskContext, earlier: str) -> None:
    set_rule(desk, SAME_DAY, PaperKind.COMPONENT, "TP01", Treatment.SECRET)
    assert offers(desk, receive(desk, request(SAME_DAY)).code) == ()


def test_the_latest_of_several_comes_first(desk: DeskContext, earlier: str, tmp_path: Path, clock: Clock) -> None:
    later = receive(desk, request(HOURS, files=[write_pdf(tmp_path / "mới.pdf")])).code
    clock.move(days=1)
    papers = (ComponentIn("TP01", 1), ComponentIn("TP02", 0, 1), ComponentIn("TP03"))
    code = receive(desk, full_request(components=papers)).code
    assert [one.code for one in offers(desk, code)] == [later, earlier]
