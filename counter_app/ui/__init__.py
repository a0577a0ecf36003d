"""Windows, pages, Qt models and dialogs; no rule and no SQL lives here."""
