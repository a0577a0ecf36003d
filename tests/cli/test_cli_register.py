"""`register` on the command line, and what `pay` may be told of the money."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogue_samples import DAYS, receive_document
from tests.cli.program import answer, error, run
from tests.printing.paper_samples import text_of

PERIOD = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def code(directory: Path) -> str:
    papers = [{"code": "TP01", "originals": 1}, {"code": "TP02", "copies": 1}, {"code": "TP03"}]
    document = receive_document(DAYS, components=papers)
    found: str = answer(directory, "receive", "-", "--at", "2026-03-10T08:30:00+07:00", stdin=document)["code"]
    return found


def test_the_register_of_a_month(directory: Path, code: str, tmp_path: Path) -> None:
    path = tmp_path / "sổ tháng 3.xlsx"
    found = answer(directory, "register", *PERIOD, "--field", "LV094", "--out", str(path))
    assert found == {"file": str(path), "dossiers": 1}
    assert path.read_bytes().startswith(b"PK")
    on_paper = tmp_path / "sổ tháng 3.pdf"
    assert answer(directory, "register", *PERIOD, "--out", str(on_paper)) == {"file": str(on_paper), "dossiers": 1}
    said = " ".join(text_of(on_paper.read_bytes(), tmp_path).split())
    assert all(words in said for words in ("SỔ THEO DÕI HỒ SƠ", code[:6], "2026"))
    assert answer(directory, "register", *PERIOD, "--procedure", "1.001193", "--out", str(path))["dossiers"] == 0


def test_usage_and_troubles(directory: Path, tmp_path: Path) -> None:
    assert error(directory, 1, "register", *PERIOD, "--out", str(tmp_path / "so.doc"))["kind"] == "format_unknown"
    turned = ("--from", "2026-03-02", "--to", "2026-03-01")
    assert error(directory, 1, "register", *turned, "--out", str(tmp_path / "so.xlsx"))["kind"] == "period_invalid"
    assert error(directory, 3, "register", *PERIOD, "--out", str(tmp_path / "no" / "so.xlsx"))["kind"]
    assert run(directory, "register", "--out", "so.xlsx").returncode == 2


def test_paying_one_fee_with_its_papers(directory: Path, code: str) -> None:
    assert error(directory, 1, "pay", code, "--fee", "LP77")["kind"] == "fee_unknown"
    paid = ("--fee", "LP01", "--method", "transfer", "--reference", "FT1", "--official-receipt", "BL7")
    answer(directory, "pay", code, *paid)
    view = answer(directory, "show", code)
    assert view["money"] == "paid"
    details = view["events"][-1]["details"]
    assert (details["reference"], details["official_receipt"], details["payment_number"]) == ("FT1", "BL7", 1)
    assert error(directory, 1, "pay", code, "--fee", "LP01")["kind"] == "fee_paid"
