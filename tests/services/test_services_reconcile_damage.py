"""Any damage to what the portal holds is found exactly, mended, and a second comparison finds nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from counter_app.rules.lifecycle import Step
from counter_app.services.reconcile_mend import mend_all
from counter_app.services.steps import StepInput
from counter_app.services.verify import verify
from tests.conftest import Clock
from tests.services.reconcile_world import Office, never, office_at_work, silent

STEPS = (
    ((Step.HAND_OVER, StepInput(unit="Phòng Tư pháp")), (Step.FINISH, StepInput()), (Step.RETURN, StepInput())),
    ((Step.REQUEST_SUPPLEMENT, StepInput(reason="Thiếu bản sao")), (Step.SUPPLEMENT, StepInput(reason="Đã nộp"))),
    ((Step.HAND_OVER, StepInput(unit="Công an xã")),),
    (),
)
"""What was done to the dossiers of the desk; each has two scans, the first a result as well."""
MARKS = ("ChuHoSo", "MaTTHC", "NgayTiepNhan")
FIELDS = (
    "TenTTHC",
    "SoDienThoai",
    "NgayHenTra",
    "DonViXuLy",
    "HinhThuc",
    "HoSoCoThanhPhanSoHoa",
    "GhiChu",
    "DinhDanhCHS",
    "DanhSachLePhi",
    "DanhSachTepDinhKemKhac",
)
LISTS = ("DinhDanhCHS", "DanhSachLePhi", "DanhSachTepDinhKemKhac")
Found = tuple[str, str, str]


@dataclass(frozen=True)
class Damage:
    """What befalls one dossier; places beyond what it has befall nothing."""

    lost: bool = False
    fields: frozenset[str] = frozenset()
    mark: str = ""
    lagging: bool = False
    steps: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()
    wrong_file: int | None = None


DAMAGES = st.builds(
    Damage,
    lost=st.sampled_from([False, False, False, True]),
    fields=st.frozensets(st.sampled_from(FIELDS), max_size=3),
    mark=st.sampled_from(["", "", *MARKS]),
    lagging=st.booleans(),
    steps=st.frozensets(st.integers(0, 2), max_size=2),
    files=st.frozensets(st.integers(0, 1), max_size=2),
    wrong_file=st.none() | st.integers(0, 1),
)


@dataclass
class Worlds:
    """One desk and one portal, sent and equal; made anew when an example has left them otherwise."""

    prepared: Path
    stack: ExitStack = field(default_factory=ExitStack)
    made: dict[bool, tuple[Office, list[str]]] = field(default_factory=dict)

    def get(self, knows_keys: bool) -> tuple[Office, list[str]]:
        if knows_keys not in self.made:
            scratch = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
            desk = Path(shutil.copytree(self.prepared, scratch / "desk"))
            office = self.stack.enter_context(office_at_work(desk, scratch / "portal", Clock(), knows_keys=knows_keys))
            codes = [office.take_in(*steps, files=2) for steps in STEPS]
            office.attach_result(codes[0])
            office.send()
            self.made[knows_keys] = office, codes
        return self.made.pop(knows_keys)

    def give_back(self, knows_keys: bool, world: tuple[Office, list[str]]) -> None:
        self.made[knows_keys] = world


@pytest.fixture(scope="module")
def worlds(prepared_directory: Path) -> Iterator[Worlds]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTER_PORTAL_PASSWORD", "thuchanh")
        made = Worlds(prepared_directory)
        with made.stack:
            yield made


@settings(
    max_examples=25,
    deadline=None,
    # Making a failing example smaller takes a new desk and a new portal each time: minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(damages=st.tuples(*[DAMAGES] * len(STEPS)), knows_keys=st.booleans())
def test_damage_is_found_exactly_mended_and_then_nothing_is_left(
    worlds: Worlds, damages: tuple[Damage, ...], knows_keys: bool
) -> None:
    office, codes = worlds.get(knows_keys)
    whole = {code: comparable(office.held(code)) for code in codes}
    expected = {one for code, damage in zip(codes, damages, strict=True) for one in wreak(office, code, damage)}

    report = office.compare()
    rows = office.rows()
    assert {(row.dossier_code, row.kind.value, row.label) for row in rows} == expected
    assert report.different == len({code for code, _, _ in expected})
    assert report.equal == len(codes) - report.different
    assert office.compare().found == 0, "the same is not listed twice"

    assert mend_all(office.desk, never, silent).differences == len(rows)
    office.send()
    assert {code: comparable(office.held(code)) for code in codes} == whole
    again = office.compare()
    assert (again.equal, again.different, again.closed) == (len(codes), 0, len(rows))
    assert office.rows() == []
    assert verify(office.desk).problems == ()
    worlds.give_back(knows_keys, (office, codes))


def wreak(office: Office, code: str, damage: Damage) -> set[Found]:
    """Do the damage; what a comparison has to find of it, by the words of the screen."""
    if damage.lost:
        office.lose(code)
        return {(code, "missing", "Hồ sơ thiếu trên cổng")}
    found: set[Found] = set()
    labels = {
        "ChuHoSo": "Chủ hồ sơ",
        "MaTTHC": "Mã thủ tục",
        "NgayTiepNhan": "Ngày tiếp nhận",
        "TenTTHC": "Tên thủ tục",
        "SoDienThoai": "Số điện thoại",
        "NgayHenTra": "Ngày hẹn trả",
        "DonViXuLy": "Đơn vị xử lý",
        "HinhThuc": "Hình thức nhận kết quả",
        "HoSoCoThanhPhanSoHoa": "Có thành phần số hóa",
        "GhiChu": "Ghi chú",
        "DinhDanhCHS": "Định danh chủ hồ sơ",
        "DanhSachLePhi": "Phí, lệ phí",
        "DanhSachTepDinhKemKhac": "Giấy tờ không kèm tệp",
    }
    for name in sorted(damage.fields | {damage.mark} - {""}):
        office.change(code, **{name: [{"Gia": "1", "SoDinhDanh": "1"}] if name in LISTS else "Khác"})
        found.add((code, "field", labels[name]))
    steps = office.held(code)["TienDo"]
    if damage.lagging:
        office.change(code, TrangThaiHoSo="1")
        found.add((code, "status", "Trạng thái"))
    for place in sorted(damage.steps, reverse=True):
        if place < len(steps):
            office.lose_step(code, place)
            found.add((code, "step_missing", "Bước thiếu trên cổng"))
    return found | wreak_files(office, code, damage)


def wreak_files(office: Office, code: str, damage: Damage) -> set[Found]:
    found: set[Found] = set()
    if damage.wrong_file is not None and damage.wrong_file not in damage.files:
        entries = office.held(code)["TaiLieuNop"]
        entries[damage.wrong_file] |= {"TepDinhKemId": "0f" * 32, "DuongDanTaiTepTin": "/files/khác"}
        office.change(code, TaiLieuNop=entries)
        found.add((code, "document_other", "Tệp khác trên cổng"))
    for place in sorted(damage.files, reverse=True):
        office.lose_file(code, place)
        found.add((code, "document_missing", "Tệp thiếu trên cổng"))
    return found


def comparable(dossier: dict[str, Any]) -> dict[str, Any]:
    """The portal's dossier without what mending may change: a new upload's address, the order of arrival."""
    steps = sorted(dossier["TienDo"], key=lambda step: str(step["ThoiDiemXuLy"]))
    files = {
        name: sorted(entry["TepDinhKemId" if name == "TaiLieuNop" else "GiayToId"] for entry in dossier[name])
        for name in ("TaiLieuNop", "DanhSachGiayToKetQua")
    }
    return {**dossier, **files, "TienDo": steps}
