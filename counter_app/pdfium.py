"""PDFium takes one caller at a time: the library is not safe to be in from two threads, and dies when it is.

Whoever calls pypdfium2 holds ``PDFIUM`` from opening a document to closing it; a page at a time where it takes long.
"""

from __future__ import annotations

import threading

PDFIUM = threading.RLock()
