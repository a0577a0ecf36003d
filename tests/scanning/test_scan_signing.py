"""Signatures put into documents and looked at: added behind them, seen, and told truly whatever happened since."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from counter_app.errors import KnownError, UserError
from counter_app.scanning import signing
from counter_app.scanning.pdf_build import DocumentFacts, PageInput, build_pdf
from counter_app.scanning.signing import KeyPlace, Mark, SignatureView, check_signatures, is_signed, sign, unlock
from counter_app.scanning.signing_check import UNREADABLE, read_roots, signatures_in
from counter_app.scanning.signing_keys import OFFICE, PERSON, facts_of, kind_of_owner
from counter_app.scanning.signing_order import packed_facts
from counter_app.scanning.signing_write import NO_TIME_STAMP
from tests.scanning import signing_samples as samples
from tests.scanning.signing_samples import CLERK, NOW, PASSWORD, office, order, owner, roots, signed_in_place

FACTS = DocumentFacts("Tờ khai", "H15.36-260310-0001", "TP01", "Tờ khai", "UBND xã Ea Kao", CLERK, NOW)
PREFLIGHT = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
JAVA = Path("/usr/share/java")


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document of the scan jobs, without the drawn stamp."""
    folder = tmp_path_factory.mktemp("scan")
    Image.new("RGB", (827, 1169), "white").save(folder / "0001.png")
    return build_pdf([PageInput(folder / "0001.png", 100)], folder / "quét.pdf", FACTS, text=False, stamp=False).path


@pytest.fixture(scope="module")
def signed(scan: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, signed by the clerk."""
    folder = tmp_path_factory.mktemp("signed")
    assert signed_in_place(owner().place(folder), order(scan, folder / "ký.pdf")) == ""
    return folder / "ký.pdf"


def looked_at(path: Path, folder: Path, now: datetime = NOW) -> list[SignatureView]:
    return signatures_in(path, read_roots(roots(folder)), now)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return str(document[0].get_textpage().get_text_range())


# Signing


def test_a_signature_is_added_behind_the_document_and_holds(signed: Path, scan: Path, tmp_path: Path) -> None:
    before, after = scan.read_bytes(), signed.read_bytes()
    assert after.startswith(before)
    assert not is_signed(scan)
    assert is_signed(signed)
    (view,) = looked_at(signed, tmp_path)
    assert (view.who, view.kind, view.at) == (CLERK, PERSON, NOW)
    assert (view.whole_document, view.certificate_valid, view.trusted, view.is_good) == (True, True, True, True)
    assert view.words == f"Đã ký: {CLERK} (chữ ký cá nhân) lúc 08:30 10/03/2026; còn nguyên vẹn."
    with pikepdf.open(signed) as document:
        (field,) = document.Root.AcroForm.Fields
        assert (str(field.V.SubFilter), str(field.T)) == ("/ETSI.CAdES.detached", "NguoiSoHoa")
        assert re.fullmatch(r"D:20260310083000\+07'00'", str(field.V.M))


def test_the_same_by_the_process_that_signs(scan: Path, tmp_path: Path) -> None:
    place = owner().place(tmp_path)
    facts = unlock(place, PASSWORD, NOW, PERSON)
    assert (facts.name, facts.kind, facts.issuer) == (CLERK, PERSON, "Cơ quan chứng thực thử nghiệm")
    assert sign(place, PASSWORD, facts.fingerprint, order(scan, tmp_path / "ký.pdf")) == ""
    (view,) = check_signatures(tmp_path / "ký.pdf", roots(tmp_path / "roots"), NOW)
    assert view.is_good
    assert check_signatures(scan, None, NOW) == ()


def test_name_and_time_are_seen_once_at_the_top_left(signed: Path, scan: Path) -> None:
    """Drawn in the signature, not in the page as well: what the page says is the scan alone."""
    assert "Người số hóa" not in text_of(scan)
    with pypdfium2.PdfDocument(signed) as document:
        document.init_forms()
        shown = document[0].render(scale=1).to_pil().convert("L")
    left, top, right, bottom = shown.point(lambda value: 255 * (value < 200)).getbbox()
    assert left < 30
    assert top < 25
    assert right < shown.width / 2
    assert bottom < 45


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("right", [False, True])
def test_the_mark_stands_upright_in_its_corner_however_the_page_lies(turn: int, right: bool, tmp_path: Path) -> None:
    source, out = tmp_path / "trang.pdf", tmp_path / "ký.pdf"
    canvas = Canvas(str(source), pagesize=(420, 595))
    canvas.setPageRotation(turn)
    canvas.showPage()
    canvas.save()
    kind = OFFICE if right else PERSON
    held = office() if right else owner()
    signed_in_place(held.place(tmp_path), order(source, out, kind, mark=Mark(("Cơ quan " * 12, "Giờ"), right)))
    with pypdfium2.PdfDocument(out) as document:
        document.init_forms()
        shown = document[0].render(scale=2).to_pil().convert("L")
    box = shown.point(lambda value: 255 * (value < 200)).getbbox()
    assert box is not None
    assert 10 < box[1] < 50, "at the top"
    assert box[3] - box[1] < box[2] - box[0], "upright"
    assert (box[0] > shown.width / 2 - 1) == right
    assert box[0] > 15 or right
    assert shown.width - box[2] > 15, "not cut off"


def test_the_office_signs_behind_the_person_and_both_hold(signed: Path, tmp_path: Path) -> None:
    both = tmp_path / "cả hai.pdf"
    signed_in_place(office().place(tmp_path), order(signed, both, OFFICE))
    first, second = looked_at(both, tmp_path / "roots")
    assert both.read_bytes().startswith(signed.read_bytes())
    assert (first.who, first.kind, first.is_good) == (CLERK, PERSON, True)
    assert (second.who, second.kind, second.is_good) == (samples.OFFICE, OFFICE, True)
    assert "sau đó có người ký thêm" in first.words
    third = tmp_path / "ba.pdf"
    signed_in_place(office().place(tmp_path), order(both, third, OFFICE))
    assert [view.is_good for view in looked_at(third, tmp_path / "roots")] == [True, True, True]


def test_what_the_document_says_of_itself_stays(signed: Path, scan: Path) -> None:
    with pikepdf.open(scan) as before, pikepdf.open(signed) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)


@pytest.mark.skipif(
    shutil.which("java") is None or not all((JAVA / f"{jar}.jar").exists() for jar in PREFLIGHT),
    reason="PDFBox Preflight is not installed (libpdfbox2-java libactivation-java libjaxb-api-java)",
)
def test_a_signed_scan_is_valid_for_a_validator_that_is_none_of_ours(signed: Path, tmp_path: Path) -> None:
    """As for unsigned scans (test_scan_pdf): PDF/A-1b with what A-2 may and A-1 may not changed in a copy."""
    with pikepdf.open(signed) as document:
        xmp = document.Root.Metadata.read_bytes().replace(b"<pdfaid:part>2<", b"<pdfaid:part>1<")
        document.Root.Metadata = document.make_stream(xmp, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        profile = bytearray(document.Root.OutputIntents[0].DestOutputProfile.read_bytes())
        profile[8:10] = b"\x02\x40"
        document.Root.OutputIntents[0].DestOutputProfile.write(bytes(profile))
        document.save(tmp_path / "a1.pdf", force_version="1.4", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    command = ["java", "-cp", ":".join(str(JAVA / f"{jar}.jar") for jar in PREFLIGHT)]
    command += ["org.apache.pdfbox.preflight.Validator_A1b", str(tmp_path / "a1.pdf")]
    told = subprocess.run(command, capture_output=True, check=False, timeout=100).stdout.decode()
    assert "is a valid PDF/A-1b file" in told, told


def test_what_cannot_be_signed_is_told_and_left(tmp_path: Path) -> None:
    place = owner().place(tmp_path)
    source = tmp_path / "hỏng.pdf"
    for data in (b"%PDF-1.7\nnothing", b"", b"hello"):
        source.write_bytes(data)
        with pytest.raises(UserError) as caught:
            signed_in_place(place, order(source, tmp_path / "ký.pdf"))
        assert caught.value.kind == "pdf_unsignable"
        assert not (tmp_path / "ký.pdf").exists()


# Time stamps


class _Authority(BaseHTTPRequestHandler):
    """A server of time stamps (RFC 3161)."""

    def do_POST(self) -> None:
        from asn1crypto import keys, tsp
        from asn1crypto import x509 as asn1
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
        from pyhanko.sign.timestamps import DummyTimeStamper
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        held = samples.time_server()
        stamper = DummyTimeStamper(
            asn1.Certificate.load(held.certificate.public_bytes(Encoding.DER)),
            keys.PrivateKeyInfo.load(held.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
            SimpleCertificateStore(),
            fixed_dt=NOW + timedelta(seconds=5),
        )
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        data = stamper.request_tsa_response(asked).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: Any) -> None:
        return


def test_a_server_confirms_the_time_where_one_is_set(scan: Path, tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Authority)
    thread = Thread(target=server.serve_forever)
    thread.start()
    out, url = tmp_path / "ký.pdf", f"http://127.0.0.1:{server.server_port}/"
    try:
        assert signed_in_place(owner().place(tmp_path), order(scan, out, time_stamp_url=url)) == ""
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    (view,) = looked_at(out, tmp_path / "roots")
    assert (view.is_good, view.is_time_confirmed, view.at) == (True, True, NOW + timedelta(seconds=5))
    assert not signatures_in(out, [], NOW)[0].is_time_confirmed, "by nobody whom the office trusts"


def test_without_the_server_it_is_signed_all_the_same(scan: Path, tmp_path: Path) -> None:
    told = signed_in_place(
        owner().place(tmp_path), order(scan, tmp_path / "ký.pdf", time_stamp_url="http://127.0.0.1:9/")
    )
    assert told == NO_TIME_STAMP
    assert looked_at(tmp_path / "ký.pdf", tmp_path)[0].is_good


# Looking


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_a_byte_goes_unseen(signed: Path, tmp_path: Path, data: st.DataObject) -> None:
    """What is changed inside the signature itself may be idle (spare room, small letters): there it only must not
    bring the check down."""
    good = signed.read_bytes()
    room = re.search(rb"/Contents ?<([0-9a-fA-F]+)>", good)
    assert room is not None
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.integers(1, 255))
    changed = tmp_path / "sửa.pdf"
    changed.write_bytes(good[:place] + bytes([good[place] ^ other]) + good[place + 1 :])
    views = looked_at(changed, tmp_path / "roots")
    assert views
    if not room.start(1) <= place < room.end(1):
        assert not any(view.is_good for view in views), (place, good[place : place + 1])


def test_a_page_that_was_changed_since_is_told(signed: Path, tmp_path: Path) -> None:
    """As an editor does it: the signed bytes stay, and a revision behind them shows something else."""
    from io import BytesIO

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(signed.read_bytes()))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 400 400 re f"))
    writer.update_container(page)
    changed = tmp_path / "sửa.pdf"
    with changed.open("wb") as file:
        writer.write(file)
    assert changed.read_bytes().startswith(signed.read_bytes())
    (view,) = looked_at(changed, tmp_path / "roots")
    assert (view.whole_document, view.is_good) == (False, False)
    assert "ĐÃ BỊ SỬA" in view.words


def test_a_field_that_was_filled_in_since_is_told(tmp_path: Path) -> None:
    """A further signature is a field of the form as well; any other value is a change of what was signed."""
    from io import BytesIO

    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    form, signed_form, changed = (tmp_path / name for name in ("mẫu.pdf", "ký.pdf", "sửa.pdf"))
    canvas = Canvas(BytesIO())
    canvas.acroForm.textfield(name="so_tien", value="100", x=100, y=600)
    canvas.showPage()
    form.write_bytes(canvas.getpdfdata())
    signed_in_place(owner().place(tmp_path), order(form, signed_form))
    assert looked_at(signed_form, tmp_path / "roots")[0].is_good
    writer = IncrementalPdfFileWriter(BytesIO(signed_form.read_bytes()), strict=False)
    fields = (field.get_object() for field in writer.root["/AcroForm"]["/Fields"])
    field = next(one for one in fields if one["/T"] == "so_tien")
    field["/V"] = generic.pdf_string("900")
    writer.update_container(field)
    with changed.open("wb") as file:
        writer.write(file)
    (view,) = looked_at(changed, tmp_path / "roots")
    assert (view.whole_document, view.is_good) == (False, False)


def test_an_unknown_authority_is_told(signed: Path, tmp_path: Path) -> None:
    (view,) = signatures_in(signed, [], NOW)
    assert (view.whole_document, view.certificate_valid, view.trusted) == (True, True, False)
    assert "không rõ nguồn" in view.words
    assert check_signatures(signed, tmp_path / "nothing", NOW)[0].trusted is False


def test_a_certificate_that_had_ended_when_it_signed_is_told(scan: Path, tmp_path: Path) -> None:
    """Our own desk refuses to sign with it; somebody else's program may not."""
    held = owner(days=(-400, -10))
    place = held.place(tmp_path)
    with pytest.raises(UserError) as caught:
        unlock(place, PASSWORD, NOW, PERSON)
    assert caught.value.kind == "certificate_expired"
    assert "28/02/2026" in caught.value.message
    from pyhanko.sign.signers import SimpleSigner

    from counter_app.scanning.signing_write import write_signed

    signer = SimpleSigner.load_pkcs12_data(held.pkcs12(), [], PASSWORD.encode())
    write_signed(order(scan, tmp_path / "ký.pdf"), signer)
    (view,) = looked_at(tmp_path / "ký.pdf", tmp_path / "roots")
    assert (view.whole_document, view.certificate_valid, view.is_good) == (True, False, False)
    assert "không có hiệu lực" in view.words


def test_a_certificate_that_ended_since_still_holds(signed: Path, tmp_path: Path) -> None:
    assert looked_at(signed, tmp_path, datetime(2029, 1, 1, tzinfo=UTC))[0].is_good


def test_a_signature_that_nobody_can_read_is_no_good_one(tmp_path: Path) -> None:
    broken = tmp_path / "hỏng.pdf"
    broken.write_bytes(b"%PDF-1.7\n/ByteRange [0 1 2 3]\n%%EOF")
    assert check_signatures(broken, None, NOW) == (UNREADABLE,)


def test_a_check_that_is_brought_down_says_so(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_CHECK_SECONDS", 0.01)
    with pytest.raises(KnownError) as caught:
        check_signatures(signed, None, NOW)
    assert caught.value.kind == "signature_unchecked"


def test_who_signs_is_told_by_the_certificate() -> None:
    assert kind_of_owner(owner().certificate) == PERSON
    assert kind_of_owner(office().certificate) == OFFICE
    assert kind_of_owner(owner(number="").certificate) == ""


# Keys


def test_passwords_and_files_that_are_wrong_are_told(tmp_path: Path) -> None:
    place = owner().place(tmp_path)
    other = tmp_path / "ảnh.p12"
    other.write_bytes(b"\x89PNG\r\n\x1a\n")
    cut = tmp_path / "cụt.p12"
    cut.write_bytes(owner().pkcs12()[:500])
    for where, secret, kind in (
        (place, "sai", "password_wrong"),
        (place, "", "password_wrong"),
        (KeyPlace(file=str(tmp_path / "không có.p12")), PASSWORD, "key_file_missing"),
        (KeyPlace(file=str(other)), PASSWORD, "key_file_invalid"),
        (KeyPlace(file=str(cut)), PASSWORD, "key_file_invalid"),
    ):
        with pytest.raises(UserError) as caught:
            unlock(where, secret, NOW, PERSON)
        assert caught.value.kind == kind
        assert "Hãy" in caught.value.message
        assert PASSWORD not in caught.value.message


def test_a_person_does_not_sign_for_the_office_nor_the_office_for_a_person(tmp_path: Path) -> None:
    for held, kind in ((owner(), OFFICE), (office(), PERSON)):
        with pytest.raises(UserError) as caught:
            unlock(held.place(tmp_path), PASSWORD, NOW, kind)
        assert caught.value.kind == "certificate_kind"


def test_a_key_that_was_exchanged_since_does_not_sign(scan: Path, tmp_path: Path) -> None:
    place = owner().place(tmp_path)
    before = unlock(place, PASSWORD, NOW, PERSON)
    Path(place.file).write_bytes(owner("Trần Văn Bình").pkcs12())
    with pytest.raises(UserError) as caught:
        sign(place, PASSWORD, before.fingerprint, order(scan, tmp_path / "ký.pdf"))
    assert caught.value.kind == "certificate_changed"
    assert not (tmp_path / "ký.pdf").exists()


def test_no_secret_is_seen_by_other_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def start(*given: Any, **named: Any) -> Any:
        seen.append((given, named))
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(KnownError) as caught:
        sign(owner().place(tmp_path), PASSWORD, "", order(tmp_path / "x.pdf", tmp_path / "y.pdf"))
    assert PASSWORD not in repr(seen)
    assert caught.value.__cause__ is None


def test_what_hangs_is_ended_with_the_program(signed: Path) -> None:
    """Looking can be left at once; a key that signs has a moment to give what it began."""
    with pytest.raises(KnownError) as caught:
        signing.check_all([signed], None, NOW, stop=lambda: True)
    assert caught.value.kind == "stopped"


def test_a_key_that_has_begun_gives_its_signature_before_the_program_ends(scan: Path, tmp_path: Path) -> None:
    place = owner().place(tmp_path)
    facts = unlock(place, PASSWORD, NOW, PERSON)
    assert sign(place, PASSWORD, facts.fingerprint, order(scan, tmp_path / "ký.pdf"), stop=lambda: True) == ""
    assert is_signed(tmp_path / "ký.pdf")


def test_facts_survive_the_way_through_json() -> None:
    from counter_app.scanning.signing_order import unpacked_facts

    facts = facts_of(owner().certificate)
    assert unpacked_facts(json.loads(json.dumps(packed_facts(facts)))) == facts
