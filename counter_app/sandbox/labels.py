"""The wire's values in the words of the trainer's page; the names of the fields are those of the desk's screen."""

from __future__ import annotations

from counter_app.sandbox.fields import STATUS_NAMES, TIMES, shown_time
from counter_app.sync.field_words import CODE_WORDS, FIELD_LABELS

__all__ = ["FIELD_LABELS", "shown_value"]


def shown_value(value: object, field: str) -> str:
    """A field's value in words: codes by name, times as people write them, the rest as it came."""
    if field in TIMES:
        return shown_time(value)
    words = STATUS_NAMES if field == "TrangThaiHoSo" else CODE_WORDS.get(field, {})
    return words.get(str(value), str(value))
