"""The prescribed forms as PDF; wording and numbers are data in ``resources/forms``."""

from printing.forms.model import Form, FormSet, form_set_for, form_sets
from printing.forms.render import MIME, render_apology, render_receipt, render_test_page

__all__ = [
    "MIME",
    "Form",
    "FormSet",
    "form_set_for",
    "form_sets",
    "render_apology",
    "render_receipt",
    "render_test_page",
]
