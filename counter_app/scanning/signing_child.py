"""The process that signs and checks: ``python -m counter_app.scanning.signing_child``; question and answer are JSON.

A token's library is its maker's: when it crashes or hangs, it takes this process and not the desk with it. Passwords
and PINs come by standard input, never by the arguments that other programs can see.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from counter_app.errors import CounterError, UserError
from counter_app.scanning.signing_keys import KeyPlace, check_usable, facts_of, read_key_file
from counter_app.scanning.signing_order import Order, packed_facts, packed_view


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, or the trouble: its sort, kind and words."""
    try:
        return {"found": _ACTIONS[question["action"]](question)}
    except CounterError as error:
        return {"trouble": isinstance(error, UserError), "kind": error.kind, "message": error.message}


def _look(question: dict[str, Any]) -> Any:
    """The certificate behind a key that opens."""
    from counter_app.scanning import signing_token

    with signing_token.opened(KeyPlace(**question["place"]), question["secret"]) as token:
        return packed_facts(token.facts)


def _list(question: dict[str, Any]) -> Any:
    from counter_app.scanning import signing_token

    found = signing_token.certificates(Path(question["module"]))
    return [{"token": one.token, "label": one.label, "facts": packed_facts(one.facts)} for one in found]


def _sign(question: dict[str, Any]) -> Any:
    from counter_app.scanning.signing_write import write_signed

    place, order = KeyPlace(**question["place"]), Order.unpacked(question["order"])
    if place.on_token:
        from counter_app.scanning import signing_token

        with signing_token.opened(place, question["secret"]) as token:
            check_usable(token.facts, order.moment, order.kind)
            _check_same(token.facts.fingerprint, question["fingerprint"])
            with signing_token.troubles_told(place):
                return write_signed(order, token.signer)
    held = read_key_file(Path(place.file), question["secret"])
    facts = facts_of(held.certificate)
    check_usable(facts, order.moment, order.kind)
    _check_same(facts.fingerprint, question["fingerprint"])
    return write_signed(order, _signer(Path(place.file), question["secret"]))


def _signer(path: Path, password: str) -> Any:
    from pyhanko.sign.signers import SimpleSigner

    return SimpleSigner.load_pkcs12_data(path.read_bytes(), [], password.encode())


def _check_same(found: str, unlocked: str) -> None:
    """The certificate that was looked at when the key was unlocked, not one that was put in its place since."""
    if found != unlocked:
        raise UserError(
            "certificate_changed",
            "Chứng thư số đã bị thay bằng chứng thư khác từ lúc mở khóa, nên chưa ký. Hãy kiểm tra USB ký số hoặc tệp, "
            "rồi mở khóa lại.",
        )


def _check(question: dict[str, Any]) -> Any:
    from counter_app.scanning.signing_check import read_roots, signatures_in

    folder, now = question["roots"], datetime.fromisoformat(question["now"])
    try:
        roots = read_roots(Path(folder)) if folder else []
    except OSError:
        roots = []  # then no certificate is known, and each signature says so
    return [[packed_view(view) for view in signatures_in(Path(name), roots, now)] for name in question["files"]]


_ACTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {"look": _look, "list": _list, "sign": _sign, "check": _check}


def main() -> None:
    """Answer on standard output what was asked on standard input."""
    # Makers' libraries print what they please: it does not get into the answer.
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        json.dump(answer(json.load(sys.stdin)), out)


if __name__ == "__main__":
    main()
