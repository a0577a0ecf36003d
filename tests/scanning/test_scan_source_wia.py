"""Scanners of Windows: the driver's process is the real one, WIA's automation objects are played.

What only Windows can show (makers' drivers, the WIA service) is not shown here; see decision 006.
"""

from __future__ import annotations

import json
import os
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from counter_app.scanning import paged_program
from counter_app.scanning.model import ColourMode, ReadPage, ScanProfile, ScanTrouble
from counter_app.scanning.pictures import picture_facts
from counter_app.scanning.tray import Tray
from counter_app.scanning.wia import WiaSource, list_devices

PLAYED = '''
"""WIA's automation objects as far as we use them; $WIA_PLAY says what they do."""
import json, os, time
from PIL import Image

PLAY = json.loads(os.environ["WIA_PLAY"])


class ComError(Exception):
    def __init__(self, number):
        super().__init__(hex(number))
        self.hresult = -2147352567  # DISP_E_EXCEPTION: the real number is within
        self.excepinfo = (0, "WIA", "", None, 0, number - 2**32)


class Property:
    def __init__(self, value, **more):
        self.Value = value
        self.__dict__.update(more)


class Properties(dict):
    Exists = dict.__contains__
    Item = dict.__getitem__


class Collection:
    def __init__(self, values):
        self._values = values
        self.Count = len(values)

    def Item(self, number):
        if number < 1:
            raise IndexError(number)
        return self._values[number - 1]


class Picture:
    def __init__(self, size, mode):
        self._image = Image.new(mode, size, 90)

    def SaveFile(self, name):
        assert not os.path.exists(name)
        self._image.save(name, "BMP")


class Item:
    def __init__(self, device):
        self._device, self._given = device, 0
        names = ("6146", "6148", "6149", "6150", "6151", "6152")
        self.Properties = Properties({name: Property(1) for name in names})
        self.Properties["6147"] = Property(100, **(
            {"SubType": 2, "SubTypeValues": Collection([100, 200, 300])} if PLAY.get("listed")
            else {"SubType": 1, "SubTypeMin": 50, "SubTypeMax": 600}))

    def Transfer(self, form):
        assert form == "{B96B3CAB-0728-11D3-9D7B-0000F81EF32E}"
        if self._given >= PLAY["sheets"] or PLAY.get("fails") == self._given:
            if PLAY.get("hangs"):
                time.sleep(60)
            if PLAY.get("crashes"):
                os.abort()
            raise ComError(PLAY.get("error", 0x80210003))
        self._given += 1
        told = {name: one.Value for name, one in [*self.Properties.items(), *self._device.Properties.items()]}
        if "told" in PLAY:
            with open(PLAY["told"], "w") as file:
                json.dump(told, file)
        return Picture((told["6151"], told["6152"]), "RGB" if told["6146"] == 1 else "L")


class Device:
    def __init__(self):
        self.Properties = Properties({name: Property(value) for name, value in PLAY["properties"].items()})
        self.Items = Collection([Item(self)])


class Info:
    def __init__(self, kind, identity):
        self.Type, self.DeviceID = kind, identity
        self.Properties = Properties({"Name": Property("Máy " + identity)})

    def Connect(self):
        if PLAY.get("busy"):
            raise ComError(0x80210006)
        return Device()


class Dispatch:
    def __init__(self, name):
        assert name == "WIA.DeviceManager"
        self.DeviceInfos = Collection([Info(2, "camera"), Info(1, "{A}")])
'''
DEVICE = {"3086": 7, "3088": 2, "3096": 0, "3074": 8500, "3075": 11700, "3076": 8500, "3077": 14000}
FEEDER = ScanProfile("x", 50)


class Windows:
    """What the played scanner does."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.told = folder / "told.json"
        module = folder / "played" / "win32com"
        module.mkdir(parents=True)
        (module / "__init__.py").write_text("")
        (module / "client.py").write_text(textwrap.dedent(PLAYED), encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(module.parent), str(Path.cwd())]))
        self.plays()

    def plays(self, **play: Any) -> None:
        play = {"sheets": 3, "properties": DEVICE, "told": str(self.told)} | play
        self._patch.setenv("WIA_PLAY", json.dumps(play))


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Windows:
    return Windows(tmp_path, monkeypatch)


@pytest.fixture
def source() -> WiaSource:
    return WiaSource("{A}", "Máy thử")


def test_scanners_are_listed_with_what_they_can_do(windows: Windows) -> None:
    (found,) = list_devices()
    info = found.info
    assert (info.id, info.name, info.kind) == ("wia:{A}", "Máy {A}", "wia")
    assert (info.has_feeder, info.has_duplex, info.resolutions) == (True, True, (75, 100, 150, 200, 300, 400, 600))
    windows.plays(listed=True, properties=DEVICE | {"3086": 2})
    info = WiaSource("{A}", "x").info
    assert (info.has_feeder, info.has_duplex, info.resolutions) == (False, False, (100, 200, 300))


def test_a_feeder_gives_its_sheets_as_the_profile_wants_them(
    windows: Windows, source: WiaSource, tmp_path: Path
) -> None:
    tray = Tray.create(tmp_path / "scans")
    source.scan(ScanProfile("x", 90, ColourMode.GRAY, duplex=True), tray.add, lambda: False)
    assert [(one.width, one.height, one.dpi) for one in tray.pages()] == [(827, 1169, 100)] * 3
    told = json.loads(windows.told.read_text())
    expected = {"3088": 5, "3096": 1, "6146": 2, "6147": 100, "6148": 100, "6149": 0, "6150": 0}
    assert {name: told[name] for name in expected} == expected


def test_the_glass_gives_one_page(windows: Windows, source: WiaSource) -> None:
    pages: list[ReadPage] = []
    source.scan(ScanProfile("x", 75, page="A5", feeder=False), pages.append, lambda: False)
    assert [picture_facts(one.data).width for one in pages] == [437]
    assert json.loads(windows.told.read_text())["3088"] == 2


@pytest.mark.parametrize(
    ("play", "kind", "pages"),
    [
        ({"sheets": 0}, "no_paper", 0),
        ({"fails": 2, "error": 0x80210002}, "jam", 2),
        ({"fails": 2, "error": 0x80210020}, "jam", 2),
        ({"fails": 1, "error": 0x80210016}, "cover_open", 1),
        ({"fails": 1, "error": 0x80210005}, "offline", 1),
        ({"fails": 2, "crashes": True}, "offline", 2),
        ({"fails": 2, "hangs": True}, "offline", 2),
        ({"busy": True}, "busy", 0),
    ],
)
def test_a_trouble_is_told_and_the_pages_before_it_stay(
    windows: Windows, play: dict[str, Any], kind: str, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = paged_program.SILENCE_SECONDS
    if play.get("hangs"):
        silence = 4.0  # in which the process has to start, too
        monkeypatch.setattr(paged_program, "END_SECONDS", 0.5)
    windows.plays(**play)
    read: list[ReadPage] = []
    with pytest.raises(ScanTrouble) as caught:
        WiaSource("{A}", "x", silence_seconds=silence).scan(FEEDER, read.append, lambda: False)
    assert (caught.value.kind, len(read)) == (kind, pages)


def test_a_stop_ends_a_page_in_the_midst(windows: Windows, source: WiaSource) -> None:
    windows.plays(fails=1, hangs=True)
    pages: list[ReadPage] = []
    read_at: list[float] = []

    def take(page: ReadPage) -> None:
        pages.append(page)
        read_at.append(time.monotonic())

    with pytest.raises(ScanTrouble) as caught:
        source.scan(FEEDER, take, lambda: bool(read_at) and time.monotonic() - read_at[0] > 0.3)
    assert (caught.value.kind, len(pages)) == ("stopped", 1)
    assert time.monotonic() - read_at[0] < 4


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (ScanProfile("x"), "không có khay nạp"),
        (ScanProfile("x", page="A3", feeder=False), "khổ A3"),
    ],
)
def test_what_the_scanner_lacks_is_named(windows: Windows, source: WiaSource, profile: ScanProfile, words: str) -> None:
    windows.plays(properties=DEVICE | {"3086": 2})
    with pytest.raises(ScanTrouble, match=words):
        source.scan(profile, pytest.fail, lambda: False)


def test_a_scanner_that_is_gone_is_told_of(windows: Windows) -> None:
    with pytest.raises(ScanTrouble) as caught:
        _ = WiaSource("{B}", "x").info
    assert caught.value.kind == "offline"


def test_a_machine_without_wia_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    with pytest.raises(ScanTrouble) as caught:
        list_devices()
    assert caught.value.kind == "driver_missing"
