"""The last 250 MB of the disk are for records: no scan is taken into them, and every dossier still is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from counter_app.errors import KnownError
from counter_app.services.attach import attach
from counter_app.services.desk import DeskContext
from counter_app.services.document_store import DocumentStore
from counter_app.services.reading import show
from counter_app.services.receive import receive
from counter_app.sync.warnings import DISK_STOP
from tests.catalogue_samples import request, write_pdf
from tests.services.inspect_desk import refused


class Disk:
    """A disk with as much room as a test says."""

    def __init__(self, free: int | None) -> None:
        self.free = free

    def __call__(self, _folder: Path) -> int | None:
        return self.free


def on_disk(desk: DeskContext, disk: Disk) -> DeskContext:
    return replace(desk, documents=DocumentStore(desk.documents.directory, disk))


def test_no_scan_is_taken_into_the_reserve_and_records_still_are(desk: DeskContext, tmp_path: Path) -> None:
    disk = Disk(DISK_STOP - 1)
    tight = on_disk(desk, disk)
    scan = write_pdf(tmp_path / "đơn.pdf")
    code = receive(tight, request()).code
    with refused("disk_reserved", "còn 249 MB", "xóa bớt", error=KnownError):
        attach(tight, code, [scan], component="TP01")
    with refused("disk_reserved", "không kèm tệp", error=KnownError):
        receive(tight, request(files=[scan]))
    assert [path for path in desk.documents.directory.rglob("*") if path.is_file()] == []
    assert show(tight, code).documents == ()
    disk.free = 10 * DISK_STOP
    assert len(attach(tight, code, [scan], component="TP01").documents) == 1


@pytest.mark.parametrize(("room", "taken"), [(0, True), (-1, False)])
def test_the_document_itself_must_leave_the_reserve_whole(
    desk: DeskContext, tmp_path: Path, room: int, taken: bool
) -> None:
    scan = write_pdf(tmp_path / "đơn.pdf")
    store = DocumentStore(tmp_path / "kho", Disk(DISK_STOP + scan.stat().st_size + room))
    if taken:
        store.add(scan, max_mb=1)
    else:
        with refused("disk_reserved", error=KnownError):
            store.add(scan, max_mb=1)


def test_a_disk_that_does_not_tell_is_tried(tmp_path: Path) -> None:
    DocumentStore(tmp_path / "kho", Disk(None)).add(write_pdf(tmp_path / "đơn.pdf"), max_mb=1)
