"""Whose voice tells what a sentence says of an actor, and whom its pronouns stand for."""

from time import perf_counter

import pytest

from model.actors import Actor, Alias, Registry
from model.analysis import document_sentences
from model.reading.mentions import Mention
from model.reading.sentences import Sentence
from model.reading.speech import Voiced, read_speech
from model.records import Document

ACTORS = {
    "VEL": ("state", {
        "Velmar": "name", "Velmari government": "ministry", "Velmari foreign minister": "ministry",
        "President Rusk": "person", "Rusk": "person",
    }),
    "ORS": ("state", {
        "Orsa": "name", "Orsan officials": "demonym", "Ilka Brand": "person", "Brand": "person",
    }),
    "FRONT": ("armed_group", {
        "Lake Front": "name", "the front": "nominal", "the rebels": "nominal", "The rebels": "nominal",
        "Commander Tal": "person", "Tal": "person",
    }),
    "KYR": ("state", {"Kyra": "name", "the Kyran embassy": "ministry"}),
    "UNION": ("organization", {"Northern Union": "name"}),
}  # fmt: skip
REGISTRY = Registry(
    Actor(id, id, type, tuple(Alias(text, kind) for text, kind in aliases.items()))
    for id, (type, aliases) in ACTORS.items()
)


def read(text: str, title: str | None = None) -> list[list[Voiced]]:
    sentences = document_sentences(Document(text, title=title))
    return read_speech(sentences, [mentions_of(sentence.text) for sentence in sentences])


def mentions_of(text: str) -> list[Mention]:
    return [Mention(match.actor, match.text, match.start, match.alias.kind) for match in REGISTRY.matches(text)]


def voices(text: str, title: str | None = None) -> dict[str, str]:
    """The voice of each actor in the last sentence."""
    return {voiced.mention.actor.id: voiced.voice for voiced in read(text, title)[-1]}


def pronouns(text: str, title: str | None = None) -> list[tuple[str, str]]:
    """The pronouns of the last sentence that name an actor."""
    return [
        (each.mention.text, each.mention.actor.id) for each in read(text, title)[-1] if each.mention.kind == "pronoun"
    ]


SAID_BY_VELMAR = {"VEL": "self", "ORS": "other_party:VEL"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Velmar said that Orsa had refused to talk.",
        "Velmar said on Monday Orsa had refused to talk.",
        "Velmar accused Orsa of torpedoing the talks.",
        "Velmar urged Orsa to return to the table.",
        "Velmar has repeatedly called on Orsa to talk.",
        "According to Velmar, Orsa has refused to talk.",
        "Orsa has refused to talk, according to Velmar.",
        "Orsa had refused to talk, Velmar said.",
        "Orsa had refused to talk, Velmar said on Tuesday in Lund.",
        "Orsa, Velmar said, had refused to talk.",
        '"Orsa has refused to talk," Velmar said.',
        '"Orsa has refused to talk," said Velmar.',
        '"Orsa has refused," President Rusk told reporters, "and it knows it."',
        "“Orsa has refused to talk,” said President Rusk, who came by train.",
        "Velmar, whose army is small, said Orsa had refused to talk.",
        "Velmar, which has waited for years, warned that Orsa would lose.",
        "The Velmari foreign minister, on his way home, said Orsa had refused.",
        "A spokesman for Velmar said Orsa had refused to talk.",
        "Velmar said it would come, but only once Orsa had left.",
        "Velmar was quoted by a newspaper as saying that Orsa was late.",
        "In a statement, Velmar said Orsa had refused to talk.",
        "Velmar was ready, adding that Orsa was not.",
        "Orsa was accused by Velmar of torpedoing the talks.",
        "Orsa was urged by Velmar to return to the table.",
        "President Rusk had an answer for the cameras: “Orsa is finished.”",
        "After a night of shelling, Velmar, which hosts the talks, said Orsa was to blame.",
        "Velmar: Orsa must return to the table, says Velmar.",
    ],
)  # fmt: skip
def test_what_a_party_says_of_another_is_its_voice(sentence: str) -> None:
    assert voices(sentence) == SAID_BY_VELMAR


@pytest.mark.parametrize(
    "sentence",
    [
        "Velmar hosted Orsa in Lund.",
        "The delegation of Orsa left Velmar.",
        "Fighting went on while Velmar and Orsa met.",
        "Talks between Velmar and Orsa stalled on Sunday.",
        "Velmar shelled the suburbs and Orsa fled.",
    ],
)
def test_deeds_are_the_narrators(sentence: str) -> None:
    assert set(voices(sentence).values()) == {"narrator"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Velmar offered to host the talks.",
        "Velmar rejected the offer.",
        "The offer was rejected by Velmar.",
        "Velmar's offer was ignored.",
        "An invitation from Velmar lay on the table.",
        "Velmar, however, ruled out a meeting.",
        "Velmar turned it down as theater.",
        "Velmar Rejects New Round Of Talks",
    ],
)
def test_acts_of_speech_are_the_actors_own(sentence: str) -> None:
    assert voices(sentence) == {"VEL": "self"}


def test_each_of_several_speakers_has_its_own_voice() -> None:
    assert voices("Velmar offered talks, but Orsa refused.") == {"VEL": "self", "ORS": "self"}
    assert voices("Velmar and Orsa urged the rebels to talk.") == {
        "VEL": "self",
        "ORS": "self",
        "FRONT": "other_party:VEL",
    }
    assert voices("Velmar, Orsa and Kyra said the rebels were late.")["KYR"] == "self"
    assert set(voices("The plan was rejected by Velmar, Orsa and others.").values()) == {"self"}


def test_a_party_quoted_by_another_is_in_the_others_voice() -> None:
    assert voices("Velmar said Orsa had threatened Kyra.") == {
        "VEL": "self",
        "ORS": "other_party:VEL",
        "KYR": "other_party:ORS",
    }


def test_a_new_clause_with_a_party_of_its_own_ends_a_statement() -> None:
    found = voices("Velmar said it would come, but Orsa bombed the bridge to Kyra.")
    assert found == {"VEL": "self", "ORS": "narrator", "KYR": "narrator"}


def test_a_headline_parts_its_clauses_by_commas() -> None:
    assert voices("", title="Velmar rejects the offer, Orsa presses on") == {"VEL": "self", "ORS": "narrator"}


def test_what_others_add_does_not_report_the_clause_before() -> None:
    found = voices("Kyra urged Orsa to wait, and President Rusk said the same.")
    assert found == {"KYR": "self", "ORS": "other_party:KYR", "VEL": "self"}


def test_a_party_in_a_subordinate_clause_is_not_the_speaker() -> None:
    found = voices("Ilka Brand, whose men fight beside Velmar, said the bridge was hers.")
    assert found == {"ORS": "self", "VEL": "narrator"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Analysts say Velmar is playing for time.",
        "Velmar is playing for time, analysts say.",
        '"Velmar is playing for time," said Ada Moss, a professor of law in Lund.',
        "Ada Moss, an expert on the region, said Velmar was playing for time.",
        "According to researchers at a think tank in Lund, Velmar is playing for time.",
        "A former Velmari official said Velmar was playing for time.",
        "Velmar wants the talks to fail, a historian at the University of Lund believes.",
    ],
)
def test_experts_have_their_own_voice(sentence: str) -> None:
    assert voices(sentence) == {"VEL": "expert"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Diplomats say Velmar is playing for time.",
        '"Velmar is playing for time," a Western diplomat said.',
        "Two officials familiar with the talks said Velmar was late.",
        "Velmar is said to be late.",
        "Velmar reportedly shelled the harbor.",
        "Velmar is understood to have threatened to leave.",
        "Residents of Velmar said the shelling went on.",
        "Sources close to Velmar said the talks were over.",
        "People close to Velmar say that it has no mandate.",
        "Local media reported that Velmar was late.",
        "Velmar shelled the harbor, residents said.",
        "According to a person who has seen the draft, Velmar is satisfied.",
    ],
)
def test_those_without_a_name_or_body_are_unnamed(sentence: str) -> None:
    assert voices(sentence) == {"VEL": "unnamed"}


def test_an_official_of_a_party_is_that_party_though_unnamed_himself() -> None:
    assert voices("Orsan officials who asked not to be named said Velmar was late.") == {
        "ORS": "self",
        "VEL": "other_party:ORS",
    }


def test_an_expert_is_known_again_by_surname_and_pronoun() -> None:
    opening = "Ada Moss, an analyst in Lund, was blunt.\n\n"
    assert voices(opening + 'Orsa waits. "Velmar is late," Moss said.') == {"VEL": "expert"}
    assert voices(opening + '"Velmar is late," she said.') == {"VEL": "expert"}


def test_nouns_of_speech_are_no_statements() -> None:
    assert voices("The call of the river and the demands of Orsa shaped Velmar.") == {
        "ORS": "narrator",
        "VEL": "narrator",
    }
    assert voices("Velmar held talks to press Orsa.") == {"VEL": "narrator", "ORS": "narrator"}
    assert voices("The accord offers Velmar a harbor.") == {"VEL": "narrator"}


def test_a_deed_with_a_remark_is_a_deed() -> None:
    assert voices("Velmar left the hall, saying the draft was late.") == {"VEL": "narrator"}
    assert voices("Velmar left the hall and called bargaining with Orsa a betrayal.") == SAID_BY_VELMAR


def test_a_quotation_that_stands_alone_is_the_last_speakers() -> None:
    text = 'Commander Tal was angry. "We waited," he said. "Where is Orsa? It fears the river."'
    assert voices(text) == {"FRONT": "self", "ORS": "other_party:FRONT"} or voices(text) == {"ORS": "other_party:FRONT"}


def test_a_quotation_that_opens_a_paragraph_is_whoever_it_is_given_to_next() -> None:
    quotation = '"Orsa must pay. It will. It knows the price." That was how Commander Tal said it.'
    found = read(f"Velmar said the bridge was open.\n\n{quotation}")
    assert [(each.mention.actor.id, each.voice) for each in found[1]] == [("ORS", "other_party:FRONT")]


def test_we_in_a_quotation_is_its_speaker() -> None:
    found = read('Velmar spoke last. "The river is ours," Rusk said. "We are here, and Orsa is not."')
    last = {each.mention.actor.id: (each.mention.text, each.voice) for each in found[-1]}
    assert last["ORS"][1] == "other_party:VEL"
    assert last["VEL"] == ("We", "self")


def test_we_of_somebody_who_is_no_party_names_nobody() -> None:
    assert pronouns('"We are tired," a fisherman said.') == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("President Rusk spoke first. He said the talks were over.", [("He", "VEL")]),
        ('President Rusk spoke first. "You cannot bargain with a storm," he said.', [("he", "VEL")]),
        ("Velmar closed its border. It also recalled its envoy.", [("It", "VEL")]),
        ("The rebels crossed the river. They burned the bridge.", [("They", "FRONT")]),
        ("Velmar closed its border. Nor would it open the harbor, it said.", [("it", "VEL")]),
        ("Lake Front crossed the river. They burned the bridge.", [("They", "FRONT")]),
        ("Kyra was kind to the rebels. It told them to rest.", [("It", "KYR"), ("them", "FRONT")]),
        ("President Rusk spoke first. What he wants is the harbor.", [("he", "VEL")]),
        ("Commander Tal arrived by boat. His men held the harbor.", [("His", "FRONT")]),
    ],
)
def test_a_pronoun_with_one_clear_antecedent_names_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert pronouns(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Velmar closed its border. It is too early to say why.",
        "Velmar closed its border. It was not clear who would come.",
        "Velmar closed its border. It remains to be seen whether the talks resume.",
        "Velmar closed its border. It took three hours to open the harbor.",
        "Velmar closed its border. He went home.",
        "The talks between Velmar and Orsa began. They have been frozen since.",
        "President Rusk spoke first. Ada Moss, a fisherman, listened. He went home.",
        "Velmar and Orsa met. It was the first time.",
        "A truce was near. They went home.",
    ],
)
def test_a_pronoun_without_a_clear_antecedent_names_nobody(text: str) -> None:
    assert pronouns(text) == []


def test_somebody_unknown_who_says_what_the_movement_will_do_speaks_for_it() -> None:
    assert voices("Bran Oost said the front would come if Orsa did.") == {"FRONT": "self", "ORS": "other_party:FRONT"}
    assert voices("A fisherman said the front would come.") == {"FRONT": "unnamed"}


def test_a_sentence_that_names_the_actor_needs_no_pronoun() -> None:
    assert pronouns("President Rusk spoke first. He said Velmar would come.") == []


def test_whoever_he_is_speaks() -> None:
    assert voices("President Rusk spoke first. He warned that Orsa would pay.") == {
        "VEL": "self",
        "ORS": "other_party:VEL",
    }


def test_a_statement_of_one_party_is_its_own_voice_throughout() -> None:
    text = "We condemn the shelling. Orsa must stop it. We call for talks with the rebels."
    found = read(text, title="Statement by Velmar on the lake")
    assert [{each.mention.actor.id: each.voice for each in sentence} for sentence in found[1:]] == [
        {"VEL": "self"}, {"ORS": "other_party:VEL"}, {"VEL": "self", "FRONT": "other_party:VEL"},
    ]  # fmt: skip


def test_we_of_a_writer_who_is_no_party_names_nobody() -> None:
    text = "We drove to the lake. Orsa has closed the road, we heard. Velmar has not."
    assert all(each.mention.kind != "pronoun" for sentence in read(text, title="A journey") for each in sentence)


def test_a_statement_without_marks_after_a_colon_is_the_speakers() -> None:
    text = (
        "Speaking in Lund, President Rusk said:\n\nThe shelling was a crime.\n\nI thank Kyra. Orsa must answer for it."
    )
    assert voices(text) == {"ORS": "other_party:VEL"}


def test_an_interview_alternates_between_nobody_and_the_guest() -> None:
    text = (
        "President Rusk spoke to this newspaper in Lund.\n\nQ: Will you talk to Orsa?\n\nA: I have always wanted to. "
        "Orsa keeps the door shut.\n\nQ: And the rebels?\n\nA: The rebels lie.\n\nThe guest of Velmar left for Kyra."
    )
    found = [{each.mention.actor.id: each.voice for each in sentence} for sentence in read(text)]
    assert {"VEL": "narrator", "ORS": "narrator"} in found
    for voice in ({"VEL": "self"}, {"ORS": "other_party:VEL"}, {"FRONT": "other_party:VEL"}):
        assert voice in found
    assert found[-1] == {"VEL": "narrator", "KYR": "narrator"}


def test_an_interview_may_name_those_who_take_turns() -> None:
    text = (
        "Ilka Brand received us in Lund.\n\nCourier: Will you talk to Velmar?\n\nBrand: We will. Velmar will not.\n\n"
        "Courier: Why?\n\nBrand: It fears the rebels."
    )
    found = [{each.mention.actor.id: each.voice for each in sentence} for sentence in read(text)]
    assert found[1] == {"VEL": "narrator", "ORS": "narrator"}
    assert {"VEL": "other_party:ORS"} in found
    assert found[-1]["FRONT"] == "other_party:VEL"  # whom "It" means, the nearest speaker


def test_a_headline_with_a_colon_gives_the_quotation_to_the_name_after_it() -> None:
    assert voices("'Orsa is finished': President Rusk on the war") == SAID_BY_VELMAR


def test_all_mentions_of_an_actor_in_a_sentence_have_one_voice() -> None:
    (found,) = read("Asked what Velmar would do, President Rusk said Velmar would wait.")
    assert [each.voice for each in found] == ["self", "self", "self"]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "?", '"' * 10_000, '"Velmar" ' * 500, "\u202e\u05d0\u05d1 Velmar said \u05d2", "said said said",
        ": \0 said Velmar", "VELMAR SAID ORSA", "\x00\x01Velmar\x02",
    ],
)  # fmt: skip
def test_odd_text_is_read_without_fail(text: str) -> None:
    (found,) = read_speech([Sentence(0, 0, len(text), text)], [mentions_of(text)])
    assert all(text[each.mention.start : each.mention.end] == each.mention.text for each in found)


def test_what_would_follow_a_statement_is_the_speakers_own() -> None:
    found = voices("Velmar rejected the offer on Friday. It would sit down with Orsa in May.")
    assert found["ORS"] == "other_party:VEL"


def test_a_pronoun_comes_back_to_the_official_of_a_party() -> None:
    found = voices("A spokeswoman for Velmar spoke on Friday. She said Orsa was welcome.")
    assert found["ORS"] == "other_party:VEL"


def test_one_who_is_described_speaks_for_his_party() -> None:
    found = voices("Velmar stayed away. Its founder, a retired driver, told Orsa to wait.")
    assert found["ORS"] == "other_party:VEL"


def test_one_who_is_described_after_a_quotation_speaks_it() -> None:
    found = voices('"We talk through Orsa," Ann Lee Moss, an adviser to Velmar, told reporters in May.')
    assert found["ORS"] == "other_party:VEL"


def test_no_sentences_have_no_voices() -> None:
    assert read_speech([], []) == []


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "Velmar said ",
        "Velmar, ",
        "according to ",
        '"we ',
        "an offer from Velmar ",
        "Orsa said it, and AAAAAAAAAAAAAAAAAAAAAAAAAA, Velmar said ",
        '"Velmar" ',
        ': "',
    ],
)
def test_the_work_grows_with_the_length_only(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    sentence, mentions = [Sentence(0, 0, len(text), text)], [mentions_of(text)]
    started = perf_counter()
    read_speech(sentence, mentions)
    assert perf_counter() - started < 10
