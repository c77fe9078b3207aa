"""FACTS: answers brought to one form, so that two spellings of the same answer compare equal when they are judged.

The usage of SQuAD's scorer carried to other languages: case, punctuation, articles and spacing do not count. Beyond it,
numbers are read the way the language writes them, and a script without spaces has one token per character.
"""

from __future__ import annotations

import unicodedata

import regex

APOSTROPHES = "'’‘‛ʼ´`′＇"
"""Every sign people type for an apostrophe; the acute accent and the grave count, since keyboards offer them."""

QUOTATION_MARKS = '"«»„“”‟‹›‚″「」『』'

POINT_LANGUAGES = frozenset({"ar", "en", "ga", "he", "hi", "ja", "ko", "mt", "th", "zh"})
"""Languages that write 1,000.5; every other one is taken to write 1.000,5 or 1 000,5."""

ARTICLES: dict[str, frozenset[str]] = {
    language: frozenset(words.casefold().split())
    for language, words in {
        "da": "den det de en et",
        "de": "der die das den dem des ein eine einen einem einer eines",
        "el": "ο η το οι τα τον την τη του της των τους τις ένας μια μία ένα έναν ενός μιας",
        "en": "a an the",
        "es": "el la los las lo un una unos unas al del",
        "fr": "le la les un une des du de au aux",
        "ga": "an na",
        "hu": "a az egy",
        "it": "il lo la i gli le un uno una del dello della dei degli delle al allo alla ai agli alle",
        "nb": "den det de en ei et",
        "nl": "de het een",
        "nn": "den det dei ein ei eit",
        "no": "den det de en ei et",
        "pt": "o a os as um uma uns umas do da dos das ao à aos às",
        "ro": "un o unui unei niște",
        "sv": "den det de en ett",
    }.items()
}
"""Words left out of an answer. In the Romance languages an article grown together with "of" or "to" (du, au, del, do)
counts as one, and so does the French partitive "de": « du sucre », « de sucre » and « sucre » are the same answer."""

_PREFIXES = {
    "ar": regex.compile(r"\bال(?=\p{L}{2})"),
    "fr": regex.compile(r"\b[ld]'\s?(?=\w)"),
    "it": regex.compile(r"\b(?:l|un|dell|all)'\s?(?=\w)"),
    "mt": regex.compile(r"\b(?:il|l|i[ċdnrstxzż])[-‐](?=\w)"),
    "nl": regex.compile(r"(?<!\w)'[tn]\b"),
}
"""Articles that lean on the next word (in Maltese, with the consonant they take from it) and the clipped Dutch ones."""

_ELISIONS = {
    "fr": regex.compile(r"\b(c|j|m|n|s|t|(?:jus|lors|puis|quoi)?qu)'(?=\w)"),
    "it": regex.compile(r"(\w)'(?=\w)"),
}
"""Other elided words: these stay, parted from the word they lean on, so that « Anne » is found in « qu'Anne »."""

_APOSTROPHE = regex.compile(f"[{APOSTROPHES}]")
_REMOVED = regex.compile(rf"[{QUOTATION_MARKS}'\p{{Cf}}]")
_GROUPING_SPACE = regex.compile(r"(?<=\d)[\u00a0\u2007-\u2009\u202f](?=\d)")
_BEFORE_FRACTION = regex.compile(r"(?<=\d)(?=\p{No})")
_DIGIT = regex.compile(r"[\p{Nd}--0-9]", regex.V1)
_MARKED_NUMBER = regex.compile(r"\d+(?:[.,]\d+)+")
_INITIALS = regex.compile(r"(?<=\b\p{L})\.(?=\p{L}\b)")
_ARABIC_SIGNS = regex.compile(r"[\u064b-\u0652\u0670\u0640]")
_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
    r"|(?:[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]|(?<=\d)\.(?=\d))+",
    regex.V1,
)
_LETTERS = {
    "ro": str.maketrans("şţŞŢ", "șțȘȚ"),
    "tr": str.maketrans("Iİ", "ıi"),
    "az": str.maketrans("Iİ", "ıi"),
}


def normalise_answer(text: str, language: str) -> str:
    """The tokens of ``text`` with one space between: equal for two answers that differ only in form.

    >>> normalise_answer("L’Élysée,  à\\u00a0Paris !", "fr")
    'élysée à paris'
    >>> normalise_answer("1.234,50 Euro", "de") == normalise_answer("1 234,50 euro", "fr")
    True
    """
    return " ".join(answer_tokens(text, language))


def answer_tokens(text: str, language: str) -> list[str]:
    """The words of an answer as they are compared: folded, without articles, numbers in one form.

    ``language`` is a BCP-47 tag, of which the first part counts. A text made of articles or of signs alone keeps them:
    « Une » answers a question, and so does « % ». Only blank text and bare quotation marks give no token.

    >>> answer_tokens("The U.S. paid 1,000.5 dollars", "en")
    ['us', 'paid', '1000.5', 'dollars']
    >>> answer_tokens("黑豹队, 308分", "zh")
    ['黑', '豹', '队', '308', '分']
    """
    primary = language.split("-")[0].lower()
    folded = _fold(text, primary)
    words = _words(_without_leaning_articles(folded, primary), primary)
    articles = ARTICLES.get(primary, frozenset())
    return (
        [word for word in words if word not in articles]
        or words
        or _words(folded, primary)
        or _REMOVED.sub("", folded).split()
    )


def _fold(text: str, language: str) -> str:
    """The text in compatibility form and without case; any apostrophe is ', any decimal digit is ASCII."""
    text = _GROUPING_SPACE.sub("'", _APOSTROPHE.sub("'", text))
    text = _BEFORE_FRACTION.sub(" ", text)  # 1½ must not become 11⁄2, nor 10² 102
    text = unicodedata.normalize("NFKC", text).translate(_LETTERS.get(language, {}))
    text = unicodedata.normalize("NFKC", text.casefold()).replace("٫", ".").replace("٬", ",")
    # regex may know a younger Unicode than Python does: a digit that only it knows stays as it is
    text = _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group(), digit.group())), text)
    return str(_ARABIC_SIGNS.sub("", text)) if language == "ar" else text


def _without_leaning_articles(text: str, language: str) -> str:
    prefix = _PREFIXES.get(language)
    return str(prefix.sub("", text)) if prefix else text


def _words(text: str, language: str) -> list[str]:
    elision = _ELISIONS.get(language)
    text = elision.sub(r"\1 ", text) if elision else text
    text = _REMOVED.sub("", _unify_numbers(text, language))
    return [str(word) for word in _TOKEN.findall(_INITIALS.sub("", text))]


def _unify_numbers(text: str, language: str) -> str:
    """Every number without grouping and with a point for its decimals; a dotted date falls into its parts.

    >>> _unify_numbers("1 000 et 3,5 le 12.03.2020", "fr")
    '1000 et 3.5 le 12 03 2020'
    """
    decimal = "." if language in POINT_LANGUAGES else ","
    spaces = "'" if language in POINT_LANGUAGES else "' "
    grouped = rf"(?<!\d|\d[.,])[1-9]\d{{0,2}}(?:[{spaces}]\d{{3}})+(?!\d)"
    text = regex.sub(grouped, lambda run: regex.sub(r"\D", "", run.group()), text)
    text = regex.sub(r"(?<=\d)'(?=\d)", " ", text)
    return str(_MARKED_NUMBER.sub(lambda run: _canonical_number(run.group(), decimal), text))


def _canonical_number(run: str, decimal: str) -> str:
    """A run of digits, points and commas read in the language's convention, else in the other, else as separate parts.

    >>> [_canonical_number(run, ",") for run in ("1.000", "3,5", "3.5", "1,000,000", "1.2.3")]
    ['1000', '3.5', '3.5', '1000000', '1 2 3']
    """
    other = "," if decimal == "." else "."
    for grouping_mark, decimal_mark in ((other, decimal), (decimal, other)):
        whole, _, fraction = run.partition(decimal_mark)
        first, *rest = whole.split(grouping_mark)
        grouped = len(first) <= 3 and not first.startswith("0") and all(len(group) == 3 for group in rest)
        if (grouped or not rest) and (fraction.isdigit() or not fraction):
            return first + "".join(rest) + ("." + fraction if fraction else "")
    return run.replace(".", " ").replace(",", " ")
