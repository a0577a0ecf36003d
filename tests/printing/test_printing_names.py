"""Names of desks and procedures as they are written in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from form_samples import STOP
from paper_samples import APOLOGY, text_of

from printing.content import ApologyContent, StopNoticeContent, running_name
from printing.forms import form_set_for, render
from printing.wording import without_word


@pytest.mark.parametrize(
    ("capitals", "running"),
    [
        ("BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ", "Bộ phận Tiếp nhận và Trả kết quả"),
        ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ EA KAO", "Trung tâm Phục vụ hành chính công xã Ea Kao"),
        ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG P. TÂN AN", "Trung tâm Phục vụ hành chính công P. Tân An"),
        ("QUẦY TIẾP DÂN", "Quầy tiếp dân"),
        ("Quầy Ea Kao", "Quầy Ea Kao"),
        ("", ""),
    ],
)
def test_a_desk_s_name_in_a_sentence(capitals: str, running: str) -> None:
    assert running_name(capitals) == running


@pytest.mark.parametrize(
    "name", ["Thủ tục cấp phép", "THỦ TỤC cấp phép", "Thủ tục: cấp phép", "Thủ tục  cấp phép", "cấp phép"]
)
@pytest.mark.parametrize("content", [APOLOGY, STOP], ids=["apology", "stop_notice"])
@pytest.mark.parametrize("day", [date(2024, 3, 1), date(2026, 3, 1)])
def test_a_letter_says_the_word_once(
    content: ApologyContent | StopNoticeContent, name: str, day: date, tmp_path: Path
) -> None:
    forms = form_set_for(day)
    if content is STOP and forms.stop_notice is None:
        return
    said = text_of(render(replace(content, procedure_name=name), forms), tmp_path, last=1)
    assert "đề nghị giải quyết thủ tục cấp phép (mã thủ tục" in said


def test_a_name_keeps_the_word_inside_it() -> None:
    assert without_word("Cấp lại thủ tục chung") == "Cấp lại thủ tục chung"
    assert without_word("Thủ tục") == "Thủ tục"
