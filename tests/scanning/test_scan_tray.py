"""The tray keeps every page that was read, whatever the clerk does with it."""

from __future__ import annotations

import json
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app import whole_files
from counter_app.errors import KnownError
from counter_app.scanning import tray as tray_module
from counter_app.scanning.model import ReadPage, ScanTrouble
from counter_app.scanning.tray import MANIFEST, Tray, tray_folders
from tests.scanning.scan_samples import page, picture


@pytest.fixture
def tray(tmp_path: Path) -> Tray:
    made = Tray.create(tmp_path / "scans")
    for number in range(4):
        made.add(page(number))
    return made


def _ids(tray: Tray) -> list[str]:
    return [one.id for one in tray.pages()]


def _groups(tray: Tray) -> list[int]:
    return [one.group for one in tray.pages()]


def test_pages_come_back_byte_for_byte_and_in_order(tmp_path: Path) -> None:
    tray = Tray.create(tmp_path / "scans")
    sent = [page(0), page(1, "JPEG"), page(2)]
    for one in sent:
        tray.add(one)
    opened = Tray.open(tray.directory)
    assert opened.pages() == tray.pages()
    assert [one.file for one in opened.pages()] == ["0001.png", "0002.jpg", "0003.png"]
    assert [opened.image_path(one.id).read_bytes() for one in opened.pages()] == [one.data for one in sent]
    first = opened.pages()[0]
    assert (first.dpi, first.width, first.height) == (200, 16, 22)
    assert opened.warnings == ()


def test_a_note_of_the_source_is_the_pages_trouble(tray: Tray) -> None:
    assert tray.add(ReadPage(picture(9), 300, "Trang này mờ.")).trouble == "Trang này mờ."


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a picture", id="text"),
        pytest.param(picture()[:60], id="half a PNG"),
        pytest.param(picture()[:-14], id="PNG without its end"),
        pytest.param(picture(form="JPEG", size=(400, 400))[:900], id="half a JPEG"),
        pytest.param(picture(form="BMP"), id="another format"),
    ],
)
def test_a_damaged_picture_is_refused_and_leaves_nothing(tray: Tray, data: bytes) -> None:
    before = sorted(tray.directory.iterdir())
    with pytest.raises(ScanTrouble) as caught:
        tray.add(ReadPage(data, 200))
    assert caught.value.kind == "bad_page"
    assert sorted(tray.directory.iterdir()) == before
    assert len(tray.pages()) == 4


def test_a_picture_made_to_fill_the_memory_is_refused(tray: Tray) -> None:
    bomb = bytearray(picture())
    bomb[16:24] = (50_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with pytest.raises(ScanTrouble, match="quá lớn"):
        tray.add(ReadPage(bytes(bomb), 200))


def test_moving_keeps_the_order_of_the_pages_moved(tray: Tray) -> None:
    tray.move(["0004", "0002"], "0001")
    assert _ids(tray) == ["0002", "0004", "0001", "0003"]
    tray.move(["0002"], None)
    assert _ids(tray) == ["0004", "0001", "0003", "0002"]
    tray.move(["0001", "0003"], "0003")
    assert _ids(tray) == ["0004", "0001", "0003", "0002"]


def test_a_document_is_split_and_joined(tray: Tray) -> None:
    tray.split_before("0003")
    assert _groups(tray) == [0, 0, 1, 1]
    tray.split_before("0002")
    assert _groups(tray) == [0, 2, 1, 1]
    tray.join(["0002", "0003"])
    assert len({tray.pages()[1].group, tray.pages()[2].group}) == 1
    assert tray.pages()[3].group != tray.pages()[2].group


def test_pages_assigned_out_of_a_document_become_one_of_their_own(tray: Tray) -> None:
    tray.assign(["0002", "0003"], dossier="H15.36-260310-0001", component="TP01")
    one, two, three, four = tray.pages()
    assert two.group == three.group != one.group == four.group
    assert (two.dossier, two.component, two.result) == ("H15.36-260310-0001", "TP01", "")
    tray.assign(["0002", "0003"], component="TP02")
    assert tray.pages()[1].dossier == "H15.36-260310-0001"
    assert tray.pages()[1].group == two.group


def test_what_is_read_after_an_assigned_document_is_a_new_one(tray: Tray) -> None:
    assert tray.add(page(5)).group == 0
    tray.assign(_ids(tray), dossier="H15.36-260310-0001")
    new = tray.add(page(6))
    assert (new.group, new.dossier) == (1, "")


def test_undo_takes_back_one_edit_and_no_page(tray: Tray) -> None:
    tray.drop(["0001", "0002"])
    tray.change("0003", turn=1)
    tray.add(page(7))
    assert tray.undo()
    assert [(one.id, one.turn, one.is_dropped) for one in tray.pages()] == [
        ("0001", 0, True),
        ("0002", 0, True),
        ("0003", 0, False),
        ("0004", 0, False),
        ("0005", 0, False),
    ]
    assert tray.undo()
    assert not any(one.is_dropped for one in tray.pages())
    assert not tray.undo()
    assert Tray.open(tray.directory).pages() == tray.pages()


def test_undo_leaves_what_the_machine_found(tray: Tray) -> None:
    tray.change("0001", turn=1)
    tray.record("0001", angle=1.5, marks=("QR",))
    tray.undo()
    assert (tray.pages()[0].turn, tray.pages()[0].angle, tray.pages()[0].marks) == (0, 1.5, ("QR",))


def test_a_form_that_has_become_a_dossier_takes_its_pages_along_and_no_others(tray: Tray) -> None:
    made = tray.add(page(5), run=1, aim=("@form", "TP01", ""))
    tray.assign(["0001"], dossier="other", component="TP02")
    tray.assign(["0001"], dossier="@form", component="TP01")
    tray.rename_dossier("@form", "H1")
    assert [one.place for one in tray.pages()][::4] == [("H1", "TP01", "")] * 2
    assert tray.pages()[4].aim == ("H1", "TP01", "")
    tray.undo()
    assert tray.pages()[0].place == ("other", "TP02", "")
    tray.rename_dossier("H1", "")
    assert (tray.pages()[4].id, tray.pages()[4].place, tray.pages()[4].aim) == (made.id, ("", "", ""), ("", "", ""))


def test_several_edits_are_one_step_or_none(tray: Tray) -> None:
    with tray.one_step():
        tray.drop(["0001"])
        tray.move(["0004"], "0001")
    assert tray.undo()
    assert _ids(tray) == ["0001", "0002", "0003", "0004"]
    with pytest.raises(KeyError):
        _drop_in_one_step(tray, "0001", "0099")
    assert not any(one.is_dropped for one in tray.pages())
    assert not tray.can_undo


def _drop_in_one_step(tray: Tray, *page_ids: str) -> None:
    with tray.one_step():
        for page_id in page_ids:
            tray.drop([page_id])


def test_what_a_page_is_cannot_be_edited(tray: Tray) -> None:
    with pytest.raises(TypeError):
        tray.change("0001", file="0002.png")
    with pytest.raises(TypeError):
        tray.change("0001", colour="red")
    with pytest.raises(KeyError):
        tray.change("0099", turn=1)


def test_an_edit_that_cannot_be_written_changes_nothing(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = tray.pages()
    with monkeypatch.context() as patched:
        patched.setattr(whole_files.os, "fsync", full)
        with pytest.raises(ScanTrouble) as caught:
            tray.drop(["0001"])
        assert caught.value.kind == "disk_full"
        with pytest.raises(ScanTrouble):
            tray.record("0001", angle=2.0)
        with pytest.raises(ScanTrouble):
            tray.add(page(9))
    assert tray.pages() == before
    assert Tray.open(tray.directory).pages() == before
    assert not tray.can_undo


def test_the_room_kept_for_dossiers_is_left_alone(tmp_path: Path) -> None:
    tray = Tray.create(tmp_path / "scans", keep_free=2**60)
    with pytest.raises(ScanTrouble) as caught:
        tray.add(page())
    assert caught.value.kind == "disk_full"
    assert tray.pages() == ()


def test_an_image_that_is_gone_is_dropped_with_a_warning(tray: Tray) -> None:
    tray.image_path("0002").unlink()
    opened = Tray.open(tray.directory)
    assert _ids(opened) == ["0001", "0003", "0004"]
    assert "0002" in opened.warnings[0]
    assert Tray.open(tray.directory).warnings == ()


def test_a_damaged_list_is_made_anew_from_the_images(tray: Tray) -> None:
    tray.move(["0004"], "0001")
    (tray.directory / MANIFEST).write_text('{"pages": [{"id"', encoding="utf-8")
    opened = Tray.open(tray.directory)
    assert _ids(opened) == ["0001", "0002", "0003", "0004"]
    assert len(opened.warnings) == 1
    assert all(one.trouble for one in opened.pages()), "nobody knows which of them were read together"


def test_an_image_without_entry_is_taken_up_and_a_half_one_set_aside(tray: Tray) -> None:
    (tray.directory / "0005.png").write_bytes(picture(5, dpi=300))
    (tray.directory / "0006.png").write_bytes(picture(6)[:40])
    (tray.directory / "0007.png.part").write_bytes(picture(7)[:40])
    opened = Tray.open(tray.directory)
    assert [(one.id, one.dpi) for one in opened.pages()][4:] == [("0005", 300)]
    assert (opened.pages()[4].run, opened.pages()[4].aim) == (1, ("", "", "")), "it goes on with no other page unasked"
    assert "0006.png" in opened.warnings[0]
    assert opened.add(page(8)).id == "0007"


def test_entries_of_another_release_are_read(tray: Tray) -> None:
    path = tray.directory / MANIFEST
    content = json.loads(path.read_bytes())
    for entry in content["pages"]:
        entry["future"] = 1
        del entry["has_sticker"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert Tray.open(tray.directory).pages() == tray.pages()


def test_discarded_trays_are_gone_and_half_discarded_ones_cleared_up(
    tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tray.directory.parent
    other = Tray.create(root)
    assert tray_folders(root) == (tray.directory, other.directory)
    with monkeypatch.context() as patched:
        patched.setattr(tray_module.shutil, "rmtree", lambda *_args, **_more: None)
        tray.discard()
    assert len(list(root.iterdir())) == 2
    assert tray_folders(root) == (other.directory,)
    assert list(root.iterdir()) == [other.directory]
    with pytest.raises(KnownError) as caught:
        Tray.open(tray.directory)
    assert caught.value.kind == "tray_missing"
    assert tray_folders(root / "nowhere") == ()


IDS = [f"{number:04d}" for number in range(1, 6)]
some_ids = st.sets(st.sampled_from(IDS), min_size=1)
EDITS = st.one_of(
    st.tuples(st.just("change"), st.sampled_from(IDS), st.fixed_dictionaries({"turn": st.integers(0, 3)})),
    st.tuples(st.just("move"), some_ids, st.one_of(st.none(), st.sampled_from(IDS))),
    st.tuples(st.just("drop"), some_ids),
    st.tuples(st.just("restore"), some_ids),
    st.tuples(st.just("split_before"), st.sampled_from(IDS)),
    st.tuples(st.just("join"), some_ids),
    st.tuples(
        st.just("assign"),
        some_ids,
        st.fixed_dictionaries({}, optional={"dossier": st.sampled_from("AB"), "component": st.sampled_from("xy")}),
    ),
)


def _apply(tray: Tray, edit: tuple[Any, ...]) -> None:
    verb, *arguments = edit
    named = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
    getattr(tray, verb)(*arguments, **named)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(edits=st.lists(EDITS, max_size=12))
def test_any_edits_keep_the_pages_and_are_undone_one_by_one(edits: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tray = Tray.create(Path(folder))
        for number in range(5):
            tray.add(page(number))
        images = {path.name: path.read_bytes() for path in tray.directory.glob("*.png")}
        states = [tray.pages()]
        for edit in edits:
            _apply(tray, edit)
            if tray.pages() != states[-1]:
                states.append(tray.pages())
            assert sorted(_ids(tray)) == IDS
            documents: dict[int, set[tuple[str, str, str]]] = {}
            for one in tray.pages():
                documents.setdefault(one.group, set()).add((one.dossier, one.component, one.result))
            assert all(len(belongs) == 1 for belongs in documents.values())
        assert Tray.open(tray.directory).pages() == tray.pages()
        for earlier in reversed(states[:-1]):
            assert tray.undo()
            assert tray.pages() == earlier
        assert not tray.undo()
        assert {path.name: path.read_bytes() for path in tray.directory.glob("*.png")} == images
