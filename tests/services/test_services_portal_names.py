"""What the desk remembers of a portal that gives codes of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.models import Document, Dossier, OutboxMessage
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.papers import make_paper, make_thermal
from counter_app.services.portal_names import PortalNames
from counter_app.services.reading import find, show
from counter_app.services.receive import receive
from counter_app.sync.client import Refused
from counter_app.sync.messages import ApplicantKind
from counter_app.sync.profile2_book import FILE_MARK, FiledComponent, FiledPaper, PortalName
from tests.catalogue_samples import YBHIAO, full_request, request, write_pdf
from tests.pdf_words import said

THEIRS = "G09.20-20260310-0000001"


@pytest.fixture
def names(desk: DeskContext) -> PortalNames:
    return PortalNames(desk.database)


def test_the_first_code_that_was_kept_holds(desk: DeskContext, names: PortalNames) -> None:
    code = receive(desk, request()).code
    assert names.name_of(code) == PortalName()
    assert names.keep_code(code, THEIRS) == THEIRS
    assert names.keep_code(code, "G09.20-20260310-0000002") == THEIRS
    names.keep_record_id(code, "id-1")
    assert names.name_of(code) == PortalName(THEIRS, "id-1")


def test_a_code_of_another_dossier_is_refused(desk: DeskContext, names: PortalNames) -> None:
    first, second = (receive(desk, request()).code for _ in range(2))
    names.keep_code(first, THEIRS)
    for taken in (THEIRS, first):
        with pytest.raises(Refused) as refusal:
            names.keep_code(second, taken)
        assert refusal.value.code == "portal_code_repeated"
    assert names.name_of(second) == PortalName()


def test_a_dossier_of_another_desk_is_refused_in_words(names: PortalNames) -> None:
    with pytest.raises(Refused, match="Gửi hồ sơ từ chính quầy đã nhận") as refusal:
        names.name_of("H15.36-260310-2001")
    assert refusal.value.code == "dossier_elsewhere"


def test_both_codes_find_the_dossier_and_are_on_its_papers(desk: DeskContext, names: PortalNames) -> None:
    code = receive(desk, full_request()).code
    assert "Mã trên cổng" not in said(make_paper(desk, code, "receipt").pdf)
    slip = make_thermal(desk, code)
    names.keep_code(code, THEIRS)
    for typed in (code, THEIRS, THEIRS.lower(), THEIRS[:12]):
        assert [row.code for row in find(desk, typed)] == [code]
    assert (show(desk, THEIRS).row.code, show(desk, code).row.portal_code) == (code, THEIRS)
    printed = said(make_paper(desk, code, "receipt").pdf)
    assert code in printed
    assert f"Mã trên cổng: {THEIRS}" in printed
    assert make_thermal(desk, code) != slip


def test_what_a_create_needs_beside_the_message(desk: DeskContext, names: PortalNames, tmp_path: Path) -> None:
    code = receive(desk, full_request(submitter=YBHIAO)).code
    attach(desk, code, [write_pdf(tmp_path / "a.pdf"), write_pdf(tmp_path / "b.pdf")], component="TP01")
    attach(desk, code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    with desk.database.write() as session:
        here, elsewhere, result = session.query(Document).order_by(Document.id)
        for one, url in ((here, FILE_MARK + "f-1"), (elsewhere, "https://cu/files/1"), (result, FILE_MARK + "f-2")):
            one.upload_url, one.uploaded_at = url, desk.clock()
    filing = names.filing(code)
    assert (filing.submitter_name, filing.submitter_kind) == (YBHIAO.name, ApplicantKind.PERSON)
    assert filing.components[:2] == (
        FiledComponent("TP01", "Tờ khai theo mẫu", 1, 0),
        FiledComponent("TP02", "Giấy tờ tùy thân", 0, 1),
    )
    assert filing.papers == (FiledPaper("TP01", "a.pdf", "f-1", here.sha256),)


def test_a_paper_is_too_late_when_nobody_can_name_it_any_more(
    desk: DeskContext, names: PortalNames, tmp_path: Path
) -> None:
    first = receive(desk, request()).code
    late = write_pdf(tmp_path / "muon.pdf")
    attach(desk, first, [late], component="TP01")
    with desk.database.read() as session:
        digest = session.query(Document).one().sha256
    assert not names.comes_too_late(first, digest)
    _created(desk, first)
    assert names.comes_too_late(first, digest)
    second = receive(desk, request()).code
    attach(desk, second, [late], component="TP01")
    assert not names.comes_too_late(second, digest)
    assert names.comes_too_late(first, digest), "that another dossier wants the same file helps this one nothing"
    _created(desk, second)
    attach(desk, first, [late], result="KQ01")
    assert not names.comes_too_late(first, digest), "a result goes with the status"


def _created(desk: DeskContext, code: str) -> None:
    with desk.database.write() as session:
        dossier = session.query(Dossier).filter_by(code=code).one()
        session.query(OutboxMessage).filter_by(dossier_id=dossier.id, kind="create").one().state = "done"
