"""Papers with everything as long as it comes: nothing cut, nothing over something else, nothing off the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from html import unescape
from itertools import combinations
from pathlib import Path

import pypdfium2
import pytest
from extreme_samples import LONG_NAME, LONG_REASON, ROWS, extremes
from form_samples import SUPPLEMENT
from paper_samples import raster, symbols, tool

from printing.forms import form_set_for, render
from printing.forms.model import Form, FormSet
from printing.forms.papers import plan
from printing.forms.style import Sheet, sheet

SETS = {"2018": form_set_for(date(2024, 3, 1)), "2025": form_set_for(date(2026, 3, 1))}
PAPERS = extremes()
CASES = [(which, name) for which in SETS for name in PAPERS if (which, name) != ("2018", "stop_notice")]

# What a paper holds but does not print: for the QR alone, by a default of its own, or in another's place.
SILENT = {
    "system_name",
    "payment_qr",
    "copies",
    "timing",
    "number_suffix",
    "year",
    "lookup_url",
    "email",
    "phone",
    "payload",
}
SILENT_ON = {
    "receipt 2018": {"identifier", "procedure_name"},
    "supplement_request": {"identifier", "desk_phone", "submitter_name"},
    "refusal": {"identifier", "desk_phone"},
    "apology": {"identifier", "address", "desk_phone", "responsible_unit"},
    "stop_notice": {"identifier", "address", "request"},
    "control_slip": {"identifier", "address", "desk_phone", "procedure_code", "procedure_name", "applicant_name"},
    "register": {"number", "place"},
    "payment_note": {"identifier", "desk_phone"},
    "payment_notice": {"identifier", "method"},
    "return_slip": {"identifier", "address", "desk_phone"},
}
# A text is printed whole and in one piece; a longer one, and the papers of a dossier in one cell, may go on in a
# further row behind the other cells of the first.
ONE_PIECE = 300
IN_ONE_CELL = {"handover_list": "Đầu"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("extremes")
    made = {}
    for which, name in CASES:
        made[which, name] = folder / f"{which}-{name}.pdf"
        made[which, name].write_bytes(render(PAPERS[name], SETS[which]))
    return made


def form_of(name: str, which: FormSet) -> Form:
    return plan(PAPERS[name], which).form


def texts(value: object, silent: set[str]) -> Iterator[str]:
    """Every text that a content holds."""
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item, silent)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name not in silent:
                yield from texts(getattr(value, field.name), silent)


def body_of(path: Path, page: Sheet) -> str:
    """The text of all pages in the order of drawing, without the lines in the margins."""
    pages = int(re.search(r"Pages:\s+(\d+)", tool("pdfinfo", str(path))).group(1))  # type: ignore[union-attr]
    made = []
    for number in range(1, pages + 1):
        top = page.top + (page.small * 1.3 if number > 1 else 0)
        room = [
            "-x",
            "0",
            "-y",
            str(int(top)),
            "-W",
            str(int(page.size[0])),
            "-H",
            str(int(page.size[1] - page.bottom - top)),
        ]
        made.append(tool("pdftotext", "-raw", "-r", "72", *room, "-f", str(number), "-l", str(number), str(path), "-"))
    # In this order a raised mark counts as a line of its own.
    return " ".join(" ".join(made).split()).replace(" \u0306", "\u0306")


def goes_through(words: list[str], text: list[str]) -> bool:
    """Whether all *words* stand in *text* in their order, with others between."""
    rest = iter(text)
    return all(word in rest for word in words)


@pytest.mark.parametrize(("which", "name"), CASES)
def test_every_text_is_printed_whole(which: str, name: str, printed: dict[tuple[str, str], Path]) -> None:
    text = body_of(printed[which, name], sheet(form_of(name, SETS[which]).paper))
    words = text.split()
    copies = sum(len(each.head.copies) for each in plan(PAPERS[name], SETS[which]).layouts)
    lost = []
    silent = SILENT | SILENT_ON.get(name, set()) | SILENT_ON.get(f"{name} {which}", set())
    for each in set(texts(PAPERS[name], silent)):
        if len(each) <= ONE_PIECE and not each.startswith(IN_ONE_CELL.get(name, "\0")):
            if text.count(" ".join(each.split())) < copies:
                lost.append(each)
        elif not goes_through(each.split() * copies, words):
            lost.append(each)
    assert lost == []


def test_the_samples_are_as_long_as_they_say() -> None:
    assert len(LONG_NAME) == 100
    assert len(LONG_REASON) > 2000
    assert ROWS == 30
    assert set(PAPERS) == {*FormSet.model_fields} - {"id", "regulation", "valid_from", "register_"} | {"register"}


Word = tuple[float, float, float, float, str]
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')


def word_boxes(path: Path) -> list[list[Word]]:
    """The box of each word, page by page, in points from the top left."""
    pages = tool("pdftotext", "-bbox", str(path), "-").split("<page ")[1:]
    return [
        [(*map(float, found.groups()[:4]), unescape(found[5])) for found in _WORD.finditer(page)]  # type: ignore[misc]
        for page in pages
    ]


@pytest.mark.parametrize(("which", "name"), CASES)
def test_no_word_leaves_the_frame_of_its_page(which: str, name: str, printed: dict[tuple[str, str], Path]) -> None:
    page = sheet(form_of(name, SETS[which]).paper)
    foot = page.size[1] - page.bottom
    for words in word_boxes(printed[which, name]):
        assert words
        for left, top, right, bottom, text in words:
            assert left >= page.left - 0.5, text
            assert right <= page.size[0] - page.right + 0.5, text
            assert top >= page.top - page.body * 0.3, text
            # The foot line stands in the margin, by itself.
            assert bottom <= foot + page.body * 0.3 or top >= foot, text


@pytest.mark.parametrize(("which", "name"), CASES)
def test_no_word_stands_on_another(which: str, name: str, printed: dict[tuple[str, str], Path]) -> None:
    for words in word_boxes(printed[which, name]):
        # A box reaches from the highest accent to the lowest tail: the letters themselves fill its middle.
        inner = [
            (left + 0.3, top + (bottom - top) * 0.25, right - 0.3, bottom - (bottom - top) * 0.2, text)
            for left, top, right, bottom, text in words
        ]
        for one, other in combinations(inner, 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, f"«{one[4]}» and «{other[4]}»"


@pytest.mark.parametrize(("which", "name"), CASES)
def test_codes_stay_readable_and_no_word_touches_the_qr(
    which: str, name: str, printed: dict[tuple[str, str], Path]
) -> None:
    form = form_of(name, SETS[which])
    first = plan(PAPERS[name], SETS[which]).layouts[0].head
    if form.head != "letterhead" or not first.qr_text:
        return
    page = sheet(form.paper)
    found = symbols(raster(printed[which, name].read_bytes()))
    assert found["Code 128"] == first.code
    assert found["QR Code"] == first.qr_text
    for left, top, _, _, text in word_boxes(printed[which, name])[0]:
        assert left >= page.left + page.qr or top >= page.top + page.qr - 1, text


@pytest.mark.parametrize(("which", "name"), [case for case in CASES if case[1] not in ("post_label", "receipt")])
def test_further_pages_say_what_they_go_on_with(which: str, name: str, printed: dict[tuple[str, str], Path]) -> None:
    made = plan(PAPERS[name], SETS[which])
    pages = tool("pdftotext", "-layout", str(printed[which, name]), "-").split("\f")[:-1]
    further = [page for page in pages if re.search(r"Trang ([2-9]|\d\d)/", page)]
    assert further
    for page in further:
        assert page.strip().startswith(f"{made.form.name} (tiếp theo)")
        assert made.layouts[0].running in page.strip().splitlines()[0]


HEADS = {
    "register": "Ký nhận",
    "control_slip": "TÊN CƠ QUAN",
    "handover_list": "Giấy tờ trong hồ sơ",
    "apology_list": "Hẹn lại",
}


@pytest.mark.parametrize("name", HEADS)
def test_head_of_a_table_comes_again_on_each_of_its_pages(name: str, printed: dict[tuple[str, str], Path]) -> None:
    pages = tool("pdftotext", "-raw", str(printed["2025", name]), "-").split("\f")[:-1]
    with_rows = [page for page in pages if re.search(r"(cuối|dòng)\d\d", page)]
    assert len(with_rows) > 3
    for page in with_rows:
        assert " ".join(page.split()).count(HEADS[name]) == 1, page[:200]


@pytest.mark.parametrize("letter", ["ê\u0306", "Ê\u0306", "ô\u0306", "Ô\u0306", "ơ\u0306", "ư\u0306", "Ư\u0306"])
@pytest.mark.parametrize("field", ["applicant_name", "address"])
def test_breve_of_an_e_de_letter_stands_over_it(letter: str, field: str) -> None:
    content = replace(SUPPLEMENT, **{field: f"Y Bhi{letter}n Niê"})
    document = pypdfium2.PdfDocument(render(content, SETS["2025"]))
    try:
        page = document[0].get_textpage()
        at = page.get_text_range().index(letter)
        base, breve = page.get_charbox(at), page.get_charbox(at + 1)
    finally:
        document.close()
    width = base[2] - base[0]
    assert abs((breve[0] + breve[2]) / 2 - (base[0] + base[2]) / 2) < width * 0.2
    # Over the letter's own mark, not across it: at most a hair's breadth (an eighth of the letter) in common.
    assert breve[1] > base[3] - (base[3] - base[1]) / 8
