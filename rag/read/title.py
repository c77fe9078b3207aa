"""STAGE read: the name a document goes by when its file declares none, or a poor one."""

from __future__ import annotations

import re
import unicodedata

from rag.text.dates import find_dates

_TITLE_CHARS = 150  # a first line longer than this is a paragraph
_LINES_TRIED = 8
_PLACE_CHARS = 28  # what a dateline holds beside its date: "Saint-Aure-sur-Lède, le "
_KEPT_CHARS = 300  # a declared title is cut here, so that a list of documents stays a list

_MARKS = re.compile(r"^[\s#>*_=+•·–—-]+|[\s#*_=:]+$")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff]+")



def _folded(text: str) -> str:
    """The text without case or accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# Lines that say what kind of paper this is, not what it is about.
_KIND_LINES = (
    "communiqué|communiqué de presse|pour diffusion immédiate|à diffuser immédiatement|sous embargo",
    "dossier de presse|presse|press release|news release|for immediate release|media release|statement",
    "pressemitteilung|medienmitteilung|presseinformation|zur sofortigen veröffentlichung|persbericht|persmededeling",
    "comunicado|comunicado de prensa|nota de prensa|para publicación inmediata|comunicado de imprensa",
    "comunicato|comunicato stampa|nota stampa|komunikat|komunikat prasowy|informacja prasowa|comunicat de presă",
    "tisková zpráva|tlačová správa|sporočilo za javnost|priopćenje|priopćenje za javnost|közlemény|sajtóközlemény",
    "pranešimas spaudai|pranešimas žiniasklaidai|paziņojums presei|preses relīze|pressiteade|lehdistötiedote|tiedote",
    "pressmeddelande|pressemeddelelse|pressemelding|preaseisiúint|stqarrija għall-istampa|basın bülteni|δελτίο τύπου",
    "прессъобщение|съобщение за медиите|пресс-релиз|пресс релиз|пресрелиз|прес-реліз|بيان صحفي|新闻稿",
    "document|index|home|accueil|sommaire|table des matières",
)
_KINDS = frozenset(_folded(kind) for line in _KIND_LINES for kind in line.split("|"))
_PROGRAM_TITLE = re.compile(
    r"microsoft (?:office )?(?:word|excel|powerpoint)\b.*"
    r"|(?:presentation|diapositive|slide|doc|document|dokument|file|print|title|titre|word document)\W?\d*"
    r"|\(?anonymous\)?|unspecified"
    r"|(?:untitled|sans titre|unbenannt|ohne titel|sin título|senza titolo|bez tytułu|no title)\W?\d*"
    r"|(?:powerpoint presentation|présentation powerpoint)"
    r"|\S+\.(?:docx?|odt|pdf|rtf|indd|qxd|pptx?|xlsx?|tex|dvi|html?)",
    re.IGNORECASE,
)
_SITE = re.compile(r"\s+[|·•»–—-]\s+|\s*\|\s*|\s+::\s+")


def tidy(title: str) -> str:
    """The title on one line, its spaces single and its control characters gone, cut after 300 characters."""
    return " ".join(_CONTROL.sub(" ", title).split())[:_KEPT_CHARS].rstrip()


def declared_title(title: str) -> str:
    """The title a program stored in a file's properties, empty if it is only the program's own or a file name.

    >>> declared_title("Microsoft Word - note.doc"), declared_title("Rapport annuel")
    ('', 'Rapport annuel')
    """
    title = tidy(title)
    return "" if _PROGRAM_TITLE.fullmatch(title) else title


def page_title(title: str, first_heading: str) -> str:
    """The title of a web page: its first heading where the title tag also names the site.

    >>> page_title("Le pacte | Ministère", "Le pacte"), page_title("Le pacte | Ministère", "")
    ('Le pacte', 'Le pacte')
    """
    title, first_heading = tidy(title), tidy(first_heading)
    parts = _SITE.split(title)
    if len(parts) == 1:
        return title or first_heading
    return first_heading or ("" if _is_kind(parts[0]) else parts[0]) or title


def first_line_title(text: str) -> str:
    """The first line that can be a title, without its Markdown marks; empty where the text opens with a paragraph.

    Lines that only say "press release" or a place and a day are passed over.

    >>> first_line_title("## COMMUNIQUÉ\\n\\n**Le *pacte* adopté**\\n\\nTexte.")
    'Le pacte adopté'
    """
    lines = [line for line in text[:4000].split("\n") if line.strip()][:_LINES_TRIED]
    for line in lines:
        title = _plain(line)
        if not title or _is_kind(title) or _is_dateline(title):
            continue
        return title if len(title) <= _TITLE_CHARS else ""
    return ""


def _plain(line: str) -> str:
    return tidy(_MARKS.sub("", _EMPHASIS.sub("", _LINK.sub(r"\1", line))))


def _is_kind(title: str) -> bool:
    return _folded(title).strip(" .:!-–—[]()«»\"'") in _KINDS or not any(character.isalpha() for character in title)


def _is_dateline(title: str) -> bool:
    """Whether a date and a few words (a place, a day of the week) are all there is."""
    found = find_dates(title)
    rest = len(title) - sum(end - start for start, end, _ in found)
    return bool(found) and rest <= _PLACE_CHARS
