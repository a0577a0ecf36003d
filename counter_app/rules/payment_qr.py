"""VietQR: the text of a QR code by which a bank's app fills in a transfer (law.md, "Money").

EMVCo merchant QR with NAPAS: each object is a two-digit name, a two-digit length and its value; the last one is a
checksum over all before it, its own name and length included. A transfer is confirmed by a person or by the
portal, never assumed from a code that was shown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .violation import RuleViolation

PURPOSE_LETTERS = 25
"""Longest purpose that every bank takes over."""

MOST = 10**13 - 1
"""The amount has thirteen digits at most, in đồng."""

_NAPAS = "A000000727"
_TO_ACCOUNT = "QRIBFTTA"
_DONG, _VIETNAM = "704", "VN"
_STATIC, _DYNAMIC = "11", "12"
_CRC_HEAD = "6304"
_CRC_LETTERS = 4
_BIN = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as the code asks for it: whole đồng, None where the payer enters the amount.

    ``bank_bin``: the bank by its six digits; ``purpose``: letters, digits and blanks of ASCII.
    """

    bank_bin: str
    account: str
    amount: int | None = None
    purpose: str = ""


def encode(transfer: Transfer) -> str:
    """Return the text of the code: one for a single payment where an amount is given, else one for many.

    Raises:
        RuleViolation: ``account_invalid``, ``amount_invalid`` outside 1 to MOST, ``purpose_invalid``.
    """
    check_account(transfer.bank_bin, transfer.account)
    amount, purpose = transfer.amount, transfer.purpose
    if amount is not None and not 1 <= amount <= MOST:
        raise RuleViolation("amount_invalid", "Số tiền trong mã QR phải là số đồng lớn hơn 0. Hãy kiểm tra khoản thu.")
    if len(purpose) > PURPOSE_LETTERS or not purpose.isascii() or not purpose.isprintable():
        raise RuleViolation(
            "purpose_invalid", f"Nội dung chuyển khoản tối đa {PURPOSE_LETTERS} chữ không dấu. Hãy rút ngắn lại."
        )
    bank = _item("00", transfer.bank_bin) + _item("01", transfer.account)
    text = (
        _item("00", "01")
        + _item("01", _STATIC if amount is None else _DYNAMIC)
        + _item("38", _item("00", _NAPAS) + _item("01", bank) + _item("02", _TO_ACCOUNT))
        + _item("53", _DONG)
        + (_item("54", str(amount)) if amount is not None else "")
        + _item("58", _VIETNAM)
        + (_item("62", _item("08", purpose)) if purpose else "")
        + _CRC_HEAD
    )
    return text + checksum(text)


def decode(text: str) -> Transfer:
    """Return the transfer that a code asks for; objects that we do not write ourselves are passed over.

    Raises:
        RuleViolation: ``payment_qr_damaged`` where the checksum or a length does not hold, ``payment_qr_foreign``
            for a code of another kind.
    """
    body, crc = text[:-_CRC_LETTERS], text[-_CRC_LETTERS:]
    if not text.isascii() or not body.endswith(_CRC_HEAD) or checksum(body) != crc:
        raise _damaged()
    whole = _items(body[: -len(_CRC_HEAD)])
    napas = _items(whole.get("38", ""))
    if napas.get("00") != _NAPAS or napas.get("02") != _TO_ACCOUNT or whole.get("53") != _DONG:
        raise RuleViolation("payment_qr_foreign", "Mã QR này không phải mã chuyển khoản VietQR bằng tiền đồng.")
    bank = _items(napas.get("01", ""))
    amount = whole.get("54")
    if amount is not None and not amount.isdecimal():
        raise _damaged()
    return Transfer(
        bank_bin=bank.get("00", ""),
        account=bank.get("01", ""),
        amount=int(amount) if amount is not None else None,
        purpose=_items(whole.get("62", "")).get("08", ""),
    )


def purpose_of(code: str) -> str:
    """Return the dossier code as it goes through every bank: capitals and digits, its last 25 letters.

    ``H15.36-200514-0001`` gives ``H15362005140001``: banks drop dots and dashes, each in its own way.
    """
    folded = unicodedata.normalize("NFKD", code).upper()
    return "".join(char for char in folded if char.isascii() and char.isalnum())[-PURPOSE_LETTERS:]


def check_account(bank_bin: str, account: str) -> None:
    """Refuse what cannot be a bank's number and an account: RuleViolation ``account_invalid``."""
    if _BIN.fullmatch(bank_bin) is None:
        raise RuleViolation(
            "account_invalid", "Mã ngân hàng (BIN) gồm đúng 6 chữ số, ví dụ 970415. Hãy sửa trong cài đặt."
        )
    if _ACCOUNT.fullmatch(account) is None:
        raise RuleViolation(
            "account_invalid", "Số tài khoản gồm 1 đến 19 chữ số hoặc chữ cái, không dấu cách. Hãy sửa trong cài đặt."
        )


def checksum(text: str) -> str:
    """Return CRC-16/CCITT-FALSE (polynomial 1021, start FFFF) of ASCII text as four hexadecimal capitals."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def _item(name: str, value: str) -> str:
    return f"{name}{len(value):02d}{value}"


def _items(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while text:
        name, length = text[:2], text[2:4]
        if not length.isdecimal() or len(length) < 2 or len(text) < 4 + int(length):
            raise _damaged()
        found[name] = text[4 : 4 + int(length)]
        text = text[4 + int(length) :]
    return found


def _damaged() -> RuleViolation:
    return RuleViolation("payment_qr_damaged", "Mã QR thanh toán bị hỏng hoặc đọc sai. Hãy quét lại.")
