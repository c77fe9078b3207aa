"""FACTS: numbers written in words, in the languages of Europe: "quarante-deux", "zweiundvierzig", "forty-two".

Whole numbers from 2 to the billions; a lone "one" is an article in most languages and counts for nothing, and ordinals
are left alone.
"""

from __future__ import annotations

from functools import cache

import regex

from rag.text.analysis import fold

_VALUES = (*range(1, 21), 30, 40, 50, 60, 70, 80, 90, 100, 1000)

# One to twenty, the tens, hundred, thousand; the forms of one number side by side, "-" where there is none.
_WORDS = {
    "en": "one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,thirteen,fourteen,fifteen,sixteen,seventeen,"
    "eighteen,nineteen,twenty,thirty,forty,fifty,sixty,seventy,eighty,ninety,hundred,thousand",
    "fr": "un une,deux,trois,quatre,cinq,six,sept,huit,neuf,dix,onze,douze,treize,quatorze,quinze,seize,-,-,-,"
    "vingt vingts,trente,quarante,cinquante,soixante,septante,huitante octante,nonante,cent cents,mille",
    "de": "ein eine einen einem einer eins,zwei zweier,drei dreier,vier,fünf,sechs,sieben,acht,neun,zehn,elf,zwölf,"
    "dreizehn,vierzehn,fünfzehn,sechzehn,siebzehn,achtzehn,neunzehn,zwanzig,dreißig,vierzig,fünfzig,sechzig,siebzig,"
    "achtzig,neunzig,hundert,tausend",
    "es": "un uno una,dos,tres,cuatro,cinco,seis,siete,ocho,nueve,diez,once,doce,trece,catorce,quince,dieciséis,"
    "diecisiete,dieciocho,diecinueve,veinte,treinta,cuarenta,cincuenta,sesenta,setenta,ochenta,noventa,cien ciento,mil",
    "it": "un uno una,due,tre,quattro,cinque,sei,sette,otto,nove,dieci,undici,dodici,tredici,quattordici,quindici,"
    "sedici,diciassette,diciotto,diciannove,venti,trenta,quaranta,cinquanta,sessanta,settanta,ottanta,novanta,cento,"
    "mille mila",
    "pt": "um uma,dois duas,três,quatro,cinco,seis,sete,oito,nove,dez,onze,doze,treze,catorze quatorze,quinze,"
    "dezasseis dezesseis,dezassete dezessete,dezoito,dezanove dezenove,vinte,trinta,quarenta,cinquenta,sessenta,"
    "setenta,oitenta,noventa,cem cento,mil",
    "nl": "een één,twee,drie,vier,vijf,zes,zeven,acht,negen,tien,elf,twaalf,dertien,veertien,vijftien,zestien,"
    "zeventien,achttien,negentien,twintig,dertig,veertig,vijftig,zestig,zeventig,tachtig,negentig,honderd,duizend",
    "ro": "un o unu una,doi două,trei,patru,cinci,șase,șapte,opt,nouă,zece,unsprezece,doisprezece douăsprezece,"
    "treisprezece,paisprezece,cincisprezece,șaisprezece,șaptesprezece,optsprezece,nouăsprezece,douăzeci,treizeci,"
    "patruzeci,cincizeci,șaizeci,șaptezeci,optzeci,nouăzeci,sută sute,mie mii",
    "pl": "jeden jedna jedno,dwa dwie dwóch dwaj dwoje dwiema dwoma,trzy trzech trzej trzema troje,"
    "cztery czterech czterej czterema czworo,pięć pięciu,sześć sześciu,siedem siedmiu,osiem ośmiu,dziewięć dziewięciu,"
    "dziesięć dziesięciu,jedenaście jedenastu,dwanaście dwunastu,trzynaście,czternaście,piętnaście,szesnaście,"
    "siedemnaście,osiemnaście,dziewiętnaście,dwadzieścia dwudziestu,trzydzieści trzydziestu,czterdzieści,"
    "pięćdziesiąt,sześćdziesiąt,siedemdziesiąt,osiemdziesiąt,dziewięćdziesiąt,sto stu,tysiąc tysiące tysięcy",
    "cs": "jeden jedna jedno,dva dvě dvou dvěma,tři tří třem třemi,čtyři čtyř čtyřem,pět pěti,šest šesti,sedm sedmi,"
    "osm osmi,devět devíti,deset deseti,jedenáct,dvanáct,třináct,čtrnáct,patnáct,šestnáct,sedmnáct,osmnáct,devatenáct,"
    "dvacet,třicet,čtyřicet,padesát,šedesát,sedmdesát,osmdesát,devadesát,sto set sta,tisíc tisíce",
    "sk": "jeden jedna jedno,dva dve dvoch dvaja dvoma,tri troch traja,štyri štyroch štyria,päť piatich,šesť šiestich,"
    "sedem siedmich,osem ôsmich,deväť deviatich,desať desiatich,jedenásť,dvanásť,trinásť,štrnásť,pätnásť,šestnásť,"
    "sedemnásť,osemnásť,devätnásť,dvadsať,tridsať,štyridsať,päťdesiat,šesťdesiat,sedemdesiat,osemdesiat,deväťdesiat,"
    "sto,tisíc",
    "sl": "en ena eno,dva dve dveh dvema,tri trije treh,štiri štirje štirih,pet petih,šest šestih,sedem sedmih,"
    "osem osmih,devet devetih,deset desetih,enajst,dvanajst,trinajst,štirinajst,petnajst,šestnajst,sedemnajst,"
    "osemnajst,devetnajst,dvajset,trideset,štirideset,petdeset,šestdeset,sedemdeset,osemdeset,devetdeset,sto,tisoč",
    "hr": "jedan jedna jedno,dva dvije dvoje dviju,tri troje triju,četiri četvero,pet,šest,sedam,osam,devet,deset,"
    "jedanaest,dvanaest,trinaest,četrnaest,petnaest,šesnaest,sedamnaest,osamnaest,devetnaest,dvadeset,trideset,"
    "četrdeset,pedeset,šezdeset,sedamdeset,osamdeset,devedeset,sto stotinu,tisuću tisuća tisuće",
    "bg": "един една едно,два две двама,три трима,четири четирима,пет петима,шест,седем,осем,девет,десет,единадесет,"
    "дванадесет дванайсет,тринадесет,четиринадесет,петнадесет,шестнадесет,седемнадесет,осемнадесет,деветнадесет,"
    "двадесет двайсет,тридесет трийсет,четиридесет,петдесет,шестдесет,седемдесет,осемдесет,деветдесет,сто,хиляда "
    "хиляди",
    "ru": "один одна одно,два две двух двум двое,три трех трем трое,четыре четырех четверо,пять пяти,шесть шести,"
    "семь семи,восемь восьми,девять девяти,десять десяти,одиннадцать,двенадцать двенадцати,тринадцать,четырнадцать,"
    "пятнадцать,шестнадцать,семнадцать,восемнадцать,девятнадцать,двадцать двадцати,тридцать,сорок,пятьдесят,"
    "шестьдесят,семьдесят,восемьдесят,девяносто,сто,тысяча тысячи тысяч тысячу",
    "uk": "один одна одне,два дві двох двом двоє,три трьох трьом троє,чотири чотирьох,п'ять пять,"
    "шість шести,сім семи,вісім восьми,дев'ять девять,десять десяти,одинадцять,дванадцять,тринадцять,чотирнадцять,"
    "п'ятнадцять пятнадцять,шістнадцять,сімнадцять,вісімнадцять,дев'ятнадцять,двадцять,тридцять,сорок,п'ятдесят,"
    "шістдесят,сімдесят,вісімдесят,дев'яносто,сто,тисяча тисячі тисяч",
    "el": "ένας μία μια ένα,δύο δυο,τρεις τρία τριών,τέσσερις τέσσερα τεσσάρων,πέντε,έξι,επτά εφτά,οκτώ οχτώ,"
    "εννέα εννιά,"
    "δέκα,έντεκα ένδεκα,δώδεκα,δεκατρία δεκατρείς,δεκατέσσερα δεκατέσσερις,δεκαπέντε,δεκαέξι,δεκαεπτά,δεκαοκτώ,"
    "δεκαεννέα,είκοσι,τριάντα,σαράντα,πενήντα,εξήντα,εβδομήντα,ογδόντα,ενενήντα,εκατό εκατόν,χίλια χίλιοι χιλιάδες",
    "sv": "en ett,två,tre,fyra,fem,sex,sju,åtta,nio,tio,elva,tolv,tretton,fjorton,femton,sexton,sjutton,arton,nitton,"
    "tjugo,trettio,fyrtio,femtio,sextio,sjuttio,åttio,nittio,hundra,tusen",
    "da": "en et,to,tre,fire,fem,seks,syv,otte,ni,ti,elleve,tolv,tretten,fjorten,femten,seksten,sytten,atten,nitten,"
    "tyve,tredive,fyrre,halvtreds,tres,halvfjerds,firs,halvfems,hundrede,tusind tusinde",
    "no": "en ett én,to,tre,fire,fem,seks,sju syv,åtte,ni,ti,elleve,tolv,tretten,fjorten,femten,seksten,sytten,atten,"
    "nitten,tjue,tretti,førti,femti,seksti,sytti,åtti,nitti,hundre,tusen",
    "fi": "yksi,kaksi kahden kahta,kolme kolmen,neljä neljän,viisi viiden,kuusi kuuden,seitsemän,kahdeksan,yhdeksän,"
    "kymmenen,yksitoista,kaksitoista,kolmetoista,neljätoista,viisitoista,kuusitoista,seitsemäntoista,kahdeksantoista,"
    "yhdeksäntoista,kaksikymmentä,kolmekymmentä,neljäkymmentä,viisikymmentä,kuusikymmentä,seitsemänkymmentä,"
    "kahdeksankymmentä,yhdeksänkymmentä,sata sataa,tuhat tuhatta",
    "et": "üks,kaks kahe,kolm kolme,neli nelja,viis viie,kuus kuue,seitse seitsme,kaheksa,üheksa,kümme kümne,üksteist,"
    "kaksteist,kolmteist,neliteist,viisteist,kuusteist,seitseteist,kaheksateist,üheksateist,kakskümmend,kolmkümmend,"
    "nelikümmend,viiskümmend,kuuskümmend,seitsekümmend,kaheksakümmend,üheksakümmend,sada,tuhat",
    "lv": "viens viena,divi divas divu divus,trīs,četri četras četru,pieci piecas,seši sešas,septiņi,astoņi,deviņi,"
    "desmit,"
    "vienpadsmit,divpadsmit,trīspadsmit,četrpadsmit,piecpadsmit,sešpadsmit,septiņpadsmit,astoņpadsmit,deviņpadsmit,"
    "divdesmit,trīsdesmit,četrdesmit,piecdesmit,sešdesmit,septiņdesmit,astoņdesmit,deviņdesmit,simts simt simti,"
    "tūkstotis tūkstoši tūkstoš",
    "lt": "vienas viena,du dvi dviejų,trys tris trijų,keturi keturios keturių,penki penkios,šeši šešios,septyni,"
    "aštuoni,devyni,dešimt,vienuolika,dvylika,trylika,keturiolika,penkiolika,šešiolika,septyniolika,aštuoniolika,devyniolika,"
    "dvidešimt,trisdešimt,keturiasdešimt,penkiasdešimt,šešiasdešimt,septyniasdešimt,aštuoniasdešimt,devyniasdešimt,"
    "šimtas šimtai,tūkstantis tūkstančiai tūkstančių",
    "hu": "egy,két kettő,három,négy,öt,hat,hét,nyolc,kilenc,tíz,tizenegy,tizenkettő tizenkét,tizenhárom,tizennégy,"
    "tizenöt,tizenhat,tizenhét,tizennyolc,tizenkilenc,húsz,harminc,negyven,ötven,hatvan,hetven,nyolcvan,kilencven,"
    "száz,ezer",
    "ga": "aon,dhá dó,trí,ceithre ceathair,cúig,sé,seacht,ocht,naoi,deich,-,-,-,-,-,-,-,-,-,fiche,tríocha,daichead,"
    "caoga,seasca,seachtó,ochtó,nócha,céad,míle",
    "mt": "wieħed waħda,tnejn żewġ,tlieta tliet,erbgħa erba',ħamsa ħames,sitta sitt,sebgħa seba',tmienja tmien,"
    "disgħa disa',għaxra għaxar,ħdax,tnax,tlettax,erbatax,ħmistax,sittax,sbatax,tmintax,dsatax,għoxrin,tletin,erbgħin,"
    "ħamsin,sittin,sebgħin,tmenin,disgħin,mija mitt,elf",
    "tr": "bir,iki,üç,dört,beş,altı,yedi,sekiz,dokuz,on,-,-,-,-,-,-,-,-,-,yirmi,otuz,kırk,elli,altmış,yetmiş,seksen,"
    "doksan,yüz,bin",
}  # fmt: skip

_BETWEEN = {
    "en": "and", "fr": "et", "de": "und", "es": "y i", "it": "", "pt": "e", "nl": "en", "ro": "și", "bg": "и",
    "el": "και", "da": "og", "no": "og", "sl": "in", "hr": "i", "mt": "u",
}  # fmt: skip
"""What joins the parts of a number: twenty *and* two, zwei*und*zwanzig."""

_BILLIONS = regex.compile(
    r"milliard|mili?ard|miljard|милл?иард|мільярд|δισεκατομμυρι|milijard|milyar|(?:mld|mrd|mds?|bn)$"
)
_MILLIONS = regex.compile(
    r"mill?ion|miljo[eoi]n|milijon|milijun|millon|milho|miljon|mili[oó]|милл?ион|мільйон|εκατομμυρι|milyon|"
    r"(?:mln|mio|mill)$"
)
_TRILLIONS = regex.compile(r"bill?ion|billon|bilho|bilhao|bilio|biljo")
_THOUSANDS = frozenset({"tys", "тыс", "хил", "tis", "tsd", "χιλ"})
_SHORT_SCALE = frozenset({"en", "tr", "pt"})
"""Languages in which a billion is a thousand millions; Brazilian usage counts for Portuguese ("bilhão")."""


@cache
def scale_of(word: str, language: str) -> int:
    """What a word multiplies the number before it by: 1,000,000 for "millions"; 1 for any other word.

    >>> scale_of("milliards", "fr"), scale_of("billion", "en"), scale_of("Billion", "de"), scale_of("people", "en")
    (1000000000, 1000000000, 1000000000000, 1)
    """
    bare = fold(word.rstrip("."))
    if _BILLIONS.match(bare):
        return 1_000_000_000
    if _TRILLIONS.match(bare):
        return 1_000_000_000 if _primary(language) in _SHORT_SCALE else 1_000_000_000_000
    if _MILLIONS.match(bare):
        return 1_000_000
    return 1000 if _table(_primary(language)).get(bare) == 1000 or bare in _THOUSANDS else 1


def _primary(language: str) -> str:
    primary = language.replace("_", "-").split("-")[0].lower()
    return {"nb": "no", "nn": "no", "bs": "hr", "sr": "hr", "sh": "hr"}.get(primary, primary)


@cache
def _table(language: str) -> dict[str, int]:
    """Every word of ``language`` that is a number, folded: the plain ones, and tens and units written together."""
    if language not in _WORDS:
        return {}
    forms = dict(zip(_VALUES, (group.split() for group in _WORDS[language].split(",")), strict=True))
    table = {fold(form): value for value, group in forms.items() for form in group if form != "-"}
    joints = ["", *map(fold, _BETWEEN.get(language, "").split())]
    for ten in range(20, 100, 10):
        for unit in range(1, 10):
            for first, second in ((a, b) for a in forms[ten] for b in forms[unit] if "-" not in (a, b)):
                for joint in joints:
                    table.setdefault(fold(first) + joint + fold(second), ten + unit)
                    table.setdefault(fold(first)[:-1] + joint + fold(second), ten + unit)  # vent(i)uno
                    if joint:
                        table.setdefault(fold(second) + joint + fold(first), ten + unit)
    for hundred in forms[100]:
        for unit in range(2, 10):
            for first in forms[unit]:
                table.setdefault(fold(first) + fold(hundred), unit * 100)
    return table


def has_numerals(language: str) -> bool:
    """Whether the words for numbers of a language are known.

    >>> has_numerals("fr"), has_numerals("zh")
    (True, False)
    """
    return _primary(language) in _WORDS


def spelled_numbers(words: list[str], language: str) -> list[int]:
    """The numbers above one that stand in words among ``words`` (folded, in order), each as one number.

    >>> spelled_numbers("quatre vingt dix sept lits et deux mille trois cents euros".split(), "fr")
    [97, 2300]
    >>> spelled_numbers("zweiundvierzig betten für zwei familien".split(), "de")
    [42, 2]
    """
    primary = _primary(language)
    table, joints = _table(primary), set(map(fold, _BETWEEN.get(primary, "").split()))
    found: list[int] = []
    parts: list[int] = []
    for place, word in enumerate([*words, ""]):
        value = table.get(word) or (scale_of(word, language) if parts else 1)
        follows = words[place + 1] if place + 1 < len(words) else ""
        if value > 1 or (value == 1 and word in table):
            if parts and not _goes_on(parts, value):
                found.append(_compose(parts))
                parts = []
            parts.append(value)
        elif not (parts and word in joints and follows in table):
            found += [_compose(parts)] if parts else []
            parts = []
    return [number for number in found if number > 1]


def _goes_on(parts: list[int], value: int) -> bool:
    """Whether ``value`` is a part of the number that has begun: twenty-two is one number, two three are two."""
    last = parts[-1]
    teen = last == 10 and 7 <= value <= 9  # the French dix-sept
    return (
        teen
        or value >= 100
        or last >= 100
        or (last == 4 and value == 20)
        or (last >= 20 and value < 20 and last % 10 == 0)
    )


def _compose(parts: list[int]) -> int:
    total, current = 0, 0
    for value in parts:
        if value >= 1000:
            total = ((total + current) or 1) * value if value > 1000 else total + max(current, 1) * 1000
            current = 0
        elif value == 100:
            current = (current if 1 < current < 100 else 1) * 100
        elif value == 20 and current % 100 == 4:
            current += 76
        else:
            current += value
    return total + current
