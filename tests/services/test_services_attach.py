"""Scans of components and results: whole, once, all of a call or none; and the store that keeps their bytes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from counter_app.errors import KnownError, UserError
from counter_app.rules.lifecycle import Step
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.document_store import DocumentStore
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from tests.catalogue_samples import acting_pdf, full_request, pdf_bytes, write_pdf
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, nothing_stored, refused


@pytest.fixture
def code(desk: DeskContext) -> str:
    return receive(desk, full_request()).code


def test_files_join_the_dossier_and_go_to_the_portal_after_the_record(
    desk: DeskContext, code: str, tmp_path: Path
) -> None:
    files = [write_pdf(tmp_path / "tờ khai.pdf", pages=2), write_pdf(tmp_path / "căn cước.pdf")]
    done = attach(desk, code, files, component="TP01")
    assert [(item.component_code, item.file_name, item.pages) for item in done.documents] == [
        ("TP01", "tờ khai.pdf", 2),
        ("TP01", "căn cước.pdf", 1),
    ]
    view = show(desk, code)
    assert view.documents == done.documents
    assert (view.row.status, view.events[-1].step) == ("received", "attach")
    assert view.events[-1].details["files"] == [
        {"name": item.file_name, "sha256": item.sha256} for item in done.documents
    ]
    assert kinds(desk, code) == ["create", "upload", "upload"]
    assert verify(desk).problems == ()


def test_result_is_attached_when_the_dossier_is_finished(desk: DeskContext, code: str, tmp_path: Path) -> None:
    take_step(desk, code, Step.FINISH, StepInput())
    done = attach(desk, code, [write_pdf(tmp_path / "kq.pdf")], result="KQ01")
    assert (done.documents[0].result_code, done.documents[0].component_code) == ("KQ01", "")


def test_same_bytes_are_added_once_and_named(desk: DeskContext, code: str, tmp_path: Path) -> None:
    one, same = write_pdf(tmp_path / "một.pdf", "x"), write_pdf(tmp_path / "hai.pdf", "x")
    assert len(attach(desk, code, [one, same], component="TP01").documents) == 1
    with nothing_stored(desk):
        again = attach(desk, code, [same], component="TP01")
    assert again.documents == ()
    assert any("hai.pdf" in warning for warning in again.warnings)
    assert len(attach(desk, code, [same], component="TP02").documents) == 1, "another component is another paper"
    assert len(list(files_of(desk.documents))) == 1, "the bytes lie there once"


def _monstrous(change: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_bytes())) as document:
        change(document)
        document.save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"MZ\x90\0" + pdf_bytes(), "file_executable"),
        (_monstrous(lambda pdf: setattr(pdf.pages[0], "mediabox", [0, 0, 200_000, 9]))[:-40], "file_too_many_pixels"),
        (pdf_bytes(pages=2001), "file_too_many_pages"),
        (_monstrous(lambda _: None, encryption=pikepdf.Encryption(owner="a", user="b")), "file_locked"),
        (_monstrous(lambda pdf: setattr(pdf.pages[0], "mediabox", [0, 0, 200_000, 9])), "file_too_many_pixels"),
    ],
)
def test_what_may_not_be_opened_is_not_kept_by_any_name(
    desk: DeskContext, code: str, tmp_path: Path, data: bytes, kind: str
) -> None:
    bad = tmp_path / "giấy tờ.pdf"
    bad.write_bytes(data)
    with nothing_stored(desk), refused(kind, "giấy tờ.pdf", error=UserError):
        attach(desk, code, [bad], component="TP01")
    assert list(files_of(desk.documents)) == []


@pytest.mark.parametrize("data", [pdf_bytes()[:-40], b"%PDF-1.4\n" + bytes(900), b"%PDF-1.7\n%%EOF\n"])
def test_what_cannot_be_opened_is_kept_as_it_is_and_told(
    desk: DeskContext, code: str, tmp_path: Path, data: bytes
) -> None:
    torn = tmp_path / "rách.pdf"
    torn.write_bytes(data)
    attached = attach(desk, code, [torn], component="TP01")
    assert [document.pages for document in attached.documents] == [0]
    (told,) = attached.warnings
    assert "«rách.pdf»" in told
    assert "không mở được" in told
    assert [path.read_bytes() for path in files_of(desk.documents)] == [data]


def test_what_should_be_looked_at_is_told(desk: DeskContext, code: str, tmp_path: Path) -> None:
    (told,) = attach(desk, code, [acting_pdf(tmp_path / "tự chạy.pdf")], component="TP01").warnings
    assert "«tự chạy.pdf»" in told
    assert "JavaScript" in told


def test_one_bad_file_refuses_them_all(desk: DeskContext, code: str, tmp_path: Path) -> None:
    good, bad = write_pdf(tmp_path / "tốt.pdf"), tmp_path / "ảnh.pdf"
    bad.write_bytes(b"\xff\xd8\xff\xe0 JFIF")
    with nothing_stored(desk), refused("file_not_pdf", "ảnh.pdf", error=UserError):
        attach(desk, code, [good, bad], component="TP01")


@pytest.mark.parametrize(
    ("component", "result", "kind", "word"),
    [
        ("", "", "component_unknown", "đúng một"),
        ("TP01", "KQ01", "component_unknown", "đúng một"),
        ("TP77", "", "component_unknown", "TP05"),
        ("", "KQ77", "result_unknown", "KQ01"),
    ],
)
def test_unknown_place_is_refused_before_anything_is_stored(
    desk: DeskContext, code: str, tmp_path: Path, component: str, result: str, kind: str, word: str
) -> None:
    with nothing_stored(desk), refused(kind, word, error=UserError):
        attach(desk, code, [write_pdf(tmp_path / "a.pdf")], component=component, result=result)
    assert not list(files_of(desk.documents))


def test_unknown_dossier_is_refused(desk: DeskContext, tmp_path: Path) -> None:
    with refused("dossier_unknown"):
        attach(desk, "H15.36-260310-1999", [write_pdf(tmp_path / "a.pdf")], component="TP01")


def test_late_entry(desk: DeskContext, code: str, clock: Clock, tmp_path: Path) -> None:
    happened = clock.move(hours=1)
    clock.move(hours=2)
    attach(desk, code, [write_pdf(tmp_path / "a.pdf")], component="TP01", at=happened)
    event = show(desk, code).events[-1]
    assert (event.at, event.entered_at) == (happened, clock.now)


def files_of(store: DocumentStore) -> list[Path]:
    return [path for path in store.directory.rglob("*") if path.is_file()] if store.directory.exists() else []


def test_store_keeps_a_file_under_its_digest(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "kho")
    stored = store.add(write_pdf(tmp_path / "a.pdf", "x"), max_mb=1)
    digest = hashlib.sha256(pdf_bytes("x")).hexdigest()
    assert (stored.sha256, stored.size) == (digest, len(pdf_bytes("x")))
    assert files_of(store) == [tmp_path / "kho" / digest[:2] / digest]
    assert store.problem(digest, stored.size) == ""


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failure_before_the_rename_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The system refuses at the last moment, as a full or failing disk does."""
    store = DocumentStore(tmp_path / "kho")
    source = write_pdf(tmp_path / "a.pdf")

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        with refused("disk_full", "Ổ đĩa đã đầy", error=KnownError):
            store.add(source, max_mb=1)
    assert files_of(store) == []
    assert store.problem(store.add(source, max_mb=1).sha256, source.stat().st_size) == ""


def test_file_is_synced_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut between the two would otherwise leave an empty file under a good digest."""
    order: list[str] = []
    real_sync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), real_sync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("replace"), real_replace(a, b))[1])
    DocumentStore(tmp_path / "kho").add(write_pdf(tmp_path / "a.pdf"), max_mb=1)
    assert order == ["fsync", "fsync", "replace", "fsync"], "file, the new folder, name, its folder"


def test_file_emptied_by_a_power_cut_is_replaced_by_the_whole_one(tmp_path: Path) -> None:
    store, source = DocumentStore(tmp_path / "kho"), write_pdf(tmp_path / "a.pdf")
    stored = store.add(source, max_mb=1)
    store.path_of(stored.sha256).write_bytes(b"")
    assert store.problem(stored.sha256, stored.size) == "sai độ dài"
    store.add(source, max_mb=1)
    assert store.problem(stored.sha256, stored.size) == ""


def test_store_names_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "kho")
    stored = store.add(write_pdf(tmp_path / "a.pdf"), max_mb=1)
    path = store.path_of(stored.sha256)
    path.write_bytes(b"x" * stored.size)
    assert store.problem(stored.sha256, stored.size) == "sai nội dung"
    path.unlink()
    assert store.problem(stored.sha256, stored.size) == "mất tệp"
