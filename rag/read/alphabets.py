"""STAGE read: which of the encodings used before Unicode a European text is in, told by its letters and small words."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

_WEST = ("cp1252", "iso8859_15", "mac_roman", "cp850")
_EAST = ("cp1250", "iso8859_2", "mac_latin2", "cp852")
_BALTIC = ("cp1257", "iso8859_13", "cp775")
_CYRILLIC = ("cp1251", "koi8_u", "iso8859_5", "mac_cyrillic", "cp866")
_GREEK = ("cp1253", "iso8859_7", "mac_greek", "cp737")

# The letters beyond A-Z of a language, the commonest first; some of its small words; its encodings, likeliest first.
_LANGUAGES = (
    ("éàèêçôîâûùœëïüÿæ", "les des est dans une pour par sur qui que du et le la", _WEST),
    ("éèáöíüóäñçàßêåøâîôúûëïœæãõòùì", "the of and to in is for that was with", _WEST[:2]),
    ("üäöß", "die der und ist das mit von den ein nicht", _WEST),
    ("óíáñéúü¿¡", "los las que del una por con para en se", _WEST),
    ("èàòùéì", "che di della per una con del il sono non", _WEST),
    ("ãçáéíóêâúõàôü", "que do da os para uma com em no dos", _WEST),
    ("ëéïóèüö", "het een van de dat niet zijn voor met op", _WEST),
    ("äöåé", "och att det som ett inte av den han on ei se oli", _WEST),
    ("åøæé", "og det som af en til ikke der har av", _WEST),
    ("äõüöšž", "ja on ei see et kui oli ka oma mis", ("cp1257", "iso8859_15", "cp1252", "iso8859_13")),
    ("áíéúó", "agus an na ar go is le do bhi sa", _WEST),
    ("ðíþáéöúóæý", "og er til sem um hann var ekki fyrir", _WEST),
    ("łęóążśćńź", "nie jest sie na do oraz dla od przez ze", _EAST),
    ("íáěéřšýčžůúňóťď", "na je se ve pro do od byl kter jako", _EAST),
    ("áíýčéžšúťľôňóďäŕĺ", "na je sa vo pre do od bol ako aj", _EAST),
    ("áéöóőüíűú", "egy hogy nem az is meg volt mint vagy ez", _EAST),
    ("čšžćđ", "je na se da za od su bi ali kao in ki ne", _EAST),
    ("ăţşîâ", "care din este pentru la de un cu pe nu", _EAST),
    ("șățîâ", "care din este pentru la de un cu pe nu", ("iso8859_16",)),
    ("ėšųžįąūčę", "ir yra kad su buvo jos kaip nuo po iki", _BALTIC),
    ("āīšēņžļčūķģ", "un ir ar par ka no tika bija vai pie", _BALTIC),
    ("ıüişçöğâîû", "bir ve bu ile da de olarak en olan gibi", ("cp1254", "iso8859_9")),
    ("ħġżċàòè", "il li ta u fil minn dwar mill kien biex", ("iso8859_3",)),
    ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "и в не на что по из от для как", _CYRILLIC),
    ("оанитівреслкдумпязьбгчйхжїцшюєщфґ", "і в на не що та до за від як", _CYRILLIC),
    ("аоиетнрсвлпкдмзугябчъжщцшйхюфьѝ", "на и в за се от да по са с", _CYRILLIC),
    ("аоиентрсвкудлмјпзбгчшњхцжћљђџѓќѕф", "и у на је се да за од са на во", _CYRILLIC),
    ("αοιετσνηυρπκμλςόίάέδήωγχθφύώβξζψϊϋΐΰ", "και το της του να με για από την που", _GREEK),
    ("اليمنروتبةعدسفهكقأحجشىخصطذئضءإغثزآظؤ", "في من على إلى أن عن مع هذا التي ما", ("cp1256", "iso8859_6")),
)
_TYPOGRAPHY = "«»“”„‘’‚–—…•·€§°№©®™\xa0\xad´º²³½£‹›×"
_INSIDE_WORDS = "’\xad·–—…"  # marks that may stand between two letters
_SAMPLE_CHARS = 8_000
_KNOWN_SHARE = 0.85  # of what lies beyond ASCII; a text with more strangers is in no encoding of this table
_TYPOGRAPHY_RATE = 0.02  # how often a mark of typography stands for a letter beyond ASCII, a rough guess for all
_STRANGER_RATE = 1e-4
_WORDS_WEIGHT = 12.0  # a text whose every sixth word is a small word of the language gains two nats a letter
_RANK_PENALTY = 0.005  # for each place down the list of a language's encodings: it only parts equals

_BEYOND = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A sample in one encoding: its letters beyond ASCII by whether they touch a plain one, and its words."""

    apart: Counter[str]
    touching: Counter[str]
    stranger_count: int
    word_shares: dict[str, float]
    beyond_share: float


def guess_encoding(data: bytes) -> str | None:
    """The encoding in which ``data`` best reads as a European or Arabic text, None where it reads well in none."""
    decoded: dict[str, _Decoded | None] = {}
    sample = _sample(data)
    best, best_score = None, -math.inf
    for letters, words, encodings in _LANGUAGES:
        rates = _rates(letters)
        for rank, encoding in enumerate(encodings):
            if encoding not in decoded:
                decoded[encoding] = _decode(sample, encoding) if _is_decodable(data, encoding) else None
            found = decoded[encoding]
            if found is None or not _is_script(found, letters):
                continue
            score = _score(found, rates, words) - rank * _RANK_PENALTY
            if score > best_score:
                best, best_score = encoding, score
    return best


def _sample(data: bytes) -> bytes:
    """The stretch of ``data`` that begins shortly before its first byte beyond ASCII."""
    first = next((index for index, byte in enumerate(data) if byte > 127), 0)
    return data[max(0, first - 500) :][:_SAMPLE_CHARS]


def _is_decodable(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decode(sample: bytes, encoding: str) -> _Decoded:
    """The evidence of the sample in one encoding.

    A capital after a small letter and a mark of typography between two letters are what wrong encodings look like, and
    so are control characters: all are strangers.
    """
    text = sample.decode(encoding, "ignore")
    apart, touching = Counter[str](), Counter[str]()
    stranger_count = 0
    for match in _BEYOND.finditer(text):
        character, place = match[0], match.start()
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        within = before.isalpha() and after.isalpha()
        is_split = within and not character.isalpha() and character not in _INSIDE_WORDS
        if is_split or (character.isupper() and before.islower()):
            stranger_count += 1
        elif (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha()):
            touching[character.lower()] += 1
        else:
            apart[character.lower()] += 1
    words = Counter(_WORD.findall(text.lower()))
    letter_count = sum(character.isalpha() for character in text)
    beyond = sum(count for part in (apart, touching) for character, count in part.items() if character.isalpha())
    total = max(1, words.total())
    shares = {word: count / total for word, count in words.items()}
    return _Decoded(apart, touching, stranger_count, shares, beyond / max(1, letter_count))


def _is_script(decoded: _Decoded, letters: str) -> bool:
    """Whether the share of letters beyond ASCII is that of the script: most for Cyrillic, a few for Latin."""
    return decoded.beyond_share > 0.3 if letters[0] > "\u036f" else decoded.beyond_share < 0.6


def _rates(letters: str) -> dict[str, float]:
    """How often each letter stands where a letter beyond ASCII does: falling with its place in the list."""
    weights = {letter: 1 / (place + 1.5) for place, letter in enumerate(letters)}
    total = sum(weights.values())
    marks = dict.fromkeys(_TYPOGRAPHY, _TYPOGRAPHY_RATE)
    return marks | {letter: weight / total for letter, weight in weights.items()}


def _score(decoded: _Decoded, rates: dict[str, float], words: str) -> float:
    """The mean log-likelihood of a letter beyond ASCII plus what the small words add; minus infinity for no fit."""
    latin = all(letter < "\u036f" or letter in _TYPOGRAPHY for letter in rates)
    known, total, likelihood = 0, decoded.stranger_count, decoded.stranger_count * math.log(_STRANGER_RATE)
    for counter, joined in ((decoded.apart, False), (decoded.touching, True)):
        for character, count in counter.items():
            rate = rates.get(character, 0.0)
            if joined and not latin and character.isalpha():
                rate = 0.0  # no word mixes two scripts
            total += count
            known += count if rate else 0
            likelihood += count * math.log(rate or _STRANGER_RATE)
    if not total or known < _KNOWN_SHARE * total:
        return -math.inf
    return likelihood / total + _WORDS_WEIGHT * sum(decoded.word_shares.get(word, 0.0) for word in words.split())
