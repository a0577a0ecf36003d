"""The rescue file as bytes: nothing but what was written comes out, in little memory, and only for the passphrase."""

from __future__ import annotations

import io
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.errors import CounterError
from counter_app.services import rescue_file
from counter_app.services.rescue_file import PIECE, RescueWriter, file_size, open_rescue
from counter_app.services.rescue_words import SYLLABLES, make_passphrase, passphrase_bytes
from tests.services.inspect_desk import refused

PASSPHRASE = "bang-chom tay-nguyen"
SIZES = st.one_of(st.integers(0, 300), st.sampled_from([PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7]))
EACH_EXAMPLE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


@pytest.fixture(autouse=True)
def cheap_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue_file, "SCRYPT_COST", 2**4)


def written(path: Path, content: bytes, step: int = 1000) -> Path:
    with path.open("wb") as stream:
        writer = RescueWriter(stream, PASSPHRASE)
        for place in range(0, len(content), step):
            writer.write(content[place : place + step])
        writer.finish()
    return path


@EACH_EXAMPLE
@given(size=SIZES, step=st.integers(1, 100_000), place=st.integers(0, 4 * PIECE), length=st.integers(0, 2 * PIECE))
def test_what_goes_in_comes_out_from_any_place(tmp_path: Path, size: int, step: int, place: int, length: int) -> None:
    content = os.urandom(size)
    path = written(tmp_path / "a.qmc", content, max(step, size // 50 + 1))
    assert path.stat().st_size == file_size(size)
    with open_rescue(path, PASSPHRASE) as opened:
        assert opened.read() == content
        opened.seek(place)
        assert opened.read(length) == content[place : place + length]


@EACH_EXAMPLE
@given(size=SIZES, where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_one_changed_byte_and_nothing_comes_out(tmp_path: Path, size: int, where: float, flip: int) -> None:
    path = written(tmp_path / "a.qmc", os.urandom(size))
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= flip
    path.write_bytes(data)
    with pytest.raises(CounterError) as caught:
        open_rescue(path, PASSPHRASE)
    assert caught.value.kind in ("rescue_damaged", "rescue_not_a_file")


@EACH_EXAMPLE
@given(size=SIZES, kept=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_is_told_as_damaged(tmp_path: Path, size: int, kept: float) -> None:
    path = written(tmp_path / "a.qmc", os.urandom(size))
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(CounterError) as caught:
        open_rescue(path, PASSPHRASE)
    assert caught.value.kind in ("rescue_damaged", "rescue_not_a_file")


def test_what_is_behind_the_end_makes_it_another_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.qmc", b"abc")
    path.write_bytes(path.read_bytes() + b"x")
    with refused("rescue_damaged", "chép lại"):
        open_rescue(path, PASSPHRASE)


def test_only_the_passphrase_opens_it_however_it_is_spelt(tmp_path: Path) -> None:
    path = written(tmp_path / "a.qmc", b"abc")
    with refused("rescue_passphrase_wrong", "Mật khẩu", "xem lại"):
        open_rescue(path, "bang-chom tay-nguyet")
    for spelling in ("BANG CHOM TAY NGUYEN", "  bang-chom   tay-nguyen "):
        open_rescue(path, spelling).close()
    assert b"abc" not in path.read_bytes()


def test_two_files_of_the_same_content_share_nothing(tmp_path: Path) -> None:
    first, second = (written(tmp_path / name, bytes(5000)).read_bytes() for name in ("a.qmc", "b.qmc"))
    assert first[100:140] not in second


def test_other_files_are_told_so(tmp_path: Path) -> None:
    path = tmp_path / "thư.pdf"
    path.write_bytes(b"%PDF-1.4 " * 100)
    with refused("rescue_not_a_file", "thư.pdf", "Hãy chọn"):
        open_rescue(path, PASSPHRASE)
    with refused("rescue_unreadable", "cắm lại"):
        open_rescue(tmp_path / "không có.qmc", PASSPHRASE)


def test_any_size_passes_through_little_memory(tmp_path: Path) -> None:
    path, piece, pieces = tmp_path / "a.qmc", os.urandom(1024 * 1024), 48
    tracemalloc.start()
    try:
        with path.open("wb") as stream:
            writer = RescueWriter(stream, PASSPHRASE)
            for _ in range(pieces):
                writer.write(piece)
            writer.finish()
        with open_rescue(path, PASSPHRASE) as opened:
            opened.seek(20 * len(piece))
            for _ in range(20, pieces):
                assert opened.read(len(piece)) == piece
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_the_verification_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.qmc", bytes(3_000_000), 10**6)
    told: list[tuple[int, int]] = []
    open_rescue(path, PASSPHRASE, lambda done, of: told.append((done, of))).close()
    assert len(told) == 3
    assert told == sorted(told)
    assert {of for _, of in told} == {path.stat().st_size}


def test_a_made_passphrase_is_words_to_write_down() -> None:
    made = {make_passphrase() for _ in range(50)}
    assert len(made) == 50
    for words in made:
        assert words.isascii()
        assert len(words.replace("-", " ").split()) == SYLLABLES
        assert passphrase_bytes(words.upper().replace("-", " ")) == passphrase_bytes(words)


def test_a_short_passphrase_is_refused() -> None:
    with refused("rescue_passphrase_short", "ít nhất 12"):
        RescueWriter(io.BytesIO(), "mười một ch")
    RescueWriter(io.BytesIO(), "mười hai chữ")
