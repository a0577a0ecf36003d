"""Older results: entered one by one or from a list, scanned by the code on their sheets, counted by batch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from counter_app.errors import UserError
from counter_app.services.backlog import (
    OldResult,
    amend,
    batches,
    enter,
    make_batch,
    old_ids,
    old_result,
    old_rows,
)
from counter_app.services.backlog_import import Imported, import_old_results
from counter_app.services.backlog_scan import attach_old, drop_scan
from counter_app.services.desk import DeskContext
from counter_app.services.verify import verify
from tests.catalogue_samples import write_pdf
from tests.services.inspect_desk import nothing_stored, refused

BIRTH = OldResult("123/2019", date(2019, 3, 5), "H' Ngăm Niê Kdăm", "066190012345")


@pytest.fixture
def batch(desk: DeskContext) -> int:
    return make_batch(desk, "Hộ tịch 2019, hộp 12", "Giấy khai sinh", "UBND xã Ea Kao")


def test_each_result_has_a_record_of_its_own(desk: DeskContext, batch: int) -> None:
    entered = enter(desk, batch, replace(BIRTH, owner="  H' Ngăm   Niê Kdăm ", number=" 123/2019"))
    assert entered.warnings == ()
    view = entered.result
    assert view.code == "H15.36-000001-00001"
    assert view.entry == replace(BIRTH, kind="Giấy khai sinh", issuer="UBND xã Ea Kao")
    assert (view.sha256, view.scanned_at) == ("", None)
    own = enter(desk, batch, replace(BIRTH, number="124/2019", kind="Giấy chứng tử", issuer="UBND xã cũ")).result
    assert (own.code, own.entry.kind, own.entry.issuer) == ("H15.36-000001-00002", "Giấy chứng tử", "UBND xã cũ")


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"number": " "}, "number_missing"),
        ({"owner": ""}, "owner_missing"),
        ({"issued_on": date(2027, 1, 1)}, "day_invalid"),
        ({"valid_until": date(2018, 1, 1)}, "day_invalid"),
    ],
)
def test_what_is_missing_is_named(desk: DeskContext, batch: int, wrong: dict[str, object], kind: str) -> None:
    with nothing_stored(desk), refused(kind, error=UserError):
        enter(desk, batch, replace(BIRTH, **wrong))  # type: ignore[arg-type]


def test_a_kind_is_needed_where_the_batch_has_none(desk: DeskContext) -> None:
    bare = make_batch(desk, "Đợt lẻ")
    with refused("kind_missing", error=UserError):
        enter(desk, bare, BIRTH)


def test_the_same_paper_is_not_entered_twice(desk: DeskContext, batch: int) -> None:
    enter(desk, batch, BIRTH)
    other = make_batch(desk, "Hộp 13", "giấy KHAI sinh", "UBND xã Ea Kao")
    with nothing_stored(desk), refused("result_repeated", "Hộ tịch 2019, hộp 12", "H15.36-000001-00001"):
        enter(desk, other, BIRTH)
    enter(desk, other, replace(BIRTH, issued_on=date(2019, 3, 6)))


def test_an_entry_can_be_amended(desk: DeskContext, batch: int) -> None:
    first = enter(desk, batch, BIRTH).result
    amended = amend(desk, first.id, replace(first.entry, owner="Y Bhiăo Êban")).result
    assert (amended.code, amended.entry.owner) == (first.code, "Y Bhiăo Êban")
    assert old_result(desk, first.code) == amended


def test_a_scan_by_the_code_of_the_sheet_and_the_rate_of_the_batch(
    desk: DeskContext, batch: int, tmp_path: Path
) -> None:
    codes = [enter(desk, batch, replace(BIRTH, number=f"{n}/2019")).result.code for n in range(3)]
    assert [one.percent for one in batches(desk)] == [0.0]
    done = attach_old(desk, codes[1], write_pdf(tmp_path / "quét.pdf", pages=2)).result
    assert (done.file_name, done.pages, done.scanned_by) == (f"{codes[1]}.pdf", 2, "Lê Thị Hạnh")
    (found,) = batches(desk)
    assert (found.results, found.scanned, found.percent) == (3, 1, 33.3)
    assert [row.code for row in old_rows(desk, old_ids(desk, batch, missing=True))] == [codes[0], codes[2]]
    assert verify(desk).problems == ()
    desk.documents.path_of(done.sha256).unlink()
    assert "mất tệp" in verify(desk).problems[0]


def test_a_scan_takes_the_place_of_another_only_where_that_was_put_aside(
    desk: DeskContext, batch: int, tmp_path: Path
) -> None:
    code = enter(desk, batch, BIRTH).result.code
    first = attach_old(desk, code, write_pdf(tmp_path / "a.pdf", pages=2)).result
    assert attach_old(desk, code, tmp_path / "a.pdf").result == first, "the same file is no other"
    with nothing_stored(desk), refused("backlog_scanned", "2 trang", error=UserError):
        attach_old(desk, code, write_pdf(tmp_path / "b.pdf"))
    assert drop_scan(desk, first.id).sha256 == ""
    assert [one.scanned for one in batches(desk)] == [0]
    assert attach_old(desk, code, tmp_path / "b.pdf").result.pages == 1


@pytest.mark.parametrize("code", ["H15.36-000001-00009", "H15.37-000001-00001", "H15.36-260310-1001", "?"])
def test_a_sheet_of_another_desk_is_refused(desk: DeskContext, batch: int, tmp_path: Path, code: str) -> None:
    enter(desk, batch, BIRTH)
    with nothing_stored(desk), refused("backlog_unknown", error=UserError):
        attach_old(desk, code, write_pdf(tmp_path / "a.pdf"))


def test_found_by_owner_number_or_personal_number(desk: DeskContext, batch: int) -> None:
    enter(desk, batch, BIRTH)
    enter(desk, batch, replace(BIRTH, number="9/2018", owner="Nguyễn Thị Dung", owner_number=""))
    for typed, owner in (("dung", "Nguyễn Thị Dung"), ("123/", BIRTH.owner), ("066190012345", BIRTH.owner)):
        assert [row.entry.owner for row in old_rows(desk, old_ids(desk, batch, typed=typed))] == [owner]
    assert len(old_ids(desk, batch, typed="%")) == 0


@pytest.mark.parametrize(("name", "kind"), [(" ", "batch_unnamed"), ("Hộ tịch 2019,  hộp 12", "batch_repeated")])
def test_batches_have_names_of_their_own(desk: DeskContext, batch: int, name: str, kind: str) -> None:
    with nothing_stored(desk), refused(kind, error=UserError):
        make_batch(desk, name)


CSV = """Danh sách giấy khai sinh;;;
Số;Họ và tên;Ngày cấp;Số định danh
12/2018;Nguyễn Thị Dung;5/3/2018;001190004321
;;;
13/2018;Y Bhiăo Êban;2018-03-06;66085001234
"""


def test_a_list_comes_in_once(desk: DeskContext, batch: int, tmp_path: Path) -> None:
    path = tmp_path / "ds.csv"
    path.write_text(f"{CSV}12/2018;NGUYỄN THỊ DUNG;05-03-2018;001190004321\n", encoding="utf-8-sig")
    assert import_old_results(desk, batch, path) == Imported(2, 1), "the same paper twice in one list"
    rows = old_rows(desk, old_ids(desk, batch))
    assert [(row.entry.number, row.entry.owner_number) for row in rows] == [
        ("12/2018", "001190004321"),
        ("13/2018", "066085001234"),
    ]
    assert import_old_results(desk, batch, path) == Imported(0, 3)


def test_a_sheet_of_excel_with_real_dates_and_numbers(desk: DeskContext, batch: int, tmp_path: Path) -> None:
    path = tmp_path / "ds.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(2, 0, ["Số", "Chủ sở hữu", "Ngày cấp", "Số định danh", "Hết hiệu lực", "Loại"])
        sheet.write_row(3, 0, [12, "Nguyễn Thị Dung"])
        sheet.write_datetime(3, 2, date(2018, 3, 5), day)
        sheet.write_row(3, 3, [66190004321, "31/12/2030", "Giấy phép"])
    assert import_old_results(desk, batch, path).added == 1
    (row,) = old_rows(desk, old_ids(desk, batch))
    assert row.entry == OldResult(
        "12",
        date(2018, 3, 5),
        "Nguyễn Thị Dung",
        "066190004321",
        "Giấy phép",
        "UBND xã Ea Kao",
        date(2030, 12, 31),
    )


def test_a_line_that_cannot_be_read_keeps_all_out(desk: DeskContext, batch: int, tmp_path: Path) -> None:
    path = tmp_path / "ds.csv"
    path.write_text(CSV + "14/2018;;7/3/2018;\n15/2018;Ai đó;hôm qua;\n", encoding="utf-8")
    with nothing_stored(desk):
        found = import_old_results(desk, batch, path)
    assert (found.added, len(found.problems)) == (0, 2)
    assert any("Dòng 6" in one and "tên chủ sở hữu" in one for one in found.problems)
    assert any("Dòng 7" in one and "hôm qua" in one for one in found.problems)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.csv", "Số;Tên\n1;A\n".encode(), "tiêu đề"),
        ("a.csv", "Số;Ngày cấp;Họ tên\n1;5/3/2018;Đỗ\n".encode("cp1258", "replace"), "UTF-8"),
        ("a.xlsx", b"PK not a workbook", "bảng tính"),
        ("a.csv", b"", "tiêu đề"),
    ],
)
def test_what_is_no_list_is_refused(
    desk: DeskContext, batch: int, tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with nothing_stored(desk), refused("list_invalid", word, error=UserError):
        import_old_results(desk, batch, path)
