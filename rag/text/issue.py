"""FACTS: the day on which a text says that it was issued."""

from __future__ import annotations

import re
from datetime import date

import regex

from rag.text.dates import find_dates, flatten

_DATELINE_CHARS = 1_500  # a press release says when it was issued before its second paragraph is over
_LEAD_CHARS = 600  # beyond it a date inside a paragraph is hardly ever the day of issue
_SHORT_LINE_CHARS = 150
_OLDEST_PUBLICATION = 1900  # an older date at the top of a text tells of history, not of the day it was issued
_WRAPPED_CHARS = 60  # a longer line that ends nowhere goes on in the next one
_MEMORY_YEARS = 30  # a sentence that tells of an older day tells of history
_NEAR_YEARS = 1  # a text tells of its own year, or in January of the one before

# Beginnings of the days of the week in languages of Latin, Greek and Cyrillic letters.
_WEEKDAYS = (
    "lund|lune|luni|mard|mart|merc|mierc|miere|jeud|juev|joi|giov|vendr|vener|viern|viner|samed|sams|saba|samb|diman|domi"
    "|domen|dumin|mond|tues|wedn|thur|frid|satur|sund|sunn|mont|dien|mitt|donner|donder|frei|sonn|maand|dins|woen|vrij"
    "|zater|zond|segun|terc|quart|quint|sext|ponie|wtor|srod|czwar|piat|sobot|niedz|pond|utery|utor|stred|ctvr|stvr|patek"
    "|patk|nedel|ponedj|sreda|srijed|cetr|petak|petek|subot|nedj|mand|tisd|tirs|onsd|torsd|fred|lord|lor|sond|maana|tiist"
    "|kesk|torst|perj|lauan|esmas|teisi|kolma|nelja|reede|lauba|puha|hetf|kedd|szerd|csut|pent|szom|vasar|pirm|antra|otrd"
    "|tree?c|tresd|ketv|ceturt|penk|piekt|sest|sekm|svet|tnejn|tlie|erbg|hami|gimg|sibt|hadd|luan|maira|ceada|deard|aoin"
    "|satha|domh|pazar|sali|cars|perse|cuma|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|δευ|τρι|τετ|πεμ|παρ"
    "|σαβ|κυρ|пон|вто|вів|сре|сер|сря|чет|пят|п'я|пет|съб|суб|вос|нед"
)
_BEFORE_DATELINE = re.compile(
    rf"""[^\w\n]*                                                  # marks of emphasis, quotation, lists
    (?:[^\W\d_][^\d\n,:;.!?]{{0,48}}(?:,|:|;|\ [-—|])[^\w\n]*){{0,2}}  # a place, a label, and what closes each
    (?:(?:le|den|the|on|am|vom|il|el|em|op|a|dne|dnia|la|li|στις|на|от|du|d)[ ']){{0,2}}
    (?:(?:(?:{_WEEKDAYS})\w{{0,11}}|[^\W\d_a-zα-ωа-я-]{{3,14}})[,.]?\ (?:(?:de|den|the|le)\ )?)?  # a day of the week
    """,
    re.VERBOSE,
)
_ISSUED = re.compile(
    r"\b(?:publi|veroffent|posted|issued|released|stand|udgivet|utgitt|julkaistu|opublikowan|pubblicat|gepubliceerd"
    r"|δημοσιευ|опубликован|публикуван|mis en ligne|last updated|mise a jour)\w*\W{1,3}(?:\w{1,5}\W){0,2}$"
)
# A number before "of", as in "Regulation (EU) 2016/679 of", or an act named by its day alone.
_REFERENCE = re.compile(
    r"(?:\d[\d/.-]*\)?|\([a-z]{2,3}\)) ?,?(?:\w{1,4}['. ]{1,2}){0,2}$"
    r"|\b(?:loi|lois|arrete|ordonnances?|decret|reglement|directive|law|act|regulation|decision|gesetz|verordnung"
    r"|richtlinie|ley|real decreto|reglamento|directiva|legge|decreto|regolamento|direttiva|wet|verordening|richtlijn"
    r"|ustaw[ay]|rozporzadzeni[ea])\b[^.;:]{0,40}$"
)
# Words before a day on which something begins, ends or falls due, or on which somebody was born.
_TERM = re.compile(
    r"\b(?:jusqu|avant|depuis|partir|compter|entre|ici|tard|dela|until|till|before|since|by|from|after|between|bis|vor|ab"
    r"|seit|nach|zwischen|spatestens|hasta|antes|despues|desde|fino|entro|dal|prima|dopo|tot|voor|vanaf|sinds|tussen|ate"
    r"|od|przed|miedzy|nee?|born|geb|geboren|nat[oa]|nacid[oa])\W{1,2}(?:\w{1,9}\W{1,2}){0,5}$"
)
# Beginnings of words of a meeting, a decision or a publication: what a text tells of on the day it is issued.
_TOLD = re.compile(
    r"\b(?:reuni|rencontr|seance|session|plenier|conferenc|visioconf|sommet|adopt|vote|vota|decid|publi|annonc|communiqu"
    r"|particip|debatt|discut|met (?:in|at|on|to)|meeting|summit|council|decision|announc|agreed|statement|discuss"
    r"|took part|attend|sitzung|tagung|treffen|trafen|beschl|verabschied|angenommen|bekannt|veroffentl|erklar"
    r"|teilgenommen|sesion|cumbre|consejo|reunion|acord|aprob|aprov|anunci|particip|riunion|riunit|vertice|consiglio|approv"
    r"|decis|annunc|vergader|bijeenkomst|raad\b|besliste?|besloten|aangenomen|bekendgemaakt|deelgenomen|posiedzen|spotkan"
    r"|szczyt|przyj(?:e|a)|uchwal|oglosz|sedint|intalnir|consili|hotar|anuntat|sammantrad|mote\b|motet|beslut|antog"
    r"|mode\b|modet|beslutt|vedto|kokou|paatt|hyvaksy|ules|talalkoz|dontott|dontes|elfogad|zaseda|zasedn|setkan|schuz|schval"
    r"|rozhod|stretnut|schval|sjednic|sastan|donije|usvoj|sej[ai]|srecan|sprej|заседан|среща|прие|реши|заседани|встреч"
    r"|приня|решил|засідан|зустріч|ухвал|συνεδρι|συναντ|αποφασ|υιοθετ|ενεκρ|ανακοιν|posed|susitik|prieme|sanaksm"
    r"|pienem|koosole|kohtu|otsust|vottis vastu|laqgha|adotta|cruinni|toplanti|kabul|karar)"
)
_ENDS = re.compile(r"[.!?…。;][\"'”»)\]*_]*\s*$")
_BREAK = regex.compile(r"(?<=\p{L}\p{L})[.!?…。][\"'”»)*_]*\s+(?=[^\s\p{Ll}])")
_SENTENCE = regex.compile(r",?\s+\p{Ll}")  # what follows a day that a sentence begins with
_OF_A_PLACE = re.compile(r"[,:;|–—-]")
_YEARS = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?!\d)")


def publication_date(text: str, today: date | None = None) -> str | None:
    """The day on which a text says it was issued, ISO 8601, None where its beginning names no such day.

    Looked for in the first 1,500 characters. A dateline (a place and a day, or a day that opens a line) or the words
    "published on" win. Else the first date counts that stands on a short line which is no sentence, or, in the first
    600 characters, in a sentence that tells of a meeting, a decision or a publication, in the newest year that the
    text names or the one before and not long ago: any other sentence tells of what happened some day. Nor is a day
    that opens a sentence ("Le 12 mai 1935, le vélodrome") a dateline where it is of another time than the text.
    Never counted is a date in brackets, older than 1900, or that of a law, a birth or a term ("since", "until"), nor
    a day after ``today`` (the real one where None) that is no dateline: what is to happen then is announced.

    >>> publication_date("Bilan du 2 mai 2022\\n\\n**Bruxelles, 17 novembre 2023** – La directive…")
    '2023-11-17'
    """
    top = text[:_DATELINE_CHARS]
    folded = flatten(top)
    likely: str | None = None
    now = today or date.today()
    for start, ends, day in find_dates(top):
        begin = folded.rfind("\n", 0, start) + 1
        line = folded[begin:start]
        if _is_another_day(line, day):
            continue
        opens = _BEFORE_DATELINE.fullmatch(line) and not (text[begin].islower() and _is_rest(folded, begin))
        if opens and _SENTENCE.match(text, ends) and not _OF_A_PLACE.search(line) and not _is_of_now(text, day, now):
            continue
        if opens or _ISSUED.search(line):
            return day
        if likely is None and day <= now.isoformat() and (
            _stands_alone(text, folded, begin, start)
            or (_tells_of(text, folded, start) and _is_of_now(text, day, now))
        ):
            likely = day
    return likely


_LINE_PLACE_CHARS = 60
_AFTER_DATELINE = re.compile(r"[\s*_)]*[–—-][\s*_]+")


def dateline_end(sentence: str) -> int:
    """Where the dateline of a release's first sentence ends, 0 where it has none.

    >>> line = "**Trieste, 1º ottobre 2022** – L'Agenzia apre."
    >>> line[dateline_end(line) :]
    "L'Agenzia apre."
    """
    for start, end, _ in find_dates(sentence[: _LINE_PLACE_CHARS + 40])[:1]:
        after = _AFTER_DATELINE.match(sentence, end)
        if after and start <= _LINE_PLACE_CHARS:
            return after.end()
    return 0


def _is_another_day(line: str, day: str) -> bool:
    """Whether what stands on the line before a date says that it is not the day the text was issued."""
    if int(day[:4]) < _OLDEST_PUBLICATION or line.count("(") > line.count(")"):
        return True
    return bool(_REFERENCE.search(line) or _TERM.search(line[-60:]))


def _stands_alone(text: str, folded: str, begin: int, start: int) -> bool:
    """Whether the line of a date, which begins at ``begin``, is short and no sentence nor a part of one."""
    end = folded.find("\n", start)
    end = end if end >= 0 else len(folded)
    line, after = text[begin:end], text[end + 1 : end + 2]
    if len(line) > _SHORT_LINE_CHARS or _ENDS.search(line) or _BREAK.search(line):
        return False
    return not (len(line) > _WRAPPED_CHARS and after.isalpha()) and not _is_rest(folded, begin)


def _is_rest(folded: str, begin: int) -> bool:
    """Whether the line before the one that begins at ``begin`` goes on in it."""
    before = folded[:begin].rsplit("\n", 2)[-2:-1]
    return any(len(line) > _WRAPPED_CHARS and not _ENDS.search(line) for line in before)


def _tells_of(text: str, folded: str, start: int) -> bool:
    """Whether the sentence of a date near the top tells of a meeting, a decision or a publication."""
    if start >= _LEAD_CHARS:
        return False
    begins = [0, *(found.end() for found in _BREAK.finditer(text, 0, start)), folded.rfind("\n\n", 0, start) + 1]
    following = _BREAK.search(text, start)
    sentence = folded[max(begins) : following.start() if following else len(folded)]
    return bool(_TOLD.search(sentence))


def _is_of_now(text: str, day: str, today: date) -> bool:
    """Whether a day told of in a sentence is in or near the newest year that the text names, and no history."""
    year = int(day[:4])
    newest = max((int(found) for found in _YEARS.findall(flatten(text)) if int(found) <= today.year), default=year)
    return year >= max(newest - _NEAR_YEARS, today.year - _MEMORY_YEARS)
