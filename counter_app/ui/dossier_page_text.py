"""A dossier as text to read and copy: its facts on the left of the page, its history on the right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from html import escape
from textwrap import shorten

from counter_app.rules.apology import LetterState, letter_state_label
from counter_app.rules.lifecycle import Status, Step, label, step_label
from counter_app.services.values import (
    APPLICANT_KINDS,
    CHANNELS,
    PAYMENT_METHODS,
    RETURN_WAYS,
    ApplicantData,
    DossierView,
    EventView,
    FeeView,
    PendingLetter,
)
from counter_app.ui.correct_dialog_words import NAME_LETTERS, change_line
from counter_app.ui.formatting import limit_words, local_time, money, weekday_time
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

ENTERED_LATE_AFTER = timedelta(minutes=5)
"""From here on both times of an event are shown; a few minutes are the typing of the form."""


class Words:
    """Captions of the facts."""

    APPLICANT = QT_TRANSLATE_NOOP("DossierText", "Chủ hồ sơ")
    SUBMITTER = QT_TRANSLATE_NOOP("DossierText", "Người nộp thay")
    NAME = QT_TRANSLATE_NOOP("DossierText", "Họ tên")
    KIND = QT_TRANSLATE_NOOP("DossierText", "Đối tượng")
    PERSONAL_NUMBER = QT_TRANSLATE_NOOP("DossierText", "Số định danh")
    TAX_CODE = QT_TRANSLATE_NOOP("DossierText", "Mã số thuế")
    BORN = QT_TRANSLATE_NOOP("DossierText", "Ngày sinh")
    PHONE = QT_TRANSLATE_NOOP("DossierText", "Điện thoại")
    EMAIL = QT_TRANSLATE_NOOP("DossierText", "Thư điện tử")
    ADDRESS = QT_TRANSLATE_NOOP("DossierText", "Địa chỉ")
    PROCEDURE = QT_TRANSLATE_NOOP("DossierText", "Thủ tục")
    PROCEDURE_NAME = QT_TRANSLATE_NOOP("DossierText", "Tên thủ tục")
    CODE = QT_TRANSLATE_NOOP("DossierText", "Mã thủ tục")
    VERSION = QT_TRANSLATE_NOOP("DossierText", "{code}, bản {version}")
    CASE = QT_TRANSLATE_NOOP("DossierText", "Trường hợp")
    FIELD = QT_TRANSLATE_NOOP("DossierText", "Lĩnh vực")
    DECISION = QT_TRANSLATE_NOOP("DossierText", "Quyết định")
    TIMES = QT_TRANSLATE_NOOP("DossierText", "Thời hạn")
    LIMIT = QT_TRANSLATE_NOOP("DossierText", "Theo quy định")
    LETTER = QT_TRANSLATE_NOOP("DossierText", "Văn bản xin lỗi")
    LETTER_WORDS = QT_TRANSLATE_NOOP("DossierText", "{state}, hẹn lại {due}, do {unit}; xem trang Quá hạn (F6)")
    LETTER_BADGE = QT_TRANSLATE_NOOP("DossierText", "xin lỗi: {state}")
    LETTER_SIGNED = QT_TRANSLATE_NOOP("DossierText", "xin lỗi: chưa giao")
    RECEIVED = QT_TRANSLATE_NOOP("DossierText", "Tiếp nhận")
    DUE = QT_TRANSLATE_NOOP("DossierText", "Hẹn trả")
    FIRST_DUE = QT_TRANSLATE_NOOP("DossierText", "Hẹn lần đầu")
    FINISHED = QT_TRANSLATE_NOOP("DossierText", "Có kết quả")
    RETURNED = QT_TRANSLATE_NOOP("DossierText", "Đã trả")
    DESK = QT_TRANSLATE_NOOP("DossierText", "Tiếp nhận và trả")
    CHANNEL = QT_TRANSLATE_NOOP("DossierText", "Kênh")
    RETURN_BY = QT_TRANSLATE_NOOP("DossierText", "Nhận kết quả")
    SETTLES = QT_TRANSLATE_NOOP("DossierText", "Cơ quan giải quyết")
    UNIT = QT_TRANSLATE_NOOP("DossierText", "Đang xử lý tại")
    EVENT_UNIT = QT_TRANSLATE_NOOP("DossierText", "Đơn vị")
    GIVER = QT_TRANSLATE_NOOP("DossierText", "Bên giao ký")
    RECEIVER = QT_TRANSLATE_NOOP("DossierText", "Bên nhận ký")
    FILES = QT_TRANSLATE_NOOP("DossierText", "Tệp")
    DELIVERY = QT_TRANSLATE_NOOP("DossierText", "Giao kết quả")
    SHELF = QT_TRANSLATE_NOOP("DossierText", "Vị trí để hồ sơ")
    REGISTER = QT_TRANSLATE_NOOP("DossierText", "Số vào sổ")
    SETS = QT_TRANSLATE_NOOP("DossierText", "Số bộ")
    NOTE = QT_TRANSLATE_NOOP("DossierText", "Ghi chú")
    PORTAL_CODE = QT_TRANSLATE_NOOP("DossierText", "Mã trên cổng")
    FEES = QT_TRANSLATE_NOOP("DossierText", "Phí, lệ phí")
    PAID = QT_TRANSLATE_NOOP("DossierText", "{amount}, đã nộp {method}")
    UNPAID = QT_TRANSLATE_NOOP("DossierText", "{amount}, chưa nộp")
    FREE = QT_TRANSLATE_NOOP("DossierText", "không thu")
    REFUNDED = QT_TRANSLATE_NOOP("DossierText", "{amount}, đã hoàn {time}")
    EXEMPTED = QT_TRANSLATE_NOOP("DossierText", "{words}; miễn, giảm từ {amount}: {reason}")
    SUM = QT_TRANSLATE_NOOP("DossierText", "Số tiền: {amount}")
    PAY_BEFORE = QT_TRANSLATE_NOOP("DossierText", "Hạn nộp")
    EXEMPTION = QT_TRANSLATE_NOOP("DossierText", "{name}: {before} → {after}")
    MONEY = QT_TRANSLATE_NOOP("DossierText", "Tình trạng")
    ENTERED = QT_TRANSLATE_NOOP("DossierText", "nhập muộn, lúc {time}")
    CAME = QT_TRANSLATE_NOOP("DossierText", "Đã nộp: {name} ({originals} bản chính, {copies} bản sao)")
    GIVEN_BACK = QT_TRANSLATE_NOOP("DossierText", "Trả lại: {name} ({count} bản chính)")
    DUE_MOVED = QT_TRANSLATE_NOOP("DossierText", "Hạn trả: {before} → {after}")
    DUE_SET = QT_TRANSLATE_NOOP("DossierText", "Hạn trả: {after}")
    BECAME = QT_TRANSLATE_NOOP("DossierText", "Trạng thái: {status}")


MONEY_WORDS = {
    "nothing_due": QT_TRANSLATE_NOOP("DossierText", "Không phải nộp"),
    "due": QT_TRANSLATE_NOOP("DossierText", "Còn phải nộp"),
    "paid": QT_TRANSLATE_NOOP("DossierText", "Đã nộp đủ"),
    "refunded": QT_TRANSLATE_NOOP("DossierText", "Đã hoàn trả"),
}
DELIVERY_WORDS = {
    "pending": QT_TRANSLATE_NOOP("DossierText", "Chưa giao"),
    "at_desk": QT_TRANSLATE_NOOP("DossierText", "Đã giao tại quầy"),
    "posted": QT_TRANSLATE_NOOP("DossierText", "Đã gửi bưu chính"),
    "online": QT_TRANSLATE_NOOP("DossierText", "Đã trả trực tuyến"),
    "confirmed": QT_TRANSLATE_NOOP("DossierText", "Người nhận đã xác nhận"),
}
DETAIL_WORDS = {
    "by": QT_TRANSLATE_NOOP("DossierText", "Bằng cách"),
    "method": QT_TRANSLATE_NOOP("DossierText", "Hình thức"),
    "to": QT_TRANSLATE_NOOP("DossierText", "Người nhận"),
    "tracking": QT_TRANSLATE_NOOP("DossierText", "Số vận đơn"),
    "carrier": QT_TRANSLATE_NOOP("DossierText", "Đơn vị vận chuyển"),
    "address": QT_TRANSLATE_NOOP("DossierText", "Địa chỉ phát"),
    "payment_number": QT_TRANSLATE_NOOP("DossierText", "Phiếu thu số"),
    "refund_number": QT_TRANSLATE_NOOP("DossierText", "Phiếu hoàn số"),
    "reference": QT_TRANSLATE_NOOP("DossierText", "Số giao dịch"),
    "official_receipt": QT_TRANSLATE_NOOP("DossierText", "Biên lai số"),
    "receipt_before": QT_TRANSLATE_NOOP("DossierText", "Biên lai ghi trước đó"),
    "decision": QT_TRANSLATE_NOOP("DossierText", "Sai lệch với cổng"),
    "authority": QT_TRANSLATE_NOOP("DossierText", "Giấy ủy quyền"),
    "asked_again": QT_TRANSLATE_NOOP("DossierText", "Lý do yêu cầu thêm"),
    "signer": QT_TRANSLATE_NOOP("DossierText", "Người ký"),
    "law": QT_TRANSLATE_NOOP("DossierText", "Điều luật áp dụng"),
    "requested_by": QT_TRANSLATE_NOOP("DossierText", "Căn cứ"),
    "papers_settled": QT_TRANSLATE_NOOP("DossierText", "Giấy tờ"),
    "fees_settled": QT_TRANSLATE_NOOP("DossierText", "Phí, lệ phí"),
}
_DECISIONS = {
    "keep_ours": QT_TRANSLATE_NOOP("DossierText", "giữ của quầy"),
    "take_theirs": QT_TRANSLATE_NOOP("DossierText", "lấy của cổng"),
}
_CHOICES = {"by": RETURN_WAYS, "method": PAYMENT_METHODS, "decision": _DECISIONS}

_HEAD = '<p style="margin:10px 0 2px 0; color:#1b4f8a; font-weight:600">{}</p>'
_TABLE = '<table cellspacing="0" cellpadding="2" width="100%">{}</table>'
_ROW = '<tr><td width="34%" style="color:#5a6472">{}</td><td>{}</td></tr>'

Facts = Iterable[tuple[str, str]]


def facts_html(view: DossierView) -> str:
    """All facts of the dossier but its papers and its history."""
    sections: list[tuple[str, Facts]] = [(Words.APPLICANT, person_facts(view.applicant))]
    if view.submitter is not None:
        sections.append((Words.SUBMITTER, person_facts(view.submitter)))
    sections += [
        (Words.PROCEDURE, _procedure_facts(view)),
        (Words.TIMES, _time_facts(view)),
        (Words.DESK, _desk_facts(view)),
        (Words.FEES, _fee_facts(view)),
    ]
    return "".join(_section(caption, facts) for caption, facts in sections)


def _section(caption: str, facts: Facts) -> str:
    rows = "".join(_ROW.format(escape(_tr(name)), escape(value)) for name, value in facts if value)
    return _HEAD.format(escape(_tr(caption))) + _TABLE.format(rows) if rows else ""


def person_facts(person: ApplicantData) -> list[tuple[str, str]]:
    """What is known of an applicant, empty values included."""
    return [
        (Words.NAME, person.name),
        (Words.KIND, APPLICANT_KINDS.get(person.kind, person.kind)),
        (Words.PERSONAL_NUMBER, person.personal_number),
        (Words.TAX_CODE, person.tax_code),
        (Words.BORN, f"{person.birth_date:%d/%m/%Y}" if person.birth_date else ""),
        (Words.PHONE, person.phone),
        (Words.EMAIL, person.email),
        (Words.ADDRESS, person.address),
    ]


def _procedure_facts(view: DossierView) -> Facts:
    procedure = view.procedure
    return [
        (Words.PROCEDURE_NAME, procedure.name),
        (Words.CODE, _tr(Words.VERSION).format(code=procedure.code, version=procedure.version)),
        (Words.CASE, view.case_name),
        (Words.FIELD, procedure.field_name),
        (Words.DECISION, procedure.decision),
    ]


def _time_facts(view: DossierView) -> Facts:
    moved = view.first_due is not None and view.first_due != view.row.due
    return [
        (Words.LIMIT, limit_words(view.limit)),
        (Words.RECEIVED, local_time(view.row.received_at)),
        (Words.DUE, weekday_time(view.row.due)),
        (Words.FIRST_DUE, local_time(view.first_due) if moved else ""),
        (Words.LETTER, _letter_words(view.letter)),
        (Words.FINISHED, local_time(view.row.finished_at)),
        (Words.RETURNED, local_time(view.returned_at)),
    ]


def letter_badge(view: DossierView) -> str:
    """``xin lỗi: đã trình ký`` while the applicant has not got the letter; short, for other badges are beside it."""
    if view.letter is None:
        return ""
    if view.letter.state == LetterState.SIGNED:
        return _tr(Words.LETTER_SIGNED)
    return _tr(Words.LETTER_BADGE).format(state=_letter_state(view.letter))


def _letter_words(letter: PendingLetter | None) -> str:
    if letter is None:
        return ""
    return _tr(Words.LETTER_WORDS).format(state=_letter_state(letter), due=local_time(letter.new_due), unit=letter.unit)


def _letter_state(letter: PendingLetter) -> str:
    return letter_state_label(LetterState(letter.state)).lower()


def _desk_facts(view: DossierView) -> Facts:
    return [
        (Words.CHANNEL, CHANNELS.get(view.channel, view.channel)),
        (Words.RETURN_BY, RETURN_WAYS.get(view.return_by, view.return_by)),
        (Words.SETTLES, view.settling_office),
        (Words.UNIT, view.row.unit),
        (Words.DELIVERY, _tr(DELIVERY_WORDS.get(view.delivery_state, view.delivery_state))),
        (Words.SHELF, view.shelf),
        (Words.SETS, str(view.sets)),
        (Words.REGISTER, str(view.register_number)),
        (Words.PORTAL_CODE, view.row.portal_code or ""),
        (Words.NOTE, view.note),
    ]


def _fee_facts(view: DossierView) -> Facts:
    lines = [(fee.name, fee_words(fee)) for fee in view.fees]
    return [(Words.MONEY, _tr(MONEY_WORDS.get(view.money_state, view.money_state))), *lines]


def fee_words(fee: FeeView) -> str:
    """Amount of a fee, whether it was paid or given back, and what it was before an exemption."""
    words = _state_of_fee(fee)
    if fee.full_amount is None:
        return words
    return _tr(Words.EXEMPTED).format(words=words, amount=money(fee.full_amount), reason=fee.exemption)


def _state_of_fee(fee: FeeView) -> str:
    if not fee.amount:
        return _tr(Words.FREE)
    if fee.refunded_at is not None:
        return _tr(Words.REFUNDED).format(amount=money(fee.amount), time=local_time(fee.refunded_at))
    if fee.paid_at is None:
        return _tr(Words.UNPAID).format(amount=money(fee.amount))
    method = PAYMENT_METHODS.get(fee.method, fee.method).lower()
    return _tr(Words.PAID).format(amount=money(fee.amount), method=method).strip()


def history_html(events: Iterable[EventView]) -> str:
    """The whole history, the latest on top; an event entered late shows both its times."""
    return "".join(_event_html(event) for event in sorted(events, key=_number, reverse=True))


def _number(event: EventView) -> int:
    return event.number


def _event_html(event: EventView) -> str:
    time = f"<b>{escape(local_time(event.at))}</b>"
    if event.entered_at - event.at > ENTERED_LATE_AFTER:
        late = _tr(Words.ENTERED).format(time=local_time(event.entered_at))
        time += f' <span style="color:#8a5a00">({escape(late)})</span>'
    head = f"{time} · <b>{escape(step_label(Step(event.step)))}</b> · {escape(event.actor)}"
    lines = [escape(line) for text in _event_lines(event) for line in text.splitlines()]
    return f'<p style="margin:0 0 9px 0">{"<br>".join([head, *lines])}</p>'


def _event_lines(event: EventView) -> Iterable[str]:
    if event.status_after != event.status_before:
        yield _tr(Words.BECAME).format(status=label(Status(event.status_after)))
    if event.unit:
        yield f"{_tr(Words.EVENT_UNIT)}: {event.unit}"
    moved = event.details.get("handover")
    if isinstance(moved, dict):
        for words, name in ((Words.GIVER, "giver"), (Words.RECEIVER, "receiver")):
            if moved.get(name):
                yield f"{_tr(words)}: {moved[name]}"
    if event.reason:
        yield event.reason
    for name, caption in DETAIL_WORDS.items():
        if value := event.details.get(name):
            yield f"{_tr(caption)}: {_CHOICES.get(name, {}).get(str(value), str(value))}"
    yield from _money_lines(event)
    papers = event.details.get("components")
    if isinstance(papers, list):
        for paper in papers:
            yield _tr(Words.CAME).format(**{**paper, "name": _short(paper["name"])})
    originals = event.details.get("originals")
    if isinstance(originals, list):
        for paper in originals:
            yield _tr(Words.GIVEN_BACK).format(name=_short(str(paper["name"])), count=paper["count"])
    changes = event.details.get("changes")
    if event.step == Step.CORRECT and isinstance(changes, list):
        for change in changes:
            yield change_line(**change)
    files = event.details.get("files")
    if isinstance(files, list):
        yield f"{_tr(Words.FILES)}: {', '.join(str(file.get('name', '')) for file in files)}"
    if event.due_after is not None and event.due_after != event.due_before:
        words = Words.DUE_SET if event.due_before is None else Words.DUE_MOVED
        yield _tr(words).format(before=local_time(event.due_before), after=local_time(event.due_after))


def _short(name: str) -> str:
    return shorten(name, NAME_LETTERS, placeholder="…")


def _money_lines(event: EventView) -> Iterable[str]:
    """What changed hands, or what an exemption left to be paid."""
    before, after, amount = (event.details.get(name) for name in ("before", "after", "amount"))
    if isinstance(amount, int):
        yield _tr(Words.SUM).format(amount=money(amount))
    if last := event.details.get("pay_before"):
        yield f"{_tr(Words.PAY_BEFORE)}: {date.fromisoformat(str(last)):%d/%m/%Y}"
    exemptions = event.details.get("exemptions")
    for item in exemptions if isinstance(exemptions, list) else ():
        line = _tr(Words.EXEMPTION).format(name=item["name"], before=money(item["before"]), after=money(item["after"]))
        yield f"{line} ({item['reason']})"
    if event.step == Step.EXEMPT and isinstance(before, int) and isinstance(after, int):
        name = event.details.get("fee_name", "")
        yield _tr(Words.EXEMPTION).format(name=name, before=money(before), after=money(after))


def _tr(text: str) -> str:
    return translate("DossierText", text)
