"""What differs between a dossier as the desk told of it and as the portal holds it: pure, value by value.

Compared are the newest record told, the steps told, and the documents by digest. What a portal does not give
back decides nothing. Who is right follows design.md section 6: the desk for what it took in, the portal for
processing; ``Difference.mendable`` says that sending the desk's side again mends it and overwrites nobody.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from counter_app.sync.client import PortalDossier
from counter_app.sync.field_words import FIELD_LABELS, shown_value, status_words, time_words

REGISTERED: Final = "1"
"""TrangThaiHoSo of a dossier that nobody has received yet: behind every other status."""

_IDENTITY: Final = ("MaTTHC", "ChuHoSo", "NgayTiepNhan")
"""Two dossiers that came by the same code differ in most of these, one that was changed in at most one."""
_OF_PROCESSING: Final = frozenset(
    {"DonViXuLy", "NgayHenTra", "NgayTra", "ThongTinTra", "NgayKetThucXuLy", "NgayTuChoi"}
)
"""Fields that belong to whoever processes: not compared once the portal has steps of its own."""
_APART: Final = frozenset({"MaHoSo", "TrangThaiHoSo", "TaiLieuNop", "DanhSachGiayToKetQua"})
_ABSENT: Final = "(không có)"
_EMPTY: Final = "(trống)"
_EMPTY_ENTRY: Final = "(mục trống)"
_NOTHING: Final = "(hồ sơ không có trên cổng)"

Mark = tuple[str, str]
"""What makes a step one step: ThoiDiemXuLy and TrangThai (portal-protocol.md section 5)."""


class DifferenceKind(StrEnum):
    """In what two sides differ."""

    MISSING = "missing"
    NOT_OURS = "not_ours"
    FIELD = "field"
    STATUS = "status"
    STEP_MISSING = "step_missing"
    STEP_TWICE = "step_twice"
    STEP_UNKNOWN = "step_unknown"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_OTHER = "document_other"
    DOCUMENT_UNKNOWN = "document_unknown"


@dataclass(frozen=True)
class Difference:
    """One difference in words; ``subject`` (a field, a step's mark, a document) tells it from others of its kind.

    ``portal_step``: what the portal has by its own processing, as a step or as far as it shows.
    """

    kind: DifferenceKind
    subject: str
    ours: str
    theirs: str
    mendable: bool
    portal_step: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class OurFile:
    """A document that the desk has uploaded; ``is_result`` says in which of the record's two lists it is named."""

    sha256: str
    component_code: str
    file_name: str
    is_result: bool

    @property
    def subject(self) -> str:
        """Tells the documents of one dossier apart: the same file may serve two components."""
        return f"{self.component_code}/{self.sha256}"


@dataclass(frozen=True)
class OurDossier:
    """A dossier as the desk has told of it.

    ``record``: the newest record told, None where none was (an online dossier that waits to be received);
    ``steps``: the steps told; ``files``: the documents uploaded. ``known_steps`` and ``known_files`` (digests)
    are what the portal has told the desk. ``statuses``: TrangThaiHoSo of all that the dossier has been through.
    ``created``: it was the desk that made it known to the portal.
    """

    code: str
    status: str
    statuses: frozenset[str]
    created: bool
    record: Mapping[str, Any] | None
    steps: tuple[Mapping[str, Any], ...]
    files: tuple[OurFile, ...]
    known_steps: frozenset[Mark]
    known_files: frozenset[str]


def compare(ours: OurDossier, found: PortalDossier | None) -> tuple[Difference, ...]:
    """Return all that differs; nothing else is looked at where the dossier is missing or somebody else's."""
    if found is None:
        return (Difference(DifferenceKind.MISSING, "", status_words(ours.status), _NOTHING, ours.created),)
    if not _is_ours(ours, found):
        return (Difference(DifferenceKind.NOT_OURS, "", _named(ours.record or {}), _named(found.fields), False),)
    return (*_fields(ours, found), *_status(ours, found), *_steps(ours, found), *_documents(ours, found))


def difference_label(kind: DifferenceKind, subject: str) -> str:
    """What differs, in the words of the screen."""
    if kind is DifferenceKind.FIELD:
        return FIELD_LABELS.get(subject, subject)
    return _LABELS[kind]


_LABELS: Final = {
    DifferenceKind.MISSING: "Hồ sơ thiếu trên cổng",
    DifferenceKind.NOT_OURS: "Mã thuộc hồ sơ khác",
    DifferenceKind.STATUS: "Trạng thái",
    DifferenceKind.STEP_MISSING: "Bước thiếu trên cổng",
    DifferenceKind.STEP_TWICE: "Bước bị ghi nhiều lần",
    DifferenceKind.STEP_UNKNOWN: "Bước quầy chưa biết",
    DifferenceKind.DOCUMENT_MISSING: "Tệp thiếu trên cổng",
    DifferenceKind.DOCUMENT_OTHER: "Tệp khác trên cổng",
    DifferenceKind.DOCUMENT_UNKNOWN: "Tệp quầy không có",
}


def step_mark(step: Mapping[str, Any]) -> Mark:
    """What tells a step from all others of its dossier."""
    return str(step.get("ThoiDiemXuLy") or ""), str(step.get("TrangThai") or "")


def step_subject(mark: Mark) -> str:
    """A step's mark as the subject of a difference."""
    return "/".join(mark)


def _is_ours(ours: OurDossier, found: PortalDossier) -> bool:
    """False when the portal's dossier is another one: two marks differ, or all of the few that are given back."""
    if ours.record is None:
        return True
    given = [name for name in _IDENTITY if found.fields.get(name)]
    other = [name for name in given if not _same(ours.record.get(name), found.fields[name])]
    return len(other) < 2 and (not other or len(other) < len(given))


def _fields(ours: OurDossier, found: PortalDossier) -> Iterator[Difference]:
    told = {step_mark(step) for step in ours.steps}
    taken_over = any(step_mark(step) not in told for step in found.steps)
    for name, sent in (ours.record or {}).items():
        if name in _APART or name not in found.fields or (taken_over and name in _OF_PROCESSING):
            continue
        held = found.fields[name]
        if not _same(sent, held):
            yield Difference(DifferenceKind.FIELD, name, _words(name, sent), _words(name, held), True)


def _status(ours: OurDossier, found: PortalDossier) -> Iterator[Difference]:
    """A portal that shows a status which the dossier has left lags behind; any other may be its own processing."""
    held = str(found.fields.get("TrangThaiHoSo") or "")
    if not held or held == ours.status:
        return
    lags = held == REGISTERED or held in ours.statuses
    mendable = lags and not any(_unknown_steps(ours, found))
    step = None if mendable else {"TrangThai": held}
    yield Difference(DifferenceKind.STATUS, "", status_words(ours.status), status_words(held), mendable, step)


def _steps(ours: OurDossier, found: PortalDossier) -> Iterator[Difference]:
    times = Counter(map(step_mark, found.steps))
    for step in ours.steps:
        mark = step_mark(step)
        if not times[mark]:
            yield Difference(DifferenceKind.STEP_MISSING, step_subject(mark), _told(step), _ABSENT, True)
        elif times[mark] > 1:
            again = f"{times[mark]} lần"
            yield Difference(DifferenceKind.STEP_TWICE, step_subject(mark), _told(step), again, False)
    for step in _unknown_steps(ours, found):
        subject = step_subject(step_mark(step))
        yield Difference(DifferenceKind.STEP_UNKNOWN, subject, _ABSENT, _told(step), False, step)


def _unknown_steps(ours: OurDossier, found: PortalDossier) -> Iterator[Mapping[str, Any]]:
    """The portal's steps that the desk neither told nor was told of, each once."""
    seen = {step_mark(step) for step in ours.steps} | ours.known_steps
    for step in found.steps:
        if step_mark(step) not in seen:
            seen.add(step_mark(step))
            yield step


@dataclass(frozen=True)
class _HeldFile:
    """An entry of one of the portal's two lists of documents."""

    digest: str
    component_code: str
    file_name: str
    is_result: bool


def _documents(ours: OurDossier, found: PortalDossier) -> Iterator[Difference]:
    """By digest; what is left over on the portal's side is the other of a pair where component or name agree."""
    given = {True: "DanhSachGiayToKetQua" in found.fields, False: "TaiLieuNop" in found.fields}
    left = [*_held(found.fields.get("TaiLieuNop"), False), *_held(found.fields.get("DanhSachGiayToKetQua"), True)]
    lacking = []
    for file in ours.files:
        if given[file.is_result] and not _take(left, file):
            lacking.append(file)
    # Files that the portal told of or that other dossiers' updates brought are not the pair of one that lacks.
    spare = [one for one in left if one.digest not in ours.known_files or one.digest in {f.sha256 for f in lacking}]
    for file in lacking:
        other = _other(spare, file)
        if other is None:
            yield Difference(DifferenceKind.DOCUMENT_MISSING, file.subject, file.file_name, _ABSENT, True)
        else:
            spare.remove(other)
            yield Difference(
                DifferenceKind.DOCUMENT_OTHER,
                file.subject,
                _file_words(file.component_code, file.file_name, file.sha256),
                _file_words(other.component_code, other.file_name, other.digest),
                True,
            )
    for one in spare:
        subject = f"{one.component_code}/{one.digest}"
        words = _file_words(one.component_code, one.file_name, one.digest)
        yield Difference(DifferenceKind.DOCUMENT_UNKNOWN, subject, _ABSENT, words, False)


def _held(entries: object, is_result: bool) -> Iterator[_HeldFile]:
    """The files that a list names and does not call deleted; an entry without any identifier says nothing."""
    key, address, name = (
        ("GiayToId", "DuongDanTepTinKetQua", "TenGiayTo")
        if is_result
        else ("TepDinhKemId", "DuongDanTaiTepTin", "TenTepDinhKem")
    )
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or str(entry.get("IsDeleted")) == "1":
            continue
        digest = _text(entry.get(key)).lower() or _text(entry.get(address))
        if digest:
            yield _HeldFile(digest, _text(entry.get("MaThanhPhanHoSo")), _text(entry.get(name)), is_result)


def _take(left: list[_HeldFile], file: OurFile) -> bool:
    """Take our file out of what the portal holds; a portal may leave the component out."""
    for one in left:
        alike = one.component_code in ("", file.component_code)
        if one.digest == file.sha256 and one.is_result == file.is_result and alike:
            left.remove(one)
            return True
    return False


def _other(spare: Sequence[_HeldFile], file: OurFile) -> _HeldFile | None:
    """What the portal holds in place of our file: it under another component, or another one under its name."""
    of_kind = [one for one in spare if one.is_result == file.is_result]
    same_file = [one for one in of_kind if one.digest == file.sha256]
    same_place = [one for one in of_kind if one.component_code == file.component_code]
    same_name = [one for one in same_place if _clean(one.file_name) == _clean(file.file_name)]
    return next(iter((*same_file, *same_name, *(same_place if file.is_result else ()))), None)


def _same(sent: Any, held: Any) -> bool:
    """Equal in what was sent: more keys on the portal's side, another order and other blanks are no difference."""
    if isinstance(sent, list):
        left = list(held) if isinstance(held, list) else []
        for entry in sent:
            match = next((one for one in left if _same(entry, one)), None)
            if match is None:
                return False
            left.remove(match)
        return not left
    if isinstance(sent, Mapping):
        shared = sent.keys() & held.keys() if isinstance(held, Mapping) else set()
        return bool(shared) and all(_same(sent[key], held[key]) for key in shared)
    return _clean(sent) == _clean(held)


def _clean(value: object) -> str:
    return " ".join(unicodedata.normalize("NFC", _text(value)).split())


def _text(value: object) -> str:
    return "" if value in (None, [], {}) else str(value)


def _words(name: str, value: object) -> str:
    """A value as a person reads it; of a list the entries one behind the other."""
    if isinstance(value, Collection) and not isinstance(value, str):
        return "; ".join(_entry_words(one) or _EMPTY_ENTRY for one in value) or _EMPTY
    return _clean(shown_value(name, value)) or _EMPTY


def _entry_words(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return _clean(entry)
    parts = [_words(name, value) for name, value in entry.items()]
    return ", ".join(part for part in parts if part != _EMPTY)


def _named(fields: Mapping[str, Any]) -> str:
    """Whose dossier it is: procedure, applicant, time of receipt."""
    return ", ".join(_words(name, fields.get(name)) for name in _IDENTITY)


def _told(step: Mapping[str, Any]) -> str:
    at, status = step_mark(step)
    parts = (time_words(at), status_words(status), _clean(step.get("NoiDungXuLy")))
    return ", ".join(part for part in parts if part)


def _file_words(component_code: str, file_name: str, digest: str) -> str:
    return " · ".join(part for part in (component_code, file_name, f"{digest[:12]}…") if part)
