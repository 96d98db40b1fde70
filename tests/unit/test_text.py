"""Texts as they are shown and compared."""

from model.text import in_excel, near_names, printable, visible


def test_what_would_act_on_a_page_or_terminal_is_replaced() -> None:
    assert visible("a\x1b[31m\u202eb\ud800\n\tc") == "a\ufffd[31m\ufffdb\ufffd\n\tc"
    assert printable("a\nb\x07") == "a\ufffdb\ufffd"


def test_marks_of_direction_that_turn_nothing_around_stay() -> None:
    assert visible("\u200fسلام\u200e") == "\u200fسلام\u200e"


def test_a_cell_holds_what_xml_lacks_as_an_escape() -> None:
    assert in_excel("a\x07b_x0041_") == "a_x0007_b_x005F_x0041_"


def test_near_names_are_found_whatever_their_capitals() -> None:
    assert near_names(" ORSSA", ["Velmar", "Orsa"]) == ["Orsa"]
    assert near_names("qqq", ["Velmar", "Orsa"]) == []
