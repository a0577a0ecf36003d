"""What stands for a dossier while its form is being filled in and it has no code yet."""

from __future__ import annotations

from uuid import uuid4

_MARK = "@"


def new_form_key() -> str:
    """A key for one form; another one for the next."""
    return f"{_MARK}{uuid4().hex}"


def is_form_key(code: str) -> bool:
    """Whether this is a form's key, not the code of a dossier."""
    return code.startswith(_MARK)
