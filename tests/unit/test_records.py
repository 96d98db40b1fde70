import pytest

from model.errors import RowError
from model.records import MAX_PAIR_CHARACTERS, document_from_row, pair_from_row


def test_a_mention_is_found_at_its_first_place() -> None:
    pair = pair_from_row({"text": "We and Kyra met Kyra.", "actor": "Kyra", "mention": "Kyra"})
    assert pair.start == 7


def test_a_given_start_decides_between_two_mentions() -> None:
    assert pair_from_row({"text": "Kyra met Kyra.", "actor": "Kyra", "mention": "Kyra", "start": "9"}).start == 9
    assert pair_from_row({"text": "Kyra met Kyra.", "actor": "Kyra", "mention": "Kyra", "start": 9.0}).start == 9


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"actor": "Kyra"}, "text"),
        ({"text": "", "actor": "Kyra"}, "text"),
        ({"text": "   ", "actor": "Kyra"}, "text"),
        ({"text": None, "actor": "Kyra"}, "text"),
        ({"text": 5, "actor": "Kyra"}, "text"),
        ({"text": ["Kyra talks."], "actor": "Kyra"}, "text"),
        ({"text": "x" * (MAX_PAIR_CHARACTERS + 1), "actor": "Kyra"}, "text"),
        ({"text": "half \ud800 pair", "actor": "Kyra"}, "text"),
        ({"text": "Kyra talks."}, "actor"),
        ({"text": "Kyra talks.", "actor": {}}, "actor"),
        ({"text": "Kyra talks.", "actor": "Kyra", "mention": "Orsa"}, "mention"),
        ({"text": "Kyra talks.", "actor": "Kyra", "mention": "Kyra", "start": 3}, "start"),
        ({"text": "Kyra talks.", "actor": "Kyra", "mention": "Kyra", "start": -1}, "start"),
        ({"text": "Kyra talks.", "actor": "Kyra", "mention": "Kyra", "start": True}, "start"),
        ({"text": "Kyra talks.", "actor": "Kyra", "mention": "Kyra", "start": "one"}, "start"),
        ({"text": "Kyra talks.", "actor": "Kyra", "mention": "Kyra", "start": "9" * 5000}, "start"),
        ({"text": "Kyra talks.", "actor": "Kyra", "context": 7}, "context"),
    ],
)
def test_a_wrong_row_names_its_field(row: dict[str, object], field: str) -> None:
    with pytest.raises(RowError) as caught:
        pair_from_row(row)
    assert caught.value.field == field


def test_a_document_keeps_a_numeric_id_as_text_and_refuses_others() -> None:
    assert document_from_row({"id": 7, "text": "Kyra talks."}).id == "7"
    with pytest.raises(RowError, match="id"):
        document_from_row({"id": [7], "text": "Kyra talks."})
