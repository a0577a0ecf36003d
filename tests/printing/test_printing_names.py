"""Names of desks and procedures as they are written in a sentence."""

from __future__ import annotations

import pytest

from printing.content import running_name


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
