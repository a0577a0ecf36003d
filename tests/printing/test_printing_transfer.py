"""The VietQR of what is still owed, on the receipt and on the thermal slip."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from escpos_paper import print_out
from paper_samples import CODE, LOOKUP, RECEIPT, THERMAL, raster, symbols, text_of, tool

from counter_app.rules.payment_qr import Transfer, encode, purpose_of
from printing.content import TransferLine
from printing.forms import form_set_for, render
from printing.forms.blocks import TextBlock
from printing.raster import Line, picture
from printing.thermal import render_thermal

SETS = {"2018": form_set_for(date(2024, 3, 1)), "2025": form_set_for(date(2026, 3, 1))}
HOLDER = "KHO BẠC NHÀ NƯỚC KHU VỰC XIV"
OWED = TransferLine(encode(Transfer("970415", "113366668888", 8_000, purpose_of(CODE))), 8_000, "113366668888", HOLDER)
WITH_CODE = replace(RECEIPT, transfer=OWED)
WORDS = f"Quét để nộp phí, lệ phí: 8.000 đồng · Số tài khoản: 113366668888 · Chủ tài khoản: {HOLDER}"


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("copy", [0, 1])
def test_a_phone_reads_both_codes_of_each_copy(which: str, copy: int) -> None:
    page = raster(render(WITH_CODE, SETS[which]), page=copy)
    found = {code.text: code.position for code in zxingcpp.read_barcodes(page) if "QR" in str(code.format)}
    own, owed = sorted(found, key=lambda text: found[text].top_left.y)
    assert own.startswith(f"{LOOKUP}#")
    assert owed == OWED.payload
    assert found[own].top_left.x < page.width / 4
    assert found[own].bottom_left.y < page.height / 4


@pytest.mark.parametrize("which", SETS)
def test_the_words_say_how_much_goes_to_whom_and_each_copy_stays_one_page(which: str, tmp_path: Path) -> None:
    pdf = render(WITH_CODE, SETS[which])
    assert WORDS in text_of(pdf, tmp_path, first=1, last=1)
    assert WORDS in text_of(pdf, tmp_path, first=2, last=2)
    for signer in ("NGƯỜI NỘP HỒ SƠ", "NGƯỜI TIẾP NHẬN HỒ SƠ", RECEIPT.submitter_name, RECEIPT.receiver_name):
        assert signer in text_of(pdf, tmp_path, last=1)
    assert "Pages: 2" in " ".join(tool("pdfinfo", str(tmp_path / "paper.pdf")).split())


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("lines", [0, 1, 2])
def test_signatures_stay_with_their_code_on_a_page_that_goes_on(which: str, lines: int, tmp_path: Path) -> None:
    form = SETS[which].receipt
    before = [block for block in form.blocks if not isinstance(block, TextBlock) or "register_" not in block.text]
    # Nothing short before the signatures that they would be kept with.
    alone = SETS[which].model_copy(update={"receipt": form.model_copy(update={"blocks": tuple(before)})})
    ends = set()
    for papers in range(3, 24):
        address = "\n".join([str(RECEIPT.address), *["thôn"] * lines])
        long = replace(WITH_CODE, components=RECEIPT.components[:1] * papers, payment_note=None, address=address)
        pdf = render(long, alone)
        parts = [text_of(pdf, tmp_path, first=page, last=page) for page in (1, 2)]
        signed = ["NGƯỜI NỘP HỒ SƠ" in part for part in parts]
        assert ["Quét để nộp phí" in part for part in parts] == signed, papers
        ends.add(signed[0])
    assert ends == {True, False}


@pytest.mark.parametrize("which", SETS)
def test_an_account_without_a_holder_has_no_words_about_one(which: str, tmp_path: Path) -> None:
    said = text_of(render(replace(WITH_CODE, transfer=replace(OWED, account_name=None)), SETS[which]), tmp_path)
    assert "Số tài khoản: 113366668888" in said
    assert "Chủ tài khoản" not in said


@pytest.mark.parametrize("which", SETS)
def test_without_a_transfer_nothing_is_said_of_one(which: str, tmp_path: Path) -> None:
    pdf = render(RECEIPT, SETS[which])
    assert "Quét để nộp" not in text_of(pdf, tmp_path)
    assert symbols(raster(pdf))["QR Code"].startswith(f"{LOOKUP}#")


@pytest.mark.parametrize(("width", "dots"), [(80, 576), (58, 384)])
def test_the_thermal_slip_has_it_below_its_own_code(width: int, dots: int) -> None:
    paper = print_out(render_thermal(replace(THERMAL, transfer=OWED), width), dots)
    assert paper.qr_texts[0].startswith(f"{LOOKUP}#")
    assert paper.qr_texts[1:] == [OWED.payload]
    sheet = paper.text_picture().tobytes()
    for line in (
        Line("Quét để nộp phí, lệ phí: 8.000 đồng", 26, bold=True, align="center", fit=True),
        Line("Số tài khoản: 113366668888", 22, align="center"),
        Line(f"Chủ tài khoản: {HOLDER}", 22, align="center"),
    ):
        assert picture([line], dots).tobytes() in sheet, line.text
    assert {code.text for code in zxingcpp.read_barcodes(paper.picture().convert("L"))} == set(paper.qr_texts)
