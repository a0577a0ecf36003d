"""Every form of both sets: the labels that forms.md prescribes, in its order, with what the program fills in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from form_labels import ON_PAPER, PRESCRIBED, SOURCE, UNPRESCRIBED
from form_samples import CONTROL, LABEL, NOTICE, PAYMENT, PAYMENT_QR, SAMPLES, STOP, SUPPLEMENT, TRACKING
from paper_samples import CODE, LOOKUP, raster, symbols, tool

import resources
from counter_app.errors import UserError
from printing.content import HandoverStep
from printing.forms import FormSet, form_set_for, form_sets, render

SETS = {"2018": form_set_for(date(2024, 3, 1)), "2025": form_set_for(date(2026, 3, 1))}


def as_drawn(pdf: bytes, folder: Path) -> str:
    """The text in the order in which it was drawn: cell by cell, whatever stands beside it."""
    (folder / "paper.pdf").write_bytes(pdf)
    return " ".join(tool("pdftotext", "-raw", str(folder / "paper.pdf"), "-").split())


def missing_in_order(text: str, wanted: list[str]) -> list[str]:
    """Those of *wanted* that do not stand in *text* behind the ones before them."""
    lost, at = [], 0
    for each in wanted:
        found = text.find(each, at)
        if found < 0:
            lost.append(each)
        else:
            at = found + len(each)
    return lost


@pytest.mark.parametrize(
    ("which", "form", "number", "head", "labels"), PRESCRIBED, ids=[f"{row[1]}-{row[0]}" for row in PRESCRIBED]
)
def test_prescribed_form_shows_each_label_of_the_circular(
    which: str, form: str, number: str, head: list[str], labels: list[str], tmp_path: Path
) -> None:
    text = as_drawn(render(SAMPLES[form], SETS[which]), tmp_path)
    assert [each for each in head if each not in text] == []
    assert missing_in_order(text, labels) == []
    assert f"Mẫu số {number} – {SOURCE[which]}" in text


@pytest.mark.parametrize("form", UNPRESCRIBED)
def test_paper_of_the_desk_shows_what_it_is_for(form: str, tmp_path: Path) -> None:
    text = as_drawn(render(SAMPLES[form], SETS["2025"]), tmp_path)
    assert [each for each in UNPRESCRIBED[form] if each not in text] == []
    assert "Mẫu số" not in text


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("form", ON_PAPER)
def test_each_form_has_its_paper(form: str, which: str) -> None:
    if (form, which) == ("stop_notice", "2018"):
        return
    document = pypdfium2.PdfDocument(render(SAMPLES[form], SETS[which]))
    try:
        sizes = {tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document}
    finally:
        document.close()
    assert sizes == {ON_PAPER[form]}


def test_the_set_of_2018_has_no_stop_notice() -> None:
    with pytest.raises(ValueError, match="2018 has no stop notice"):
        render(STOP, SETS["2018"])


@pytest.mark.parametrize(
    "form", ["supplement_request", "refusal", "stop_notice", "control_slip", "payment_note", "return_slip"]
)
def test_codes_of_a_dossier_are_read_back_with_the_qr_at_the_top_left(form: str) -> None:
    page = raster(render(SAMPLES[form], SETS["2025"]))
    assert symbols(page)["Code 128"] == CODE
    corner = page.crop((0, 0, page.width // 3, page.height // 4))
    assert symbols(corner)["QR Code"].startswith(LOOKUP)


def test_codes_of_a_hand_over_list_are_its_own() -> None:
    found = symbols(raster(render(SAMPLES["handover_list"], SETS["2025"])))
    assert found == {"QR Code": "BG-260209-01", "Code 128": "BG-260209-01"}


def test_label_carries_the_tracking_code_and_no_other(tmp_path: Path) -> None:
    assert symbols(raster(render(LABEL, SETS["2025"]))) == {"Code 128": TRACKING}
    unknown = render(replace(LABEL, tracking_code=None, collect=None), SETS["2025"])
    assert symbols(raster(unknown)) == {}
    text = as_drawn(unknown, tmp_path)
    assert "Mã bưu gửi: ...." in text
    assert "Thu hộ" not in text


def test_notice_to_pay_shows_the_payment_qr_only_with_a_payload(tmp_path: Path) -> None:
    page = raster(render(NOTICE, SETS["2025"]))
    lower = page.crop((0, page.height // 4, page.width, page.height))
    assert symbols(lower)["QR Code"] == PAYMENT_QR
    bare = render(replace(NOTICE, payment_qr=None), SETS["2025"])
    assert "VietQR" not in as_drawn(bare, tmp_path)


def test_note_of_a_payment_says_when_it_was_paid_and_leaves_room_for_the_receipt_number(tmp_path: Path) -> None:
    text = as_drawn(render(replace(PAYMENT, official_receipt=None), SETS["2025"]), tmp_path)
    assert "PHIẾU THU" in text
    assert "Biên lai số: ...." in text
    assert "THÔNG BÁO" not in text


def test_control_slip_keeps_rows_to_be_written_by_hand(tmp_path: Path) -> None:
    one = replace(CONTROL, handovers=CONTROL.handovers[:1])
    text = as_drawn(render(one, SETS["2025"]), tmp_path)
    assert text.count("Người giao Người nhận") == 4
    assert text.count("Giao: ....") == 3
    many = replace(CONTROL, handovers=tuple(HandoverStep(giver=f"Đơn vị {index}") for index in range(6)))
    assert as_drawn(render(many, SETS["2025"]), tmp_path).count("Người giao Người nhận") == 6


def test_unknown_contact_of_a_supplement_request_is_the_guide_and_the_desk(tmp_path: Path) -> None:
    text = as_drawn(render(replace(SUPPLEMENT, contact_name=None), SETS["2025"]), tmp_path)
    assert "liên hệ với Nguyễn Thị Bích Ngọc, số điện thoại: 02623812345" in text
    bare = as_drawn(render(replace(SUPPLEMENT, desk_phone=None, email=None), SETS["2025"]), tmp_path)
    assert "Quầy số 1, số điện thoại: ...." in bare
    assert "Email: ...." in bare


@pytest.mark.parametrize("form", SAMPLES)
def test_full_papers_leave_no_dots(form: str, tmp_path: Path) -> None:
    text = as_drawn(render(SAMPLES[form], SETS["2025"]), tmp_path)
    by_hand = {"control_slip", "payment_notice"}  # rows to come; the number of a receipt not yet given
    assert ("...." in text) == (form in by_hand)


OLD_SET = """
id = "{id}"
regulation = "Thông tư 99/2027/TT-VPCP"
valid_from = {day}
"""


def _own_set(folder: Path, identity: str, day: str) -> FormSet:
    """An office's file of before there were more forms: receipt and apology alone."""
    shipped = resources.read_bytes("forms", "2025.toml").decode()
    receipt = shipped[shipped.index("[receipt]") : shipped.index("[stop_notice]")]
    (folder / "own.toml").write_text(OLD_SET.format(id=identity, day=day) + receipt, encoding="utf-8")
    return next(each for each in form_sets(folder) if each.id == identity)


def test_an_old_file_of_an_office_takes_the_missing_forms_from_the_set_before_it(tmp_path: Path) -> None:
    own = _own_set(tmp_path, "2027", "2027-01-01")
    assert own.supplement_request.title == SETS["2025"].supplement_request.title
    assert own.stop_notice is not None
    text = as_drawn(render(SUPPLEMENT, own), tmp_path)
    assert "Mẫu số 02 – Thông tư 03/2025/TT-VPCP" in text
    receipt = as_drawn(render(SAMPLES["receipt"], own), tmp_path)
    assert "Mẫu số 01 – Thông tư 99/2027/TT-VPCP" in receipt


def test_an_old_file_in_the_place_of_a_shipped_set_takes_that_set_s_forms(tmp_path: Path) -> None:
    own = _own_set(tmp_path, "2018", "2018-11-23")
    assert own.stop_notice is None
    assert own.control_slip.number == "05"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('rows = "handovers"', 'rows = "handover"', "unknown rows"),
        ('text = "{note}"', 'text = "{nothing}"', "nothing"),
        ('head = "register"', 'head = "none at all"', "register → head"),
    ],
)
def test_a_broken_table_is_told_with_its_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    shipped = resources.read_bytes("forms", "2025.toml").decode()
    assert old in shipped
    (tmp_path / "mau-rieng.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UserError) as refused:
        form_sets(tmp_path)
    assert "mau-rieng.toml" in refused.value.message
    assert told in refused.value.message
