"""What was learnt, and from whose labels."""

from matches import Match, learnt_row


def test_it_is_shown_who_wrote_labels_that_nothing_else_supports(match: Match) -> None:
    rows = [learnt_row(i, "none") for i in range(20)] + [learnt_row(i, "support") for i in range(20, 120)]
    who = {row.id: ["ana"] if i < 20 else ["mallory"] for i, row in enumerate(rows)}
    match.champion.stances["Label 0."] = 0  # Ana's correction, which the challenger has learnt
    match.challenger.stances["Label 20."] = 0
    learnt = match.verdict(learnt_from=rows, who=who)["learnt"]
    assert learnt["annotators"] == [
        {"annotator": "mallory", "rows": 100, "champion_disagrees": 100, "challenger_disagrees": 99, "disputed": 0},
        {"annotator": "ana", "rows": 20, "champion_disagrees": 1, "challenger_disagrees": 0, "disputed": 0},
    ]
    assert (learnt["rows"], learnt["champion_right"], learnt["challenger_right"]) == (120, 19, 21)
    assert len(learnt["still_wrong"]) == 50
    assert learnt["still_wrong"][0] == {
        "id": "l21", "text": "Label 21.", "actor": "Kyra", "annotator": "mallory", "label": "support",
        "champion": "none", "challenger": "none",
    }  # fmt: skip


def test_whoever_has_a_voice_in_disputed_pairs_is_shown_even_if_nothing_was_learnt(match: Match) -> None:
    people = match.verdict(learnt_from=[learnt_row(1, "none")], disputes={"mallory": 7})["learnt"]["annotators"]
    assert [(each["annotator"], each["rows"], each["disputed"]) for each in people] == [
        ("mallory", 0, 7), ("unknown", 1, 0)
    ]  # fmt: skip


def test_a_row_of_several_annotators_counts_for_each(match: Match) -> None:
    row = learnt_row(1, "none")
    people = match.verdict(learnt_from=[row], who={row.id: ["ana", "ben"]})["learnt"]["annotators"]
    assert [(each["annotator"], each["rows"]) for each in people] == [("ana", 1), ("ben", 1)]


def test_a_row_without_a_stance_is_judged_by_its_sentiment(match: Match) -> None:
    rows = [learnt_row(1, None, "neutral"), learnt_row(2, None, "positive"), learnt_row(3, None)]
    learnt = match.verdict(learnt_from=rows)["learnt"]
    assert (learnt["rows"], learnt["challenger_right"]) == (2, 1)
    assert learnt["still_wrong"][0]["label"] == "positive"
