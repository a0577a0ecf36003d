"""How a dossier ends without a result: refused, withdrawn or stopped.

A stop or a withdrawal is possible as long as no result decision exists; that the lifecycle holds. The notice says
by what rule or on whose request, and what becomes of the papers and of the fees (forms.md, stop_notice).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from counter_app.errors import UserError
from counter_app.models import LawGround
from counter_app.rules.lifecycle import Status, Step, label, step_label
from counter_app.services.desk import DeskContext
from counter_app.services.fee_book import given_back, kept_fees
from counter_app.services.free_text import plain
from counter_app.services.handover_items import LEFT_LIST, open_item, settle
from counter_app.services.offices import office_row
from counter_app.services.paper_facts import facts_now, frozen
from counter_app.services.returning_delivery import OriginalBack, originals_back

if TYPE_CHECKING:
    from counter_app.services.steps import Effect, Taking

FORMS = {Step.REFUSE: "refusal", Step.STOP: "stop_notice"}
REQUESTED_BY = {"applicant": "Theo đề nghị của người nộp", "rule": "Theo quy định của pháp luật"}
OPEN_PLACE = "…"
FIRST_GROUNDS = (
    f"Điều {OPEN_PLACE}, Nghị định 118/2025/NĐ-CP, sửa đổi bởi Nghị định 367/2025/NĐ-CP (không thuộc thẩm quyền)",
    f"Điều {OPEN_PLACE}, Nghị định 118/2025/NĐ-CP, sửa đổi bởi Nghị định 367/2025/NĐ-CP (không đủ điều kiện)",
)
"""The decrees on receiving (law.md), offered until the office has grounds of its own.

Which of their articles applies could not be read in a public source: the clerk writes it, and no paper goes out
without it.
"""

_ARTICLE = re.compile(r"\bđiều\s+\d", re.IGNORECASE)

SHOWN_GROUNDS = 20


@dataclass(frozen=True, slots=True)
class Ending:
    """What the clerk says of an ending.

    ``law``: the article on which it rests. ``requested_by``: applicant or rule. ``papers`` and ``fees``: what
    becomes of them, in words; ``originals``: what is given back now.
    """

    law: str = ""
    requested_by: str = ""
    papers: str = ""
    fees: str = ""
    originals: tuple[OriginalBack, ...] = ()


def end(taking: Taking, effect: Effect) -> None:
    """What a refusal, a withdrawal or a stop does besides the status: its notice, papers, money, open tasks.

    For originals that go back the receiver signs a return slip, so what that says is frozen here.
    Raises UserError ``law_article_missing``, ``component_unknown``, ``component_invalid``.
    """
    dossier, step = taking.dossier, taking.step
    ending = taking.given.ending or Ending()
    law = plain(ending.law)
    if law:
        check_article(step, law)
        _remember(taking.session, law, taking.at)
    details: dict[str, Any] = {
        "law": law,
        "requested_by": REQUESTED_BY.get(ending.requested_by, ""),
        "papers_settled": plain(ending.papers),
        "fees_settled": plain(ending.fees) or given_back(dossier.fees),
        "originals": originals_back(dossier, ending.originals),
    }
    if step is Step.STOP:
        details["stage"] = label(Status(dossier.status))
    effect.form = FORMS.get(step)
    effect.details |= {name: value for name, value in details.items() if value}
    if details["originals"]:
        effect.details |= frozen(facts_now(taking.desk, dossier, office_row(taking.session, taking.desk)))
    if step is not Step.REFUSE and any(fee.amount for fee in kept_fees(dossier.fees)):
        effect.warnings.append("Hồ sơ đã thu phí, lệ phí. Hãy xem quy định có phải hoàn trả không.")
    _leave_list(taking, effect)


def check_article(step: Step, law: str) -> None:
    """A refusal names its article (design, section 3), and no notice has a place left open in it.

    Raises UserError ``law_article_missing``.
    """
    if OPEN_PLACE in law or (step is Step.REFUSE and not _ARTICLE.search(law)):
        raise UserError(
            "law_article_missing",
            f"Căn cứ «{law}» chưa ghi số điều. Hãy ghi điều, khoản, ví dụ «Điều 38 Luật Hộ tịch 2014».",
        )


def kept_grounds(desk: DeskContext) -> list[str]:
    """Articles to choose from: those used most, then the first ones that nobody used yet."""
    with desk.database.read() as session:
        query = select(LawGround.words).order_by(LawGround.used.desc(), LawGround.used_at.desc()).limit(SHOWN_GROUNDS)
        used = list(session.scalars(query))
    return used + [words for words in FIRST_GROUNDS if words not in used]


def _remember(session: Session, law: str, at: datetime) -> None:
    ground = session.scalar(select(LawGround).where(LawGround.words == law))
    if ground is None:
        ground = LawGround(words=law, used=0, used_at=at)
        session.add(ground)
    ground.used += 1
    ground.used_at = at


def _leave_list(taking: Taking, effect: Effect) -> None:
    """Not on a list any more that has not gone; where the papers are away, the clerk is told."""
    dossier, item = taking.dossier, open_item(taking.session, taking.dossier)
    if item is not None and item.state == "sent":
        effect.warnings.append(
            f"Giấy tờ đang ở {item.list.to_unit} (danh sách số {item.list.number}). Hãy gọi về quầy."
        )
        return
    if item is not None:
        by = "" if taking.from_portal else taking.desk.settings.clerk
        settle(item, "dropped", taking.at, by, step_label(taking.step))
        effect.details[LEFT_LIST] = item.list_id
    if dossier.unit:
        effect.warnings.append(f"Giấy tờ đang ở {dossier.unit}. Hãy báo đơn vị dừng xử lý và gọi giấy tờ về quầy.")
