"""Papers that a step issues: what is still to be brought, why a dossier is refused or stopped."""

from __future__ import annotations

import re
from typing import Any

from counter_app.services.papers_content import Making, desk_of_letter, letter_office, said_of_dossier
from printing.content import RefusalContent, StopNoticeContent, SupplementRequestContent

WHY_SUPPLEMENT = "Thành phần hồ sơ chưa đầy đủ hoặc chưa đúng quy định của thủ tục."
"""On a request whose text names no reason of its own."""

_REASON = re.compile(r"lý do\s*:\s*", re.IGNORECASE)
_MARK = re.compile(r"^(?:\d{1,2}[.)]|[-–•*+])\s+")


def supplement_request(making: Making) -> SupplementRequestContent:
    """Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ: all that is asked for at once, and why (Nghị định 118/2025)."""
    items, reason = asked_for(making.event.reason)
    return SupplementRequestContent(
        **said_of_dossier(making), items=items, reason=reason, guide_name=making.event.actor
    )


def refusal(making: Making) -> RefusalContent:
    """Phiếu từ chối tiếp nhận giải quyết hồ sơ: the reason, and the article of law on which it rests."""
    facts = making.facts
    return RefusalContent(
        **said_of_dossier(making),
        reason=" ".join(_sentence(part) for part in (making.event.reason, _ground(making.event.details)) if part),
        receiver_name=making.event.actor,
        submitter_name=facts.submitter_name or facts.applicant_name,
    )


def stop_notice(making: Making) -> StopNoticeContent:
    """Thông báo dừng giải quyết hồ sơ: on whose request or by what rule, what becomes of papers and fees."""
    facts, event = making.facts, making.event
    details = event.details
    basis = (details.get("requested_by"), event.reason, _ground(details))
    return StopNoticeContent(
        **said_of_dossier(making, of_office=True),
        received_at=making.dossier.received_at,
        basis=" ".join(_sentence(str(part)) for part in basis if part),
        stage=details.get("stage"),
        papers=details.get("papers_settled") or _papers_back(details),
        fees_settled=details.get("fees_settled") or (None if any(paid for *_, paid in facts.fees) else "Không có."),
        contact_name=desk_of_letter(facts),
        recipient=facts.applicant_name,
        office_name=letter_office(facts),
        desk_name=desk_of_letter(facts),
        signer_title=facts.head_title or None,
        signer_name=facts.head_name or None,
    )


def asked_for(text: str) -> tuple[tuple[str, ...], str]:
    """What a request asks for, a line each, and why: the line that begins with "Lý do:", if there is one."""
    lines = [_MARK.sub("", line.strip(), count=1) for line in text.splitlines()]
    reasons = [_REASON.sub("", line, count=1) for line in lines if _REASON.match(line)]
    items = tuple(line for line in lines if line and not _REASON.match(line))
    return items, " ".join(filter(None, reasons)) or WHY_SUPPLEMENT


def _ground(details: dict[str, Any]) -> str:
    law = details.get("law")
    return f"Căn cứ: {law}" if law else ""


def _papers_back(details: dict[str, Any]) -> str | None:
    back = [f"{item['name']} ({item['count']:02d} bản chính)" for item in details.get("originals", ())]
    return f"Trả lại: {'; '.join(back)}." if back else None


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", ";", ":")) else f"{text}."
