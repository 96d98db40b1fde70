"""The rules of the gate, and files that replace some of them."""

from pathlib import Path

import pytest

from model.errors import InputError
from training.rules import Rules


def test_rules_are_read_from_yaml_and_json(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("class_drop: 0.05  # points\naccept_no_worse: false\nmax_size_mb: 120\n")
    (tmp_path / "rules.json").write_text('{"class_drop": 0.05, "accept_no_worse": false, "max_size_mb": 120}')
    wanted = Rules(class_drop=0.05, accept_no_worse=False, max_size_mb=120)
    assert Rules.from_file(tmp_path / "rules.yaml") == Rules.from_file(tmp_path / "rules.json") == wanted


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("clas_drop: 0.05", "no rule is called clas_drop; there are resamples"),
        ("class_drop: lots", "rule class_drop: give a number, 0 or more"),
        ("class_drop: -0.1", "rule class_drop: give a number, 0 or more"),
        ("class_drop: .nan", "rule class_drop: give a number, 0 or more"),
        ("class_drop: 1" + "0" * 400, "rule class_drop: give a number, 0 or more"),
        ("class_drop: true", "rule class_drop: give a number, 0 or more"),
        ("accept_no_worse: 1", "rule accept_no_worse: give true or false"),
        ("resamples: 10.5", "rule resamples: give a whole number"),
        ("resamples: 10", "rule resamples: fewer than 200"),
        ("resamples: 1000000000", "rule resamples: give a whole number of 1 to 1,000,000"),
        ("", "holds no rules"),
        ("- 1", "holds no rules"),
        ("{" * 5000, "neither YAML nor JSON"),
        ("a: [", "neither YAML nor JSON"),
        ("x" * 200_000, "too large to be rules"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(content)
    with pytest.raises(InputError, match=words) as error:
        Rules.from_file(file)
    assert str(file) in str(error.value)
    assert len(str(error.value)) < 700


def test_a_rules_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x9d")
    for file, words in (("binary", "neither YAML nor JSON"), ("missing", "cannot be read"), ("", "cannot be read")):
        with pytest.raises(InputError, match=words):
            Rules.from_file(tmp_path / file)


def test_nested_aliases_do_not_blow_up(tmp_path: Path) -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 30)]
    (tmp_path / "rules.yaml").write_text("\n".join(["l0: &l0 [x]", *levels, "class_drop: *l29"]))
    with pytest.raises(InputError, match="no rule is called l0"):
        Rules.from_file(tmp_path / "rules.yaml")
