"""The text of each paper, whole: what docs/forms.md prescribes, field by field, and nothing besides.

Two witnesses. The labels come from forms.md itself; the files in ``texts`` hold what the full samples must say,
line by line in the order of drawing, and were read against forms.md by eye.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
from form_samples import SAMPLES
from paper_samples import APOLOGY, tool

from printing.content import APOLOGY_FILE_COPY
from printing.forms import Content, form_set_for, render
from printing.forms.papers import plan

SETS = {"2018": form_set_for(date(2024, 3, 1)), "2025": form_set_for(date(2026, 3, 1))}
COLUMN = {"2018": 1, "2025": 2}
FORMS_MD = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
TEXTS = Path(__file__).parent / "texts"
PICTURES = Path(__file__).parents[2] / "docs" / "forms-pages"
CASES = [(which, form) for which in SETS for form in SAMPLES if (which, form) != ("2018", "stop_notice")]

# What the layout of the commune centres puts in another place or in other words (forms.md, receipt).
ONLY_2018 = {"Thành phần hồ sơ nộp gồm:", "Đăng ký nhận kết quả tại: …"}
OTHER_SUFFIX = {"2018": "/TTPVHCC", "2025": "/BPTNTKQ"}


def first_copy(form: str) -> Content:
    content: Any = SAMPLES[form]
    copies = getattr(content, "copies", ())
    return cast(Content, replace(content, copies=copies[:1]) if copies else content)


def drawn(content: Content, which: str, folder: Path) -> list[str]:
    """The words of each page in the order of drawing."""
    path = folder / "paper.pdf"
    path.write_bytes(render(content, SETS[which]))
    return [" ".join(page.split()) for page in tool("pdftotext", "-raw", str(path), "-").split("\f")[:-1]]


def expected(which: str, form: str) -> str:
    """A paper that no circular prescribes is the same in both sets."""
    own = TEXTS / f"{form}-{which}.txt"
    path = own if own.exists() else TEXTS / f"{form}.txt"
    return " ".join(path.read_text(encoding="utf-8").split())


@pytest.mark.parametrize(("which", "form"), CASES)
def test_text_of_the_paper_is_this_and_no_more(which: str, form: str, tmp_path: Path) -> None:
    assert drawn(first_copy(form), which, tmp_path) == [expected(which, form)]


@pytest.mark.parametrize(
    ("which", "form"), [case for case in CASES if len(getattr(SAMPLES[case[1]], "copies", ())) > 1]
)
def test_copies_differ_in_their_names_alone(which: str, form: str, tmp_path: Path) -> None:
    content: Any = SAMPLES[form]
    first, second = drawn(content, which, tmp_path)
    one, other = content.copies
    unit = f"Bộ phận, đơn vị chịu trách nhiệm: {content.responsible_unit} " if form == "apology" else ""
    assert second.count(unit) == 1 or not unit
    assert second.replace(unit, "").replace(other, one) == first
    assert (other == APOLOGY_FILE_COPY) == (form in ("apology", "stop_notice"))


# -- what forms.md itself says --------------------------------------------------------------------------


def section(form: str) -> str:
    found = re.search(rf"^## {form} — .*?(?=^## |\Z)", FORMS_MD, re.MULTILINE | re.DOTALL)
    assert found, form
    return found[0]


def labels(form: str, which: str) -> list[str]:
    """Everything in backticks: labels with … for what is filled in, the columns of tables one by one."""
    text = section(form)
    if form == "receipt" and which == "2018":
        text = text.split("**As printed by commune centres")[0]
    quoted = re.findall(r"`([^`]+)`", text.partition("\n")[2])
    found: list[str] = []
    for words in quoted:
        parts = words.split(" | ") if " | " in words else [words]
        for part in parts:
            group, _, members = part.partition(": ") if " · " in part else ("", "", part)
            found += [each for each in (group, *members.split(" · ")) if each]
    superseded = ONLY_2018 if (form, which) == ("receipt", "2025") else set()
    return [each for each in found if each not in superseded]


def shows(label: str, text: str) -> bool:
    pieces = [re.escape(piece.strip()) for piece in label.split("…")]
    return re.search(r".{1,300}?".join(piece for piece in pieces if piece), text) is not None


def test_the_labels_are_read_from_the_document() -> None:
    assert len(labels("receipt", "2018")) == 15
    assert "Nhận và trả kết quả" in labels("register", "2025")
    assert "Ký nhận" in labels("register", "2025")
    assert shows("Số điện thoại: … Email: …", "Số điện thoại: 0912 Email: a@b")
    assert not shows("Số điện thoại: … Email: …", "Số điện thoại: 0912 Thư: a@b")


PRESCRIBED = ("receipt", "supplement_request", "refusal", "apology", "stop_notice", "control_slip", "register")
PRESCRIBED_CASES = [case for case in CASES if case[1] in PRESCRIBED]


@pytest.mark.parametrize(("which", "form"), PRESCRIBED_CASES)
def test_every_label_of_the_document_is_on_the_paper(which: str, form: str, tmp_path: Path) -> None:
    texts = drawn(SAMPLES[form], which, tmp_path)
    if form == "apology":  # signed by the head himself, or for him: one paper cannot show both
        texts += drawn(replace(APOLOGY, signer_title=None, copies=()), which, tmp_path)
    text = " ".join(texts)
    wanted = [each for each in labels(form, which) if not (each == "Số: …/PXL" and which == "2025")]
    assert wanted
    assert [each for each in wanted if not shows(each, text)] == []


@pytest.mark.parametrize(("which", "form"), [case for case in PRESCRIBED_CASES if case[1] != "register"])
def test_letterhead_is_that_of_the_document(which: str, form: str, tmp_path: Path) -> None:
    paragraph = re.search(r"^\*\*Letterhead.*$", FORMS_MD, re.MULTILINE)
    assert paragraph
    quoted = [each for each in re.findall(r"`([^`]+)`", paragraph[0]) if each != "/TTPVHCC"]
    own = "/PXL" if which == "2018" else ""
    suffix = own if form in ("apology", "stop_notice") else f"/{ {'2018': 'BPTNTKQ', '2025': 'TTPVHCC'}[which] }"
    (text,) = drawn(first_copy(form), which, tmp_path)
    for each in quoted:
        wanted = each.replace("/BPTNTKQ", suffix)
        assert shows(wanted, text), wanted
    assert OTHER_SUFFIX[which] not in text


def number_and_title(form: str, which: str) -> tuple[str, str]:
    """From the table of forms; in the newer set "same" stands for the title of the older one."""
    row = re.search(rf"^\| {form} \|.*$", FORMS_MD, re.MULTILINE)
    assert row
    cells = [cell.strip() for cell in row[0].strip("|").split("|")]
    number, title = cells[COLUMN[which]].replace(", same", " same").split(" ", 1)
    return number, cells[COLUMN["2018"]].split(" ", 1)[1] if title.startswith("same") else title


@pytest.mark.parametrize(("which", "form"), PRESCRIBED_CASES)
def test_number_and_title_are_those_of_the_document(which: str, form: str, tmp_path: Path) -> None:
    number, title = number_and_title(form, which)
    (text,) = drawn(first_copy(form), which, tmp_path)
    assert title.upper() in text
    assert f"Mẫu số {number} – " in text
    if which == "2018" or form == "stop_notice":
        assert section(form).splitlines()[0].partition(" — ")[2].partition(" (")[0] == title.upper()


# -- the same bytes -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def elsewhere() -> dict[str, str]:
    """Digests of all papers as another process makes them, with another time zone, language and hash seed."""
    program = (
        "import hashlib; from datetime import date; from form_samples import SAMPLES; "
        "from printing.forms import form_set_for, render\n"
        "for name, day in (('2018', date(2024, 3, 1)), ('2025', date(2026, 3, 1))):\n"
        "    for form, content in SAMPLES.items():\n"
        "        if (name, form) != ('2018', 'stop_notice'):\n"
        "            print(name, form, hashlib.sha256(render(content, form_set_for(day))).hexdigest())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={
            "PYTHONPATH": ":".join(filter(None, sys.path)),
            "PYTHONHASHSEED": "7",
            "TZ": "America/New_York",
            "LC_ALL": "C.UTF-8",
        },
    )
    return {f"{which} {form}": digest for which, form, digest in (line.split() for line in run.stdout.splitlines())}


@pytest.mark.parametrize(("which", "form"), CASES)
def test_the_same_content_gives_the_same_bytes(which: str, form: str, elsewhere: dict[str, str]) -> None:
    ours = render(SAMPLES[form], SETS[which])
    assert hashlib.sha256(ours).hexdigest() == elsewhere[f"{which} {form}"]
    assert render(SAMPLES[form], SETS[which]) == ours


def test_every_form_of_a_set_has_its_text() -> None:
    names = {f"{form}-{which}" if plan(SAMPLES[form], SETS[which]).form.number else form for which, form in CASES}
    assert {path.stem for path in TEXTS.glob("*.txt")} == names


def test_each_page_of_each_form_has_its_picture_in_the_documents() -> None:
    """Made by ``scripts/forms``; whether they look right is for eyes."""
    wanted = set()
    for which, form in CASES:
        document = pypdfium2.PdfDocument(render(first_copy(form), SETS[which]))
        name = f"{form}-{which}" if plan(SAMPLES[form], SETS[which]).form.number else form
        wanted |= {f"{name}-{number}.png" for number in range(1, len(document) + 1)}
        document.close()
    assert {path.name for path in PICTURES.glob("*.png")} == wanted
