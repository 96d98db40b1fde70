"""Whether the name of a state, a capital or a people stands for an actor: "Moscow warned" yes, "in Moscow" no.

Each rule reads the few words on either side of the name. Where they do not tell, a state counts as an actor
and the adjective of a people does not.
"""

import re
from typing import Final

from model.actors import Match

# Words after which "to", "from", "of", "for", "on" lead to a party rather than to a place or a topic.
_SPEAKS_TO: Final = (
    "said|told|listen(?:s|ed)?|appeal(?:ed|s|ing)?|offer(?:ed|s|ing)?|propos(?:ed|als?|es)|gave|given|giving|give|"
    "messages?|letters?|concessions?|aid|sales?|support|threats?|warnings?|speak|speaking|talk|talked|talking|spoke|"
    "according|proposals?|invitations?|assurances?|guarantees?|respon(?:d|ds|ded|se)|repl(?:y|ied)|answers?|calls?|"
    "demands?|hostile|loyal|allied|close|belongs?|due|commitments?|promises?|leaving|deliver(?:ed|y)?|hand(?:ed|over)?|"
    "handover|grant(?:ed|s)?|sell|sold|lost|ceded?|linked|ties|leave|left|up|closer|opposed|opposition|ultimatum|"
    "note|notes|request|requests|alternative|addressed|pass(?:ed)?|conveyed"
)
_TAKES_FROM: Final = (
    "demands?|demand(?:ed|ing)?|guarantees?|letters?|messages?|support|proposals?|words?|assurances?|concessions?|"
    "response|responses|reply|answer|pressure|approval|consent|independence|secede|secession|separate|commitments?|"
    "money|aid|help|weapons|pledges?|signals?|criticism|reaction|comment|objections?|resistance|permission|"
    "invitation|offer|threats?|want(?:s|ed)?|hear|heard|received?|win|won|secured?|sought|seek(?:s|ing)?|draw|drew|"
    "protection|apology|autonomy|backing|delegations?|delegates?|negotiators?|representatives?|officials?|envoys?|"
    "diplomats?|ministers?|leaders?|lawmakers?|groups?|teams?|experts?|commanders?|mediators?"
)
_ACTS_ON: Final = (
    "sanctions?|pressure|press(?:ed|ing)?|call(?:s|ed|ing)?|demands?|attacks?|war|embargo|blockade|imposed?|tariffs?|"
    "blamed?|blames|prevail(?:ed)?|relied|relying|depend(?:s|ent)?|lean(?:ed|ing)?|influence|restrictions?|strikes?|"
    "assault|put|duties|waged?|leverage|trust(?:ed)?"
)
_SPEAKS_OF: Final = (
    "accus(?:ed|es|ing|ations?)|criticism|condemnation|critics?|critical|recognition|suspicious|wary|support|backing|"
    "consent|approval|assent|behalf|part|demands?|blessing|threats?|supporters?|allies|ally|enem(?:y|ies)|friends?|"
    "security|integrity|independence|fear|afraid|distrust|mistrust|instead|tired|weary|ask(?:ed|s|ing)?|demanded|"
    "required|rid|role|intentions?|position|sovereignty|allies|adversar(?:y|ies)"
)
_SEND_FOR: Final = (
    "envoy|representative|plan|mission|ambassador|coordinator|future|peace|left|leaving|departed|bound|battle|"
    "battles|fight|roadmap|talks|settlement|conference|fund|headed|force"
)
_GAP: Final = r"\b(?:\s+[\w'’-]+){0,3}\s+"

_PREPOSITIONS: Final = re.compile(
    r"\b(?P<word>to|from|on|upon|of|for)\s+(?P<more>the\s+|neighbou?ring\s+|both\s+)?$", re.IGNORECASE
)
_LEADS: Final = {
    "to": re.compile(rf"\b(?:{_SPEAKS_TO}){_GAP}$", re.IGNORECASE),
    "from": re.compile(rf"\b(?:{_TAKES_FROM}){_GAP}$", re.IGNORECASE),
    "on": re.compile(rf"\b(?:{_ACTS_ON})\b(?:\s+[\w'’-]+){{0,3}}\s+$", re.IGNORECASE),
    "of": re.compile(rf"\b(?:{_SPEAKS_OF})\s+(?:\w+\s+)?$", re.IGNORECASE),
}
_LEADS["upon"] = _LEADS["on"]
_MOVES: Final = re.compile(
    r"\b(?:travel\w*|fly|flies|flew|flown|flights?|go|goes|going|went|gone|com(?:e|es|ing)|came|return\w*|driv\w+|"
    r"drove|head\w*|trips?|visits?|journeys?|send|sent|mov(?:e|ed|ing)|back|yes|way|road|access)\s+(?:\w+\s+)?$"
)
_SENT_FOR: Final = re.compile(rf"\b(?:{_SEND_FOR}){_GAP}$", re.IGNORECASE)

_PLACE_BEFORE_STATE: Final = re.compile(
    r"(?:\b(?:in|inside|across|throughout|into|within|near|around|outside|over|through|via|toward|towards|about|at|"
    r"off|northern|southern|eastern|western|central|north|south|east|west|northeastern|northwestern|southeastern|"
    r"southwestern|northeast|northwest|southeast|southwest|upper|mainland|occupied|left|leaving|visit|visits|visited|"
    r"visiting|reached|entered|entering|fled|fleeing|tour|toured|invaded|invading|crossed|leave|quit|regarding|"
    r"concerning|elsewhere\s+in|bordering|borders?\s+with|city\s+of\s+\w+,|town\s+of\s+\w+,|Radio\s+Free|"
    r"Bank\s+of)\s+(?:the\s+|neighbou?ring\s+|both\s+)?|\b(?:in|near|at|"
    r"outside)\s+(?:[A-ZÀ-Þ][\w’'.-]+\s+){0,2}[A-ZÀ-Þ][\w’'.-]+,\s+)$",
)
_LIST: Final = re.compile(
    r"\b(?:in|to|from|of|on|for|at|near|across|into|through|left|visited|via)\s+(?P<list>(?:the\s+)?"
    r"(?:[A-ZÀ-Þ][\w.-]+(?:\s+[A-ZÀ-Þ][\w.-]+){0,2}(?:,?\s+(?:and|or)\s+|,\s+)(?:the\s+)?){1,5})$"
)
_PLACE_BEFORE_CITY: Final = re.compile(
    r"\b(?:in|at|near|around|outside|inside|into|over|across|via|through|toward|towards|left|leaving|leave|leaves|"
    r"visit|visits|visited|visiting|reached|reach|entered|enter|downtown|central|greater|southern|northern|eastern|"
    r"western|north|south|east|west|city|bombed|shelled|captured|seized|took|retook|attacked|besieged|quit|fled|"
    r"within|beyond|about|capital|"
    r"capital,)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_ADDRESS_AFTER: Final = re.compile(r",\s+[A-ZÀ-Þ][\w.-]+(?:,|\.?$|\s+(?:on|last|this|next)\b)")
_TRACK_AFTER: Final = re.compile(
    r"(?:[-–/][A-ZÀ-Þ]\w+)?(?:\s+(?:[IVX]+|\d+|peace|ceasefire|cease-fire|nuclear|war|political|civil|framework|"
    r"truce|border|trade|disengagement|reconciliation)){0,2}\s+"
    r"(?:talks?|process|track|format|accords?|agreements?|round|rounds|conference|summit|meetings?|protocol|deal|"
    r"pact|treaty|"
    r"declaration|communiqu[eé]|airport|river|province|suburbs?|stock|time|residents?|hotel|university|hospital|"
    r"schools?|mosque|square|prison|stadium|church|cathedral|museum|negotiations?|dialogue|roadmap|wars?|conflict|"
    r"crisis|issue|question|dispute|file|dossier|border|coast|coastline|soil|airspace|territory|street|streets|"
    r"bureau|office building|region|district|valley|strait|peninsula|citizens?|nationals?|elections?|markets?|policy|"
    r"invasion|problem|situation|sea|lake|oil|gas|program(?:me)?|consultations|initiative group|plane|flight|courts?|"
    r"stocks?|dollar|economy|currency|bonds|consumers|companies|firms|farmers|media|newspapers?|passports?|visas?|"
    r"banks?|tourists|students|exports|imports|laws?|envoy|coordinator|desk|watchers?|experts?|analysts?|quake|"
    r"earthquake|floods?|vote|poll|polls)\b"
)
_PLACE_AFTER_OWN: Final = re.compile(
    r"['’]s?\s+(?:(?:\w+ern|north|south|east|west|main|second|largest|second-largest|old|oil-rich|remote|"
    r"international|busy|new|long|first|bloody|contested|civil|troubled|disputed|central|coastal|"
    r"far)\s+){0,3}(?:capital|city|cities|province|provinces|region|regions|coast|airport|north|south|east|west|"
    r"northeast|northwest|southeast|southwest|\w+ern|border|borders|streets?|suburbs?|mountains?|desert|river|lake|"
    r"district|districts|port|ports|countryside|outskirts|independence day|history|war|crisis|conflict|future|"
    r"economy|hotels?|university|market|markets|transit|subway|metro|stock|financial|hospitals?|museums?|mosques?|"
    r"skyline|residents|population|people|climate|mayor)\b"
)
_LONGER_NAME: Final = re.compile(
    r"\b(?:Port|Northern|Eastern|Western|Southern|Central|New|Upper|Lower|Fort|San|Lake|Mount|East|West|Greater|Inner|"
    r"Outer) $"
)
_INSIDE: Final = re.compile(r"\b(?:in|at|inside|within|outside|into)\s+(?:the\s+)?$")
_NO_BODY_AFTER: Final = re.compile(
    r"\s+(?:headquarters|building|office in|"
    r"(?:peace\s+|accession\s+)?(?:talks|process|summit|membership|accession|deal))\b"
)
_LIST_END: Final = re.compile(r"(?:,|\band|\bor)\s+(?:the\s+)?$")
_PAST: Final = re.compile(r"\b(?:once|former|formerly|ex-)")
_PAST_SERVICE: Final = re.compile(
    r"\b(?:once|former|formerly|ex-\w+)\b[\w\s-]{0,40}\b(?:of|for|to|from|with|at)\s+(?:the\s+)?$"
)
_COUNTED: Final = re.compile(  # "24 Iraqis", "all Iraqis": people, not the state
    r"(?:\d|\b(?:million|thousands|hundreds|dozens|scores|all|many|most|some|two|three|four|five|other|ordinary|"
    r"fellow|young|displaced|missing))\s+(?:of\s+)?$"
)
_SOMEBODY: Final = re.compile(r"\b[Aa]n? $")  # "a Norwegian": a person, not the state
_ENDS_PEOPLE: Final = re.compile(
    r"\s+(?:and|or|have|has|had|will|would|said|say|says|are|were|want|wanted|must|can|could|did|do|to|who|that|not|"
    r"vote[sd]?|reject|accept|refuse|demand|think|fear|believe|hope|know|need|call|may|might|should|in|on|at|over|with|from|for|if|until|by|as|before|after|remain|agreed|refused|insist|insisted|"
    r"never|still|also)\b"
)
_ITS_OFFER: Final = re.compile(  # "turned down a Sudanese proposal": Sudan made it
    r"\s+(?:(?!and\b|or\b|but\b)[a-z-]+\s+){0,2}(?:proposals?|offers?|plans?|demands?|requests?|drafts?|invitations?|initiatives?|mediation|"
    r"appeals?|calls?|conditions?|terms)\b"
)
_ANSWERS: Final = re.compile(
    r"\b(?:turn\w*\s+down|reject\w*|refus\w+|dismiss\w*|accept\w*|welcom\w+|declin\w+|spurn\w*|rebuff\w*|brush\w*\s+aside|"
    r"respond\w*\s+to|repl\w+\s+to|agree\w*\s+to|ignor\w+|study\w*|studies|weigh\w*|endors\w+|embrac\w+)\s+(?:(?:an?|the|another|every|any|all|new|latest)\s+){0,2}$"
)
_DATELINE: Final = re.compile(r"\s*(?:,\s+[A-Z][\w .]+)?\s*(?:\([^)]{2,30}\))?\s*[—–-]{1,2}\s")


def is_agent(match: Match, before: str, after: str) -> bool:
    """Whether a name that carries no role stands for an actor, by the words before and after it."""
    if match.actor.type == "place" or _is_hyphenated(before, after) or _is_dateline(before, after):
        return False
    listed = _LIST.search(before) if _LIST_END.search(before[-12:]) else None
    before = before[: listed.start("list")] if listed else before  # "to Lebanon and Syria" goes to both
    match match.alias.kind:
        case "capital" | "palace":
            return _capital_acts(before, after)
        case "demonym":
            return _is_people(match.text, before, after)
        case "name" | "acronym" if match.actor.type == "state":
            return _state_acts(match.text, before, after)
        case "name" | "acronym":
            return not _INSIDE.search(before[-24:]) and not _NO_BODY_AFTER.match(after)
        case _:
            return True


def is_part_of_compound(before: str, after: str) -> bool:
    """Part of a compound such as "U.S.-backed" or "Afghan-Afghan", or a dateline: no rule can make it an actor."""
    return _is_hyphenated(before, after) or _is_dateline(before, after)


def _state_acts(text: str, before: str, after: str) -> bool:
    if _PLACE_BEFORE_STATE.search(before[-50:]):
        return False
    if _TRACK_AFTER.match(after) or _PLACE_AFTER_OWN.match(after):
        return False
    adjective = (text.isupper() or "." in text) and re.match(r"\s+[a-z]", after)  # "to U.S. guarantees"
    return bool(adjective) or _preposition_allows(before, default=True)


def _capital_acts(before: str, after: str) -> bool:
    if _PLACE_BEFORE_CITY.search(before[-24:]) or _TRACK_AFTER.match(after):
        return False
    if _PLACE_AFTER_OWN.match(after) or _ADDRESS_AFTER.match(after):
        return False
    return _preposition_allows(before, default=False)


def _preposition_allows(before: str, default: bool) -> bool:
    """After "to", "from", "on", "of" only the word that governs the preposition tells a party from a place."""
    found = _PREPOSITIONS.search(before[-24:])
    if not found:
        return True
    word = found["word"].lower()
    lead = before[: max(0, len(before) - 24) + found.start()]
    if word == "to":  # "To Moscow we say this"
        return not lead.strip() or bool(_LEADS[word].search(lead) and not _MOVES.search(lead[-24:]))
    if word == "for":
        return default and not _SENT_FOR.search(lead)
    return bool(_LEADS[word].search(lead))


def _is_hyphenated(before: str, after: str) -> bool:
    if _LONGER_NAME.search(before[-12:]) or (_PAST.search(before) and _PAST_SERVICE.search(before)):
        return True
    return (before.endswith(("-", "–", "/")) and before[-2:-1].isalnum()) or bool(re.match(r"[-–/]\w", after))


def _is_dateline(before: str, after: str) -> bool:
    return len(before) < 3 and bool(_DATELINE.match(after)) and not before.strip(" \"“'")


def _is_people(text: str, before: str, after: str) -> bool:
    """A demonym that stands for a party: "the Russians", "Iranians said", "the British will"."""
    if _ITS_OFFER.match(after) and _ANSWERS.search(before[-40:]):
        return True
    ends_phrase = not re.match(r"\s+\w", after) or _ENDS_PEOPLE.match(after)
    if _COUNTED.search(before[-30:]) or _SOMEBODY.search(before[-4:]):
        return False
    if text.endswith("s") and re.search(r"\b[Tt]he $", before):
        return True
    return bool(ends_phrase) and (text.endswith("s") or bool(re.search(r"\b[Tt]he $", before)))
