"""The order of reading that a screen reader follows: title and paragraphs, each once, nothing beside them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from form_samples import SAMPLES
from paper_samples import long_receipt, tool

from printing.forms import form_set_for, render
from printing.forms.papers import plan
from printing.forms.style import sheet

SET = form_set_for(date(2026, 3, 1))
TEXTS = Path(__file__).parent / "texts"
TAGGED = [form for form in SAMPLES if sheet(plan(SAMPLES[form], SET).form.paper).tagged]
SHOWS_TEXT = {"Tj", "TJ", "'", '"'}


def read_aloud(pdf: bytes, folder: Path) -> list[tuple[str, str]]:
    """Role and text of each element as poppler finds them, in the order of the tree."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    told = tool("pdfinfo", "-struct-text", str(path))
    found = re.findall(r"^ +(\w+) \(block\)\n((?: {4}.*\n?)*)", told, re.MULTILINE)
    return [(role, " ".join(re.findall(r'"(.*)"', text))) for role, text in found]


def solid(text: str) -> str:
    return "".join(text.split())


def one_copy(form: str) -> Any:
    content: Any = SAMPLES[form]
    return replace(content, copies=content.copies[:1]) if getattr(content, "copies", ()) else content


@pytest.mark.parametrize("form", TAGGED)
def test_what_is_read_aloud_is_the_paper_without_its_margins(form: str, tmp_path: Path) -> None:
    own = TEXTS / f"{form}-2025.txt"
    lines = (own if own.exists() else TEXTS / f"{form}.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if not re.search(r"Trang \d/\d$", line)]
    heard = read_aloud(render(one_copy(form), SET), tmp_path)
    assert solid("".join(text for _, text in heard)) == solid("".join(wanted))
    titles = [text for role, text in heard if role == "H1"]
    assert [solid(title) for title in titles] == [solid(plan(SAMPLES[form], SET).form.title)]
    assert {role for role, _ in heard} <= {"H1", "P"}


@pytest.mark.parametrize("form", TAGGED)
def test_every_letter_belongs_to_an_element_or_to_the_margins(form: str) -> None:
    with pikepdf.open(BytesIO(render(SAMPLES[form], SET))) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        (whole,) = [root.StructTreeRoot.K]
        assert (str(whole.S), str(whole.Lang)) == ("/Document", "vi-VN")
        numbers = {int(root.StructTreeRoot.ParentTree.Nums[at]): root.StructTreeRoot.ParentTree.Nums[at + 1]
                   for at in range(0, len(root.StructTreeRoot.ParentTree.Nums), 2)}  # fmt: skip
        assert len(numbers) == len(document.pages)
        for page in document.pages:
            owners = numbers[int(page.obj.StructParents)]
            assert marked_alone(page) == list(range(len(owners)))
            assert [int(owner.K) for owner in owners] == list(range(len(owners)))
            assert all(owner.Pg.objgen == page.obj.objgen and owner.P.objgen == whole.objgen for owner in owners)


def marked_alone(page: pikepdf.Page) -> list[int]:
    """Numbers of the page's marks in their order; fails on a text outside of them, or one in another."""
    found, inside = [], ""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in ("BDC", "BMC"):
            assert not inside, "one in another"
            inside = str(operands[0])
            if inside != "/Artifact":
                found.append(int(operands[1].MCID))
        elif str(operator) == "EMC":
            inside = ""
        assert inside or str(operator) not in SHOWS_TEXT, operands
    return found


def test_a_paragraph_that_goes_on_behind_a_page_is_read_on(tmp_path: Path) -> None:
    content = replace(long_receipt(), copies=("Liên 1: Lưu",))
    heard = solid("".join(text for _, text in read_aloud(render(content, SET), tmp_path)))
    places = [heard.index(f"cuối{index:02d}.") for index in range(1, 31)]
    assert places == sorted(places)
    assert "Trang" not in heard


def test_letters_that_look_like_a_mark_are_no_mark(tmp_path: Path) -> None:
    name = "/P <</MCID 0>> BDC"
    content = replace(one_copy("receipt"), applicant_name=f"{name}\n{name}\n")
    with pikepdf.open(BytesIO(render(content, SET))) as document:
        page = document.pages[0]
        owners = document.Root.StructTreeRoot.ParentTree.Nums[1]
        assert len(owners) == len(marked_alone(page))


@pytest.mark.parametrize("form", sorted(set(SAMPLES) - set(TAGGED)))
def test_lists_of_an_office_have_no_tree(form: str) -> None:
    with pikepdf.open(BytesIO(render(SAMPLES[form], SET))) as document:
        assert "/StructTreeRoot" not in document.Root
        assert "/StructParents" not in document.pages[0].obj
