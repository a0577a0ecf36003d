"""Scans signed by who scanned them, results and copies by the office: once, by the right key, and never in silence."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from counter_app.rules.digitising import PaperKind
from counter_app.rules.lifecycle import Step
from counter_app.scanning import signing as scanning_signing
from counter_app.scanning.picture_pdf import pages_of_pdf
from counter_app.scanning.signing import is_signed
from counter_app.scanning.tray import Tray
from counter_app.services import outgoing, scan_jobs, signatures
from counter_app.services.attach import attach
from counter_app.services.backlog import OldResult, enter, make_batch
from counter_app.services.backlog_scan import attach_old
from counter_app.services.desk import DeskContext, open_desk
from counter_app.services.digitising import count_pages, dossier_papers
from counter_app.services.offices import office_row
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.services.reconcile_reading import our_sides
from counter_app.services.scan_jobs import (
    DONE,
    TROUBLE,
    Outcome,
    enqueue,
    jobs_of_tray,
    open_jobs,
    recover,
    work_off_one,
)
from counter_app.services.signatures import COPY, OFFICE, PERSON, RESULT, sign_document, signatures_of
from counter_app.services.signing import clear_spool, key_states, lock, unlock
from counter_app.services.steps import StepInput, find_dossier, take_step
from counter_app.services.values import DocumentView
from counter_app.services.verify import verify
from counter_app.services.viewing import checked_document
from counter_app.settings import CertificateSettings, SigningSettings, save_settings
from tests.catalogue_samples import full_request
from tests.conftest import Clock
from tests.scanning.signing_samples import (
    CLERK,
    HAS_TOKEN,
    PASSWORD,
    PIN,
    make_token,
    office,
    order,
    owner,
    roots,
    signed_in_place,
)
from tests.scanning.signing_samples import OFFICE as OFFICE_NAME
from tests.services.inspect_desk import refused
from tests.services.scan_samples import filled_tray, group_of, printed_pdf


@pytest.fixture
def code(desk: DeskContext) -> str:
    return receive(desk, full_request()).code


def with_signing(desk: DeskContext, folder: Path, **changes: Any) -> DeskContext:
    """The desk of the clerk whose certificate lies in a file, beside the office's."""
    given = {
        "person": CertificateSettings(file=owner().place(folder, "canhan.p12").file),
        "office": CertificateSettings(file=office().place(folder, "coquan.p12").file),
        "trust_folder": str(roots(folder / "roots")),
    }
    signing = SigningSettings(**{**given, **changes})
    return replace(desk, settings=replace(desk.settings, clerk=CLERK, signing=signing))


@pytest.fixture
def signer(desk: DeskContext, tmp_path: Path) -> DeskContext:
    return with_signing(desk, tmp_path)


def scanned(desk: DeskContext, code: str, component: str = "TP01", result: str = "") -> tuple[Tray, Outcome]:
    """One page on its way into the dossier, worked off."""
    tray = filled_tray(desk, ["Tờ khai"])
    enqueue(desk, tray.id, [group_of(tray, code, component, result=result)])
    outcome = work_off_one(desk)
    assert outcome is not None
    return tray, outcome


def only(desk: DeskContext, code: str) -> DocumentView:
    (document,) = show(desk, code).documents
    return document


def words_on(desk: DeskContext, document: DocumentView) -> str:
    with pypdfium2.PdfDocument(desk.documents.path_of(document.sha256)) as pdf:
        return str(pdf[0].get_textpage().get_text_range())


# Scans


def test_an_unlocked_certificate_signs_what_its_owner_scans(signer: DeskContext, code: str) -> None:
    assert unlock(signer, PERSON, PASSWORD).name == CLERK
    tray, outcome = scanned(signer, code)
    assert (outcome.state, outcome.message) == (DONE, "")
    document = only(signer, code)
    (view,) = signatures_of(signer, [document.sha256])[document.sha256]
    assert (view.who, view.kind, view.at, view.is_good) == (CLERK, PERSON, signer.clock(), True)
    assert "Người số hóa" not in words_on(signer, document), "the signature shows it"
    assert jobs_of_tray(signer, tray.id)[0].sha256 == document.sha256
    assert [*(signer.directory / "signing").iterdir()] == []
    assert verify(signer).problems == ()


def test_without_a_certificate_nothing_changes(desk: DeskContext, code: str) -> None:
    _tray, outcome = scanned(desk, code)
    assert (outcome.state, outcome.message) == (DONE, "")
    assert not is_signed(desk.documents.path_of(only(desk, code).sha256))
    assert "Người số hóa" in words_on(desk, only(desk, code))


def test_a_locked_certificate_lets_the_scan_go_on_and_says_so(signer: DeskContext, code: str) -> None:
    tray, outcome = scanned(signer, code)
    assert outcome.state == DONE
    assert "chưa mở khóa" in outcome.message
    assert jobs_of_tray(signer, tray.id)[0].message == outcome.message, "told beside the document as well"
    assert "Người số hóa" in words_on(signer, only(signer, code))


def test_where_a_signature_is_required_the_scan_waits_for_the_key(desk: DeskContext, code: str, tmp_path: Path) -> None:
    strict = with_signing(desk, tmp_path, required=True)
    _tray, outcome = scanned(strict, code)
    assert outcome.state == TROUBLE
    assert "mở khóa" in outcome.message
    assert show(strict, code).documents == ()
    unlock(strict, PERSON, PASSWORD)
    again = work_off_one(strict)
    assert again is not None
    assert again.state == DONE
    assert is_signed(strict.documents.path_of(only(strict, code).sha256))
    assert unlock(strict, PERSON, PASSWORD)
    assert work_off_one(strict) is None


def test_nobody_signs_for_somebody_else(desk: DeskContext, code: str, tmp_path: Path) -> None:
    place = CertificateSettings(file=owner("Trần Văn Bình").place(tmp_path, "khác.p12").file)
    for required, state in ((False, DONE), (True, TROUBLE)):
        other = with_signing(desk, tmp_path, person=place, required=required)
        unlock(other, PERSON, PASSWORD)
        _tray, outcome = scanned(other, code, "TP01" if required else "TP02")
        assert outcome.state == state
        assert "Trần Văn Bình" in outcome.message
        assert CLERK in outcome.message
    assert not is_signed(desk.documents.path_of(only(desk, code).sha256))


def test_names_are_the_same_however_they_are_written(desk: DeskContext, code: str, tmp_path: Path) -> None:
    place = CertificateSettings(file=owner("LE THI HANH").place(tmp_path, "hoa.p12").file)
    shouting = with_signing(desk, tmp_path, person=place)
    unlock(shouting, PERSON, PASSWORD)
    scanned(shouting, code)
    assert is_signed(desk.documents.path_of(only(desk, code).sha256))


def test_a_scanned_result_is_signed_by_the_office_too_where_that_is_set(
    desk: DeskContext, code: str, tmp_path: Path
) -> None:
    both = with_signing(desk, tmp_path, office_signs_results=True)
    take_step(both, code, Step.FINISH, StepInput())
    unlock(both, PERSON, PASSWORD)
    unlock(both, OFFICE, PASSWORD)
    scanned(both, code, "", "KQ01")
    document = only(both, code)
    views = signatures_of(both, [document.sha256])[document.sha256]
    assert [(view.who, view.kind, view.is_good) for view in views] == [
        (CLERK, PERSON, True),
        (OFFICE_NAME, OFFICE, True),
    ]
    scanned(both, code, "TP01")
    (_result, component) = sorted(show(both, code).documents, key=lambda one: one.component_code)
    assert [view.kind for view in signatures_of(both, [component.sha256])[component.sha256]] == [PERSON]


def test_an_older_result_is_signed_as_well(signer: DeskContext) -> None:
    batch = make_batch(signer, "Hộp 12", "Trích lục khai sinh", "UBND xã Ea Kao")
    old = enter(signer, batch, OldResult("12/2019", signer.clock().date().replace(year=2019), "Y Thắng Êban"))
    unlock(signer, PERSON, PASSWORD)
    _tray, outcome = scanned(signer, old.result.code, "")
    assert (outcome.state, outcome.message) == (DONE, "")


# Once


CHILD = """
import os, sys
from pathlib import Path
from datetime import datetime
import counter_app.services.scan_jobs as scan_jobs
import counter_app.services.signatures as signatures
from counter_app.services.desk import open_desk
from counter_app.services.signing import unlock
scan_jobs.attach = lambda *given, **named: os._exit(9)
desk = open_desk(Path(sys.argv[1]), lambda: datetime.fromisoformat("2026-03-10T08:30:00+07:00"))
unlock(desk, "person", sys.argv[2])
scan_jobs.work_off_one(desk)
"""


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every order that reaches a key from now on."""
    orders: list[object] = []
    real = scanning_signing.sign

    def sign(place: Any, secret: str, fingerprint: str, what: Any, stop: Any) -> str:
        orders.append(what)
        return real(place, secret, fingerprint, what, stop)

    monkeypatch.setattr(scanning_signing, "sign", sign)
    return orders


def test_a_kill_between_signing_and_attaching_signs_no_second_time(
    directory: Path, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = with_signing(open_desk(directory, clock), tmp_path)
    save_settings(directory, desk.settings)
    code = receive(desk, full_request()).code
    tray = filled_tray(desk, ["một"])
    enqueue(desk, tray.id, [group_of(tray, code)])
    desk.close()
    done = subprocess.run([sys.executable, "-c", CHILD, str(directory), PASSWORD], timeout=100, check=False)
    assert done.returncode == 9
    (left,) = (directory / "signing").glob("*.pdf")
    digest = hashlib.sha256(left.read_bytes()).hexdigest()
    again = open_desk(directory, clock)
    orders = counted(monkeypatch)
    recover(again)
    outcome = work_off_one(again)  # nobody has unlocked the key this time
    assert outcome is not None
    assert (outcome.state, outcome.message) == (DONE, "")
    assert orders == []
    assert only(again, code).sha256 == digest
    assert only(again, code).file_name == f"{code}-TP01.pdf"
    assert not left.exists()
    again.close()


def test_a_lost_answer_signs_no_second_time(signer: DeskContext, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job fails behind the signature, and is tried again."""
    unlock(signer, PERSON, PASSWORD)
    orders = counted(monkeypatch)
    real = scan_jobs.attach

    def lost(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the line, the disk, whatever")

    monkeypatch.setattr(scan_jobs, "attach", lost)
    tray = filled_tray(signer, ["một"])
    (job,) = enqueue(signer, tray.id, [group_of(tray, code)]).jobs
    with pytest.raises(RuntimeError):
        work_off_one(signer)
    monkeypatch.setattr(scan_jobs, "attach", real)
    scan_jobs.retry(signer, job)
    work_off_one(signer)
    assert len(orders) == 1
    assert is_signed(signer.documents.path_of(only(signer, code).sha256))


def test_a_signed_file_that_was_damaged_meanwhile_is_not_used(
    signer: DeskContext, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(signer, PERSON, PASSWORD)
    monkeypatch.setattr(scan_jobs, "attach", lambda *_given, **_named: 1 / 0)
    tray = filled_tray(signer, ["một"])
    (job,) = enqueue(signer, tray.id, [group_of(tray, code)]).jobs
    with pytest.raises(ZeroDivisionError):
        work_off_one(signer)
    (left,) = (signer.directory / "signing").glob("*.pdf")
    left.write_bytes(left.read_bytes()[:-20])
    monkeypatch.setattr(scan_jobs, "attach", attach)
    scan_jobs.retry(signer, job)
    work_off_one(signer)
    document = only(signer, code)
    assert signatures_of(signer, [document.sha256])[document.sha256][0].is_good


def test_signed_files_that_nobody_wants_any_more_go(
    signer: DeskContext, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(signer, PERSON, PASSWORD)
    monkeypatch.setattr(scan_jobs, "attach", lambda *_given, **_named: 1 / 0)
    jobs = []
    for _ in range(2):
        tray = filled_tray(signer, ["một"])
        jobs += enqueue(signer, tray.id, [group_of(tray, code)]).jobs
        with pytest.raises(ZeroDivisionError):
            work_off_one(signer)
    spool = signer.directory / "signing"
    assert len([*spool.glob("*.pdf")]) == 2
    scan_jobs.give_up(signer, jobs[0])
    clear_spool(signer)
    assert len([*spool.glob("*.pdf")]) == 1, "the other is still to be attached"


# Keys


def test_keys_are_kept_in_memory_alone(signer: DeskContext) -> None:
    assert [(state.kind, state.is_chosen, state.facts) for state in key_states(signer)] == [
        (PERSON, True, None),
        (OFFICE, True, None),
    ]
    unlock(signer, PERSON, PASSWORD)
    person, _office = key_states(signer)
    assert person.facts is not None
    assert person.facts.name == CLERK
    assert PASSWORD not in repr(signer.keys.find(PERSON, signer.settings.signing.person))
    kept = PASSWORD.encode()
    assert not any(kept in path.read_bytes() for path in signer.directory.rglob("*") if path.is_file())
    elsewhere = replace(signer.settings.signing, person=CertificateSettings(file="/khác.p12"))
    moved = replace(signer, settings=replace(signer.settings, signing=elsewhere))
    assert key_states(moved)[0].facts is None, "another certificate is not the one that was unlocked"
    lock(signer, PERSON)
    assert key_states(signer)[0].facts is None


def test_a_password_that_no_longer_fits_is_not_tried_again(signer: DeskContext, code: str, tmp_path: Path) -> None:
    unlock(signer, PERSON, PASSWORD)
    Path(signer.settings.signing.person.file).write_bytes(owner().pkcs12("mật khẩu mới"))
    _tray, outcome = scanned(signer, code)
    assert outcome.state == TROUBLE
    assert "Mật khẩu" in outcome.message
    assert key_states(signer)[0].facts is None
    assert show(signer, code).documents == ()
    unlock(signer, PERSON, "mật khẩu mới")
    done = work_off_one(signer)
    assert done is not None
    assert done.state == DONE, "the scan waited for the key"


@pytest.mark.skipif(not HAS_TOKEN, reason="SoftHSM is not installed (softhsm2 opensc)")
def test_a_token_that_is_pulled_out_loses_nothing(
    desk: DeskContext, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    place = make_token(tmp_path / "hsm", ("canhan", owner()))
    signer = with_signing(desk, tmp_path, person=CertificateSettings(module=place.module, token=place.token))
    with refused("pin_wrong"):
        unlock(signer, PERSON, "999999")
    unlock(signer, PERSON, PIN)
    there, away = tmp_path / "hsm" / "tokens", tmp_path / "hsm" / "away"
    there.rename(away)
    there.mkdir()
    _tray, outcome = scanned(signer, code)
    assert outcome.state == TROUBLE
    assert "cắm USB" in outcome.message
    there.rmdir()
    away.rename(there)
    scan_jobs.retry(signer, outcome.job)
    done = work_off_one(signer)
    assert done is not None
    assert done.state == DONE
    assert signatures_of(signer, [only(signer, code).sha256])[only(signer, code).sha256][0].is_good


# The office


def test_the_office_signs_a_copy_once(signer: DeskContext, code: str, tmp_path: Path) -> None:
    attach(signer, code, [printed_pdf(tmp_path / "bằng.pdf", ["Bằng tốt nghiệp"])], component="TP01")
    first = only(signer, code)
    with refused("signature_wanted"):
        sign_document(signer, code, first.id, COPY)
    unlock(signer, OFFICE, PASSWORD)
    with refused("purpose_wrong"):
        sign_document(signer, code, first.id, RESULT)
    (made,) = sign_document(signer, code, first.id, COPY).documents
    assert (made.component_code, made.file_name) == ("TP01", "bằng-ban-sao.pdf")
    before, after = (signer.documents.path_of(one.sha256).read_bytes() for one in (first, made))
    assert after.startswith(before)
    assert hashlib.sha256(before).hexdigest() == first.sha256, "the other stays as it is"
    (view,) = signatures_of(signer, [made.sha256])[made.sha256]
    assert (view.who, view.kind, view.is_good) == (OFFICE_NAME, OFFICE, True)
    with pypdfium2.PdfDocument(after) as pdf:
        pdf.init_forms()
        marked = pdf[0].render(scale=1).to_pil().convert("L").crop((300, 0, 595, 45))
        assert marked.getextrema()[0] < 200
    for one in (first, made):
        with refused("already_signed"):
            sign_document(signer, code, one.id, COPY)
    assert len(show(signer, code).documents) == 2
    with refused("document_unknown"):
        sign_document(signer, code, 999, COPY)
    assert verify(signer).problems == ()


def test_the_office_signs_a_result(signer: DeskContext, code: str, tmp_path: Path) -> None:
    take_step(signer, code, Step.FINISH, StepInput())
    attach(signer, code, [printed_pdf(tmp_path / "a.pdf", ["Trích lục"])], result="KQ01")
    unlock(signer, OFFICE, PASSWORD)
    first = only(signer, code)
    assert told_results(signer, code, first) == [(f"{code}-KQ1", first.sha256)]
    (made,) = sign_document(signer, code, first.id, RESULT).documents
    assert (made.result_code, made.file_name) == ("KQ01", f"{code}-KQ1.pdf"), "it is the same result"
    assert told_results(signer, code) == [(f"{code}-KQ1", first.sha256)], "until the portal has the signed one"
    assert told_results(signer, code, made) == [(f"{code}-KQ1", made.sha256)]
    with signer.database.read() as session:
        compared = our_sides(session, [find_dossier(session, code).id])[0].dossier.files
    assert [one.sha256 for one in compared] == [made.sha256], "what is not named any more is not missed at the portal"
    more = attach(signer, code, [printed_pdf(tmp_path / "b.pdf", ["Bản đồ"])], result="KQ01").documents
    assert more[0].file_name == f"{code}-KQ2.pdf"


def told_results(desk: DeskContext, code: str, *uploaded: DocumentView) -> list[tuple[str, str]]:
    """Number and digest of each result in the record, once these files have been uploaded as well."""
    with desk.database.write() as session:
        dossier = find_dossier(session, code)
        for document in dossier.documents:
            if document.id in {one.id for one in uploaded}:
                document.upload_url, document.uploaded_at = f"/files/{document.id}", desk.clock()
        session.flush()
        message = outgoing.dossier_message(dossier, office_row(session, desk), dossier.documents)
    return [(one.result_code, one.paper_id) for one in message.results]


def test_a_paper_and_its_signed_copy_are_counted_once(signer: DeskContext, code: str, tmp_path: Path) -> None:
    count_pages(signer, code, PaperKind.COMPONENT, "TP01", 2)
    attach(signer, code, [printed_pdf(tmp_path / "a.pdf", ["Tờ 1", "Tờ 2"])], component="TP01")
    unlock(signer, OFFICE, PASSWORD)
    sign_document(signer, code, only(signer, code).id, COPY)
    (paper,) = [one for one in dossier_papers(signer, code) if one.code == "TP01"]
    assert (len(paper.files), paper.trouble) == (1, "")


def test_the_office_signs_nothing_but_what_was_attached(signer: DeskContext, code: str, tmp_path: Path) -> None:
    attach(signer, code, [printed_pdf(tmp_path / "a.pdf", ["Bằng"])], component="TP01")
    first = only(signer, code)
    unlock(signer, OFFICE, PASSWORD)
    stored = signer.documents.path_of(first.sha256)
    printed_pdf(stored, ["Một tờ khác"])
    with refused("document_damaged"):
        sign_document(signer, code, first.id, COPY)
    stored.unlink()
    with refused("document_unreadable"):
        sign_document(signer, code, first.id, COPY)
    assert [*(signer.directory / "signing").glob("**/*")] == []
    assert len(show(signer, code).documents) == 1


def test_a_copy_that_was_signed_and_not_attached_is_attached_next_time(
    signer: DeskContext, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(signer, code, [printed_pdf(tmp_path / "a.pdf", ["Bằng"])], component="TP01")
    first = only(signer, code)
    unlock(signer, OFFICE, PASSWORD)
    orders = counted(monkeypatch)
    monkeypatch.setattr(signatures, "attach", lambda *_given, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sign_document(signer, code, first.id, COPY)
    monkeypatch.setattr(signatures, "attach", attach)
    lock(signer, OFFICE)
    assert len(sign_document(signer, code, first.id, COPY).documents) == 1
    assert len(orders) == 1


# A signed document is never written again


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """A signed PDF that is nothing but a scanned page, as an applicant brings it."""
    import img2pdf
    from PIL import Image

    Image.new("RGB", (827, 1169), "white").save(tmp_path / "p.png", dpi=(100, 100))
    plain = tmp_path / "trắng.pdf"
    plain.write_bytes(img2pdf.convert(str(tmp_path / "p.png")))
    out = tmp_path / "chứng thực.pdf"
    signed_in_place(owner("Trần Văn Bình").place(tmp_path, "b.p12"), order(plain, out))
    return out


def test_a_signed_file_is_attached_byte_for_byte(
    signer: DeskContext, code: str, handed_in: Path, tmp_path: Path
) -> None:
    """Also where the desk signs what it makes itself."""
    unlock(signer, PERSON, PASSWORD)
    before = handed_in.read_bytes()
    attach(signer, code, [handed_in], component="TP01")
    document = only(signer, code)
    assert checked_document(signer, document.sha256, document.file_name) == before
    assert signatures_of(signer, [document.sha256])[document.sha256][0].is_good
    batch = make_batch(signer, "Hộp 12", "Trích lục khai sinh", "UBND xã Ea Kao")
    old = enter(signer, batch, OldResult("12/2019", signer.clock().date().replace(year=2019), "Y Thắng Êban"))
    kept = attach_old(signer, old.result.code, handed_in).result
    assert signer.documents.path_of(kept.sha256).read_bytes() == before
    assert handed_in.read_bytes() == before


def test_a_signed_file_is_not_taken_apart_into_pages(handed_in: Path, tmp_path: Path) -> None:
    """From it a scan without its signatures would be made."""
    with refused("pdf_whole"):
        list(pages_of_pdf(handed_in))
    assert [page.dpi for page in pages_of_pdf(tmp_path / "trắng.pdf")] == [100]


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
@pytest.mark.parametrize("part", ["/Annots", "/AcroForm"])
def test_what_is_left_of_a_signature_is_enough_to_keep_a_file_whole(handed_in: Path, tmp_path: Path, part: str) -> None:
    """Some programs put a signature into the form alone, some draw it on the page alone."""
    import pikepdf

    rest = tmp_path / "còn.pdf"
    with pikepdf.open(handed_in) as document:
        holder = document.pages[0].obj if part == "/Annots" else document.Root
        del holder[part]
        document.save(rest)
    with refused("pdf_whole"):
        list(pages_of_pdf(rest))


def test_a_watched_folder_leaves_a_signed_file_where_it_is(handed_in: Path, tmp_path: Path) -> None:
    from counter_app.scanning.folder import FolderSource

    folder = tmp_path / "quét"
    folder.mkdir()
    inside = handed_in.rename(folder / "chứng thực.pdf")
    before, taken = inside.read_bytes(), []
    source = FolderSource(folder, settle_seconds=0)
    for _ in range(3):
        source.look(taken.append)
    assert taken == []
    assert inside.read_bytes() == before
    assert "chữ ký số" in source.left[0].message


def test_the_tray_gives_a_signed_file_back_whole(handed_in: Path) -> None:
    from counter_app.scanning.model import ScanProfile
    from counter_app.ui.scan_files import FileSource

    taken: list[object] = []
    whole: list[Path] = []
    FileSource([handed_in], whole.extend).scan(ScanProfile("x"), taken.append, lambda: False)
    assert (taken, whole) == ([], [handed_in])


def test_signing_again_only_adds(signer: DeskContext, code: str, handed_in: Path) -> None:
    attach(signer, code, [handed_in], component="TP01")
    unlock(signer, OFFICE, PASSWORD)
    (made,) = sign_document(signer, code, only(signer, code).id, COPY).documents
    assert signer.documents.path_of(made.sha256).read_bytes().startswith(handed_in.read_bytes())
    assert [view.is_good for view in signatures_of(signer, [made.sha256])[made.sha256]] == [True, True]


def test_open_jobs_of_a_signing_desk_say_why_they_wait(desk: DeskContext, code: str, tmp_path: Path) -> None:
    strict = with_signing(desk, tmp_path, required=True, person=CertificateSettings())
    scanned(strict, code)
    assert "chưa chọn" in open_jobs(strict)[0].message
