"""Turns a rule's refusal into what the desk shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from counter_app.errors import UserError
from counter_app.rules.violation import RuleViolation


@contextmanager
def rules_apply() -> Iterator[None]:
    """Inside the block a RuleViolation becomes a UserError with the same kind and words."""
    try:
        yield
    except RuleViolation as violation:
        raise UserError(violation.kind, violation.message) from violation
