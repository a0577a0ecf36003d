"""A tray whose program was killed opens with every page that was told to be safe."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from counter_app import whole_files
from counter_app.scanning.tray import Tray, TrayPage
from tests.scanning.scan_samples import page, picture

WATCHED = {"open", "os.rename", "os.remove", "os.mkdir"}


class Killed(BaseException):
    """Nothing that the program does after this reaches the disk."""


class Killer:
    """Lets a number of file operations under a folder through, then none."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.left: int | None = None
        sys.addaudithook(self._on_event)  # stays for the whole process, asleep while ``left`` is None

    def _on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.left is not None and event in WATCHED and str(arguments[0]).startswith(self.folder):
            self.operation()

    def operation(self) -> None:
        if self.left is None:
            return
        if self.left == 0:
            raise Killed
        self.left -= 1


def _work(root: Path, safe: list[TrayPage]) -> None:
    tray = Tray.create(root)
    safe.append(tray.add(page(1)))
    safe.append(tray.add(page(2, "JPEG")))
    tray.move(["0002"], "0001")
    tray.change("0001", turn=2)
    safe.append(tray.add(page(3)))


def test_after_every_prefix_of_its_file_operations_the_tray_opens_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(tmp_path)
    sync = os.fsync

    def counted(handle: int) -> None:
        try:
            killer.operation()
        except Killed:
            if stat.S_ISREG(os.fstat(handle).st_mode):  # killed while it was being written
                os.ftruncate(handle, os.fstat(handle).st_size // 2)
            raise
        sync(handle)

    monkeypatch.setattr(whole_files.os, "fsync", counted)
    data = {"0001": picture(1), "0002": picture(2, "JPEG"), "0003": picture(3)}
    finished = False
    prefixes = 0
    while not finished:
        root = tmp_path / f"prefix {prefixes}"
        root.mkdir()
        safe: list[TrayPage] = []
        killer.left = prefixes
        try:
            _work(root, safe)
            finished = True
        except Killed:
            pass
        finally:
            killer.left = None
        for directory in root.iterdir():
            opened = Tray.open(directory)
            found = {one.id: opened.image_path(one.id).read_bytes() for one in opened.pages()}
            assert {one.id for one in safe} <= found.keys(), prefixes
            assert all(data[identity] == content for identity, content in found.items())
            assert opened.warnings == ()
            assert opened.add(page(9)).id == f"{len(found) + 1:04d}"
            assert Tray.open(directory).pages() == opened.pages()
        prefixes += 1
    assert prefixes > 30


CHILD = """
import sys
from pathlib import Path
from counter_app.scanning.tray import Tray
from tests.scanning.scan_samples import page
tray = Tray.create(Path(sys.argv[1]))
for number in range(10_000):
    made = tray.add(page(number))
    tray.change(made.id, turn=number % 4)
    print(made.id, flush=True)
"""


@pytest.mark.parametrize("told", [1, 4, 9])
def test_a_killed_process_leaves_a_whole_tray(tmp_path: Path, told: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    safe = [child.stdout.readline().strip() for _ in range(told)]
    child.kill()
    safe += child.stdout.read().split()
    child.stdout.close()
    child.wait()
    (directory,) = tmp_path.iterdir()
    opened = Tray.open(directory)
    found = {one.id: opened.image_path(one.id).read_bytes() for one in opened.pages()}
    assert safe == sorted(found)[: len(safe)]
    assert found == {identity: picture(int(identity) - 1) for identity in found}
    assert opened.warnings == ()
