"""Texts that no newspaper prints: units that are repeated to any length, each under a name that says what it is."""

from typing import Final

from model.actors import Registry

UNITS: Final = {
    "one letter": "a",
    "one capital": "A",
    "one name": "Moscow ",
    "a name without spaces": "Moscow",
    "capital words": "Word ",
    "short capital words": "Aa ",
    "words of an office": "Ministry of ",
    "titles of persons": "President ",
    "abbreviations": "Mr. ",
    "initials": "A.",
    "a dotted name": "U.S. ",
    "abbreviations that go on": "J. a ",
    "acronyms in brackets": "(ABC) ",
    "all capitals": "MOSCOW WILL NOT TALK TO KYIV, ",
    "if": "if ",
    "unless": "unless Moscow withdraws ",
    "said": "said ",
    "said that": "Moscow said that ",
    "according to": "according to ",
    "pronouns": "he ",
    "first person": "We ",
    "both sides": "both sides ",
    "conjunctions": "Moscow and Kyiv and ",
    "an open quotation after each said": 'Moscow said "',
    "quotation marks": '"',
    "opening quotation marks": "“",
    "closing quotation marks": "”",
    "quotations of one letter": "“a” ",
    "mixed quotation marks": "‚「„`",
    "apostrophes": "'",
    "guillemets": "«»»",
    "brackets": "(",
    "square brackets": "[",
    "empty brackets": "()",
    "commas": ",",
    "listed letters": "a, ",
    "semicolons": "; ",
    "colons": ":",
    "full stops": ".",
    "spaced full stops": ". ",
    "ellipses": "… ",
    "question marks": "?",
    "question marks inside words": "?م",
    "exclamations": "No! ",
    "dashes": "—",
    "digits": "1",
    "a table of numbers": "1,234\t5.67\t-8.9\n",
    "lines of one letter": "x\n",
    "paragraphs of one letter": "x\n\n",
    "mixed ends of lines": "Peace\r\n\n\rtalks\r",
    "line separators": "word\u2028word\u2029",
    "next-line controls": "word\x85",
    "tabs": "x\t\t\t",
    "no-break spaces": "x\u00a0\u00a0",
    "ideographic spaces": "x\u3000",
    "words of one sentence": "Yes. ",
    "emoji": "😀",
    "an emoji family": "👩\u200d👩\u200d👧 ",
    "flags": "🇷🇺🇺🇦",
    "letters with combining marks": "e\u0301",
    "only combining marks": "\u0301",
    "stacked combining marks": "a" + "\u0301\u0323\u0330" * 30,
    "zero-width joiners": "\u200d",
    "zero-width spaces in a name": "Mos\u200bcow ",
    "byte-order marks": "\ufeff",
    "replacement characters": "\ufffd",
    "private characters": "\ue000\U000f0000",
    "noncharacters": "\ufffe\uffff",
    "bidirectional controls": "\u202eMoscow\u202c \u2066x\u2069",
    "NUL": "\0",
    "NUL in a name": "Mos\0cow ",
    "C0 and C1 controls": "".join(map(chr, [*range(1, 32), *range(127, 160)])),
    "escape sequences": "\x1b[31mMoscow\x1b[0m ",
    "Arabic": "قال المتحدث إن المحادثات لم تبدأ بعد. ",
    "Hebrew": "הדובר אמר שהשיחות לא התחילו. ",
    "Hebrew with a name in Latin": "הדובר אמר Moscow לא תדבר, ",
    "Chinese without spaces": "莫斯科表示愿意谈判",
    "Chinese with full stops": "发言人说谈判尚未开始。",
    "Thai": "โฆษกกล่าวว่าการเจรจายังไม่เริ่ม",
    "Devanagari": "प्रवक्ता ने कहा कि वार्ता शुरू नहीं हुई। ",
    "Cyrillic": "Москва заявила, что переговоры не начались. ",
    "homoglyphs": "Мoscow ",
    "ligatures and full-width letters": "ﬁﬀ Ｍｏｓｃｏｗ ",
    "a dotted capital I": "İ",
    "sharp s": "ß",
    "base64": "TW9zY293IHNhaWQgbm8gYW5k",
    "hexadecimal": "4d6f73636f77",
    "a list of addresses": "https://example.org/a?b=c&d=Moscow#e\n",
    "mail addresses": "a.b@example.org ",
    "a page of HTML": "<p onclick=\"x('Moscow')\">Peace &amp; talks</p><script>if(a<b){}</script>\n",
    "unclosed tags": "<a<b",
    "JSON": '{"a": ["Moscow", null, 1e9]}, ',
    "source code": "for (i = 0; i < n; i++) { a[i] = \"Moscow\"; }\n",
    "Markdown": "## [Moscow](http://example.org) **talks**\n",
    "format strings": "%s%n{0}{x.__class__} ",
    "a regular expression": "(a+)+$ (?:x|y)* ",
}  # fmt: skip

# Texts full of actors: each of their pairs is scored, so that their time is the model's.
CROWDED: Final = {
    "one actor again and again": "Moscow refused. ",
    "two actors in short sentences": "Iran left.\r\nIraq stayed.\r\n",
    "quotations with pronouns": '"We will talk to Moscow," he said. ',
    "names in Hebrew sentences": "אמר Moscow said שלום. ",
    "all capitals in sentences": "MOSCOW SAID IT WILL NOT TALK TO KYIV. ",
    "HTML with sentences": "<p>Moscow said &amp; refused.</p> <b>Kyiv</b> agreed.\n",
}


def grown(unit: str, length: int) -> str:
    """The unit, repeated and cut to so many characters."""
    return (unit * (length // len(unit) + 1))[:length]


def unknown_parties(length: int) -> str:
    """One sentence that introduces party after party, each under a name of its own."""
    number = (_letters(each) for each in range(length))
    text = ""
    while len(text) < length:
        name = next(number)
        text += f"the {name.capitalize()} Front ({name.upper()}) and "
    return text[:length]


def known_actors(registry: Registry, length: int) -> str:
    """One sentence that lists every actor of the registry, again and again."""
    return grown(", ".join(actor.name for actor in registry.actors.values()) + ", ", length)


def _letters(number: int) -> str:
    return "".join("bcdfghjklm"[int(digit)] for digit in f"{number:05}")
