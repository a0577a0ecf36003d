"""PDF/A-2b: what ISO 19005-2 asks of a file, looked at from outside, in each paper."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from form_samples import SAMPLES
from paper_samples import CODE, RECEIPT, tool
from PIL import ImageCms

from printing.forms import form_set_for, render, render_test_page

SET = form_set_for(date(2026, 3, 1))
PAPERS = {name: render(content, SET) for name, content in SAMPLES.items()} | {"test page": render_test_page()}
NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
}
every_paper = pytest.mark.parametrize("pdf", PAPERS.values(), ids=PAPERS.keys())


def metadata(document: pikepdf.Pdf) -> dict[str, str]:
    """The texts of the XMP, by their names."""
    tree = ElementTree.fromstring(document.Root.Metadata.read_bytes())
    found = {}
    for name in ("dc:title", "dc:creator", "dc:description"):
        found[name] = tree.findtext(f".//{name}//rdf:li", namespaces=NAMES) or ""
    for name in ("pdfaid:part", "pdfaid:conformance", "xmp:CreateDate", "xmp:CreatorTool", "pdf:Producer"):
        found[name] = tree.findtext(f".//{name}", namespaces=NAMES) or ""
    return found


@every_paper
def test_file_claims_pdf_a_2b_and_says_the_same_twice(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        told = metadata(document)
        info = document.docinfo
        assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("2", "B")
        assert told["dc:title"] == str(info.Title)
        assert told["dc:description"] == str(info.Subject)
        assert told["dc:creator"] == str(info.Author) == told["xmp:CreatorTool"] == str(info.Creator)
        assert told["pdf:Producer"] == str(info.Producer)
        stamp = datetime.fromisoformat(told["xmp:CreateDate"])
        assert str(info.CreationDate) == str(info.ModDate) == f"{stamp:D:%Y%m%d%H%M%S}+07'00'"
        # 6.6.2.1: metadata as they are, so that a reader that knows no filter finds them.
        assert "/Filter" not in document.Root.Metadata
        assert b"<pdfaid:part>2</pdfaid:part>" in pdf


@every_paper
def test_colours_are_meant_as_srgb(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        (intent,) = document.Root.OutputIntents
        assert str(intent.S) == "/GTS_PDFA1"
        assert int(intent.DestOutputProfile.N) == 3
        profile = ImageCms.ImageCmsProfile(BytesIO(intent.DestOutputProfile.read_bytes()))
        assert profile.profile.xcolor_space == "RGB "
        assert profile.profile.version <= 4.4
        used = b"".join(b"".join(page.contents_coalesce() or [page.Contents.read_bytes()]) for page in document.pages)
    # 6.2.4.3: no colours of four inks without a profile for them.
    without_texts = re.sub(rb"\((?:\\.|[^\\)])*\)", b"()", used)
    assert not re.search(rb"\s[kK]\s", without_texts)


@every_paper
def test_file_is_built_as_the_standard_wants_it(pdf: bytes) -> None:
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", pdf)
    assert pdf.rstrip().endswith(b"%%EOF")
    # 6.1.7.1: a line ends before "endstream", and the length counts to there.
    assert b"endstream" in pdf
    assert not re.search(rb"[^\r\n]endstream", pdf)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.trailer.ID) == 2
        assert str(document.Root.Lang) == "vi-VN"
        assert not document.is_encrypted
        for item in document.objects:
            if isinstance(item, pikepdf.Stream):
                assert item.get("/Filter") in (None, "/FlateDecode")
            if isinstance(item, pikepdf.Dictionary):
                assert not {"/JS", "/AA", "/OpenAction", "/EF", "/SMask", "/TR"} & {*item.keys()}
                assert item.get("/Type") != "/Annot"


@every_paper
def test_each_font_is_whole(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and item.get("/BaseFont")]
        assert fonts
        for font in fonts:
            # 6.2.11.4: embedded; 6.2.11.6: symbolic, with no encoding of its own, and one table of letters.
            assert "/FontFile2" in font.FontDescriptor
            assert int(font.FontDescriptor.Flags) & 4
            assert "/Encoding" not in font
            assert re.fullmatch(r"/[A-Z]{6}\+Tinos(-\w+)?", str(font.BaseFont))
            assert len(font.Widths) == int(font.LastChar) - int(font.FirstChar) + 1
            program = font.FontDescriptor.FontFile2.read_bytes()
            count = int.from_bytes(program[4:6])
            entries = {program[at : at + 4]: program[at + 8 : at + 12] for at in range(12, 12 + 16 * count, 16)}
            start = int.from_bytes(entries[b"cmap"])
            assert int.from_bytes(program[start + 2 : start + 4]) == 1


def test_other_readers_find_nothing_wrong(tmp_path: Path) -> None:
    for name, pdf in PAPERS.items():
        with pikepdf.open(BytesIO(pdf)) as document:
            assert document.check_pdf_syntax() == [], name
        (tmp_path / "paper.pdf").write_bytes(pdf)
        assert "Metadata Stream: yes" in " ".join(tool("pdfinfo", str(tmp_path / "paper.pdf")).split())


def test_moment_of_the_file_is_that_of_issue() -> None:
    with pikepdf.open(BytesIO(PAPERS["receipt"])) as document:
        told = metadata(document)
    assert told["xmp:CreateDate"] == RECEIPT.issued_at.isoformat() == "2026-02-05T08:31:00+07:00"
    assert told["dc:title"] == f"Giấy tiếp nhận hồ sơ và hẹn trả kết quả {CODE}"
