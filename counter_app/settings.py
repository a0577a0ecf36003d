"""One typed object for all settings: ``settings.toml`` in the data directory, then the environment.

Secrets never come here: see ``portal_secret``.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from counter_app.database import storage_error
from counter_app.errors import UserError
from counter_app.portal_address import checked_address
from counter_app.rules.payment_qr import check_account
from counter_app.rules.violation import RuleViolation
from counter_app.scan_settings import PageSettings, ScanSettings, is_fingerprint, is_way
from counter_app.sheet_kinds import SHEET_KINDS, THERMAL_FORMS
from counter_app.whole_files import whole_file

SETTINGS_NAME = "settings.toml"
PORTAL_PROFILES = (1, 2)
"""1: the provincial portals (portal-protocol.md); 2: the national interface (portal-profile-2.md)."""

MOST_DAYS_TO_PAY = 365

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Where the provincial portal is; an empty URL means that nothing is sent."""

    profile: int = 1
    """One of PORTAL_PROFILES."""
    url: str = ""
    user: str = ""
    """The user name; ``client_id`` in profile 2. Its password or secret is in the system's keyring."""
    unit: str = ""
    """``madonvi``; the office's own code when empty."""
    ca_bundle: str = ""
    interval_seconds: int = 60

    @property
    def takes_updates(self) -> bool:
        """A record can be told anew after its create, with papers that came later; the national interface cannot."""
        return self.profile == 1


@dataclass(frozen=True, slots=True)
class SheetSettings:
    """Where and how one kind of paper is printed."""

    printer: str = ""
    """Empty: the office printer."""
    tray: str = ""
    """A key that the printer itself gave; empty: the printer chooses."""
    two_sided: bool = False
    """Off unless asked for: what the applicant takes home and what the office keeps are different sheets."""


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """Which printer takes what; an empty address means: preview only."""

    office: str = ""
    """For forms on A5/A4: ``ipp://…``, ``cups:NAME``, ``win:NAME``."""
    thermal: str = ""
    """For thermal slips: ``tcp://HOST:9100``, ``usb:VID:PID``, ``serial:PORT``."""
    thermal_width_mm: int = 80
    print_receipt: bool = True
    """A receipt is printed as soon as a dossier is received."""
    print_thermal: bool = False
    slips: SheetSettings = field(default_factory=SheetSettings)
    """What the applicant gets over the desk: receipts, requests, refusals, notes of payment."""
    letters: SheetSettings = field(default_factory=SheetSettings)
    """Letters that the head of the office signs."""
    lists: SheetSettings = field(default_factory=SheetSettings)
    """Registers, records of hand-overs, the day's closing."""
    labels: SheetSettings = field(default_factory=SheetSettings)
    """Labels for the post."""

    def for_form(self, form: str) -> SheetSettings:
        """How this form is printed, its printer filled in; an empty printer means: preview only."""
        if form in THERMAL_FORMS:
            return SheetSettings(self.thermal)
        kind: SheetSettings = getattr(self, SHEET_KINDS.get(form, "slips"))
        return replace(kind, printer=kind.printer or self.office)

    @property
    def prints_sheets(self) -> bool:
        """Whether any printer for paper other than thermal slips is set."""
        kinds = (self.slips, self.letters, self.lists, self.labels)
        return bool(self.office) or any(kind.printer for kind in kinds)


@dataclass(frozen=True, slots=True)
class ApologySettings:
    """Limits on apologies: Nghị định 61/2018 art. 19 (once, one day ahead); 118/2025 keeps one extension."""

    lead_days: int = 1
    max: int = 1
    """How often a dossier may be put off."""
    cap: str = "first_limit"
    """An extension is not longer than the first limit; ``none`` lifts that."""


@dataclass(frozen=True, slots=True)
class PaymentSettings:
    """The account to which fees are transferred; without one no QR is shown."""

    bank_bin: str = ""
    """The bank's six digits at NAPAS, e.g. 970415."""
    account: str = ""
    holder: str = ""
    """Whose account it is, shown and printed beside the code."""
    bank_name: str = ""
    """The bank as a notice to pay names it."""
    days: int = 0
    """Working days within which a notice asks to be paid; 0: the last day is written by hand, or asked for."""


@dataclass(frozen=True, slots=True)
class CertificateSettings:
    """Where a key that signs lies; its password or PIN is asked for and kept in memory alone."""

    file: str = ""
    """A PKCS#12 file (``.p12``, ``.pfx``)."""
    module: str = ""
    """The PKCS#11 library of a token's maker, in place of a file."""
    token: str = ""
    """The token's label; empty: the only one that is plugged in."""
    label: str = ""
    """The certificate's label on the token; empty: the only one there."""

    @property
    def is_chosen(self) -> bool:
        return bool(self.file or self.module)


@dataclass(frozen=True, slots=True)
class SigningSettings:
    """Who signs what is scanned (01/2023/TT-VPCP art. 7), and which signatures are trusted."""

    person: CertificateSettings = field(default_factory=CertificateSettings)
    """Of the clerk who scans."""
    office: CertificateSettings = field(default_factory=CertificateSettings)
    """Of the office, for results and electronic copies."""
    required: bool = False
    """A scan without the signature that it should have waits, and is not attached."""
    office_signs_results: bool = False
    """A scanned result is signed by the office as well, at once."""
    trust_folder: str = ""
    """Root certificates (``.pem``, ``.crt``, ``.cer``) of the authorities that the office trusts."""
    time_stamp_url: str = ""
    """A server of time stamps (RFC 3161); without it, or without a line, the desk's own time counts."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an office or a desk can set."""

    office: str = ""
    desk: int = 1
    clerk: str = "Cán bộ tiếp nhận"
    cut_off: str = ""
    """Office-wide cut-off hour ``HH:MM`` for reception; empty: only procedures that name one have one."""
    max_document_mb: int = 50
    full_personal_number_in_qr: bool = False
    portal: PortalSettings = field(default_factory=PortalSettings)
    printers: PrinterSettings = field(default_factory=PrinterSettings)
    apology: ApologySettings = field(default_factory=ApologySettings)
    payment: PaymentSettings = field(default_factory=PaymentSettings)
    scan: ScanSettings = field(default_factory=ScanSettings)
    pages: PageSettings = field(default_factory=PageSettings)
    signing: SigningSettings = field(default_factory=SigningSettings)


ENVIRONMENT = {
    "COUNTER_PORTAL_URL": ("portal", "url"),
    "COUNTER_PORTAL_USER": ("portal", "user"),
    "COUNTER_CA_BUNDLE": ("portal", "ca_bundle"),
    "COUNTER_CLERK": ("clerk",),
}


def load_settings(directory: Path) -> Settings:
    """Read DIR/settings.toml, then the environment over it.

    Raises UserError ``settings_invalid`` naming the key, KnownError when the file cannot be read.
    """
    path = directory / SETTINGS_NAME
    values: dict[str, Any] = {}
    try:
        if path.exists():
            values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            "settings_invalid", f"Tệp cấu hình «{path}» sai cú pháp: {error}. Hãy sửa lại dòng đó rồi mở lại."
        ) from error
    except OSError as error:
        raise storage_error(error, path) from error
    for variable, keys in ENVIRONMENT.items():
        if variable in os.environ:
            target = values
            for key in keys[:-1]:
                target = target.setdefault(key, {})
            if isinstance(target, dict):  # else _build names what stands in the table's place
                target[keys[-1]] = os.environ[variable]
    settings = _build(Settings, values, str(path), "")
    check_settings(settings)
    return settings


def _build(kind: type[T], values: dict[str, Any], source: str, prefix: str) -> T:
    types = get_type_hints(kind)
    unknown = sorted(set(values) - set(types))
    if unknown:
        raise UserError(
            "settings_invalid",
            f"«{source}»: không có mục cấu hình tên «{prefix}{unknown[0]}». Hãy xóa hoặc sửa tên mục này.",
        )
    built: dict[str, Any] = {}
    for name, value in values.items():
        wanted = types[name]
        if isinstance(wanted, type) and is_dataclass(wanted):
            if not isinstance(value, dict):
                raise UserError("settings_invalid", f"«{source}»: mục «{prefix}{name}» phải là một bảng [{name}].")
            built[name] = _build(wanted, value, source, f"{prefix}{name}.")
        elif get_origin(wanted) is tuple:
            built[name] = _build_each(get_args(wanted)[0], value, source, f"{prefix}{name}")
        elif type(value) is not wanted:
            kinds = {str: "chữ trong dấu nháy", int: "số nguyên", bool: "true hoặc false"}
            raise UserError("settings_invalid", f"«{source}»: mục «{prefix}{name}» phải là {kinds[wanted]}.")
        else:
            built[name] = value
    return kind(**built)


def _build_each(kind: type[T], values: Any, source: str, key: str) -> tuple[T, ...]:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise UserError("settings_invalid", f"«{source}»: mục «{key}» phải là các bảng [[{key}]].")
    return tuple(_build(kind, value, source, f"{key}.") for value in values)


def check_settings(settings: Settings) -> None:
    """Refuse values that cannot work, naming the key and what is expected."""
    problems = (
        (not 0 <= settings.desk <= 9, "desk", "số quầy từ 0 đến 9"),
        (settings.printers.thermal_width_mm not in (58, 80), "printers.thermal_width_mm", "58 hoặc 80"),
        (settings.portal.interval_seconds < 5, "portal.interval_seconds", "từ 5 giây trở lên"),
        (settings.max_document_mb < 1, "max_document_mb", "từ 1 MB trở lên"),
        (settings.apology.lead_days < 0, "apology.lead_days", "số không âm"),
        (settings.apology.max < 0, "apology.max", "số không âm"),
        (settings.apology.cap not in ("first_limit", "none"), "apology.cap", "first_limit hoặc none"),
        (not 0 <= settings.payment.days <= MOST_DAYS_TO_PAY, "payment.days", f"từ 0 đến {MOST_DAYS_TO_PAY} ngày"),
        (
            not _is_account(settings.payment),
            "payment",
            "mã BIN 6 chữ số và số tài khoản 1 đến 19 chữ số, hoặc để trống",
        ),
        (settings.portal.profile not in PORTAL_PROFILES, "portal.profile", "1 hoặc 2"),
        (
            bool(settings.portal.url) and not _is_safe(settings.portal.url),
            "portal.url",
            "địa chỉ bắt đầu bằng https:// (http:// chỉ dùng cho máy này), không kèm tên và mật khẩu",
        ),
        (not 0 <= settings.scan.cameras <= 9, "scan.cameras", "số máy ảnh từ 0 đến 9"),
        (not all(one.address.strip() for one in settings.scan.network), "scan.network.address", "địa chỉ máy quét"),
        (
            not all(is_fingerprint(one.fingerprint) for one in settings.scan.network),
            "scan.network.fingerprint",
            "mã SHA-256 gồm 64 chữ số thập lục phân, hoặc để trống",
        ),
        (
            not all(is_way(one) for one in settings.pages.ways),
            "pages.ways",
            "kiểu quét có tên, 50 đến 1200 dpi, màu là colour, gray hay lineart, khổ là A4, A5, A3 hay max",
        ),
        (
            len({one.name for one in settings.pages.ways}) < len(settings.pages.ways),
            "pages.ways.name",
            "tên khác nhau cho mỗi kiểu quét",
        ),
        (
            any(bool(one.file) and bool(one.module) for one in (settings.signing.person, settings.signing.office)),
            "signing",
            "tệp chứng thư hoặc thư viện của USB ký số, không phải cả hai",
        ),
        (
            re.fullmatch(r"(?:https?://\S+)?", settings.signing.time_stamp_url) is None,
            "signing.time_stamp_url",
            "địa chỉ bắt đầu bằng http:// hoặc https://, hoặc để trống",
        ),
        (bool(settings.cut_off) and not _is_hour(settings.cut_off), "cut_off", "giờ dạng HH:MM, ví dụ 15:00"),
    )
    for wrong, key, expected in problems:
        if wrong:
            raise UserError("settings_invalid", f"Mục cấu hình «{key}» phải là {expected}.")


def _is_safe(url: str) -> bool:
    try:
        checked_address(url)
    except UserError:
        return False
    return True


def _is_account(payment: PaymentSettings) -> bool:
    """Both or neither of the bank and the account."""
    if not payment.bank_bin and not payment.account:
        return True
    try:
        check_account(payment.bank_bin, payment.account)
    except RuleViolation:
        return False
    return True


def _is_hour(text: str) -> bool:
    return re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", text) is not None


def save_settings(directory: Path, settings: Settings) -> None:
    """Write DIR/settings.toml whole or not at all; comments that an administrator wrote are kept."""
    import tomlkit

    check_settings(settings)
    path = directory / SETTINGS_NAME
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
        values = asdict(settings)
        for keys in _from_environment(settings):
            _forget(values, keys)
        _update(document, values)
        with whole_file(path) as file:
            file.write(tomlkit.dumps(document).encode())
    except OSError as error:
        raise storage_error(error, path) from error


def _from_environment(settings: Settings) -> list[tuple[str, ...]]:
    """The keys whose value came from the environment: it holds for this start and is not written down."""
    found = []
    for variable, keys in ENVIRONMENT.items():
        value: Any = settings
        for key in keys:
            value = getattr(value, key)
        if os.environ.get(variable) == value:
            found.append(keys)
    return found


def _forget(values: dict[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys[:-1]:
        values = values[key]
    del values[keys[-1]]


def _update(table: Any, values: dict[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict):
            _update(table.setdefault(key, {}), value)
        else:
            table[key] = list(value) if isinstance(value, tuple) else value


def with_changes(settings: Settings, **changes: Any) -> Settings:
    """A copy with some values replaced; nested ones as ``printers={"office": …}``. TypeError for another name."""
    return replace(
        settings,
        **{
            name: replace(getattr(settings, name), **value) if isinstance(value, dict) else value
            for name, value in changes.items()
        },
    )
