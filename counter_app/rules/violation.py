"""The one exception that the rules raise."""

from __future__ import annotations


class RuleViolation(ValueError):  # noqa: N818 - a refusal is an answer of the rules, not a fault
    """A rule was broken.

    Attributes:
        kind: short English snake_case word, for programs.
        message: Vietnamese sentence for the clerk: what is wrong and what to do.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message

    def __reduce__(self) -> tuple[type[RuleViolation], tuple[str, str]]:
        return type(self), (self.kind, self.message)
