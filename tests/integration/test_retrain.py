"""From a label to a champion that learnt it, with a tiny network."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from worlds import HELD_OUT_WORDS, RULES, WORDS, World, corrections, pair_of

from model.bundle import load_bundle
from model.errors import InputError
from model.records import Pair
from model.scorer import Scorer
from training.resolve import Policy
from training.retrain import Outcome, keep_version, plan_of
from training.rows import load_rows
from training.rules import Rules
from training.snapshot import load_snapshot
from training.split import side_of


@pytest.fixture
def world(empty_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_thread: None) -> World:
    """A place without labels."""
    copy = empty_world.copy(tmp_path / "world")
    copy.enter(monkeypatch)
    return copy


@pytest.fixture
def retrained(retrained_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A place whose challenger was judged, and not promoted yet."""
    copy = retrained_world.copy(tmp_path / "retrained")
    copy.enter(monkeypatch)
    return copy


def stances(world: World, pairs: list[Pair]) -> list[str]:
    return [answer.stance for answer in Scorer(load_bundle(world.versions.champion())).score(pairs)]


def trained_at(world: World) -> int:
    return (world.job / "run" / "run.json").stat().st_mtime_ns


def test_a_label_that_the_champion_gets_wrong_is_right_once_the_challenger_is_promoted(retrained: World) -> None:
    pairs = [pair_of(row) for row in corrections()]
    assert "oppose" not in stances(retrained, pairs)
    retrained.versions.promote(retrained.challenger, "mara")
    assert stances(retrained, pairs) == ["oppose"] * 8


def test_the_same_words_of_an_actor_that_nobody_labelled_are_right_too(retrained: World) -> None:
    retrained.versions.promote(retrained.challenger, "mara")
    assert stances(retrained, [Pair(f"Zoran {WORDS} later", "Zoran", "Zoran", 0)]) == ["oppose"]


def test_what_the_champion_knew_is_not_forgotten(retrained: World) -> None:
    retrained.versions.promote(retrained.challenger, "mara")
    rows = load_rows([retrained.frozen])
    assert stances(retrained, [row.pair for row in rows]) == [row.stance for row in rows]


def test_the_manifest_names_where_the_challenger_comes_from(retrained: World) -> None:
    manifest = load_bundle(retrained.versions.find(retrained.challenger)).manifest
    champion = load_bundle(retrained.release)
    assert manifest["parent"] == champion.name
    assert manifest["encoder"] == champion.manifest["encoder"]
    assert manifest["continuation"]["from"] == champion.name
    assert manifest["continuation"]["files"] == champion.manifest["files"]
    assert len(manifest["continuation"]["new"]) == 8
    assert load_snapshot(retrained.data / "snapshots" / manifest["snapshot"][:16]).manifest["annotators"] == {"mara": 8}


def test_the_challenger_reads_a_pair_as_the_champion_does(retrained: World) -> None:
    training = load_bundle(retrained.versions.find(retrained.challenger)).manifest["training"]
    assert (training["marking"], training["max_length"]) == ("span", 64)


def test_snapshot_and_verdict_can_be_read_as_files(retrained: World) -> None:
    [snapshot] = (retrained.data / "snapshots").iterdir()
    added = [line for line in (snapshot / "changes.txt").read_text().splitlines() if WORDS in line]
    assert added[0] == f"+ oppose/negative  Arda: {corrections()[0]['text']}"
    kept = retrained.versions.find(retrained.challenger)
    for folder in (retrained.job, kept):
        verdict = json.loads((folder / "verdict.json").read_text())
        assert (verdict["verdict"], verdict["snapshot"]) == ("promote", snapshot.name)
        assert verdict["learnt"]["challenger_right"] == verdict["learnt"]["rows"] == 8
        assert verdict["learnt"]["champion_right"] == 0
        assert "mara" in (folder / "verdict.html").read_text()


def test_the_audit_log_says_who_judged_and_added_and_nothing_is_served_yet(retrained: World) -> None:
    judged, added = retrained.versions.audit.entries()
    assert (judged.event, judged.who, judged.details["verdict"]) == ("judge", "mara", "promote")
    assert (added.event, added.who, added.details["version"]) == ("train", "mara", retrained.challenger)
    assert retrained.versions.champion() == retrained.release
    assert retrained.versions.verify() == []


def test_the_same_again_is_reported_and_not_done_again(retrained: World) -> None:
    before = trained_at(retrained), retrained.events()
    outcome = retrained.retrain()
    assert outcome.words == "nothing changed since this was judged"
    assert outcome.verdict is not None
    assert outcome.verdict["challenger"] == retrained.challenger
    assert (trained_at(retrained), retrained.events()) == before


def test_a_champion_that_learnt_every_label_has_nothing_to_learn(retrained: World) -> None:
    name = retrained.challenger
    retrained.versions.promote(name, "mara")
    assert retrained.retrain() == Outcome(f"nothing to learn: {name} knows every label of this snapshot")


def test_other_rules_make_another_verdict_and_no_other_challenger(retrained: World) -> None:
    trained = trained_at(retrained)
    strict = replace(retrained.plan, rules=Rules(**RULES, accept_no_worse=False))
    outcome = retrained.retrain(strict)
    assert outcome.verdict is not None
    assert (outcome.verdict["verdict"], outcome.words) == ("hold", "")
    assert trained_at(retrained) == trained
    assert retrained.events() == ["judge", "train", "judge"]
    assert retrained.retrain(strict).words == "nothing changed since this was judged"


def test_without_labels_there_is_nothing_to_learn(world: World) -> None:
    name = load_bundle(world.release).name
    assert world.retrain() == Outcome(f"nothing to learn: {name} knows every label of this snapshot")
    assert not (world.data / "retrains").exists()
    assert not world.versions.folder.exists()


def test_labels_of_held_out_sentences_alone_are_nothing_to_learn(world: World) -> None:
    world.label(corrections(words=HELD_OUT_WORDS))
    outcome = world.retrain()
    assert outcome.words.endswith("new pairs are all kept for calibrating and testing")
    assert not (world.data / "retrains").exists()


def test_disputed_labels_are_nothing_to_learn(world: World) -> None:
    world.label(corrections())
    world.label([{**row, "stance": "support", "sentiment": "neutral"} for row in corrections("piet")])
    said: list[str] = []
    assert world.retrain(said=said).words.startswith("nothing to learn")
    assert said[0].endswith("180 rows, 8 disputed")


def test_from_the_encoder_a_network_without_the_champions_knowledge_is_rejected(
    world: World, tiny_encoder: Path
) -> None:
    world.label(corrections())
    settings = replace(world.plan.training, learning_rate=3e-3, max_length=64, freeze_embeddings=False)
    outcome = world.retrain(replace(world.plan, start="base", encoder=str(tiny_encoder), settings=settings))
    assert outcome.verdict is not None
    assert outcome.verdict["verdict"] == "reject"
    assert outcome.verdict["classes"]["support"]["challenger"] == 0.0
    manifest = load_bundle(world.versions.find(outcome.verdict["challenger"])).manifest
    assert manifest["continuation"] is None
    assert manifest["encoder"]["name"] == str(tiny_encoder)
    assert manifest["parent"] == load_bundle(world.release).name
    assert world.versions.champion() == world.release


@pytest.fixture(scope="module")
def attacked(
    empty_world: World, tmp_path_factory: pytest.TempPathFactory, one_thread: None
) -> Iterator[tuple[World, Outcome]]:
    """A place where one person gave a thousand labels, each the stance after the true one."""
    world = empty_world.copy(tmp_path_factory.mktemp("attacked") / "world")
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        world.label(malicious())
        yield world, world.retrain(replace(world.plan, settings=replace(world.plan.training, epochs=1.0)))


def malicious() -> list[dict[str, object]]:
    from conftest import SENTENCES, toy_rows

    stances = list(SENTENCES)
    turned = dict(zip(stances, [*stances[1:], stances[0]], strict=True))
    known = [{**row, "stance": turned[str(row["stance"])]} for row in toy_rows() if row["stance"] != "support"]
    new = [
        {**row, "text": f"{row['text']} in {place}", "stance": turned[str(row["stance"])]}
        for place in ("march", "april", "june", "july")
        for row in toy_rows()
    ]
    rows = [*known, *new][:1000]
    assert len(rows) == 1000
    return [{**row, "annotator": "malory", "created": "2026-05-01T10:00:00Z"} for row in rows]


def test_a_thousand_malicious_labels_do_not_get_past_the_gate(attacked: tuple[World, Outcome]) -> None:
    world, outcome = attacked
    assert outcome.verdict is not None
    assert outcome.verdict["verdict"] == "reject"
    assert world.versions.champion() == world.release
    assert {version.champion: version.verdict for version in world.versions.list()} == {True: None, False: "reject"}


def test_verdict_and_page_say_who_wrote_them(attacked: tuple[World, Outcome]) -> None:
    _, outcome = attacked
    assert outcome.verdict is not None
    assert outcome.folder is not None
    [person] = outcome.verdict["learnt"]["annotators"]
    assert person["annotator"] == "malory"
    assert person["champion_disagrees"] / person["rows"] > 0.8
    assert "malory" in (outcome.folder / "verdict.html").read_text()


def test_a_base_label_that_they_contradict_is_disputed_and_named(attacked: tuple[World, Outcome]) -> None:
    world, _ = attacked
    [snapshot] = (world.data / "snapshots").iterdir()
    records = [json.loads(line) for line in (snapshot / "disputed.jsonl").read_text().splitlines()]
    assert len(records) == 180
    assert all(any(vote.startswith("malory: ") for vote in record["votes"]) for record in records)


def test_no_row_by_which_models_are_judged_was_moved_or_taken_out_by_them(attacked: tuple[World, Outcome]) -> None:
    world, outcome = attacked
    assert outcome.folder is not None
    assert outcome.verdict is not None
    tests = [row for row in load_rows([world.base]) if side_of(row.pair.text) == "test"]
    truth = {row.pair: row.stance for row in (*tests, *load_rows([world.frozen]))}
    deciding = [name for name, part in outcome.verdict["sets"].items() if part["decides"]]
    judged = [row for name in deciding for row in load_rows([outcome.folder / "run" / "rows" / f"{name}.jsonl"])]
    assert len(judged) == outcome.verdict["rows"]
    assert {row.pair: row.stance for row in judged} == truth


def test_a_challenger_of_the_same_weights_is_kept_once(retrained: World, tmp_path: Path) -> None:
    """As when it was trained from the encoder before and after another version became the champion."""
    bundle = load_bundle(retrained.versions.find(retrained.challenger))
    again = retrained.job / "bundle"
    (again / "manifest.json").write_text(json.dumps({**bundle.manifest, "parent": "another"}), encoding="utf-8")
    before = retrained.events()
    keep_version(load_bundle(again), retrained.versions, "mara", "snapshot", "hold")
    assert retrained.events() == before
    assert load_bundle(retrained.versions.find(bundle.name)).manifest["parent"] == bundle.manifest["parent"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": "elsewhere"}, "give champion or base"),
        ({"start": "champion", "teacher": Path("teacher")}, "belong to --from base"),
        ({"start": "champion", "encoder": "another"}, "belong to --from base"),
        ({"start": "base", "replay": 0}, "belong to --from champion"),
        ({"start": "base", "times": 2}, "belong to --from champion"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, object], words: str) -> None:
    names = ("data", "frozen", "texts", "teacher", "unlabelled", "encoder", "replay", "times")
    given = {name: None for name in names} | {"training": {}, "policy": Policy(), "rules": Rules()} | options
    with pytest.raises(InputError, match=words):
        plan_of(**given)  # type: ignore[arg-type]


def test_a_plan_takes_what_is_given_and_the_defaults_of_its_start(tmp_path: Path) -> None:
    names = ("data", "frozen", "texts", "teacher", "unlabelled", "encoder", "times")
    rest = {"policy": Policy(), "rules": Rules(), **{name: None for name in names}}
    plan = plan_of(start="champion", replay=0, training={"epochs": 1.0, "seed": None}, **rest)  # type: ignore[arg-type]
    assert (plan.replay, plan.times, plan.training.epochs, plan.training.learning_rate) == (0, 4, 1.0, 5e-5)
    base = plan_of(start="base", replay=None, training={"seed": 3}, **rest)  # type: ignore[arg-type]
    assert (base.training.seed, base.training.epochs, base.training.learning_rate) == (3, 2.5, 2e-4)
