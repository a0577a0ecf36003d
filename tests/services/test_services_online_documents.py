"""Files of the portal fetched into the store, from the real practice portal: whole, once, never sent back."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from counter_app.errors import KnownError
from counter_app.models import PortalFile
from counter_app.rules.lifecycle import Status, Step
from counter_app.sandbox.portal import PracticePortal
from counter_app.sandbox.uploads import keep_file
from counter_app.services.attach import attach
from counter_app.services.catalogue_import import CatalogueImporter
from counter_app.services.clashes import list_open
from counter_app.services.desk import DeskContext
from counter_app.services.document_store import DocumentStore
from counter_app.services.online_documents import FetchWaiting, fetch, waiting_files
from counter_app.services.portal_link import make_client, make_engine
from counter_app.services.reading import show
from counter_app.services.steps import StepInput, take_step
from counter_app.services.verify import verify
from counter_app.settings import with_changes
from counter_app.sync.client import PortalClient, TransientTrouble
from tests.catalogue_samples import pdf_bytes, procedure
from tests.conftest import Clock
from tests.services.inspect_desk import kinds, refused

SAMPLE_PROCEDURE = "1.004837"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


@pytest.fixture
def portal(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticePortal]:
    monkeypatch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
    with PracticePortal(tmp_path / "portal.db", clock=lambda: clock.now.timestamp()) as running:
        yield running


@pytest.fixture
def linked(desk: DeskContext, portal: PracticePortal) -> DeskContext:
    """The desk with this portal in its settings, and the procedure of the portal's samples."""
    with desk.database.write() as session:
        CatalogueImporter(session, desk.clock()).take(procedure(SAMPLE_PROCEDURE, "Giám hộ", 3, "working_day"))
    return replace(desk, settings=with_changes(desk.settings, portal={"url": portal.url, "user": "canbo"}))


@pytest.fixture
def client(linked: DeskContext) -> Iterator[PortalClient]:
    made = make_client(linked)
    yield made
    made.close()


def sync(desk: DeskContext, *, chores: bool = False) -> None:
    """Send and read until nothing is left to do; without ``chores`` the files stay where they are."""
    engine = make_engine(desk)
    if not chores:
        engine._around = replace(engine._around, chores=())
    try:
        for _ in range(20):
            result = engine.run_pass()
            if not (result.sent or result.received):
                assert result.error == ""
                return
            desk.clock.move(seconds=2)  # type: ignore[attr-defined]
    finally:
        engine.close()
    raise AssertionError("the desk and the portal do not come to rest")


def filed(linked: DeskContext, portal: PracticePortal) -> str:
    code = portal.push_sample("HoSoMoi", office="H15.36")
    sync(linked)
    return code


def test_files_of_an_online_dossier_are_fetched_and_never_sent_back(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    code = filed(linked, portal)
    (waiting,) = show(linked, code).portal_files
    assert (waiting.file_name, waiting.state, waiting.component_code) == ("don-1.pdf", "waiting", "TP01")
    outcome = fetch(linked, client, code)
    assert (outcome.code, outcome.fetched, outcome.failed, outcome.problems) == (code, 1, 0, ())
    view = show(linked, code)
    assert view.portal_files == ()
    (document,) = view.documents
    assert (document.file_name, document.component_code, document.pages) == ("don-1.pdf", "TP01", 1)
    held = portal.dossiers()[code]["TaiLieuNop"]
    assert linked.documents.problem(held[0]["TepDinhKemId"], document.size) == ""
    assert not list((linked.documents.directory / "incoming").iterdir()), "nothing is left half"
    take_step(linked, code, Step.RECEIVE, StepInput())
    sync(linked)
    assert "upload" not in kinds(linked, code)
    assert len(portal.files()) == 1
    after = portal.dossiers()[code]
    assert [_without_host(paper) for paper in after["TaiLieuNop"]] == held, "just as the portal had it"
    assert held[0]["TepDinhKemId"] == document.sha256
    assert (after["TrangThaiHoSo"], [told["TrangThai"] for told in after["TienDo"]]) == ("2", ["2"])
    assert verify(linked).problems == ()
    assert fetch(linked, client, code).fetched == 0


def _without_host(paper: dict[str, str]) -> dict[str, str]:
    """A file as the portal keeps it: the client is told whole addresses."""
    return {**paper, "DuongDanTaiTepTin": urlsplit(paper["DuongDanTaiTepTin"]).path}


def test_syncer_fetches_them_by_itself_when_nothing_else_waits(linked: DeskContext, portal: PracticePortal) -> None:
    code = portal.push_sample("HoSoMoi", office="H15.36")
    sync(linked, chores=True)
    view = show(linked, code)
    assert (len(view.documents), view.portal_files) == (1, ())


def test_scan_of_ours_goes_beside_the_applicant_s_file(
    linked: DeskContext, portal: PracticePortal, client: PortalClient, tmp_path: Path
) -> None:
    code = filed(linked, portal)
    fetch(linked, client, code)
    take_step(linked, code, Step.RECEIVE, StepInput())
    from tests.catalogue_samples import write_pdf

    attach(linked, code, [write_pdf(tmp_path / "thêm.pdf")], component="TP01")
    sync(linked)
    names = [paper["TenTepDinhKem"] for paper in portal.dossiers()[code]["TaiLieuNop"]]
    assert names == ["don-1.pdf", "thêm.pdf"]


def test_refusal_and_supplement_request_reach_the_portal(linked: DeskContext, portal: PracticePortal) -> None:
    one, other = filed(linked, portal), filed(linked, portal)
    take_step(linked, one, Step.REFUSE, StepInput(reason="Không thuộc thẩm quyền"))
    take_step(linked, other, Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu tờ khai"))
    sync(linked)
    held = portal.dossiers()
    assert (held[one]["TrangThaiHoSo"], held[one]["TienDo"][-1]["TrangThai"]) == ("3", "3")
    assert (held[other]["TrangThaiHoSo"], held[other]["TienDo"][-1]["TrangThai"]) == ("5", "5")
    assert held[other]["DanhSachHoSoBoSung"][0]["NoiDungBoSung"] == "Thiếu tờ khai"
    assert len(held[one]["TaiLieuNop"]) == 1, "the applicant's file stays"


def test_results_of_the_unit_are_fetched_and_stay_on_the_portal(
    linked: DeskContext, portal: PracticePortal, client: PortalClient, clock: Clock
) -> None:
    code = filed(linked, portal)
    take_step(linked, code, Step.RECEIVE, StepInput())
    sync(linked)
    clock.move(hours=1)
    portal.push_sample("TienDo", code=code, status="4")
    clock.move(hours=1)
    # The desk moves on without having heard: its record does not know of the result.
    take_step(linked, code, Step.HAND_OVER, StepInput(unit="Phòng Tư pháp"))
    portal.push_sample("KetQua", code=code)
    clock.move(minutes=1)
    sync(linked)
    fetch(linked, client, code)
    view = show(linked, code)
    assert (view.row.status, list_open(linked)) == ("finished", [])
    assert [(one.result_code, one.pages) for one in view.documents if one.result_code] == [("KQ01", 1)]
    assert [one["MaGiayToKetQua"] for one in portal.dossiers()[code]["DanhSachGiayToKetQua"]] == [f"{code}-KQ1"]
    take_step(linked, code, Step.RETURN, StepInput())
    sync(linked)
    held = portal.dossiers()[code]
    assert held["TrangThaiHoSo"] == "10"
    assert [one["MaGiayToKetQua"] for one in held["DanhSachGiayToKetQua"]] == [f"{code}-KQ1"]


def test_chore_fetches_what_waits_and_ends_when_asked(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    codes = [filed(linked, portal) for _ in range(3)]
    FetchWaiting(linked)(client, lambda: waiting_files(linked) == 2)
    assert waiting_files(linked) == 2
    asked = iter([False, True, True])
    FetchWaiting(linked)(client, lambda: next(asked))
    assert waiting_files(linked) == 2, "stopped in the middle of a file, which waits as before"
    FetchWaiting(linked)(client, lambda: False)
    assert waiting_files(linked) == 0
    assert all(len(show(linked, code).documents) == 1 for code in codes)


def test_cut_leaves_the_file_waiting_and_it_comes_later(
    linked: DeskContext, portal: PracticePortal, client: PortalClient, clock: Clock
) -> None:
    code = filed(linked, portal)
    portal.stop()
    with pytest.raises(TransientTrouble):
        FetchWaiting(linked)(client, lambda: False)
    (waiting,) = show(linked, code).portal_files
    assert (waiting.state, waiting.error) == ("waiting", "")
    portal.start()
    clock.move(minutes=3)
    FetchWaiting(linked)(client, lambda: False)
    assert show(linked, code).portal_files == ()


def told_file(desk: DeskContext, **changes: Any) -> None:
    with desk.database.write() as session:
        row = session.scalars(select(PortalFile)).one()
        for name, value in changes.items():
            setattr(row, name, value)


def test_file_that_the_portal_no_longer_has_is_told_with_the_reason(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    code = filed(linked, portal)
    told_file(linked, url=f"{portal.url}/files/khong-co")
    outcome = fetch(linked, client, code)
    assert (outcome.fetched, outcome.failed) == (0, 1)
    assert outcome.problems[0].startswith("«don-1.pdf»: ")
    (failed,) = show(linked, code).portal_files
    assert (failed.state, bool(failed.error)) == ("failed", True)
    FetchWaiting(linked)(client, lambda: False)
    assert show(linked, code).portal_files == (failed,), "asked for again only by a person"


def test_file_with_another_digest_is_never_kept(
    linked: DeskContext, portal: PracticePortal, client: PortalClient, clock: Clock
) -> None:
    code = filed(linked, portal)
    told_file(linked, sha256="f" * 64)
    for _ in range(10):
        FetchWaiting(linked)(client, lambda: False)
        clock.move(hours=7)
    (failed,) = show(linked, code).portal_files
    assert (failed.state, show(linked, code).documents) == ("failed", ())
    assert not linked.documents.path_of("f" * 64).exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ this is a program", "chương trình chạy được"),
        (b"\xff\xd8\xff\xe0 a photo", "không phải là PDF"),
    ],
)
def test_file_that_is_no_paper_is_not_kept_and_stays_in_sight(
    linked: DeskContext, portal: PracticePortal, client: PortalClient, content: bytes, words: str
) -> None:
    code = filed(linked, portal)
    address, digest = keep_file(portal._running().store, "don.exe", content, linked.clock().timestamp())
    told_file(linked, url=portal.url + address, sha256=digest, file_name="đơn: /xin.pdf")
    (problem,) = fetch(linked, client, code).problems
    assert words in problem
    assert digest == hashlib.sha256(io.BytesIO(content).read()).hexdigest()
    assert not linked.documents.path_of(digest).exists()
    (shown,) = show(linked, code).portal_files
    assert (shown.state, words in shown.error) == ("failed", True)


def test_file_that_the_portal_holds_cut_is_kept_as_it_is(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    code, content = filed(linked, portal), pdf_bytes()[:-30]
    address, digest = keep_file(portal._running().store, "don.pdf", content, linked.clock().timestamp())
    told_file(linked, url=portal.url + address, sha256=digest, file_name="đơn.pdf")
    assert fetch(linked, client, code).problems == ()
    assert linked.documents.path_of(digest).read_bytes() == content
    (document,) = show(linked, code).documents
    assert (document.file_name, document.pages) == ("đơn.pdf", 0)


def test_file_without_a_digest_says_why_it_is_not_fetched(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    code = filed(linked, portal)
    told_file(linked, sha256="")
    assert "SHA-256" in fetch(linked, client, code).problems[0]


def test_file_elsewhere_is_not_asked_for_with_our_session(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    code = filed(linked, portal)
    told_file(linked, url="http://127.0.0.1:9/files/1")
    assert fetch(linked, client, code).problems != ()
    FetchWaiting(linked)(client, lambda: False)


def test_same_bytes_scanned_at_the_desk_are_one_document(
    linked: DeskContext, portal: PracticePortal, client: PortalClient, tmp_path: Path
) -> None:
    code = filed(linked, portal)
    fetch(linked, client, code)
    (document,) = show(linked, code).documents
    copy = tmp_path / "quét.pdf"
    copy.write_bytes(linked.documents.path_of(document.sha256).read_bytes())
    other = filed(linked, portal)
    attach(linked, other, [copy], component="TP01")
    told_file_of(linked, other, document.sha256)
    fetch(linked, client, other)
    assert len(show(linked, other).documents) == 1
    assert show(linked, other).portal_files == ()


def told_file_of(desk: DeskContext, code: str, sha256: str) -> None:
    with desk.database.write() as session:
        number = show(desk, code).row.id
        session.scalars(select(PortalFile).where(PortalFile.dossier_id == number)).one().sha256 = sha256


def test_full_disk_ends_the_chore_and_is_said_to_the_clerk(
    linked: DeskContext, portal: PracticePortal, client: PortalClient
) -> None:
    code = filed(linked, portal)
    full = replace(linked, documents=DocumentStore(linked.documents.directory, lambda _: 1024))
    FetchWaiting(full)(client, lambda: False)
    with refused("disk_reserved", error=KnownError):
        fetch(full, client, code)
    assert waiting_files(full) == 1


def test_unit_s_steps_from_the_practice_portal(linked: DeskContext, portal: PracticePortal, clock: Clock) -> None:
    code = filed(linked, portal)
    take_step(linked, code, Step.RECEIVE, StepInput())
    sync(linked)
    reached = []
    for status in (4, 5, 4, 6, 4, 9, 10):
        clock.move(hours=1)
        portal.push_sample("TienDo", code=code, status=str(status))
        sync(linked)
        reached.append(Status(show(linked, code).row.status))
    assert [status.value for status in reached] == [
        "processing",
        "supplement_requested",
        "processing",
        "payment_requested",
        "processing",
        "finished",
        "returned",
    ]
    assert (list_open(linked), verify(linked).problems) == ([], ())
