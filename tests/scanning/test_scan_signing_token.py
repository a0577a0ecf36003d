"""Keys on a token, by SoftHSM: signing, and all that can be wrong with a token or its PIN."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from counter_app.errors import KnownError, UserError
from counter_app.scanning import signing
from counter_app.scanning.signing import KeyPlace, check_signatures, sign, token_certificates, unlock
from counter_app.scanning.signing_keys import OFFICE, PERSON
from tests.scanning.signing_samples import CLERK, HAS_TOKEN, NOW, PIN, SOFTHSM, make_token, office, order, owner, roots
from tests.scanning.signing_samples import OFFICE as OFFICE_NAME
from tests.services.scan_samples import printed_pdf

needs_token = pytest.mark.skipif(not HAS_TOKEN, reason="SoftHSM is not installed (softhsm2 opensc)")


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyPlace:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    return make_token(tmp_path / "hsm", ("canhan", owner()), ("coquan", office()))


def chosen(token: KeyPlace, label: str) -> KeyPlace:
    return KeyPlace(module=token.module, token=token.token, label=label)


def refused(place: KeyPlace, pin: str = PIN, kind: str = PERSON) -> str:
    """The kind of trouble, whose words say what to do."""
    with pytest.raises((UserError, KnownError)) as caught:
        unlock(place, pin, NOW, kind)
    assert "Hãy" in caught.value.message or "hãy" in caught.value.message
    assert pin not in caught.value.message or not pin
    return caught.value.kind


@needs_token
def test_a_token_signs(token: KeyPlace, tmp_path: Path) -> None:
    found = {(one.token, one.label, one.facts.name, one.facts.kind) for one in token_certificates(Path(token.module))}
    assert found == {("USB Hanh", "canhan", CLERK, PERSON), ("USB Hanh", "coquan", OFFICE_NAME, OFFICE)}
    source, first, second = printed_pdf(tmp_path / "a.pdf", ["Tờ khai"]), tmp_path / "b.pdf", tmp_path / "c.pdf"
    person = unlock(chosen(token, "canhan"), PIN, NOW, PERSON)
    seal = unlock(chosen(token, "coquan"), PIN, NOW, OFFICE)
    assert sign(chosen(token, "canhan"), PIN, person.fingerprint, order(source, first)) == ""
    assert sign(chosen(token, "coquan"), PIN, seal.fingerprint, order(first, second, OFFICE)) == ""
    assert [(view.who, view.is_good) for view in check_signatures(second, roots(tmp_path / "roots"), NOW)] == [
        (person.name, True),
        (seal.name, True),
    ]


@needs_token
def test_what_is_wrong_with_a_token_is_told(token: KeyPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = chosen(token, "canhan")
    assert refused(person, "000000") == "pin_wrong"
    assert refused(person, "") == "pin_wrong"
    assert refused(chosen(token, "khác")) == "certificate_missing"
    assert refused(token) == "certificate_ambiguous"
    assert refused(KeyPlace(module=token.module, token="USB khác", label="canhan")) == "token_missing"
    assert refused(chosen(token, "coquan")) == "certificate_kind"
    assert refused(KeyPlace(module=str(tmp_path / "không có.so"))) == "token_driver_missing"
    source, out = printed_pdf(tmp_path / "a.pdf", ["Tờ khai"]), tmp_path / "b.pdf"
    facts = unlock(person, PIN, NOW, PERSON)
    (tmp_path / "empty").mkdir()
    (tmp_path / "hsm" / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'empty'}\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        sign(person, PIN, facts.fingerprint, order(source, out))
    assert caught.value.kind == "token_missing"
    assert not out.exists()
    with pytest.raises(UserError) as caught:
        token_certificates(Path(token.module))
    assert caught.value.kind == "token_missing"


@needs_token
def test_a_makers_library_that_hangs_or_crashes_does_not_take_the_desk_along(
    token: KeyPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_SIGN_SECONDS", 0.05)
    assert refused(chosen(token, "canhan")) == "signing_broken"
    monkeypatch.setattr(signing, "_SIGN_SECONDS", 30)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert refused(chosen(token, "canhan")) == "signing_broken"


def test_without_the_reader_of_tokens_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from counter_app.scanning import signing_token

    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(KnownError) as caught:
        signing_token.certificates(Path(str(SOFTHSM)))
    assert caught.value.kind == "token_driver_missing"
    assert "python-pkcs11" in caught.value.message
