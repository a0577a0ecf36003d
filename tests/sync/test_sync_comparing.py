"""What differs between the desk's record and the portal's: each thing by name, and nothing that is no difference."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.sync.client import PortalDossier
from counter_app.sync.comparing import Difference, DifferenceKind, OurDossier, OurFile, compare, difference_label

CODE = "H15.36-260310-1001"
SHA, OTHER = "a1" * 32, "b2" * 32
RECORD: dict[str, Any] = {
    "MaHoSo": CODE,
    "MaTTHC": "1.004837",
    "ChuHoSo": "H' Ngăm Niê Kdăm",
    "NgayTiepNhan": "20260310083000",
    "SoDienThoai": "0912345678",
    "HinhThuc": "0",
    "DonViXuLy": "UBND xã Ea Kao",
    "NgayTra": "",
    "GhiChu": "",
    "TrangThaiHoSo": "2",
    "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "066190012345"}],
    "DanhSachLePhi": [{"MaPhiLePhi": "LP01", "Gia": "8000"}, {"MaPhiLePhi": "LP02", "Gia": "26000"}],
    "TaiLieuNop": [],
    "DanhSachGiayToKetQua": [],
}
STEP = {"ThoiDiemXuLy": "20260310093000", "TrangThai": "4", "NoiDungXuLy": "Chuyển xử lý"}
FINISHED = {"ThoiDiemXuLy": "20260310103000", "TrangThai": "9", "NoiDungXuLy": "Có kết quả"}
FILE = OurFile(SHA, "TP01", "đơn.pdf", is_result=False)
RESULT = OurFile(OTHER, "KQ01", "kết quả.pdf", is_result=True)
OURS = OurDossier(
    code=CODE,
    status="4",
    statuses=frozenset({"2", "4"}),
    created=True,
    record=RECORD,
    steps=(STEP,),
    files=(FILE,),
    known_steps=frozenset(),
    known_files=frozenset({SHA}),
)
NAMED = {"TepDinhKemId": SHA, "MaThanhPhanHoSo": "TP01", "TenTepDinhKem": "đơn.pdf", "DuongDanTaiTepTin": "/files/1"}


def held(*steps: dict[str, Any], **changes: Any) -> PortalDossier:
    """The portal's side: equal to ours but for the changes; None takes a field away."""
    fields = {**RECORD, "TrangThaiHoSo": "4", "TaiLieuNop": [NAMED], **changes}
    return PortalDossier(CODE, {name: value for name, value in fields.items() if value is not None}, steps or (STEP,))


def found(there: PortalDossier | None, ours: OurDossier = OURS) -> list[tuple[str, str, bool]]:
    return [(one.kind.value, one.subject, one.mendable) for one in compare(ours, there)]


def test_equal_sides_have_no_difference() -> None:
    assert found(held()) == []


def test_a_missing_dossier_is_one_difference_and_only_the_desk_that_made_it_can_mend_it() -> None:
    assert found(None) == [("missing", "", True)]
    assert found(None, replace(OURS, created=False)) == [("missing", "", False)]


def test_another_dossier_under_our_code_is_never_overwritten() -> None:
    there = held(ChuHoSo="Trần Văn B", NgayTiepNhan="20260310090000", SoDienThoai="0900")
    (difference,) = compare(OURS, there)
    assert (difference.kind, difference.mendable) == (DifferenceKind.NOT_OURS, False)
    assert difference.ours == "1.004837, H' Ngăm Niê Kdăm, 08:30:00 10/03/2026"
    assert difference.theirs == "1.004837, Trần Văn B, 09:00:00 10/03/2026"


def test_one_changed_mark_is_a_field_unless_it_is_all_that_the_portal_gives_back() -> None:
    assert found(held(ChuHoSo="H' Ngăm")) == [("field", "ChuHoSo", True)]
    assert found(held(ChuHoSo="H' Ngăm", MaTTHC=None, NgayTiepNhan=None)) == [("not_ours", "", False)]


@pytest.mark.parametrize("value", ["Gấp", "", None])
def test_a_field_that_differs_is_named_with_both_values(value: str | None) -> None:
    there = held()
    there = replace(there, fields={**there.fields, "SoDienThoai": value})
    assert compare(OURS, there) == (
        Difference(DifferenceKind.FIELD, "SoDienThoai", "0912345678", value or "(trống)", True),
    )
    assert difference_label(DifferenceKind.FIELD, "SoDienThoai") == "Số điện thoại"


def test_codes_and_times_are_shown_in_words() -> None:
    differences = compare(OURS, held(HinhThuc="1", NgayTra="20260311080000"))
    assert [(one.ours, one.theirs) for one in differences] == [
        ("Tại quầy", "Qua bưu chính"),
        ("(trống)", "08:00:00 11/03/2026"),
    ]


def test_what_the_portal_does_not_give_back_decides_nothing() -> None:
    assert found(held(SoDienThoai=None, TrangThaiHoSo=None, TaiLieuNop=None, DanhSachLePhi=None)) == []


def test_other_blanks_other_composition_and_more_keys_are_no_difference() -> None:
    name = unicodedata.normalize("NFD", RECORD["ChuHoSo"]).replace(" ", "  ") + " "
    fees = [{**one, "ThuocPhi": "x"} for one in reversed(RECORD["DanhSachLePhi"])]
    assert found(held(ChuHoSo=name, DanhSachLePhi=fees, GhiChu=None, Moi="x")) == []


def test_a_list_with_an_entry_more_less_or_other_differs() -> None:
    one, two = RECORD["DanhSachLePhi"]
    for fees in ([one], [one, two, two], [one, {**two, "Gia": "0"}], None, "x"):
        there = held()
        there = replace(there, fields={**there.fields, "DanhSachLePhi": fees})
        assert found(there) == [("field", "DanhSachLePhi", True)], fees


def test_a_portal_that_lags_is_brought_up_and_one_that_is_ahead_is_left_to_a_person() -> None:
    assert found(held(TrangThaiHoSo="2")) == [("status", "", True)]
    assert found(held(TrangThaiHoSo="1")) == [("status", "", True)]
    assert found(held(TrangThaiHoSo="7")) == [("status", "", False)]


def test_a_portal_with_a_step_of_its_own_is_right_for_processing() -> None:
    there = held(STEP, FINISHED, TrangThaiHoSo="2", DonViXuLy="Sở Tư pháp", NgayTra="20260311080000")
    assert found(there) == [("status", "", False), ("step_unknown", "20260310103000/9", False)]
    known = replace(OURS, known_steps=frozenset({("20260310103000", "9")}), status="9", statuses=frozenset("249"))
    assert found(there, known) == [("status", "", True)], "what the feed has told needs no person"


def test_a_step_that_is_missing_or_there_twice() -> None:
    assert found(PortalDossier(CODE, held().fields, ())) == [("step_missing", "20260310093000/4", True)]
    (twice,) = compare(OURS, held(STEP, dict(STEP)))
    assert (twice.kind, twice.theirs, twice.mendable) == (DifferenceKind.STEP_TWICE, "2 lần", False)


def test_documents_by_digest() -> None:
    assert found(held(TaiLieuNop=[])) == [("document_missing", f"TP01/{SHA}", True)]
    assert found(held(TaiLieuNop=[{**NAMED, "IsDeleted": "1"}])) == [("document_missing", f"TP01/{SHA}", True)]
    assert found(held(TaiLieuNop=[{**NAMED, "TepDinhKemId": OTHER}])) == [("document_other", f"TP01/{SHA}", True)]
    assert found(held(TaiLieuNop=[{**NAMED, "MaThanhPhanHoSo": "TP02"}])) == [("document_other", f"TP01/{SHA}", True)]
    assert found(held(TaiLieuNop=[{**NAMED, "TepDinhKemId": SHA.upper(), "MaThanhPhanHoSo": ""}])) == []


def test_a_file_that_the_desk_does_not_know_is_told_and_one_that_the_portal_told_of_is_not() -> None:
    more = {"TepDinhKemId": OTHER, "MaThanhPhanHoSo": "TP09", "TenTepDinhKem": "khác.pdf"}
    there = held(TaiLieuNop=[NAMED, more])
    assert found(there) == [("document_unknown", f"TP09/{OTHER}", False)]
    assert found(there, replace(OURS, known_files=frozenset({SHA, OTHER}))) == []


def test_results_are_looked_for_in_their_own_list() -> None:
    ours = replace(OURS, files=(FILE, RESULT), known_files=frozenset({SHA, OTHER}))
    paper = {"GiayToId": OTHER, "MaThanhPhanHoSo": "KQ01", "TenGiayTo": "Giấy xác nhận"}
    assert found(held(DanhSachGiayToKetQua=[paper]), ours) == []
    assert found(held(DanhSachGiayToKetQua=[]), ours) == [("document_missing", f"KQ01/{OTHER}", True)]
    wrong = held(DanhSachGiayToKetQua=[{**paper, "GiayToId": "c3" * 32}])
    assert found(wrong, ours) == [("document_other", f"KQ01/{OTHER}", True)]


def test_of_a_dossier_that_was_never_told_only_the_status_counts() -> None:
    online = replace(OURS, record=None, steps=(), files=(), created=False, status="1", statuses=frozenset("1"))
    assert found(PortalDossier(CODE, {"TrangThaiHoSo": "1", "ChuHoSo": "Ai đó"}, ()), online) == []


WORDS = st.text("aà1 ", max_size=4)
VALUES = st.none() | WORDS | st.lists(st.dictionaries(WORDS, WORDS), max_size=2)


@given(
    st.dictionaries(st.sampled_from(sorted(RECORD)), VALUES),
    st.lists(st.sampled_from([STEP, FINISHED, {}, {"TrangThai": None}]), max_size=4),
)
def test_any_answer_is_compared_and_no_difference_is_told_twice(changes: dict[str, Any], steps: list[Any]) -> None:
    there = PortalDossier(CODE, {**RECORD, **changes}, tuple(steps))
    differences = compare(OURS, there)
    names = [(one.kind, one.subject) for one in differences]
    assert len(names) == len(set(names))
    assert all(one.ours != one.theirs for one in differences)
    told = {one.subject for one in differences if one.kind is DifferenceKind.FIELD}
    assert told <= set(changes)
