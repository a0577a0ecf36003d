"""Fees of a dossier: which apply, when each is collected, what a reduction leaves, and the money axis.

Whole đồng throughout. When a fee falls due is the procedure's to say (Nghị định 118/2025/NĐ-CP: on receipt, on
supplement or on return); being paid is no condition of a receipt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from .lifecycle import Status
from .violation import RuleViolation


class CollectOn(StrEnum):
    """When a fee falls due."""

    RECEIPT = "receipt"
    SUPPLEMENT = "supplement"
    RETURN = "return"


LABELS = {
    CollectOn.RECEIPT: "khi tiếp nhận",
    CollectOn.SUPPLEMENT: "khi bổ sung hồ sơ",
    CollectOn.RETURN: "khi trả kết quả",
}
"""As the clerk reads it."""

PORTAL_NUMBERS = {CollectOn.RECEIPT: "1", CollectOn.SUPPLEMENT: "2", CollectOn.RETURN: "4"}
"""HinhThucThu (portal protocol, section 3)."""

_FROM_PORTAL = {number: when for when, number in PORTAL_NUMBERS.items()}


class Offered(Protocol):
    """A fee of the catalogue; ``channel`` None: by every channel; ``case_name`` "": in every case."""

    @property
    def code(self) -> str: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def case_name(self) -> str: ...


class Owed(Protocol):
    """A fee of a dossier: what is to be paid of it in đồng, and when it was paid and given back."""

    @property
    def amount(self) -> int: ...
    @property
    def paid_at(self) -> datetime | None: ...
    @property
    def refunded_at(self) -> datetime | None: ...


class Levelled(Protocol):
    """A fee of a dossier that may be one of several levels."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def paid_at(self) -> datetime | None: ...
    @property
    def collect_on(self) -> str: ...


F = TypeVar("F", bound=Offered)
L = TypeVar("L", bound=Levelled)


def from_portal_number(number: str) -> CollectOn:
    """Return when the portal wants a fee collected; on receipt where it does not say."""
    return _FROM_PORTAL.get(number, CollectOn.RECEIPT)


def applicable(fees: Iterable[F], channel: str, case_name: str) -> tuple[F, ...]:
    """Return the fees of a dossier that came by ``channel`` in this case, one for each code, in their order.

    Where the catalogue has several of one code, the one that says most holds: by case before by channel.
    """
    best: dict[str, F] = {}
    for fee in fees:
        if fee.channel not in (None, channel) or fee.case_name not in ("", case_name):
            continue
        known = best.get(fee.code)
        if known is None or _exactness(fee) > _exactness(known):
            best[fee.code] = fee
    return tuple(best.values())


def levels(fees: Iterable[L]) -> tuple[tuple[L, ...], ...]:
    """Return the fees that stand under one name with different amounts, name by name.

    The catalogue publishes the levels of a fee so ("Phí" 160,000 and 200,000 đồng for a passport): which of them
    applies, rarely more than one, is the clerk's to say.
    """
    named: dict[tuple[str, str], list[L]] = {}
    for fee in fees:
        if fee.amount:
            named.setdefault((" ".join(fee.name.casefold().split()), fee.collect_on), []).append(fee)
    return tuple(tuple(group) for group in named.values() if len({fee.amount for fee in group}) > 1)


def undecided(fees: Iterable[Levelled]) -> frozenset[str]:
    """Return the codes of unpaid fees that are levels of one fee: the clerk chooses before any of them is owed."""
    return frozenset(fee.code for group in levels(fees) for fee in group if fee.paid_at is None)


def left_out(fees: Iterable[L], chosen: Collection[str]) -> tuple[L, ...]:
    """Return the levels that do not apply, as others of the same fee were chosen."""
    decided = (group for group in levels(fees) if any(fee.code in chosen for fee in group))
    return tuple(fee for group in decided for fee in group if fee.code not in chosen and fee.paid_at is None)


def least_owed(fees: Sequence[Levelled]) -> int:
    """Return what is still to be paid; of an undecided fee its lowest level, unless one was paid."""
    groups = levels(fees)
    several = {fee.code for group in groups for fee in group}
    alone = sum(fee.amount for fee in fees if fee.paid_at is None and fee.code not in several)
    unpaid = (group for group in groups if all(fee.paid_at is None for fee in group))
    return alone + sum(min(fee.amount for fee in group) for group in unpaid)


def _exactness(fee: Offered) -> tuple[bool, bool]:
    return bool(fee.case_name), fee.channel is not None


def falls_due(when: CollectOn, status: Status, *, supplement_asked: bool) -> bool:
    """Tell whether a fee not paid yet is to be collected now.

    While a payment is awaited all that is owed was asked for. ``supplement_asked``: one ever was.
    """
    if status is Status.PAYMENT_REQUESTED or when is CollectOn.RECEIPT:
        return True
    if when is CollectOn.SUPPLEMENT:
        return supplement_asked or status in (Status.FINISHED, Status.RETURNED)
    return status in (Status.FINISHED, Status.RETURNED)


def money_state(fees: Iterable[Owed]) -> str:
    """Return the money axis of a dossier: nothing_due, due, paid or refunded (design, section 3)."""
    owed = [fee for fee in fees if fee.amount]
    if not owed:
        return "nothing_due"
    if any(fee.paid_at is None for fee in owed):
        return "due"
    return "refunded" if all(fee.refunded_at is not None for fee in owed) else "paid"


def reduced(amount: int, percent: int) -> int:
    """Return what is left of ``amount`` after a reduction by ``percent``; part of a đồng is not collected.

    Raises:
        RuleViolation: ``exemption_invalid`` for a percentage outside 1 to 100.
    """
    if not 1 <= percent <= 100:
        raise RuleViolation("exemption_invalid", f"Mức giảm phải từ 1 đến 100 phần trăm, không thể là {percent}.")
    return amount * (100 - percent) // 100


def check_exemption(full_amount: int, amount: int) -> None:
    """Refuse an exemption that leaves less than nothing or more than the whole: ``exemption_invalid``."""
    if not 0 <= amount <= full_amount:
        raise RuleViolation(
            "exemption_invalid",
            f"Số tiền còn phải nộp sau miễn, giảm phải từ 0 đến {full_amount} đồng. Hãy sửa lại số tiền.",
        )
