"""Keeps ``True``, ``False`` and ``None`` alive on CPython 3.11, whatever the binding of Qt drops."""

from __future__ import annotations

import sys

SPARE_REFERENCES = 1 << 40


def keep_constants() -> None:
    """Give the constants a great many references, as they have by themselves from CPython 3.12 on.

    PySide6 6.12 returns ``True`` from ``Signal.emit`` and ``None`` from every method without a result, and takes
    no reference to them, so that each call drops one; after some hundreds of signals or some ten thousand calls
    the interpreter would end the program ("deallocating True or False", "deallocating None").
    Seen on 3.11; immortal objects (PEP 683) hide it later. Remove when the binding is mended.
    """
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    import ctypes

    for value in (True, False, None, NotImplemented):
        # The reference count is the first field of every object of this interpreter.
        count = ctypes.c_ssize_t.from_address(id(value))
        if count.value < SPARE_REFERENCES // 2:
            count.value += SPARE_REFERENCES
