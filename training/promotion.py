"""Whether the gate lets a version take the champion's place, by what the audit log says of both."""

from typing import Final

from model.bundle import load_bundle
from model.errors import BundleError
from model.versions import Versions, champions

REPLACING: Final = ("rollback", "promote")


def objection(versions: Versions, name: str, by_itself: bool = False) -> str:
    """Why a version may not take the champion's place; empty where it may.

    A person may go back to an earlier champion; what promotes `by_itself` may not, since a person took it back.
    """
    version = load_bundle(versions.find(name)).name
    entries = versions.audit.entries()
    champion = champion_name(versions)
    if version == champion or (version in champions(entries) and not by_itself):
        return ""
    pair = {"challenger": version, "champion": champion}
    judged = [each for each in entries if each.event == "judge" and pair.items() <= each.details.items()]
    if not judged:
        return f"the gate has not judged {version} against {champion or 'a champion that cannot be used'}"
    if any(each.event in REPLACING and each.details["before"] == version for each in entries[judged[-1].number :]):
        return f"{version} was served and replaced since the gate judged it"
    verdict = judged[-1].details["verdict"]
    return "" if verdict == "promote" else f"the gate says {verdict} to {version}"


def champion_name(versions: Versions) -> str:
    """The champion's name; empty where `current` names nothing usable, which going back to an earlier one mends."""
    try:
        return versions.current_name()
    except BundleError:
        return ""
