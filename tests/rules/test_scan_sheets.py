"""Separators: what their QR says, and where the pages between them belong."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.rules.scan_sheets import (
    PREFIX,
    Separator,
    SheetKind,
    decode,
    dossier_of_paper,
    encode,
    is_meant_for_us,
)
from counter_app.rules.scan_sorting import (
    PAPER,
    SEEN_COVER,
    SEEN_STICKER,
    TURN,
    PageMarks,
    SortedGroup,
    Target,
    sort_pages,
)
from counter_app.rules.violation import RuleViolation

A, B, C = "H15.36-260310-0001", "000.00.20.H15-260310-0002", "G09.20-20260609-0092637"
RECEIPT_QR = (
    f"https://tracuu.example.vn/ho-so?ma={A}#MaTTHC=1.004837&DinhDanh=2345&TenGiay=Gi%E1%BA%A5y&HeThong=H&"
    "CapLuc=2026-02-05T08:31%2B0700"
)
CARD_QR = "066190012345|231234567|H' Ngăm Niê Kdăm|01011990|Nữ|Buôn Akõ Dhông, xã Ea Kao|01012022"

codes = st.sampled_from([A, B, C])
papers = st.text(min_size=1, max_size=20).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
kinds = st.sampled_from(SheetKind)
places = st.sampled_from([(0, 0), (1, 1), (2, 5), (5, 5)])


@st.composite
def separators(draw: st.DrawFn) -> Separator:
    code, place = draw(papers), draw(places)
    target = draw(st.sampled_from([{}, {"component": code}, {"result": code}]))
    return Separator(draw(kinds), draw(codes), number=place[0], total=place[1], **target)


@given(separators())
def test_what_was_encoded_is_decoded(separator: Separator) -> None:
    text = encode(separator)
    assert text.startswith(PREFIX)
    assert text.isascii()
    assert decode(text) == separator
    assert decode(f" {text}\r\n") == separator


@given(separators(), st.data())
def test_a_changed_letter_is_never_taken_for_another_separator(separator: Separator, data: st.DataObject) -> None:
    text = encode(separator)
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("0123456789ABCDEFKRS:.-%$ ").filter(lambda letter: letter != text[at]))
    assert decode(text[:at] + letter + text[at + 1 :]) is None


def test_a_damaged_payload_is_still_ours_and_a_foreign_qr_is_not() -> None:
    text = encode(Separator(SheetKind.COVER, A, component="TP01"))
    assert is_meant_for_us(text[:-3])
    assert decode(text[:-3]) is None
    for foreign in (CARD_QR, RECEIPT_QR, A, "", "https://example.vn/QMC1:CK"):
        assert decode(foreign) is None
        assert not is_meant_for_us(foreign)


@pytest.mark.parametrize(
    ("separator", "kind"),
    [
        (Separator(SheetKind.COVER, "H15"), "code_invalid"),
        (Separator(SheetKind.COVER, A, component="TP01", result="KQ01"), "separator_invalid"),
        (Separator(SheetKind.COVER, A, number=3, total=2), "separator_invalid"),
        (Separator(SheetKind.COVER, A, number=0, total=2), "separator_invalid"),
    ],
)
def test_what_could_not_be_decoded_is_not_encoded(separator: Separator, kind: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        encode(separator)
    assert refused.value.kind == kind


def test_the_dossier_of_a_paper_is_found_in_its_qr() -> None:
    assert dossier_of_paper(RECEIPT_QR) == A
    assert dossier_of_paper(f"{A}\nMaTTHC=1.004837\nTenGiay=Giấy\nHeThong=H\nCapLuc=2026-02-05T08:31+0700") == A
    for foreign in (CARD_QR, A, f"https://example.vn/?ma={A}", RECEIPT_QR.replace(A, f"{A},{B}")):
        assert dossier_of_paper(foreign) == ""


def cover(page: str, dossier: str, component: str = "", **more: object) -> PageMarks:
    return PageMarks(page, (Separator(SheetKind.COVER, dossier, component, **more),), is_cover_seen=True)  # type: ignore[arg-type]


def sticker(page: str, dossier: str, component: str = "", **more: object) -> PageMarks:
    return PageMarks(page, (Separator(SheetKind.STICKER, dossier, component, **more),), is_sticker_seen=True)  # type: ignore[arg-type]


def unread(page: str) -> PageMarks:
    return PageMarks(page, is_cover_seen=True)


def plain(page: str) -> PageMarks:
    return PageMarks(page)


def blank(page: str) -> PageMarks:
    return PageMarks(page, is_blank=True)


def receipt(page: str, dossier: str) -> PageMarks:
    return PageMarks(page, papers=(dossier,))


def shown(groups: tuple[SortedGroup, ...]) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    """Dossier, component, kept pages, dropped pages, troubles of each group."""
    return [
        (
            group.dossier,
            group.component,
            "".join(group.pages),
            "".join(group.dropped),
            tuple(trouble.kind for trouble in group.troubles),
        )
        for group in groups
    ]


def test_cover_sheets_part_the_stack_and_are_dropped_with_their_blank_backs() -> None:
    stack = [cover("a", A, "TP01"), blank("b"), plain("c"), blank("d"), cover("e", A, "TP02"), plain("f")]
    groups = sort_pages([*stack, cover("g", B, "TP01"), plain("h")])
    assert shown(groups) == [(A, "TP01", "cd", "ab", ()), (A, "TP02", "f", "e", ()), (B, "TP01", "h", "g", ())]
    assert all(group.is_ready for group in groups)


def test_the_page_with_a_sticker_is_kept() -> None:
    groups = sort_pages([sticker("a", A, "TP01"), plain("b"), sticker("c", B, "TP02")])
    assert shown(groups) == [(A, "TP01", "ab", "", ()), (B, "TP02", "c", "", ())]


def test_after_a_sheet_that_was_not_read_pages_wait_and_so_do_those_before_it() -> None:
    groups = sort_pages([cover("a", A, "TP01"), plain("b"), unread("c"), plain("d"), cover("e", C, "TP01"), plain("f")])
    assert shown(groups) == [
        (A, "TP01", "b", "a", ("before_unreadable",)),
        ("", "", "cd", "", ("unreadable",)),
        (C, "TP01", "f", "e", ()),
    ]
    assert [group.is_ready for group in groups] == [False, False, True]
    assert groups[0].trouble
    assert groups[1].trouble


def test_a_sticker_that_was_not_read_parts_too() -> None:
    groups = sort_pages([cover("a", A, "TP01"), plain("b"), PageMarks("c", is_sticker_seen=True), plain("d")])
    assert [group.is_ready for group in groups] == [False, False]
    assert groups[1].pages == ("c", "d")


def test_two_separators_that_contradict_each_other_on_a_page_wait() -> None:
    both = (Separator(SheetKind.STICKER, A, "TP01"), Separator(SheetKind.STICKER, B, "TP01"))
    groups = sort_pages([cover("a", A, "TP01"), plain("b"), PageMarks("c", both, is_sticker_seen=True)])
    assert shown(groups)[1] == ("", "", "c", "", ("conflict",))
    assert not groups[0].is_ready


def test_pages_before_any_separator_wait_unless_the_clerk_said_where_they_belong() -> None:
    stack = [plain("a"), cover("b", B, "TP01"), plain("c")]
    assert shown(sort_pages(stack))[0] == ("", "", "a", "", ("no_separator",))
    groups = sort_pages(stack, Target(A, component="TP07"))
    assert shown(groups) == [(A, "TP07", "a", "", ()), (B, "TP01", "c", "b", ())]


def test_blank_pages_before_the_first_sheet_are_nobodys() -> None:
    assert shown(sort_pages([blank("a"), cover("b", A, "TP01"), plain("c")])) == [(A, "TP01", "c", "ab", ())]
    assert shown(sort_pages([blank("a")])) == [("", "", "a", "", ("no_separator",))]


def test_a_sheet_without_pages_is_shown() -> None:
    groups = sort_pages([cover("a", A, "TP01"), blank("b"), cover("c", B, "TP01"), plain("d")])
    assert shown(groups) == [(A, "TP01", "ab", "", ("empty",)), (B, "TP01", "d", "c", ())]


def test_a_cover_of_the_whole_dossier_may_lie_on_those_of_its_components() -> None:
    groups = sort_pages([cover("a", A), cover("b", A, "TP01"), sticker("c", A, "TP01"), plain("d")])
    assert shown(groups) == [(A, "TP01", "cd", "ab", ())]


def test_a_receipt_on_top_is_the_cover_of_its_dossier_and_elsewhere_a_page() -> None:
    groups = sort_pages([receipt("a", A), blank("b"), plain("c"), receipt("d", A)])
    assert shown(groups) == [(A, "", "cd", "ab", ())]
    assert not groups[0].is_ready  # the component is still to be chosen
    groups = sort_pages([cover("a", A, "TP01"), receipt("b", A), plain("c")])
    assert shown(groups) == [(A, "TP01", "bc", "a", ())]


def test_a_paper_of_another_dossier_amid_the_stack_makes_both_sides_wait() -> None:
    groups = sort_pages([cover("a", A, "TP01"), plain("b"), receipt("c", B), plain("d")])
    assert shown(groups) == [(A, "TP01", "b", "a", ("before_unreadable",)), (B, "", "cd", "", ("other_dossier",))]


def test_a_page_that_reads_like_a_cover_and_does_not_look_like_one_is_kept_and_asked_about() -> None:
    groups = sort_pages([replace(cover("a", A, "TP01"), is_cover_seen=False), plain("b")])
    assert shown(groups) == [(A, "TP01", "ab", "", ("doubtful",))]


def test_a_separator_seen_through_the_paper_is_the_back_of_its_sheet() -> None:
    front = cover("a", A, "TP01")
    groups = sort_pages([front, replace(front, page="b", is_cover_seen=False), plain("c")])
    assert shown(groups) == [(A, "TP01", "c", "ab", ())]
    first = sticker("a", A, "TP01")
    groups = sort_pages([first, replace(first, page="b", is_sticker_seen=False), plain("c")])
    assert shown(groups) == [(A, "TP01", "abc", "", ())]


def test_a_numbered_sheet_that_never_came_is_missed_where_it_should_have_been() -> None:
    def numbered(page: str, dossier: str, number: int) -> PageMarks:
        return cover(page, dossier, f"TP0{number}", number=number, total=3)

    stack = [
        numbered("a", A, 1), plain("b"), numbered("c", A, 2), plain("d"), numbered("e", A, 3), plain("f"),
        numbered("g", B, 1), plain("h"), numbered("i", B, 2), plain("j"), numbered("k", B, 3), plain("l"),
    ]  # fmt: skip
    assert all(group.is_ready for group in sort_pages(stack))

    def waiting(without: str) -> list[str]:
        groups = sort_pages([page for page in stack if page.page != without])
        return ["".join(group.pages) for group in groups if not group.is_ready]

    assert waiting("c") == ["bd"]
    assert waiting("g") == ["fh"]  # the last of the dossier before it
    assert waiting("k") == ["jl"]
    assert waiting("a") == ["b"]


def test_a_sheet_that_never_came_may_have_lain_anywhere_between_its_neighbours() -> None:
    stack = [
        cover("a", A, "TP01", number=1, total=3), plain("b"),
        cover("c", B, "TP01"), plain("d"),
        cover("e", A, "TP03", number=3, total=3), plain("f"),
    ]  # fmt: skip
    assert [group.is_ready for group in sort_pages(stack)] == [False, False, True]


def test_after_a_page_that_could_not_be_looked_at_the_whole_group_waits() -> None:
    stack = [plain("a"), replace(plain("b"), is_unseen=True), cover("c", B, "TP01"), plain("d")]
    groups = sort_pages(stack, Target(A, component="TP07"))
    assert shown(groups) == [(A, "TP07", "ab", "", ("unseen",)), (B, "TP01", "d", "c", ())]
    assert [group.goes_on for group in groups] == [True, False]


def test_marks_are_kept_as_words() -> None:
    separator = Separator(SheetKind.COVER, A, component="TP01")
    kept = (encode(separator), PAPER + B, SEEN_COVER, SEEN_STICKER, f"{TURN}2")
    assert PageMarks.of("a", kept, is_blank=True) == PageMarks("a", (separator,), (B,), True, True, True, 2)
    assert PageMarks.of("a", (), is_blank=False) == plain("a")


def test_the_turn_of_a_cover_is_that_of_its_group() -> None:
    assert sort_pages([replace(cover("a", A, "TP01"), turn=2), plain("b")])[0].turn == 2
    assert sort_pages([replace(sticker("a", A, "TP01"), turn=2), plain("b")])[0].turn == 0


@st.composite
def stacks(draw: st.DrawFn) -> list[PageMarks]:
    """Any mixture of pages, each with what may have been read on it."""
    made = []
    for at in range(draw(st.integers(0, 14))):
        found = draw(st.lists(st.builds(Separator, kinds, codes, st.sampled_from(["", "TP01", "TP02"])), max_size=2))
        usual = draw(st.booleans())
        made.append(
            PageMarks(
                f"{at:02d}",
                () if usual else tuple(found),
                () if usual else tuple(draw(st.lists(codes, max_size=1))),
                is_cover_seen=not usual and draw(st.booleans()),
                is_sticker_seen=not usual and draw(st.booleans()),
                is_blank=draw(st.booleans()),
            )
        )
    return made


starts = st.one_of(st.none(), st.builds(Target, codes, st.sampled_from(["", "TP01"])))


@given(stacks(), starts)
def test_no_page_is_lost_none_is_there_twice_and_the_order_stays(stack: list[PageMarks], start: Target | None) -> None:
    groups = sort_pages(stack, start)
    assert [page for group in groups for page in (*group.dropped, *group.pages)] == [page.page for page in stack]
    assert all(group.pages or group.dropped for group in groups)


@given(stacks(), starts)
def test_only_sheets_papers_on_top_and_blank_pages_are_dropped(stack: list[PageMarks], start: Target | None) -> None:
    by_id = {page.page: page for page in stack}
    for page in (by_id[page] for group in sort_pages(stack, start) for page in group.dropped):
        assert page.is_blank or page.papers or any(found.kind is SheetKind.COVER for found in page.separators)


@given(stacks(), starts)
def test_pages_pass_to_another_dossier_only_by_what_was_read(stack: list[PageMarks], start: Target | None) -> None:
    by_id = {page.page: page for page in stack}
    groups = sort_pages(stack, start)
    for at, group in enumerate(groups):
        if not group.dossier or (at == 0 and start is not None and group.dossier == start.dossier):
            continue
        members = [by_id[page] for page in (*group.dropped, *group.pages)]
        said = next(page for page in members if page.separators or page.papers)
        assert group.dossier in {found.dossier for found in said.separators} | set(said.papers)
        earlier = members[: members.index(said)]
        assert all(page.is_blank for page in earlier)


@given(stacks(), starts)
def test_a_separator_that_was_not_read_always_surfaces(stack: list[PageMarks], start: Target | None) -> None:
    groups = sort_pages(stack, start)
    ready = {page for group in groups if group.is_ready for page in (*group.pages, *group.dropped)}
    for page in stack:
        if (page.is_cover_seen or page.is_sticker_seen) and not page.separators:
            assert page.page not in ready
            mine = next(group for group in groups if page.page in group.pages)
            assert mine.pages[0] == page.page
    for before, group in pairwise(groups):
        if any(trouble.kind == "unreadable" for trouble in group.troubles):
            assert not before.is_ready


@given(stacks(), starts)
def test_what_is_ready_holds_papers_of_one_component_only(stack: list[PageMarks], start: Target | None) -> None:
    by_id = {page.page: page for page in stack}
    for group in sort_pages(stack, start):
        targets = {found.target for page in (*group.pages, *group.dropped) for found in by_id[page].separators}
        if group.is_ready:
            assert {target for target in targets if target[1]} <= {(group.dossier, group.component, group.result)}
            assert any(not by_id[page].is_blank or by_id[page].has_marks for page in group.pages)
            assert len({target[0] for target in targets}) <= 1
