"""A dossier is found by the words of its documents without the window too."""

from __future__ import annotations

from pathlib import Path

from tests.catalogue_samples import HOURS, receive_document
from tests.cli.program import answer
from tests.services.scan_samples import printed_pdf


def test_words_of_a_document_find_its_dossier_and_where_they_stand(directory: Path, tmp_path: Path) -> None:
    code = answer(directory, "receive", "-", stdin=receive_document(HOURS))["code"]
    file = printed_pdf(tmp_path / "sổ đỏ.pdf", ["Trang bìa", "Thửa đất số 127, tờ bản đồ số 45"])
    answer(directory, "attach", code, "--component", "TP01", str(file))
    (found,) = answer(directory, "search", "thua dat so 127")["dossiers"]
    assert found["code"] == code
    assert (found["found_in"]["file"], found["found_in"]["page"]) == ("sổ đỏ.pdf", 2)
    assert "Thửa đất số 127" in found["found_in"]["words"]
    (by_code,) = answer(directory, "search", code)["dossiers"]
    assert "found_in" not in by_code
