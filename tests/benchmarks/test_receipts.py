"""The rivals of the receipts benchmark print the same page; nothing here looks at how long anything took."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest

from benchmarks import receipts
from benchmarks.measuring import CannotMeasureError


def words(pdf: bytes) -> set[str]:
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    try:
        assert len(document) == 2
        return {word for page in document for word in page.get_textpage().get_text_range().split()}
    finally:
        document.close()


def rival(name: str) -> receipts.Rival:
    try:
        return getattr(receipts, name)()  # type: ignore[no-any-return]
    except CannotMeasureError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", ["weasyprint", "typst"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::DeprecationWarning")
def test_rival_prints_every_word_of_our_receipt(name: str) -> None:
    content = receipts.make_receipt(7)
    ours = words(receipts.ours_of(content))
    theirs = words(rival(name).make(content))
    assert len(ours) > 150
    # CSS counts the pages of all copies together.
    assert ours - theirs <= {"1/1"}


def test_each_receipt_is_another() -> None:
    first, second = receipts.make_receipt(1), receipts.make_receipt(2)
    assert first.dossier_code != second.dossier_code
    assert receipts.page_data(first)["qr"] != receipts.page_data(second)["qr"]
