"""A document is shown as it was attached, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from counter_app.errors import KnownError
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.receive import receive
from counter_app.services.values import DocumentView
from counter_app.services.viewing import checked_document, forget_copies, viewing_copy
from tests.catalogue_samples import full_request, pdf_bytes, write_pdf
from tests.services.inspect_desk import refused


@pytest.fixture
def document(desk: DeskContext, tmp_path: Path) -> DocumentView:
    code = receive(desk, full_request()).code
    return attach(desk, code, [write_pdf(tmp_path / "tờ khai.pdf", "x")], component="TP01").documents[0]


def test_a_sound_document_is_given_and_its_copy_has_its_name(desk: DeskContext, document: DocumentView) -> None:
    assert checked_document(desk, document.sha256, document.file_name) == pdf_bytes("x")
    copy = viewing_copy(desk, document.sha256, document.file_name)
    assert (copy.name, copy.read_bytes()) == ("tờ khai.pdf", pdf_bytes("x"))
    copy.write_bytes(b"changed by a viewer")
    assert checked_document(desk, document.sha256, document.file_name) == pdf_bytes("x")
    forget_copies(desk)
    assert not copy.exists()
    forget_copies(desk)


@pytest.mark.parametrize("open_it", [checked_document, viewing_copy])
def test_a_changed_document_is_told_and_not_given(desk: DeskContext, document: DocumentView, open_it: object) -> None:
    path = desk.documents.path_of(document.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with refused("document_damaged", "tờ khai.pdf", "quét lại", error=KnownError):
        open_it(desk, document.sha256, document.file_name)  # type: ignore[operator]
    path.unlink()
    with refused("document_unreadable", "quét lại", error=KnownError):
        open_it(desk, document.sha256, document.file_name)  # type: ignore[operator]
    assert not list(desk.directory.glob("viewing/*/*"))


def test_a_name_that_leads_elsewhere_stays_in_its_folder(desk: DeskContext, document: DocumentView) -> None:
    copy = viewing_copy(desk, document.sha256, "../../ra ngoài?.pdf")
    assert copy.parent.parent == desk.directory / "viewing"
    assert copy.is_file()
