"""The tray of one scan job: a folder with the pages as they were read and one list of what became of them.

``<root>/<tray id>/0001.png …`` are never changed; ``tray.json`` is replaced whole after each page and each edit.
An image is on the disk before the list names it, so whatever moment the program is killed at, the tray opens with
every page that ``add`` returned.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from counter_app.errors import KnownError
from counter_app.scanning.disk import check_room, disk_trouble, write_whole
from counter_app.scanning.model import ReadPage, ScanTrouble
from counter_app.scanning.pictures import SUFFIXES, file_facts, picture_facts
from counter_app.scanning.tray_page import PLACE, Aim, TrayPage, changed, page_from, recorded, renamed, settled
from counter_app.whole_files import PART_SUFFIX, sync_folder

__all__ = ["MANIFEST", "Tray", "TrayPage", "tray_folders"]

MANIFEST: Final = "tray.json"
UNDO_STEPS: Final = 100
DEFAULT_DPI: Final = 200
_DISCARDED: Final = ".discarded-"
_NOWHERE: Final = ("", "", "")
_REBUILT: Final = "Danh sách trang của khay bị hỏng nên được dựng lại. Hãy xem trang này thuộc giấy tờ nào."

log = logging.getLogger(__name__)


class Tray:
    """The pages of one scan job. One thread may add pages while another one reads and edits."""

    def __init__(self, directory: Path, keep_free: int) -> None:
        """Use ``create`` or ``open``."""
        self.directory = directory
        self.warnings: tuple[str, ...] = ()
        """What was found amiss when the tray was opened, for the clerk."""
        self._keep_free = keep_free
        self._adding = threading.Lock()
        self._lock = threading.RLock()
        self._pages: tuple[TrayPage, ...] = ()
        self._history: list[tuple[TrayPage, ...]] = []
        self._in_step = False

    @classmethod
    def create(cls, root: Path, *, keep_free: int = 0) -> Tray:
        """A new, empty tray in its own folder under ``root``; ``keep_free`` bytes of the disk are left alone."""
        from uuid6 import uuid7

        directory = root / str(uuid7())
        try:
            directory.mkdir(parents=True)
            sync_folder(root)
        except OSError as error:
            raise disk_trouble(error, root) from error
        tray = cls(directory, keep_free)
        tray._write()
        return tray

    @classmethod
    def open(cls, directory: Path, *, keep_free: int = 0) -> Tray:
        """Take up a tray where it was left, also by a crash; see ``warnings``.

        Raises KnownError ``tray_missing``, or for a disk that fails.
        """
        if not directory.is_dir():
            raise KnownError(
                "tray_missing",
                f"Không tìm thấy khay quét «{directory.name}» trên ổ đĩa. Có thể khay đã được lưu hoặc bỏ; "
                "nếu chưa, hãy quét lại giấy tờ.",
            )
        tray = cls(directory, keep_free)
        try:
            tray._take_up()
        except OSError as error:
            raise disk_trouble(error, directory) from error
        return tray

    @property
    def id(self) -> str:
        return self.directory.name

    def add(self, page: ReadPage, *, run: int = 0, aim: Aim | None = None) -> TrayPage:
        """Store one page at the end; when this returns it survives a power cut.

        ``run`` and ``aim``: see TrayPage; until its run is sorted the page lies where it was aimed. It goes on with
        the document of the page before, unless that one belongs elsewhere.
        Raises ScanTrouble ``bad_page`` or ``disk_full``, KnownError for other troubles of the disk.
        """
        facts = picture_facts(page.data)
        with self._adding:  # not the lock of the list: who turns pages in the window does not wait for the disk
            try:
                check_room(self.directory, len(page.data), self._keep_free)
                number = 1 + max(_number(path) for path in self.directory.iterdir())
            except OSError as error:
                raise disk_trouble(error, self.directory) from error
            identity = f"{number:04d}"
            file = identity + facts.suffix
            write_whole(self.directory / file, page.data)
            with self._lock:
                size = facts.width, facts.height, facts.in_colour
                made = TrayPage(identity, file, page.dpi, *size, run=run, aim=aim, trouble=page.note)
                added = self._at_the_end(made)
                self._store((*self._pages, added))
            return added

    def new_run(self) -> int:
        """A number for the pages of another run through the feeder."""
        return 1 + max((page.run for page in self._pages), default=-1)

    def pages(self) -> tuple[TrayPage, ...]:
        """All pages in their order, dropped ones among them."""
        return self._pages

    def image_path(self, page_id: str) -> Path:
        return self.directory / self._page(page_id).file

    def change(self, page_id: str, **values: Any) -> None:
        """Change what the clerk decides about a page. TypeError for what cannot be changed, KeyError for no page."""
        with self._editing():
            self._change_each({page_id}, values)

    def record(self, page_id: str, **values: Any) -> None:
        """Write down what the machine found on a page; what the clerk decided about it stays (see ``revise``)."""
        self._page(page_id)
        self.revise(partial(recorded, page_id=page_id, values=values))

    def revise(self, change: Callable[[tuple[TrayPage, ...]], tuple[TrayPage, ...]]) -> None:
        """Carry out what is no edit of the clerk's: ``undo`` leaves it, as every earlier state is changed too."""
        with self._lock:
            before, history = self._pages, self._history
            self._history = [change(pages) for pages in history]
            try:
                self._store(change(before))
            except BaseException:
                self._history = history
                raise

    def rename_dossier(self, dossier: str, code: str) -> None:
        """Pages of a dossier belong to ``code`` from now on; to none, and to no component, when it is empty."""
        self.revise(partial(renamed, dossier=dossier, code=code))

    def settle(self, page_ids: Collection[str]) -> None:
        """A person has looked at these pages: what was in doubt about them is in order."""
        with self._editing():
            self._check(page_ids)
            self._pages = settled(self._pages, page_ids)

    def move(self, page_ids: Collection[str], before: str | None) -> None:
        """Put pages, in their present order, before another one, or at the end; their documents stay the same."""
        with self._editing():
            self._check(page_ids)
            rest = [page for page in self._pages if page.id not in page_ids]
            moved = [page for page in self._pages if page.id in page_ids]
            at = len(rest)
            if before is not None:
                where = self._pages.index(self._page(before))
                at = sum(page.id not in page_ids for page in self._pages[:where])
            self._pages = (*rest[:at], *moved, *rest[at:])

    def drop(self, page_ids: Collection[str]) -> None:
        """Leave pages out of what is made; the images stay until the tray is discarded."""
        with self._editing():
            self._change_each(page_ids, {"is_dropped": True})

    def restore(self, page_ids: Collection[str]) -> None:
        """Take dropped pages in again."""
        with self._editing():
            self._change_each(page_ids, {"is_dropped": False})

    def split_before(self, page_id: str) -> None:
        """End the page's document before it; the page and those of its document after it make a new one."""
        with self._editing():
            first = self._page(page_id)
            after = self._pages[self._pages.index(first) :]
            self._change_each({page.id for page in after if page.group == first.group}, {"group": self._new_group()})

    def join(self, page_ids: Collection[str]) -> None:
        """Make one document of pages, with the dossier and component of the first of them."""
        with self._editing():
            self._check(page_ids)
            chosen = [page for page in self._pages if page.id in page_ids]
            if chosen:
                kept = ("group", "dossier", "component", "result")
                self._part_from_others(page_ids, chosen[0].group)
                group = {"group": self._page(chosen[0].id).group}
                self._change_each(page_ids, {name: getattr(chosen[0], name) for name in kept} | group)

    def assign(
        self,
        page_ids: Collection[str],
        *,
        dossier: str | None = None,
        component: str | None = None,
        result: str | None = None,
    ) -> None:
        """Say where pages belong; None leaves a value as it is. A part of a document becomes one of its own.

        Separators that are read later leave these pages there.
        """
        values = {"dossier": dossier, "component": component, "result": result}
        with self._editing():
            self._check(page_ids)
            for group in sorted({self._page(page_id).group for page_id in page_ids}):
                self._part_from_others(page_ids, group)
            given = {name: value for name, value in values.items() if value is not None}
            self._change_each(page_ids, given, by_hand=(PLACE,))

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """Several edits that are written, and undone, as one; none of them stays when one fails."""
        with self._editing():
            yield

    def undo(self) -> bool:
        """Take back the last edit since the tray was opened; pages read meanwhile stay. False: nothing to undo."""
        with self._lock:
            if not self._history:
                return False
            earlier = self._history[-1]
            known = {page.id for page in earlier}
            self._store((*earlier, *(page for page in self._pages if page.id not in known)))
            self._history.pop()
            return True

    @property
    def can_undo(self) -> bool:
        return bool(self._history)

    def discard(self) -> None:
        """Delete the tray and its images. A kill in the midst leaves no half tray: ``tray_folders`` clears up."""
        with self._lock:
            gone = self.directory.with_name(_DISCARDED + self.directory.name)
            try:
                self.directory.rename(gone)
                sync_folder(gone.parent)
            except OSError as error:
                raise disk_trouble(error, self.directory) from error
            self._pages = ()
            self._history = []
            shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def _editing(self) -> Iterator[None]:
        """One undoable edit: written once at its end, forgotten when it fails."""
        with self._lock:
            if self._in_step:
                yield
                return
            before = self._pages
            self._in_step = True
            try:
                yield
                if self._pages != before:
                    self._write()
            except BaseException:
                self._pages = before
                raise
            finally:
                self._in_step = False
            if self._pages != before:
                self._history = [*self._history, before][-UNDO_STEPS:]

    def _store(self, pages: tuple[TrayPage, ...]) -> None:
        before = self._pages
        self._pages = pages
        if self._in_step:
            return
        try:
            self._write()
        except BaseException:
            self._pages = before
            raise

    def _write(self) -> None:
        text = json.dumps({"pages": [asdict(page) for page in self._pages]}, ensure_ascii=False, indent=1)
        write_whole(self.directory / MANIFEST, text.encode())

    def _page(self, page_id: str) -> TrayPage:
        for page in self._pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)

    def _check(self, page_ids: Collection[str]) -> None:
        for page_id in page_ids:
            self._page(page_id)

    def _change_each(self, page_ids: Collection[str], values: dict[str, Any], by_hand: Collection[str] = ()) -> None:
        self._check(page_ids)
        self._pages = changed(self._pages, page_ids, values, by_hand)

    def _part_from_others(self, page_ids: Collection[str], group: int) -> None:
        """Give the chosen pages of a document a number of their own, if others share it."""
        members = {page.id for page in self._pages if page.group == group}
        if not members <= set(page_ids):
            self._change_each(members & set(page_ids), {"group": self._new_group()})

    def _new_group(self) -> int:
        return 1 + max((page.group for page in self._pages), default=-1)

    def _at_the_end(self, page: TrayPage) -> TrayPage:
        """A page where it was aimed, in the document of the last page if that lies there too."""
        place = page.aim or _NOWHERE
        last = self._pages[-1] if self._pages else None
        group = last.group if last is not None and last.place == place else self._new_group()
        return replace(page, dossier=place[0], component=place[1], result=place[2], group=group)

    def _take_up(self) -> None:
        """Bring the list and the images together after whatever happened, and write the list if it changed."""
        for part in self.directory.glob("*" + PART_SUFFIX):
            part.unlink()
        warnings: list[str] = []
        listed = self._read_manifest(warnings)
        is_rebuilt = bool(warnings)
        kept = tuple(page for page in listed or () if (self.directory / page.file).is_file())
        for page in listed or ():
            if page not in kept:
                warnings.append(f"Mất ảnh của trang {page.id} nên trang này bị bỏ khỏi khay. Hãy quét lại trang đó.")
        self._pages = kept
        names = {page.file for page in kept}
        for path in sorted(self.directory.iterdir(), key=_number):
            if path.suffix in SUFFIXES.values() and path.name not in names:
                self._take_up_image(path, warnings, is_rebuilt)
        self.warnings = tuple(warnings)
        for warning in warnings:
            log.warning("tray %s: %s", self.id, warning)
        if listed != self._pages:
            self._write()

    def _read_manifest(self, warnings: list[str]) -> tuple[TrayPage, ...] | None:
        """None when there is none yet, or none that can be read: it is set aside, the images make a new one."""
        path = self.directory / MANIFEST
        if not path.exists():
            return None
        try:
            return tuple(page_from(entry) for entry in json.loads(path.read_bytes())["pages"])
        except (ValueError, TypeError, KeyError):
            path.replace(path.with_suffix(".damaged"))
            warnings.append(
                "Danh sách trang của khay bị hỏng nên được dựng lại từ ảnh đã quét. Hãy kiểm tra lại thứ tự trang, "
                "trang xoay và hồ sơ của từng trang."
            )
            return None

    def _take_up_image(self, path: Path, warnings: list[str], is_rebuilt: bool) -> None:
        """Take in an image without entry. Nothing is known of its run: it goes on with no other page unasked."""
        try:
            facts = file_facts(path)
        except ScanTrouble:
            path.replace(path.with_name(path.name + ".damaged"))
            warnings.append(f"Ảnh «{path.name}» trong khay bị hỏng nên không dùng được. Hãy quét lại trang đó.")
            return
        dpi = facts.dpi or (self._pages[-1].dpi if self._pages else DEFAULT_DPI)
        run, trouble = (0, _REBUILT) if is_rebuilt else (self.new_run(), "")
        size = facts.width, facts.height, facts.in_colour
        page = TrayPage(path.stem, path.name, dpi, *size, run=run, aim=_NOWHERE, trouble=trouble)
        self._pages = (*self._pages, self._at_the_end(page))


def tray_folders(root: Path) -> tuple[Path, ...]:
    """The trays under ``root``, oldest first; what is left of discarded ones is cleared up."""
    if not root.is_dir():
        return ()
    for gone in root.glob(_DISCARDED + "*"):
        shutil.rmtree(gone, ignore_errors=True)
    return tuple(sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")))


def _number(path: Path) -> int:
    """The number of an image in a tray, 0 for other files; a damaged one that was set aside keeps its number."""
    name = path.name.split(".")[0]
    return int(name) if name.isdecimal() else 0
