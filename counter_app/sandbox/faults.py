"""Faults that a trainer or a test switches on: with a probability, or for the next so many calls.

Each fault draws from a random source of its own, so that a run with a seed is reproducible and one fault
never shifts another's draws. This is the practice portal's own control surface, no part of the protocol.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from counter_app.errors import UserError

FAULTS: Final[dict[str, str]] = {
    "busy": "Bận: trả mã 99",
    "busy_503": "Bận: HTTP 503 kèm Retry-After",
    "busy_429": "Quá nhiều lượt gọi: HTTP 429 kèm Retry-After",
    "slow": "Chậm: việc đã ghi xong, câu trả lời đến muộn",
    "cut_before_commit": "Đứt đường truyền trước khi ghi",
    "cut_after_commit": "Đứt đường truyền sau khi ghi, không có câu trả lời",
    "html": "Trang đăng nhập mạng (HTML) thay cho câu trả lời",
    "truncated_json": "Câu trả lời JSON bị cụt",
    "expired_sessions": "Phiên đăng nhập hết hạn",
    "feed_repeats": "Luồng thay đổi lặp lại mục đã gửi",
}
"""Name of each fault and its label on the trainer's page."""


@dataclass(frozen=True)
class FaultRule:
    """When a fault strikes.

    ``probability`` 0..1 for each call; ``next_calls`` strikes that many calls first, whatever the
    probability; ``on`` limits it to services (``CapNhatTienDoHoSoMC``) or upload methods (``PATCH``),
    empty = all; ``seconds`` is the delay of ``slow`` and the ``Retry-After`` of the busy answers.
    """

    probability: float = 0.0
    next_calls: int = 0
    on: tuple[str, ...] = ()
    seconds: float = 1.0


class FaultBoard:
    """The switches. Thread-safe."""

    def __init__(
        self,
        faults: Mapping[str, Any] | None = None,
        *,
        knows_idempotency: bool = True,
        seed: int | None = None,
    ) -> None:
        """``faults`` as in :meth:`apply`; ``seed`` None draws a seed, which :meth:`snapshot` tells."""
        self._lock = threading.Lock()
        self._rules = {name: FaultRule() for name in FAULTS}
        self._struck = dict.fromkeys(FAULTS, 0)
        self._knows_idempotency = knows_idempotency
        self._reseed(random.SystemRandom().randrange(2**31) if seed is None else seed)
        if faults:
            self.apply(faults)

    def _reseed(self, seed: int) -> None:
        self._seed = seed
        self._random = {name: random.Random(f"{seed}:{name}") for name in FAULTS}

    @property
    def knows_idempotency(self) -> bool:
        """Whether the portal answers a repeated Idempotency-Key with its first answer (section 5)."""
        with self._lock:
            return self._knows_idempotency

    def set(
        self,
        name: str,
        *,
        probability: float = 0.0,
        next_calls: int = 0,
        on: Iterable[str] = (),
        seconds: float = 1.0,
    ) -> None:
        """Set one switch anew. UserError ``fault_unknown`` or ``fault_invalid`` for what makes no sense."""
        rule = _checked(name, FaultRule(probability, next_calls, tuple(on), seconds))
        with self._lock:
            self._rules[name] = rule

    def clear(self) -> None:
        """Switch every fault off; seed and knowledge of Idempotency-Key stay."""
        with self._lock:
            self._rules = {name: FaultRule() for name in FAULTS}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Set the switches that ``settings`` names, all or none of them.

        A fault's value is a probability (number), a flag (True = always), or an object with the fields
        of :class:`FaultRule`; besides these ``seed``, ``knows_idempotency`` and ``clear`` (true: all
        faults off first). UserError ``fault_unknown`` or ``fault_invalid``.
        """
        rest = dict(settings)
        clear, seed, knows = rest.pop("clear", False), rest.pop("seed", None), rest.pop("knows_idempotency", None)
        for flag in (clear, knows):
            if flag is not None and not isinstance(flag, bool):
                raise _invalid("clear, knows_idempotency", "phải là true hoặc false")
        if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
            raise _invalid("seed", "phải là số nguyên")
        rules = {name: _rule(name, value) for name, value in rest.items()}
        with self._lock:
            if clear:
                self._rules = {name: FaultRule() for name in FAULTS}
            self._rules.update(rules)
            if seed is not None:
                self._reseed(seed)
            if knows is not None:
                self._knows_idempotency = knows

    def strike(self, name: str, call: str) -> FaultRule | None:
        """The rule when the fault strikes this call (a service's name or an upload's method), else None."""
        with self._lock:
            rule = self._rules[name]
            if rule.on and call not in rule.on:
                return None
            if rule.next_calls:
                self._rules[name] = replace(rule, next_calls=rule.next_calls - 1)
            elif not rule.probability or self._random[name].random() >= rule.probability:
                return None
            self._struck[name] += 1
            return rule

    def snapshot(self) -> dict[str, Any]:
        """All switches, how often each struck, the seed: what ``GET /practice/faults`` answers."""
        with self._lock:
            switches: dict[str, Any] = {
                name: asdict(rule) | {"struck": self._struck[name]} for name, rule in self._rules.items()
            }
            return switches | {"seed": self._seed, "knows_idempotency": self._knows_idempotency}


def parse_fault_option(text: str) -> tuple[str, FaultRule]:
    """A command-line option: ``busy``, ``busy=0.3``, or ``cut_after_commit=next:2``."""
    name, _, value = text.partition("=")
    try:
        if value.startswith("next:"):
            rule = FaultRule(next_calls=int(value.removeprefix("next:")))
        else:
            rule = FaultRule(probability=float(value or 1))
    except ValueError as error:
        raise _invalid(name, f"không hiểu giá trị «{value}»; viết như {name}=0.3 hoặc {name}=next:2") from error
    return name, _checked(name, rule)


def _rule(name: str, value: object) -> FaultRule:
    if isinstance(value, FaultRule):
        return _checked(name, value)
    if isinstance(value, bool | int | float):
        return _checked(name, FaultRule(probability=float(value)))
    if not isinstance(value, Mapping):
        raise _invalid(name, "phải là xác suất từ 0 đến 1 hoặc một đối tượng")
    unknown = value.keys() - {"probability", "next_calls", "on", "seconds"}
    if unknown:
        raise _invalid(name, f"không có trường {', '.join(sorted(unknown))}")
    on = value.get("on", ())
    if isinstance(on, str) or not all(isinstance(call, str) for call in on):
        raise _invalid(name, "trường on phải là danh sách tên dịch vụ")
    try:
        rule = FaultRule(
            float(value.get("probability", 0)),
            int(value.get("next_calls", 0)),
            tuple(on),
            float(value.get("seconds", 1)),
        )
    except (TypeError, ValueError) as error:
        raise _invalid(name, "probability, next_calls, seconds phải là số") from error
    return _checked(name, rule)


def _checked(name: str, rule: FaultRule) -> FaultRule:
    if name not in FAULTS:
        raise UserError(
            "fault_unknown",
            f"Không có lỗi giả lập tên «{name}». Hãy chọn một trong: {', '.join(FAULTS)}.",
        )
    if not 0 <= rule.probability <= 1:
        raise _invalid(name, "xác suất phải từ 0 đến 1")
    if rule.next_calls < 0 or not 0 <= rule.seconds <= 600:
        raise _invalid(name, "số lượt phải từ 0, số giây phải từ 0 đến 600")
    return rule


def _invalid(name: str, what: str) -> UserError:
    return UserError("fault_invalid", f"Lỗi giả lập «{name}»: {what}. Hãy sửa rồi đặt lại.")
