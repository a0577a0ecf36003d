"""How a receipt printer is: the real-time status of ESC/POS (DLE EOT n), asked before and after printing.

A printer that does not answer is taken to be well and printed to as one without such a status.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from printing.outcome import PrintOutcomeUnknown, cover_open, out_of_paper, paper_low, stopped

Ask = Callable[[bytes], bytes]
"""Sends a command and gives what came back within a moment, nothing for a printer that does not answer; EOFError
once the printer has hung up."""

_PRINTER, _OFFLINE_CAUSE, _ERROR_CAUSE, _PAPER = 1, 2, 3, 4
_OFFLINE = 0x08
_COVER_OPEN, _PAPER_STOP, _FAULT = 0x04, 0x20, 0x40
_CUTTER, _BEYOND_REPAIR, _HEAD_HOT = 0x08, 0x20, 0x40
_PAPER_LOW, _PAPER_END = 0x0C, 0x60

_LOOKS = 3
_LOOK_SECONDS = 0.4
"""A slip is out in a second or so; paper that ends in its midst is seen by then."""


@dataclass(frozen=True, slots=True)
class ReceiptState:
    """What a printer told of itself; ``fault`` is empty without one."""

    cover_open: bool
    paper_out: bool
    paper_low: bool
    offline: bool
    fault: str


def read_state(ask: Ask) -> ReceiptState | None:
    """Ask for everything; None when the printer does not answer. *ask* may raise."""
    cause = _status(ask, _OFFLINE_CAUSE)
    if cause is None:
        return None
    paper = _status(ask, _PAPER) or 0
    printer = _status(ask, _PRINTER) or 0
    return ReceiptState(
        cover_open=bool(cause & _COVER_OPEN),
        paper_out=bool(cause & _PAPER_STOP or paper & _PAPER_END),
        paper_low=bool(paper & _PAPER_LOW),
        offline=bool(printer & _OFFLINE),
        fault=_fault(_status(ask, _ERROR_CAUSE) or 0) if cause & _FAULT else "",
    )


def check_ready(state: ReceiptState | None, label: str) -> None:
    """Raises :class:`~printing.outcome.PrinterUnavailable` with the reason when it cannot print now."""
    if state is None:
        return
    if state.cover_open:
        raise cover_open(label)
    if state.paper_out:
        raise out_of_paper(label)
    if state.fault:
        raise stopped(label, state.fault)
    if state.offline:
        raise stopped(label, "đang ngoại tuyến")


def check_printed(before: ReceiptState | None, ask: Ask, label: str, stop: Event) -> str:
    """How the printer is once all bytes have gone: a word for the clerk, empty when all is well.

    Only a printer that answered before is asked. One that came to a halt may have stopped in the midst of the slip,
    and most print the rest when they are well again: :class:`~printing.outcome.PrintOutcomeUnknown`, never a second
    slip by itself. A printer that is silent now or has hung up has taken the slip.
    """
    if before is None:
        return ""
    state = before
    for _ in range(_LOOKS):
        stop.wait(_LOOK_SECONDS)
        try:
            now = read_state(ask)
        except EOFError:
            break
        if now is None:
            break
        state = now
        halted = _halted(state)
        if halted:
            raise PrintOutcomeUnknown(f"Máy in {label} {halted} khi đang in")
    return paper_low(label) if state.paper_low else ""


def _halted(state: ReceiptState) -> str:
    if state.paper_out:
        return "hết giấy"
    if state.cover_open:
        return "bị mở nắp"
    return f"dừng ({state.fault})" if state.fault else ""


def _fault(cause: int) -> str:
    if cause & _CUTTER:
        return "kẹt dao cắt giấy"
    if cause & _BEYOND_REPAIR:
        return "lỗi phần cứng, tắt máy in rồi bật lại"
    if cause & _HEAD_HOT:
        return "đầu in quá nóng, chờ nguội"
    return "máy in báo lỗi"


def _status(ask: Ask, what: int) -> int | None:
    for answer in ask(bytes((0x10, 0x04, what))):
        # Bits 1 and 4 are set and 0 and 7 clear in every real-time status; anything else is no status.
        if answer & 0x93 == 0x12:
            return answer
    return None
