"""Scanned pages as one document: whole, in order, of the paper's size, legible, small, found by its words, PDF/A-2b."""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz.distance import Levenshtein

from benchmarks.scan_pages import ORDINARY, PEN_BLUE, SEAL_RED, Damage, make_page
from counter_app import whole_files
from counter_app.errors import KnownError
from counter_app.scanning import ocr
from counter_app.scanning.cleanup import analyse
from counter_app.scanning.model import ScanTrouble
from counter_app.scanning.pdf_build import BuiltPdf, DocumentFacts, PageInput, build_pdf
from counter_app.scanning.pdfa import NAMESPACE

FACTS = DocumentFacts(
    "Tờ khai đăng ký giám hộ",
    "H15.36-260310-0001",
    "TP01",
    "Tờ khai <theo mẫu> & bản sao",
    "UBND xã Ea Kao",
    "Lê Thị Hạnh",
    datetime(2026, 3, 10, 1, 30, tzinfo=UTC),
)
needs_tesseract = pytest.mark.skipif(ocr.program() is None, reason="Tesseract with Vietnamese is not installed")
JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
JAVA = Path("/usr/share/java")


def scanned(folder: Path, count: int = 2, damage: Damage = ORDINARY, dpi: int = 200) -> list[PageInput]:
    """Pages as they come from the scanner, judged as the scan window judges them."""
    pages = []
    for number in range(count):
        path = folder / f"{number + 1:04d}.jpg"
        path.write_bytes(make_page(number, damage, dpi=dpi).jpeg)
        seen = analyse(path, dpi)
        pages.append(PageInput(path, dpi, seen.quarter_turn, seen.angle, seen.crop))
    return pages


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltPdf:
    folder = tmp_path_factory.mktemp("pages")
    return build_pdf(scanned(folder), folder / "tờ khai.pdf", FACTS)


def drawn(path: Path, page: int = 0, dpi: int = 200) -> NDArray[np.uint8]:
    with pypdfium2.PdfDocument(path) as document:
        return np.asarray(document[page].render(scale=dpi / 72).to_pil().convert("RGB"))


def words_in(path: Path, page: int = 0) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return str(document[page].get_textpage().get_text_range())


def mistakes(read: str, written: str) -> float:
    """Share of letters read wrongly."""
    read, written = " ".join(read.split()), " ".join(written.split())
    return Levenshtein.distance(read, written) / len(written)


def test_document_is_whole_and_of_the_size_of_the_paper(built: BuiltPdf) -> None:
    data = built.path.read_bytes()
    assert (built.size, built.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert not list(built.path.parent.glob("*.part"))
    with pikepdf.open(built.path) as document:
        assert len(document.pages) == built.pages == 2
        for page in document.pages:
            width, height = float(page.mediabox[2]), float(page.mediabox[3])
            assert width == pytest.approx(595.3, abs=4)
            assert height == pytest.approx(841.9, abs=4)


def test_a_page_of_text_in_colour_takes_at_most_sixty_kilobytes(built: BuiltPdf) -> None:
    assert built.size / built.pages < 60 * 1024


@needs_tesseract
def test_words_are_found_where_they_stand(built: BuiltPdf) -> None:
    page = make_page(1, ORDINARY)
    assert mistakes(words_in(built.path, 1), page.text) < 0.02
    assert mistakes(built.text.split("\f")[1], page.text) < 0.02
    # The box of the first line lies over its picture, and there is ink under it.
    with pypdfium2.PdfDocument(built.path) as document:
        text = document[1].get_textpage()
        found = text.search("CỘNG HÒA", match_case=True).get_next()
        assert found is not None
        left, bottom, right, top = text.get_charbox(found[0])
        height = document[1].get_height()
    picture = drawn(built.path, 1).min(axis=2)
    scale = 200 / 72
    box = picture[int((height - top) * scale) : int((height - bottom) * scale), int(left * scale) : int(right * scale)]
    assert (box < 110).mean() > 0.1


@needs_tesseract
def test_result_itself_is_legible(built: BuiltPdf) -> None:
    """Read again from the finished page, whatever its hidden words say."""
    words = ocr.read_words(drawn(built.path, 1)[:, :, ::-1].copy(), 200, lambda: False)
    assert mistakes(ocr.text_of(words or ()), make_page(1, ORDINARY).text) < 0.02


@pytest.mark.parametrize("colour", [SEAL_RED, PEN_BLUE])
def test_seal_and_signature_keep_their_colours(built: BuiltPdf, colour: tuple[int, int, int]) -> None:
    near = np.abs(drawn(built.path, 1).astype(int) - np.array(colour)).max(axis=2) < 45
    assert near.sum() > 500


def test_a_photograph_on_a_page_of_text_is_not_made_a_drawing(tmp_path: Path) -> None:
    (page,) = scanned(tmp_path, 1, Damage(noise=3))
    with Image.open(page.image_path) as image:
        rng = np.random.default_rng(4)
        noise = Image.fromarray(rng.integers(40, 215, (40, 30, 3), np.uint8)).resize(
            (300, 400), Image.Resampling.BICUBIC
        )
        image.paste(noise, (1250, 1500))
        image.save(tmp_path / "0001.png")
    made = build_pdf([PageInput(tmp_path / "0001.png", 200)], tmp_path / "x.pdf", FACTS, text=False)
    shown = drawn(made.path)[1510:1890, 1260:1540].astype(int)
    assert np.abs(shown - np.asarray(noise)[10:390, 10:290].astype(int)).mean() < 10
    assert made.size < 120 * 1024


def test_a_page_that_is_one_photograph_stays_one(tmp_path: Path) -> None:
    grey = np.random.default_rng(4).integers(0, 255, (600, 420), np.uint8)
    photo = Image.fromarray(grey).resize((1654, 2339), Image.Resampling.BICUBIC).convert("RGB")
    photo.save(tmp_path / "0001.png")
    made = build_pdf(
        [PageInput(tmp_path / "0001.png", 200)], tmp_path / "x.pdf", replace(FACTS, scanned_by=""), text=False
    )
    with pikepdf.open(made.path) as document:
        ((name, picture),) = document.pages[0].Resources.XObject.items()
        shown = np.asarray(pikepdf.PdfImage(picture).as_pil_image()).astype(int)
    assert name == "/Paper"
    assert shown.shape == (2339, 1654, 3)
    assert np.abs(shown - np.asarray(photo).astype(int)).mean() < 8


def test_empty_and_bilevel_pages(tmp_path: Path) -> None:
    Image.new("RGB", (1654, 2339), "white").save(tmp_path / "0001.png")
    Image.new("1", (1654, 2339), 1).save(tmp_path / "0002.png")
    Image.new("RGB", (40, 30), "black").save(tmp_path / "0003.png")
    pages = [PageInput(tmp_path / f"000{number}.png", 200) for number in (1, 2, 3)]
    made = build_pdf(pages, tmp_path / "x.pdf", replace(FACTS, scanned_by=""))
    assert made.size < 30 * 1024
    assert drawn(made.path, 0).min() > 250
    assert drawn(made.path, 1).min() > 250
    assert drawn(made.path, 2).max() < 10


def test_name_and_time_stand_at_the_top_left_of_page_one_alone(built: BuiltPdf) -> None:
    """01/2023/TT-VPCP art. 7; in Vietnamese time."""
    with pypdfium2.PdfDocument(built.path) as document:
        first = document[0]
        corner = first.get_textpage().get_text_bounded(0, first.get_height() - 40, 250, first.get_height())
    assert "Người số hóa: Lê Thị Hạnh" in corner
    assert "Thời gian: 08:30 10/03/2026" in corner
    assert "Lê Thị Hạnh" not in words_in(built.path, 1)


def test_turns_cuts_and_order_are_those_that_were_asked_for(tmp_path: Path) -> None:
    for number, colour in enumerate(("red", "green", "blue"), 1):
        Image.new("RGB", (400, 600), colour).save(tmp_path / f"{number}.png")
    pages = [
        PageInput(tmp_path / "3.png", 100, turn=1),
        PageInput(tmp_path / "1.png", 100, crop=(100, 100, 300, 200)),
        PageInput(tmp_path / "2.png", 100),
    ]
    made = build_pdf(pages, tmp_path / "x.pdf", replace(FACTS, scanned_by=""), text=False)
    sizes, colours = [], []
    with pypdfium2.PdfDocument(made.path) as document:
        for page in document:
            sizes.append(tuple(round(side / 72 * 100) for side in page.get_size()))
            middle = np.asarray(page.render(scale=1).to_pil().convert("RGB"))
            colours.append(int(middle[middle.shape[0] // 2, middle.shape[1] // 2].argmax()))
    assert sizes == [(600, 400), (200, 100), (400, 600)]
    assert colours == [2, 0, 1]


def test_same_pages_and_facts_give_the_same_bytes(tmp_path: Path) -> None:
    pages = scanned(tmp_path, 1) * 2
    first, again = (build_pdf(pages, tmp_path / name, FACTS, text=False).sha256 for name in ("a.pdf", "b.pdf"))
    later = replace(FACTS, scanned_at=FACTS.scanned_at + timedelta(minutes=1))
    assert first == again != build_pdf(pages, tmp_path / "c.pdf", later, text=False).sha256


# What ISO 19005-2 asks


def test_metadata_tell_whose_paper_it_is_and_describe_their_own_schema(built: BuiltPdf) -> None:
    names = {"scan": NAMESPACE, "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    with pikepdf.open(built.path) as document:
        tree = ElementTree.fromstring(document.Root.Metadata.read_bytes())
        assert str(document.docinfo.Title) == FACTS.title
        assert "/Filter" not in document.Root.Metadata
    told = {
        item.tag.split("}")[1]: item.text for item in tree.iter() if item.tag.startswith(f"{{{NAMESPACE}}}")
    }  # fmt: skip
    assert told["dossierCode"] == FACTS.dossier_code
    assert told["componentCode"] == FACTS.component_code
    assert told["componentName"] == FACTS.component_name
    assert told["scannedBy"] == FACTS.scanned_by
    assert told["scannedAt"] == "2026-03-10T08:30:00+07:00"
    digests = [item.text for item in tree.findall(".//scan:sourceDigests//rdf:li", names)]
    pictures = sorted(built.path.parent.glob("*.jpg"))
    assert digests == [hashlib.sha256(picture.read_bytes()).hexdigest() for picture in pictures]
    described = {item.text for item in tree.iter("{http://www.aiim.org/pdfa/ns/property#}name")}
    assert described == set(told)


def test_file_is_built_as_the_standard_wants_it(built: BuiltPdf) -> None:
    data = built.path.read_bytes()
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", data)
    assert not re.search(rb"[^\r\n]endstream", data)
    with pikepdf.open(built.path) as document:
        assert document.check_pdf_syntax() == []
        assert len(document.trailer.ID) == 2
        (intent,) = document.Root.OutputIntents
        assert int(intent.DestOutputProfile.N) == 3
        for item in document.objects:
            if isinstance(item, pikepdf.Stream):
                assert item.get("/Filter") in (None, "/FlateDecode", "/DCTDecode", "/CCITTFaxDecode")
                assert not item.get("/Interpolate", False)
            if isinstance(item, pikepdf.Dictionary):
                assert not {"/JS", "/AA", "/OpenAction", "/EF", "/SMask", "/TR", "/OPI"} & {*item.keys()}
                assert item.get("/Type") != "/Annot"


@pytest.mark.skipif(
    shutil.which("java") is None or not all((JAVA / f"{jar}.jar").exists() for jar in JARS),
    reason="PDFBox Preflight is not installed (libpdfbox2-java libactivation-java libjaxb-api-java)",
)
def test_a_validator_that_is_none_of_ours_finds_it_valid(built: BuiltPdf, tmp_path: Path) -> None:
    """Apache PDFBox Preflight knows PDF/A-1b, which is stricter; what A-2 may and A-1 may not is changed in a copy:
    the part that is claimed, the version, object streams, and the version number of the colour profile."""
    with pikepdf.open(built.path) as document:
        xmp = document.Root.Metadata.read_bytes().replace(b"<pdfaid:part>2<", b"<pdfaid:part>1<")
        document.Root.Metadata = document.make_stream(xmp, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        profile = bytearray(document.Root.OutputIntents[0].DestOutputProfile.read_bytes())
        profile[8:10] = b"\x02\x40"
        document.Root.OutputIntents[0].DestOutputProfile.write(bytes(profile))
        document.save(tmp_path / "a1.pdf", force_version="1.4", object_stream_mode=pikepdf.ObjectStreamMode.disable)
        del document.Root.Metadata
        document.save(tmp_path / "bad.pdf", force_version="1.4", object_stream_mode=pikepdf.ObjectStreamMode.disable)

    def verdict(name: str) -> str:
        command = ["java", "-cp", ":".join(str(JAVA / f"{jar}.jar") for jar in JARS)]
        command += ["org.apache.pdfbox.preflight.Validator_A1b", str(tmp_path / name)]
        return subprocess.run(command, capture_output=True, check=False, timeout=100).stdout.decode()

    assert "is a valid PDF/A-1b file" in verdict("a1.pdf")
    assert "is not a valid PDF/A-1b file" in verdict("bad.pdf")


# When something goes wrong


def test_without_tesseract_the_document_is_made_and_the_clerk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "program", lambda: None)
    made = build_pdf(scanned(tmp_path, 1), tmp_path / "x.pdf", FACTS)
    assert made.text == ""
    assert "Tesseract" in made.notice
    assert "tesseract-ocr-vie" in made.notice
    assert "Người số hóa" in words_in(made.path)


def test_a_page_whose_words_could_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = iter([(), None])
    monkeypatch.setattr(ocr, "read_words", lambda *_given: next(read))
    monkeypatch.setattr(ocr, "program", lambda: "tesseract")
    monkeypatch.setattr("counter_app.scanning.pdf_build._MOST_WORKERS", 1)
    made = build_pdf(scanned(tmp_path, 2), tmp_path / "x.pdf", FACTS)
    assert made.pages == 2
    assert "Không đọc được chữ ở trang 2 (" in made.notice


def test_stopping_leaves_the_pages_and_nothing_else(tmp_path: Path) -> None:
    Image.new("RGB", (200, 300), "white").save(tmp_path / "0001.png")
    pages = [PageInput(tmp_path / "0001.png", 100)]
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done: list[int] = []
    with pytest.raises(ScanTrouble) as caught:
        build_pdf(pages * 50, tmp_path / "x.pdf", FACTS, text=False, stop=lambda: len(done) >= 2, progress=done.append)
    assert caught.value.kind == "stopped"
    assert len(done) < 12
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, "disk_full", "Ổ đĩa đã đầy"),
        (errno.EROFS, "read_only", "quyền ghi"),
        (errno.EIO, "storage_fault", ""),
    ],
)
def test_trouble_with_the_disk_leaves_the_old_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: str, words: str
) -> None:
    out = tmp_path / "x.pdf"
    out.write_bytes(b"before")

    def full(handle: int) -> None:
        raise OSError(number, "không ghi được")

    pages = scanned(tmp_path, 1)
    monkeypatch.setattr(whole_files.os, "fsync", full)
    with pytest.raises(KnownError) as caught:
        build_pdf(pages, out, FACTS, text=False)
    assert caught.value.kind == kind
    assert words in caught.value.message
    assert out.read_bytes() == b"before"
    assert not list(tmp_path.glob("*.part"))


def test_a_page_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    pages = scanned(tmp_path, 2)
    pages[1].image_path.write_bytes(pages[1].image_path.read_bytes()[:50])
    with pytest.raises(ScanTrouble) as caught:
        build_pdf(pages, tmp_path / "x.pdf", FACTS, text=False)
    assert caught.value.kind == "bad_page"
    assert "0002.jpg" in caught.value.message
    assert not (tmp_path / "x.pdf").exists()


@needs_tesseract
def test_hidden_font_is_one_however_many_pages(built: BuiltPdf) -> None:
    with pikepdf.open(built.path) as document:
        fonts = [item for item in document.objects if isinstance(item, pikepdf.Dictionary) and "/CIDToGIDMap" in item]
    assert len(fonts) == 1
