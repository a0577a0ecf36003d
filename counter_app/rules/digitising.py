"""What of a dossier is digitised, and how the rate is counted (45/2020, 107/2021, 01/2023/TT-VPCP art. 7-10).

Not scanned: what a national or ministry database already gives; plain and certified copies (electronic certified
copies excepted); papers only to be shown; secret papers. Scanned: earlier results among the components, what a
sector's law or the chairman lists, results. Each component says which it is; the rate counts what must be scanned.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from .names import fold
from .violation import RuleViolation


class Treatment(StrEnum):
    """What is done with a paper; only ``SCAN`` counts in the rate."""

    SCAN = "scan"
    DATABASE = "database"
    PLAIN_COPY = "plain_copy"
    SHOWN_ONLY = "shown_only"
    SECRET = "secret"
    ON_REQUEST = "on_request"


class PaperKind(StrEnum):
    """A paper that the applicant hands in, or one that the office gives."""

    COMPONENT = "component"
    RESULT = "result"


class Source(StrEnum):
    """Who says how a paper is treated, the strongest first."""

    DOSSIER = "dossier"
    RULE = "rule"
    COPIES = "copies"
    NAME = "name"
    DEFAULT = "default"


LABELS = {
    Treatment.SCAN: "Phải quét",
    Treatment.DATABASE: "Đã có trong cơ sở dữ liệu",
    Treatment.PLAIN_COPY: "Bản sao, không quét",
    Treatment.SHOWN_ONLY: "Chỉ xuất trình",
    Treatment.SECRET: "Tài liệu mật, không quét",
    Treatment.ON_REQUEST: "Quét khi cần",
}
SOURCES = {
    Source.DOSSIER: "riêng hồ sơ này",
    Source.RULE: "quy tắc của cơ quan",
    Source.COPIES: "chỉ nộp bản sao",
    Source.NAME: "đoán theo tên giấy tờ",
    Source.DEFAULT: "mặc định của cơ quan",
}

MOST_IMAGES = 9999

_SECRET = ("bí mật nhà nước", "tuyệt mật", "tối mật", "tài liệu mật", "văn bản mật", "độ mật")
"""Looked for with accents: without them "mật" is also "mất" and "mặt"."""
_IN_DATABASE = (
    "the can cuoc",
    "can cuoc cong dan",
    "chung minh nhan dan",
    "giay chung nhan can cuoc",
    "so ho khau",
    "so tam tru",
    "giay xac nhan thong tin ve cu tru",
    "giay xac nhan cu tru",
    "giay chung nhan dang ky doanh nghiep",
    "giay chung nhan dang ky ho kinh doanh",
)
"""Given by the databases of population, residence and enterprises."""
_COPY_WORDS = ("ban sao", "ban chup", "ban photo", "ban phoco")
_BULLETS = " -–+*•.,;:()[]/0123456789"


class Decision(NamedTuple):
    """How a paper is treated, and who says so."""

    treatment: Treatment
    source: Source


def guess(name: str) -> Treatment | None:
    """What a component's published name says of it; None where it says nothing, so that the default holds.

    Cautious: a name that asks for a copy *or* an original says nothing, for a scan too many does less harm than
    one too few.
    """
    lowered = " ".join(name.casefold().split())
    if any(word in lowered for word in _SECRET):
        return Treatment.SECRET
    folded = _without_bullet(fold(name))
    electronic = "dien tu" in folded
    if folded.startswith(_COPY_WORDS) and not electronic and "ban chinh" not in folded:
        return Treatment.PLAIN_COPY
    if "xuat trinh" in folded and " nop " not in f" {folded} ":
        return Treatment.SHOWN_ONLY
    bare = folded.removeprefix("ban chinh ")
    identity = bare.startswith("ho chieu") and "can cuoc" in bare
    if identity or bare.startswith(_IN_DATABASE) or "da co trong co so du lieu" in folded:
        return Treatment.DATABASE
    return None


def decide(
    name: str,
    originals: int,
    copies: int,
    *,
    own: Treatment | None = None,
    rule: Treatment | None = None,
    default: Treatment = Treatment.SCAN,
) -> Decision:
    """How a component is treated: the dossier's own word, then the office's rule, then what lies there, its name.

    ``originals`` and ``copies`` as handed in (of a catalogue entry: as asked for).
    """
    if own is not None:
        return Decision(own, Source.DOSSIER)
    if rule is not None:
        return Decision(rule, Source.RULE)
    guessed = guess(name)
    if copies and not originals and guessed is None and "dien tu" not in fold(name):
        return Decision(Treatment.PLAIN_COPY, Source.COPIES)
    if guessed is not None:
        return Decision(guessed, Source.NAME)
    return Decision(default, Source.DEFAULT)


def decide_result(
    name: str, *, own: Treatment | None = None, rule: Treatment | None = None, on_the_spot: bool = False
) -> Decision:
    """How a result is treated: final results are scanned (01/2023 art. 7), given on the spot only when wanted."""
    if own is not None:
        return Decision(own, Source.DOSSIER)
    if rule is not None:
        return Decision(rule, Source.RULE)
    if guess(name) is Treatment.SECRET:
        return Decision(Treatment.SECRET, Source.NAME)
    return Decision(Treatment.ON_REQUEST if on_the_spot else Treatment.SCAN, Source.DEFAULT)


def expected_images(pages: int, noted: int) -> int:
    """Images of a paper: images = pages, and a page with a note is scanned with and without it (01/2023 art. 8).

    Raises RuleViolation ``images_invalid``.
    """
    if not 1 <= pages <= MOST_IMAGES or not 0 <= noted <= pages:
        raise RuleViolation(
            "images_invalid",
            f"Số trang phải từ 1 đến {MOST_IMAGES}, số trang có dán ghi chú không quá số trang. Hãy nhập lại.",
        )
    return pages + noted


class Quality(NamedTuple):
    """Of one paper, or summed over many: how many must be scanned and how far they are.

    ``complete``: there is a file. ``accurate``: it has as many images as the paper, where that was counted, and is
    scanned as law asks for (``Flaw``).
    ``whole``: every file can be opened. ``sound``: all three.
    """

    wanted: int = 0
    complete: int = 0
    accurate: int = 0
    whole: int = 0
    sound: int = 0


class Flaw(StrEnum):
    """How a scan falls short of what is asked for: in colour, 200 dpi or more (01/2023/TT-VPCP art. 8)."""

    COARSE = "coarse"
    GRAY = "gray"


LEAST_DPI = 200
_DPI_ROUNDED = 5
"""Sizes in whole pixels and points make a scan at 200 dpi one of 198."""


def flaw_of(dpi: int, in_colour: bool) -> Flaw | None:
    """Of a page that was scanned at so many dots per inch."""
    if dpi < LEAST_DPI - _DPI_ROUNDED:
        return Flaw.COARSE
    return None if in_colour else Flaw.GRAY


class ScanFile(NamedTuple):
    """A file of a paper: its pages, 0 for one that cannot be opened, and what its scan lacks."""

    pages: int
    flaw: Flaw | None = None


def files_that_count(files: Sequence[ScanFile]) -> tuple[ScanFile, ...]:
    """A scan that falls short counts until as many good pages came after it: then it was scanned again."""
    kept, room = [], 0
    for file in reversed(files):
        if file.flaw is None:
            room += file.pages
        elif file.pages <= room:
            room -= file.pages
            continue
        kept.append(file)
    return tuple(reversed(kept))


def quality(files: Sequence[ScanFile], expected: int | None) -> Quality:
    """Of one paper that must be scanned, by the files that count."""
    complete = bool(files)
    whole = complete and all(file.pages for file in files)
    images = sum(file.pages for file in files) == expected if expected is not None else whole
    accurate = complete and images and not any(file.flaw for file in files)
    return Quality(1, complete, accurate, whole, accurate and whole)


def add_up(papers: Iterable[Quality]) -> Quality:
    """The sum of several papers."""
    return Quality(*map(sum, zip(Quality(), *papers, strict=True)))


LEVELS = {
    "complete": "đầy đủ",
    "accurate": "chính xác",
    "whole": "toàn vẹn",
    "sound": "đầy đủ, chính xác và toàn vẹn",
}
UNITS = {"dossier": "hồ sơ", "paper": "giấy tờ"}
EXCLUSIONS = {
    "registered": "hồ sơ trực tuyến chưa tiếp nhận",
    "refused": "hồ sơ bị từ chối tiếp nhận",
    "withdrawn": "hồ sơ đã rút",
    "stopped": "hồ sơ đã dừng giải quyết",
    "on_the_spot": "hồ sơ trả kết quả ngay",
    "online": "hồ sơ nộp trực tuyến",
    "postal": "hồ sơ nộp qua bưu chính",
}
"""What may be left out of numerator and denominator alike: statuses, kinds of limit, channels."""


@dataclass(frozen=True, slots=True)
class Formula:
    """How the rate is counted from a day on (766/QĐ-TTg: an office can correct it; law.md, "Measuring").

    ``unit``: dossiers that are digitised in all that must be, or papers. ``level``: what counts as digitised.
    A dossier without any paper that must be scanned is in neither numerator nor denominator.
    """

    valid_from: date
    unit: str = "dossier"
    level: str = "complete"
    components: bool = True
    results: bool = True
    excluded: frozenset[str] = field(default_factory=lambda: frozenset({"registered", "refused", "withdrawn"}))
    basis: str = ""


FIRST_FORMULA = Formula(
    date(2022, 6, 23), basis="Quyết định 766/QĐ-TTg ngày 23/6/2022, cơ quan rà lại theo hướng dẫn của tỉnh"
)
"""Holds until an office enters one of its own."""


def formula_in_force(formulas: Iterable[Formula], day: date) -> Formula:
    """The formula of that day: the latest that began by then."""
    begun = [one for one in formulas if one.valid_from <= day]
    return max(begun, key=lambda one: one.valid_from, default=FIRST_FORMULA)


def check_formula(formula: Formula) -> None:
    """Raise RuleViolation ``formula_invalid`` for one that counts nothing or names what is not known."""
    known = formula.unit in UNITS and formula.level in LEVELS and formula.excluded <= set(EXCLUSIONS)
    if not known or not (formula.components or formula.results):
        raise RuleViolation(
            "formula_invalid",
            "Công thức phải tính thành phần hồ sơ hoặc kết quả, và chỉ dùng các lựa chọn có sẵn. Hãy chọn lại.",
        )


def formula_words(formula: Formula) -> str:
    """Numerator, denominator and exclusions in a sentence, to stand beside the number."""
    parts = [
        words for words, counted in (("thành phần hồ sơ", formula.components), ("kết quả", formula.results)) if counted
    ]
    what = " và ".join(parts)
    if formula.unit == "dossier":
        upper = f"số hồ sơ có mọi {what} phải quét đã số hóa {LEVELS[formula.level]}"
        lower = f"số hồ sơ có {what} phải quét"
    else:
        upper = f"số {what} đã số hóa {LEVELS[formula.level]}"
        lower = f"số {what} phải quét"
    left = [words for name, words in EXCLUSIONS.items() if name in formula.excluded]
    excluded = f" Không tính: {', '.join(left)}." if left else ""
    basis = f" Căn cứ: {formula.basis}." if formula.basis else ""
    return f"Tử số: {upper}. Mẫu số: {lower}.{excluded} Áp dụng từ {formula.valid_from:%d/%m/%Y}.{basis}"


def percent(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` in percent, one decimal, cut and not rounded up: 99,96 is not 100; None of nothing."""
    return None if not whole else (1000 * part // whole) / 10


def still_valid(handed_in: date, months: int | None, until: date | None, today: date) -> bool:
    """Whether a paper given before may be used again: until its last day, or for so many months.

    ``until`` is written on the paper and stands before ``months``, which the office allows for this kind of paper.
    """
    if until is not None:
        return today <= until
    return months is None or today <= _months_later(handed_in, months)


def same_paper(component: str, earlier: str, is_result: bool) -> bool:
    """Whether a paper given before is what a component asks for: by name, which a component may say more of where it
    asks for a result ("Giấy xác nhận tình trạng hôn nhân do UBND xã cấp")."""
    wanted, had = _without_bullet(fold(component)), _without_bullet(fold(earlier))
    if not wanted or not had:
        return False
    return wanted == had or (is_result and f"{wanted} ".startswith(f"{had} "))


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last (Civil Code 2015 art. 148)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _without_bullet(folded: str) -> str:
    """``a) Ban sao …``, ``+ Ban sao …``, ``(1) Ban sao …`` -> ``ban sao …``."""
    bare = folded.lstrip(_BULLETS)
    if len(bare) > 2 and bare[1] in ").":
        bare = bare[2:].lstrip(_BULLETS)
    return bare
