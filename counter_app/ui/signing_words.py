"""What the window says of certificates and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counter_app.ui.formatting import local_date
from counter_app.ui.words import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:
    from counter_app.scanning.signing import CertificateFacts, SignatureView


class Words:
    """Of the settings, the window that unlocks, the light, and documents."""

    TAB = QT_TRANSLATE_NOOP("Signing", "Ký số")
    PERSON = QT_TRANSLATE_NOOP("Signing", "Chứng thư cá nhân của người số hóa")
    OFFICE = QT_TRANSLATE_NOOP("Signing", "Chứng thư của cơ quan")
    PERSON_FILE = QT_TRANSLATE_NOOP("Signing", "&Chứng thư cá nhân")
    OFFICE_FILE = QT_TRANSLATE_NOOP("Signing", "Chứng thư cơ &quan")
    FILE_HINT = QT_TRANSLATE_NOOP(
        "Signing",
        "Tệp .p12, .pfx; hoặc thư viện của USB ký số (.dll, .so). Mật khẩu, mã PIN không bao giờ ghi vào tệp.",
    )
    CHOOSE = QT_TRANSLATE_NOOP("Signing", "Chọn tệp…")
    CHOOSE_TITLE = QT_TRANSLATE_NOOP("Signing", "Chọn tệp chứng thư hoặc thư viện USB ký số: {whose}")
    FILES = QT_TRANSLATE_NOOP("Signing", "Chứng thư, thư viện USB (*.p12 *.pfx *.dll *.so *.dylib)")
    ALL_FILES = QT_TRANSLATE_NOOP("Signing", "Mọi tệp (*)")
    READ = QT_TRANSLATE_NOOP("Signing", "Đọc USB")
    READ_TITLE = QT_TRANSLATE_NOOP("Signing", "Đọc chứng thư trên USB ký số: {whose}")
    ON_TOKEN = QT_TRANSLATE_NOOP("Signing", "Chứng thư trên USB: {whose}")
    ONLY_ONE = QT_TRANSLATE_NOOP("Signing", "(chứng thư duy nhất trên USB)")
    READING = QT_TRANSLATE_NOOP("Signing", "Đang đọc USB ký số…")
    READ_DONE = QT_TRANSLATE_NOOP("Signing", "Trên USB có {count} chứng thư. Hãy chọn một rồi bấm Lưu.")
    UNLOCK = QT_TRANSLATE_NOOP("Signing", "Kiểm tra, mở khóa…")
    UNLOCK_TITLE = QT_TRANSLATE_NOOP("Signing", "Kiểm tra, mở khóa: {whose}")
    FORGET = QT_TRANSLATE_NOOP("Signing", "Bỏ chứng thư")
    FORGET_TITLE = QT_TRANSLATE_NOOP("Signing", "Bỏ chứng thư: {whose}")
    NONE_CHOSEN = QT_TRANSLATE_NOOP("Signing", "Chưa chọn: tài liệu quét không được ký.")
    NO_OFFICE = QT_TRANSLATE_NOOP("Signing", "Chưa chọn: kết quả, bản sao điện tử không được cơ quan ký.")
    LOCKED = QT_TRANSLATE_NOOP("Signing", "Đang khóa. Mở khóa một lần cho mỗi lần mở chương trình.")
    UNLOCKED = QT_TRANSLATE_NOOP("Signing", "Đã mở khóa: {name}; nơi cấp {issuer}; dùng đến {day}.")
    ENDS_SOON = QT_TRANSLATE_NOOP("Signing", "Sắp hết hạn, hãy gia hạn ngay.")
    RULES = QT_TRANSLATE_NOOP("Signing", "Khi số hóa")
    REQUIRED = QT_TRANSLATE_NOOP("Signing", "Bắt buộc ký: tài liệu chưa ký được thì chờ, &không gắn vào hồ sơ")
    OFFICE_SIGNS = QT_TRANSLATE_NOOP("Signing", "Kết quả quét được cơ quan ký n&gay, khi chứng thư cơ quan đã mở khóa")
    TRUST = QT_TRANSLATE_NOOP("Signing", "Thư mục chứng t&hư gốc")
    TRUST_HINT = QT_TRANSLATE_NOOP(
        "Signing", "Chứng thư của các nơi cấp được tin (.pem, .crt, .cer). Để trống: mọi chữ ký đều «không rõ nguồn»."
    )
    CHOOSE_FOLDER = QT_TRANSLATE_NOOP("Signing", "Chọn thư mục…")
    TIME_STAMP = QT_TRANSLATE_NOOP("Signing", "Máy chủ &dấu thời gian")
    TIME_STAMP_HINT = QT_TRANSLATE_NOOP("Signing", "Để trống, hoặc khi mất mạng: chữ ký ghi giờ của máy này.")
    PASSWORD = QT_TRANSLATE_NOOP("Signing", "&Mật khẩu của tệp chứng thư")
    PIN = QT_TRANSLATE_NOOP("Signing", "&Mã PIN của USB ký số")
    PIN_HINT = QT_TRANSLATE_NOOP(
        "Signing", "Nhập sai nhiều lần USB tự khóa. Chỉ giữ trong bộ nhớ đến khi đóng chương trình."
    )
    PASSWORD_HINT = QT_TRANSLATE_NOOP("Signing", "Chỉ giữ trong bộ nhớ đến khi đóng chương trình.")
    OPEN = QT_TRANSLATE_NOOP("Signing", "Mở khóa (Enter)")
    CANCEL = QT_TRANSLATE_NOOP("Signing", "Hủy (Esc)")
    UNLOCKING = QT_TRANSLATE_NOOP("Signing", "Đang kiểm tra…")
    OPENED = QT_TRANSLATE_NOOP("Signing", "Đã mở khóa chứng thư của {name}.")
    OTHER_NAME = QT_TRANSLATE_NOOP(
        "Signing", "Tên trên chứng thư khác tên cán bộ «{clerk}» ở thẻ Cơ quan: tài liệu quét sẽ không ký được."
    )
    LIGHT_LOCKED = QT_TRANSLATE_NOOP("Signing", "Ký số: chưa mở khóa")
    LIGHT_READY = QT_TRANSLATE_NOOP("Signing", "Ký số: sẵn sàng")
    LIGHT_HINT = QT_TRANSLATE_NOOP("Signing", "Bấm, hoặc Ctrl+Shift+K, để mở khóa chứng thư ký số.")
    SIGN_COPY = QT_TRANSLATE_NOOP("Signing", "&Ký bản sao điện tử…")
    SIGN_RESULT = QT_TRANSLATE_NOOP("Signing", "Cơ quan &ký kết quả…")
    SIGN_SURE = QT_TRANSLATE_NOOP("Signing", "&Ký ngay")
    SURE_COPY = QT_TRANSLATE_NOOP(
        "Signing",
        "Ký bằng chứng thư của «{name}»: xác nhận bản này đúng với bản chính đã đối chiếu. Bấm «Ký ngay» để ký.",
    )
    SURE_RESULT = QT_TRANSLATE_NOOP(
        "Signing", "Ký bằng chứng thư của «{name}»: ban hành kết quả điện tử này. Bấm «Ký ngay» để ký."
    )
    SIGNING = QT_TRANSLATE_NOOP("Signing", "Đang ký…")
    SIGNED = QT_TRANSLATE_NOOP("Signing", "Đã ký và đính kèm «{name}» vào hồ sơ {code}. Bản chưa ký vẫn giữ nguyên.")
    GOOD = QT_TRANSLATE_NOOP("Signing", "✓ đã ký số")
    DOUBTFUL = QT_TRANSLATE_NOOP("Signing", "? ký số, không rõ nguồn")
    BAD = QT_TRANSLATE_NOOP("Signing", "! chữ ký hỏng")


def tr(text: str) -> str:
    """A text of this theme."""
    return translate("Signing", text)


def certificate_words(facts: CertificateFacts) -> str:
    """Whose a certificate is and until when."""
    return tr(Words.UNLOCKED).format(name=facts.name, issuer=facts.issuer, day=local_date(facts.valid_until))


def signature_state(views: tuple[SignatureView, ...]) -> tuple[str, str]:
    """The signatures of a document in few words, the worst of them, and their tone; ("", "") for none."""
    if not views:
        return "", ""
    if not all(view.whole_document and view.certificate_valid for view in views):
        return tr(Words.BAD), "error"
    if not all(view.trusted for view in views):
        return tr(Words.DOUBTFUL), "warning"
    return tr(Words.GOOD), "success"
