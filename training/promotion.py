"""Whether the gate lets a version take the champion's place, by what the audit log says of both."""

from model.bundle import load_bundle
from model.errors import BundleError
from model.versions import Versions, champions


def objection(versions: Versions, name: str) -> str:
    """Why a version may not take the champion's place; empty where it may, or where it was the champion before."""
    version = load_bundle(versions.find(name)).name
    entries = versions.audit.entries()
    champion = champion_name(versions)
    if version == champion or version in champions(entries):
        return ""
    pair = {"challenger": version, "champion": champion}
    judged = [each for each in entries if each.event == "judge" and pair.items() <= each.details.items()]
    if not judged:
        return f"the gate has not judged {version} against {champion or 'a champion that cannot be used'}"
    if any(each.event == "rollback" and each.details["before"] == version for each in entries[judged[-1].number :]):
        return f"{version} was rolled back since the gate judged it"
    verdict = judged[-1].details["verdict"]
    return "" if verdict == "promote" else f"the gate says {verdict} to {version}"


def champion_name(versions: Versions) -> str:
    """The champion's name; empty where `current` names nothing usable, which going back to an earlier one mends."""
    try:
        return versions.current_name()
    except BundleError:
        return ""
