"""Text as it was typed or came in from another program, made fit for keeping."""

from __future__ import annotations

import unicodedata

from counter_app.errors import UserError


def plain(text: str) -> str:
    """The text in NFC, without blanks at its ends.

    Raises UserError ``text_invalid`` for a text that is no Unicode text (bytes of another encoding on the
    command line, half a surrogate pair in JSON): neither the database nor the portal could take it.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = text.encode("utf-8", "replace").decode()
        raise UserError(
            "text_invalid", f"Chữ «{shown}» có ký tự hỏng, không phải Unicode (UTF-8). Hãy gõ hoặc dán lại."
        ) from error
    return unicodedata.normalize("NFC", text).strip()
