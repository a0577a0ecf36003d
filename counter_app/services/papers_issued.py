"""Which papers a dossier has: by what in its history each of them is issued."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from counter_app.services.history import UNDOES

FORMS = {
    "receipt": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "supplement_request": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "refusal": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "apology": "Văn bản xin lỗi và hẹn lại ngày trả kết quả",
    "stop_notice": "Thông báo dừng giải quyết hồ sơ",
    "thermal": "Phiếu hẹn in nhiệt",
}
"""Their titles on screen and on the command line."""


class Happened(Protocol):
    """An event, as a row or as it is shown."""

    @property
    def number(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def form(self) -> str | None: ...
    @property
    def details(self) -> Mapping[str, Any]: ...


_Event = TypeVar("_Event", bound=Happened)

_BY_HISTORY: dict[str, Callable[[Happened], bool]] = {
    "thermal": lambda event: event.form == "receipt",
}
"""Papers that an event issues without a number of their own; of the others the event names the form."""


def issues(event: Happened, form: str) -> bool:
    """Whether this event issued a paper of this form."""
    asked = _BY_HISTORY.get(form)
    return event.form == form if asked is None else asked(event)


def issuing(events: Sequence[_Event], form: str) -> list[_Event]:
    """The events that issued this form, without steps that were taken back."""
    undone = {event.details[UNDOES] for event in events if UNDOES in (event.details or {})}
    return [event for event in events if event.number not in undone and issues(event, form)]


def issued_forms(events: Sequence[Happened]) -> list[str]:
    """The forms on a sheet of which a dossier has at least one paper."""
    return [form for form in FORMS if form != "thermal" and issuing(events, form)]
