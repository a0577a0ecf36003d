"""The QR's modules against another library's: the writer must not be judged by its own reader alone."""

from __future__ import annotations

import pytest
import qrcode
from paper_samples import LOOKUP, RECEIPT
from qrcode.constants import ERROR_CORRECT_M

from printing.codes import DARK, QrFields, qr_rows, qr_text
from printing.forms.symbols import QrCode

TEXT = qr_text(
    QrFields(
        dossier_code=RECEIPT.dossier_code,
        procedure_code=RECEIPT.procedure_code,
        identifier=RECEIPT.identifier,
        paper_name="Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        system_name=RECEIPT.system_name,
        issued_at=RECEIPT.issued_at,
        lookup_url=LOOKUP,
    )
)


# Texts of one mode each: a mixed one is parted by each library in its own way.
@pytest.mark.parametrize(
    "text", ["https://tracuu.example.vn/ho-so?ma=ea-kao", "a" * 300, "0123456789" * 5, "H15.36-260205-0001"]
)
def test_modules_are_those_of_another_library_with_one_of_the_eight_masks(text: str) -> None:
    masked = []
    for mask in range(8):
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
        code.add_data(text, optimize=0)
        code.make(fit=True)
        masked.append(code.get_matrix())
    assert [[module == DARK for module in row] for row in qr_rows(text)] in masked


def test_a_code_takes_its_square_with_four_quiet_modules_around() -> None:
    assert QrCode(TEXT, 70).wrap(500, 500) == (70, 70)
    assert len(qr_rows(TEXT)) == len(qr_rows(TEXT)[0]) == 77
