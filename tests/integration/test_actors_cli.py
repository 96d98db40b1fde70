"""What `parley actors resolve` and `check` say and give as JSON, with files of a user's own over those that ship."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from model.actors import load_registry
from model.registry_check import check_files, check_words, resolve_report, resolve_words

ROOT = Path(__file__).parents[2]
MINE = """
- id: KYRA
  name: Kyra
  type: state
  member_of: [G77]
  aliases:
    name: [Kyra]
    capital: [{text: Kyrapolis, since: 1999-05-01}, {text: Old Kyra, until: 1999-05-01}]
    person: [{text: [Ana Moro, Moro], since: 2011, until: 2019}]
- id: KYRA/PARL
  name: Kyran Assembly
  type: organization
  parent: KYRA
  aliases: {name: [Kyran Assembly, Troika]}
- id: RUS
  aliases: {office: [Kyra desk of the Kremlin]}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    return tmp_path / "mine.yaml"


def test_names_of_a_users_file_are_resolved_with_the_shipped_ones(mine: Path) -> None:
    names = ["Ana Moro", "Kyrapolis", "Kyra desk of the Kremlin", "Lavrov", "Troika"]
    words = resolve_words(resolve_report(names, load_registry(mine), date(2015, 6, 1)))
    assert words.splitlines() == [
        "Ana Moro: KYRA Kyra (state), by person 'Ana Moro' since 2011-01-01 until 2020-01-01",
        "Kyrapolis: KYRA Kyra (state), by capital 'Kyrapolis' since 1999-05-01",
        "Kyra desk of the Kremlin: RUS Russia (state), by office 'Kyra desk of the Kremlin'",
        "Lavrov: RUS Russia (state), by person 'Lavrov' since 1994-01-01",
        "Troika: KYRA/PARL Kyran Assembly (organization), by name 'Troika'",
    ]


def test_a_resolution_is_json(mine: Path) -> None:
    [found] = resolve_report(["Old Kyra"], load_registry(mine))
    assert json.loads(json.dumps(found.as_json())) == {
        "name": "Old Kyra",
        "date": None,
        "actor": {
            "id": "KYRA", "name": "Kyra", "type": "state", "iso3": None, "wikidata": None, "parent": None,
            "member_of": ["G77"],
        },
        "alias": {"text": "Old Kyra", "kind": "capital", "since": None, "until": "1999-05-01"},
        "elsewhen": [],
        "near": [],
    }  # fmt: skip


def test_a_good_file_is_counted_and_what_it_took_is_told(mine: Path) -> None:
    report = check_files(mine)
    assert report.problems == ()
    assert report.files[-1] == mine
    assert report.actors["state"] == check_files().actors["state"] + 1
    lines = check_words(report).splitlines()
    assert lines[0] == "'Troika' means KYRA/PARL, no longer TROIKA_SUDAN"
    assert lines[-1] == "no problem"
    assert json.loads(json.dumps(report.as_json()))["taken"] == [lines[0]]


def test_a_wrong_file_is_told_in_full(mine: Path) -> None:
    mine.write_text(MINE.replace("G77", "G78").replace("organization", "parliament").replace("office", "desk"))
    lines = check_words(check_files(mine)).splitlines()
    assert [line.removeprefix(f"{mine}, entry ") for line in lines[:3]] == [
        "2 (KYRA/PARL): type is 'parliament'; give one of state, armed_group, organization, coalition, opposition, "
        "person, place",
        "3 (RUS): 'desk' is no kind of alias; use name, demonym, capital, palace, ministry, force, person, office, "
        "acronym",
        "1 (KYRA): member_of names 'G78', which is no actor's id",
    ]
    assert lines[-1] == "3 problems"


def test_the_commands_read_the_users_file(mine: Path) -> None:
    environment = {"PARLEY_ACTORS": str(mine), "PATH": ""}
    resolved = parley("actors", "resolve", "Kyrapolis", "--date", "2001-01-01", "--json", environment=environment)
    assert resolved.returncode == 0, resolved.stderr
    assert json.loads(resolved.stdout)[0]["actor"]["id"] == "KYRA"
    assert parley("actors", "check", environment=environment).returncode == 0


def test_a_wrong_file_or_date_is_told_with_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("- id: X\n  type: planet\n", encoding="utf-8")
    checked = parley("actors", "check", str(tmp_path / "wrong.yaml"))
    assert checked.returncode == 2
    assert "wrong.yaml" in checked.stdout
    dated = parley("actors", "resolve", "Kabul", "--date", "yesterday")
    assert dated.returncode == 2
    assert "write it as 2024-08-15" in dated.stderr


def parley(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parley", *arguments],
        cwd=ROOT, env=environment or {"PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
