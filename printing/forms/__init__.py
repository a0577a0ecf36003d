"""The prescribed forms as PDF; wording and numbers are data in ``resources/forms``."""

from printing.forms.model import Form, FormSet, form_set_for, form_sets
from printing.forms.papers import Content
from printing.forms.render import MIME, render
from printing.forms.test_page import render_test_page

__all__ = [
    "MIME",
    "Content",
    "Form",
    "FormSet",
    "form_set_for",
    "form_sets",
    "render",
    "render_test_page",
]
