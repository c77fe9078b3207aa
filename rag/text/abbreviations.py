"""FACTS: the words that tell a full stop that ends a sentence from one that does not, per language.

Three questions are asked of a full stop. Does the word before it always lean on what follows (``NEVER``: titles,
"art.")? Only on a number (``NUMBERED``: "p. 12")? Or does it both end sentences and stand inside them (``SOFT``:
"Inc.", "usw."), in which case the next word decides: one of ``STARTERS``, words that begin sentences and are not
parts of names, opens a new sentence.

An entry in lower case matches whatever the case; one with a capital matches only as written ("Col." is a rank, "col."
may be the end of a sentence).
"""

from __future__ import annotations

from dataclasses import dataclass

ALIASES = {"no": "nb", "nn": "nb", "bs": "hr", "sr": "hr", "sh": "hr", "be": "ru", "mk": "bg", "ca": "es", "gl": "pt"}
"""Languages that read another one's table."""

ORDINAL_LANGUAGES = frozenset(
    {"bs", "cs", "da", "de", "et", "fi", "hr", "hu", "lb", "lt", "lv", "nb", "nn", "no", "pl", "sk", "sl", "sr", "tr"}
)
"""Languages that write an ordinal number as a number and a full stop."""

CAPITAL_NOUN_LANGUAGES = frozenset({"de", "lb"})
"""Languages in which a capital does not announce a sentence."""


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """What is known of one language's full stops; every field is a set of words without the last full stop."""

    never: frozenset[str]
    numbered: frozenset[str]
    soft: frozenset[str]
    starters: frozenset[str]


_COMMON_NEVER = "dr Prof Mr Mrs Ms Ing cf vs Ph Th Ch Sgt Capt Gen Lt Rev Dipl Mgr approx"
_COMMON_NUMBERED = "nr Nr no No Nos vol Vol pp p P art Art fig Fig tab Tab tel Tel fax ch n S s t par"
_COMMON_SOFT = "Inc Ltd Co Corp Bros St Jr Sr Jun Sen et al Ph.D"

_NEVER = {
    "bg": "г-н г-жа г-ца проф доц инж арх акад ген полк кап ул бул пл гр св напр вкл изм вж срв ок т.нар",
    "cs": "pí ing mgr bc mudr judr phdr rndr doc prof plk kpt npor sv tzv tj např popř resp mj kupř zejm cca "
    "odst písm ul nám vč angl něm fr lat řec pozn red",
    "da": "hr fr frk prof ca inkl ekskl evt hhv jf if bl sk såk f.eks d.v.s sml pct skt kgl",
    "de": "hr fr frl dipl ing hl bzw ca vgl sog ggf ggfs evtl inkl exkl zzgl abzgl insb insbes bspw beisp geb "
    "gest ehem einschl entspr gem Lt ff Hrsg verf zit gez gegr z.b d.h i.s.d i.v.m u.a z.t sen jun St Bgm "
    "Abg dgl allg durchschn jew mind Mag",
    "el": "κ κα κος κ.κ δρ καθ αγ λεωφ οδ πρβλ βλ δηλ π.χ λ.χ ό.π αρ αριθ παρ ν.δ π.δ ταχ τηλ στρ μ.μ",
    "en": "mr mrs ms messrs mx dr prof rev hon ste mt capt cmdr lt sgt maj gov pres rep supt det insp viz eg ie "
    "cf vs approx esp incl resp i.e e.g Adm Brig Cpl Pvt Fr Bros aka Hon Gen Col Sen",
    "es": "sr sra srta sres sras d dª dña dr dra dres drs prof profa lic ing arq gral cnel cap tte sto sta fr "
    "mons ud uds vd vds av avda c/ ctra pza ej p.ej aprox admón depto dpto máx mín ee núms",
    "et": "hr pr prl dr prof nt vt lk st sh vrd ca tn pst mnt kindral-mjr k.a nn s.t v.a",
    "fi": "hra rva nti dr prof esim ks ts ns mm mukaan.luk vrt nk n t v ent ml toim kenr ev maj fil tri toht "
    "lääk muk",
    "fr": "m mm mme mmes mlle mlles Me Mes mgr pr dr drs st ste sts vve cie av apr env resp éd trad dir Col Gal "
    "Gén Cdt Cne Lt Sgt prof ing cf c-à-d p.ex ex litt dép bd boul fg arr Hon adj conf p suiv c.-à-d",
    "ga": "an-uas uas dr prof lch m.sh i.e gaeil béarla cf",
    "hr": "g gđa gđica dr prof dipl ing mr sv tzv npr odn tj br ul čl st str usp v o ur prev prim doc akad puk",
    "hu": "dr prof ifj id özv ún pl ill kb vö ld szerk ford bek ui szt pol.gm u st vm",
    "it": "sig sigg sigra sig.ra sig.na dott dr drssa dott.ssa avv ing geom arch rag prof prof.ssa proff on sen "
    "col cap ten mons s.e ss es ad.es cfr v ved p.es ca circa art artt cd c.d cosidd egr spett gent d.lgs "
    "fam S",
    "lt": "p dr prof doc g pr al pvz t.y vad vyr gyd kun šv įskait plg žr ten.pat inž akad plk red sud pan",
    "lv": "dr prof doc piem t.i utt t.s sk plkst ap kand akad ģen pulkv inž red sast sal sv t.sk",
    "mt": "dr prof onor is-sur mons eż ara pġ kap art p",
    "nb": "hr fr frk prof ca inkl ekskl evt hhv jf iflg bl sk f.eks dvs d.v.s sml pst kgl såk nr st ang",
    "nl": "dhr mevr mej mw drs dr ir ing mr prof ds bc ca bijv d.w.z enz.i evt excl incl jl jhr jkvr m.b.t m.n "
    "o.a o.l.v p/a resp st t.a.v t.o.v vgl z.g zgn zg zog a.h.v i.v.m t.n.v h. v",
    "pl": "dr hab prof mgr inż doc płk kpt por mjr ks św bł bp abp kard red ul al pl os np tzn tzw tj m.in zob "
    "ds wg ok ww ang niem franc łac szer woj pow gm prok sędz ustęp lit ob itp.i",
    "pt": "sr sra srs srta dr dra drs dras prof profa eng arq exmo exma ilmo d st sto sta av r pe cel cap ten "
    "alm ex p.ex aprox cf máx mín núm dep rev",
    "ro": "dl dna dnul d-l d-na d-ra dr prof ing conf lect univ acad col cpt lt sf str bd șos nr ex d.ex de.ex "
    "cca cf alin lit pt art pct jud Sf",
    "ru": "г-н г-жа гг проф доц акад инж ген полк ул пр просп пл пер бул наб св напр см ср т.н т.е т.к тов о ок "
    "англ нем фр лат греч п ст стр рис табл гл мин обл р-н дер пос корп кв",
    "sk": "pí ing mgr bc mudr judr phdr rndr doc prof plk kpt sv tzv tj napr popr resp cca odst písm ul nám vr "
    "angl nem fr lat pozn red t.j t.z",
    "sl": "g ga gdč dr mag prof doc dipl ing inž sv npr tj oz t.i str čl odst prim polk ok pribl glej cca",
    "sv": "hr fr frk prof dr ca bl exkl inkl jfr resp s.k t.ex dvs d.v.s fr.o.m t.o.m ev fd f.d kl kap st ang "
    "bl.a m.a",
    "tr": "dr doç prof av yrd öğr gör müh sn alb yzb bkz örn vb.gibi krş çev ed cad sok mah hz no tel yy M.Ö "
    "M.S Bn By Hz Üniv",
    "uk": "п пан проф доц акад інж ген полк ім вул пр просп пл пров бул наб св напр див пор т.зв т.е тов о бл "
    "англ нім фр лат ст стор рис табл гл хв обл р-н с м буд кв",
    "vi": "ts pgs gs ths bs ks tp q p đ.c ts.bs",
    "hi": "डॉ श्री प्रो पं स्व कु सं डा ए बी सी डी ई एफ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू",
    "ar": "د أ م أ.د ص ج ه",
    "zh": "",
    "th": "ดร ผศ รศ ศ นพ พญ ร.ต พล.อ พล.ต พ.ต พ.ศ ค.ศ จ อ ต ถ น.ส",
}

_NUMBERED = {
    "bg": "чл ал т стр с том гл бр обн тел фиг табл № пар",
    "cs": "č čl str s sv kap obr tab tel sb roč vyd řád",
    "da": "nr art stk s side kap kl pkt bd afs tlf jan feb aug sept okt nov dec",
    "de": "abs art nr nrn s bd kap ziff rn rz rdnr tel abb tab anm aufl lit buchst unterabs jan feb aug sept "
    "okt nov dez str pos",
    "el": "άρθ σ σελ τόμ εδ κεφ εικ πίν αρ σσ παρ",
    "en": "no nos p pp vol vols fig figs art arts sec secs ch chap para paras ed eq ex nr jan feb mar apr jun "
    "jul aug sep sept oct nov dec reg tel ext c ca pt pl",
    "es": "art arts núm núms n nº pág págs p pp cap vol t tel fig párr apdo sec tít s ss inc",
    "et": "lg art p lk nr kd ptk joon tel vt ln",
    "fi": "s ss art nro nr n kohta luku kuva taul puh klo no mom",
    "fr": "art arts n no nos p pp vol t chap fig al sect ann par éd ch tél fax réf alin liv tab lig col paragr "
    "janv févr avr juil sept oct nov déc s v L R D A",
    "ga": "lch uimh alt roinn caib",
    "hr": "čl st br str sv gl toč sl tab tel pogl",
    "hu": "sz o old tel f köt fej jan febr márc ápr máj jún júl aug szept okt nov dec évf",
    "it": "art artt n nn nr num pag pagg p pp cap vol t tel fig tab c co sez par lett all gen feb mar apr mag "
    "giu lug ago set ott nov dic",
    "lt": "str nr p d punkt sk t tel pav lent psl",
    "lv": "p nr lpp nod att tab tālr sēj pants pk",
    "mt": "art nru p pġ tel kap vol",
    "nb": "nr art s side kap kl pkt bd avs tlf jan feb aug sept okt nov des",
    "nl": "nr nrs art artt p pp blz pag afl hfdst par jan febr mrt apr aug sept okt nov dec tel fig dl lid",
    "pl": "art ust pkt lit nr poz s str t tom rozdz ryc tab rys tel zał godz par tyt dz",
    "pt": "art arts n nº núm p pp pág págs cap vol t tel fig inc al par sec tít",
    "ro": "art alin nr lit pct p pp pag vol cap tel fig tab sect",
    "ru": "ст п пп ч гл стр с т тт рис табл № тел абз разд вып",
    "sk": "č čl str s zv kap obr tab tel ods roč",
    "sl": "čl st št str odst tč sl tab tel pogl zv let",
    "sv": "nr art s sid kap st p kl tel bd fig tab jan feb aug sept okt nov dec mom",
    "tr": "md m s sf no c cilt böl şek tab tel f bent fık",
    "uk": "ст п пп ч гл стор с т рис табл № тел абз",
}

_SOFT = {
    "bg": "г гг др т.н пр млн млрд лв ст хил сл в",
    "cs": "apod aj hod min tis mil mld kč st stol r s.r.o a.s t.r př.n.l n.l",
    "da": "mv m.v o.l mio mia kr årh mfl m.fl",
    "de": "usw etc uvm uä mio mrd jh jhd jhdt chr str std min abk jr sr bzgl co e.v",
    "el": "κ.λπ κ.ά κ.α χιλ εκατ δισ μ.χ π.χ αι ευρ",
    "en": "jr sr inc ltd co corp plc al u.s u.k u.n d.c a.m p.m ph.d b.a m.a est dept univ ave blvd rd sq ft st",
    "es": "uu ee.uu s.a s.l cía ltda jr a.c d.c mill km",
    "et": "jm a aasta saj milj mld eur kr nr s.a",
    "fi": "s milj mrd v klo eaa jaa e.m.a mm",
    "fr": "inc ltd",
    "ga": "agus.rl",
    "hr": "sl mil mlrd god st d.o.o d.d tis kn i.sl dr",
    "hu": "mrd m ft kft bt rt zrt nyrt sz i.sz i.e",
    "it": "s.p.a s.r.l a.c d.c mln mld uu",
    "lt": "m d mėn val min mln mlrd tūkst a amž eur lt kt pan ir.kt",
    "lv": "u.c utt u.tml milj mljrd g gs gads tūkst eur",
    "mt": "u.l ltd",
    "nb": "mv m.v o.l mill mrd kr årh mfl m.fl",
    "nl": "e.d e.a mln mld n.chr v.chr b.v n.v jr sr",
    "pl": "in r w im tys mln mld zł gr godz min n.e p.n.e s.a sp.z.o.o o.o wł i.in",
    "pt": "lda ltda s.a a.c d.c cia",
    "ro": "mil mld s.a s.r.l ș.a î.hr d.hr î.e.n e.n ș.a.m.d",
    "ru": "г гг в вв им др пр т.д т.п тыс млн млрд руб коп н.э до.н.э ч мин сек обл км",
    "sk": "apod hod min tis mil mld sk stor r s.r.o a.s pred.n.l",
    "sl": "idr mio mrd st tis d.o.o d.d n.št pr.n.št",
    "sv": "m.m m.fl o.d milj mdr kr årh e.kr f.kr tr jr",
    "tr": "vb vs vd ltd şti a.ş t.c yy as hiz",
    "uk": "р рр ст в вв ін т.д т.п тис млн млрд грн коп н.е до.н.е год хв сек",
    "ar": "ق.م",
}

_STARTERS = {
    "bg": "Той Тя То Те Това Тези Този Тази Ние Аз Вие В На За От По При След Преди Когато Ако Но И Освен "
    "Според Така Тогава Затова Как Какво Кой Не Да С",
    "cs": "On Ona Ono Oni To Ten Ta Tento Tato Toto Tyto Ti V Ve Na Za Po Při Před Podle Pokud Když Ale A Jeho "
    "Její Jejich Dále Proto Tak Také Kromě Od Do Z S Je Jsou Byl Byla Nejprve Poté Jak Co",
    "da": "Han Hun Den Det De Der Dette Disse Denne I På Som Efter For Fra Hvis Når Men Og Da Vi Jeg Med Ved "
    "Til Under Hvad Hvordan Et En Af Derfor Siden Også Samtidig",
    "de": "Der Die Das Ein Eine Einen Einem Einer Er Sie Es Wir Ich Ihr Dies Diese Dieser Dieses Diesen Diesem "
    "Im In Am An Auf Aus Bei Beim Mit Nach Von Vom Vor Zu Zum Zur Für Seit Durch Über Unter Um Und Aber "
    "Doch Denn Da Dabei Dadurch Dafür Daher Damit Danach Dann Darauf Darin Darum Deshalb Dennoch Dort "
    "Wenn Als Ob Obwohl Während Weil Wie Was Wer Wo Hier Heute Jedoch Allerdings Außerdem Auch Sein Seine "
    "Ihre Nur Nicht Noch So Somit Trotz Zudem Zwar Alle Man Kein Keine Bis Nachdem Später Anschließend "
    "Insgesamt Ferner Hierzu Hierbei Gleichzeitig Derzeit Bereits Einige Viele Mehrere Beide Jede Jeder "
    "Jedes Zuvor Wegen Laut Gegen Zwischen Sowohl Welche Welcher Warum Wann Unsere Unser Deren Dessen "
    "Solche Weitere Andere Zunächst Schließlich Neben Ebenso Ab Innerhalb Ebenfalls Meist Hat Ist Sind",
    "el": "Ο Η Το Οι Τα Αυτός Αυτή Αυτό Αυτά Αυτές Στο Στη Στην Στον Στις Με Για Από Αν Όταν Και Αλλά Ένα Ένας "
    "Μια Μία Κατά Μετά Πριν Όμως Επίσης Ωστόσο Δεν Θα Σε Τι Πώς Ως Έτσι",
    "en": "The A An He She It They We I You This That These Those There In On At For From By With After Before "
    "When While If But And However Although His Her Its Their Our As To Of Since During Many Most Some "
    "Other Another Such Both What How Who Why Then Today Not No Yes According Also Because Under Each All",
    "es": "El La Los Las Un Una Unos Unas Él Ella Ellos Este Esta Estos Estas Esto Ese Esa En Con Por Para De "
    "Desde Según Si Cuando Pero Y Su Sus Se No Es Al Del Tras Durante Aunque Además Sin También Como Lo A "
    "Ante Entre Hay Así Fue",
    "et": "Ta Tema Nad Nemad See Need Seda Selle Sellel Meie Me Mina Ma Kui Aga Ja Kuid Ning Samuti Pärast Enne "
    "Alates Ka Et Oma Mis Kes Kuidas Siis Seal Siin Seetõttu Lisaks On Ei Kuna",
    "fi": "Hän He Se Ne Tämä Nämä Tuo Sen Niiden Tämän Me Minä Kun Jos Mutta Ja Sekä Myös Jälkeen Ennen Vuonna "
    "Vuoden Siitä Siellä Tällä Lisäksi Kuitenkin On Ei Koska Mitä Miten Kuka Joka Sitten Näin Siksi Nyt",
    "fr": "Le La Les Un Une Des Il Elle Ils Elles On Nous Vous Je Ce Cet Cette Ces C Cela Ceci L D Dans En Au "
    "Aux À A Par Pour Sur Sous Avec Sans Selon Si Lorsque Quand Mais Et Ou Or Donc Car Ainsi Son Sa Ses "
    "Leur Leurs Notre Nos Votre Vos Depuis Pendant Après Avant Afin Comme De Du Toutefois Cependant "
    "Néanmoins Enfin Puis Ensuite Entre Tous Toute Toutes Tout Chaque Quelle Quel Comment Pourquoi Qui "
    "Que S N Y Est Seuls Seul Bien Dès Lors",
    "ga": "Tá Is Bhí Níl Ní An Na Sé Sí Siad Seo Sin I Ar Ag Le Agus Ach Má Nuair Chuir Rinne Beidh De Do",
    "hr": "On Ona Ono Oni To Taj Ta Ovaj Ova Ovo Ove U Na Za Po Pri Prije Nakon Prema Ako Kada Kad Ali I A "
    "Njegov Njezin Njihov Stoga Također Od Do S Sa Iz Je Su Bio Bila Što Kako Tko Osim Zatim",
    "hu": "A Az Ez Ezek Azok Ő Ők Egy Ha Amikor De És Mert Hogy Mivel Majd Ezért Azonban Illetve Továbbá "
    "Emellett Nem Mi Én Ki Hol Miért Hogyan Ennek Annak Ebben Abban Után Így Már Csak Is",
    "it": "Il Lo La I Gli Le Un Uno Una L Egli Ella Essi Questo Questa Questi Queste Quello Quella In Nel Nella "
    "Nei Nelle Con Per Da Dal Dalla Di Del Della Su Sul Sulla Secondo Se Quando Ma E Ed Suo Sua Loro Si "
    "Non È Al Alla Dopo Durante Tuttavia Inoltre Anche Come Che Chi Cosa Perché Poi A Tra Fra",
    "lt": "Jis Ji Jie Jos Tai Šis Ši Šie Šios Tas Ta Mes Aš Jūs Kai Jei Jeigu Bet Ir O Tačiau Taip Pagal Po "
    "Prieš Nuo Iki Su Be Kas Kaip Kodėl Todėl Yra Buvo Nors Kadangi",
    "lv": "Viņš Viņa Viņi Tas Tā Tie Šis Šī Šie Šīs Mēs Es Jūs Kad Ja Bet Un Taču Pēc Pirms No Līdz Ar Par Uz "
    "Kas Kā Kāpēc Tāpēc Ir Bija Arī Lai Saskaņā Tomēr",
    "mt": "Il L Is It Ir Id In Ix Iż Dan Din Dawn Hu Hi Huma Aħna Jien Meta Jekk Iżda Imma U Wara Qabel Skont F "
    "Fil Fl Għal Minn X Min",
    "nb": "Han Hun Den Det De Dette Disse Denne I På Som Etter For Fra Hvis Når Men Og Da Vi Jeg Med Ved Til "
    "Under Hva Hvordan Et En Ei Av Derfor Siden Også Samtidig Der",
    "nl": "De Het Een Hij Zij Ze Wij We Ik Dit Dat Deze Die Er In Op Aan Bij Met Na Naar Van Voor Uit Door Over "
    "Om Sinds Volgens Als Wanneer Toen Maar En Want Dus Ook Daarom Daarna Zijn Haar Hun Niet Geen Wat Hoe "
    "Wie Waarom Hierdoor Echter Tijdens Alle",
    "pl": "On Ona Ono Oni One To Ten Ta Te Ci W We Na Za Po Przy Przed Według Jeśli Jeżeli Gdy Kiedy Ale I A "
    "Jego Jej Ich Dlatego Także Również Oprócz Od Do Z Ze Jest Są Był Była Nie Co Jak Kto Następnie "
    "Jednak Dla O",
    "pt": "O A Os As Um Uma Uns Ele Ela Eles Elas Este Esta Estes Estas Isto Esse Essa Em No Na Nos Nas Com Por "
    "Para De Do Da Dos Desde Segundo Se Quando Mas E Seu Sua Não É Ao À Após Durante Embora Além Também "
    "Como Que Quem Ainda Assim Foi Há",
    "ro": "El Ea Ei Ele Acest Această Acesta Aceasta Acești Aceste Acestea Un O În Cu Pe La De Din Dintre "
    "Pentru Prin După Înainte Dacă Când Dar Și Deși Se Nu Este A Al Ale Conform Potrivit Astfel Însă Care "
    "Ce Cum Cine Unde Mai Sunt Totuși",
    "ru": "Он Она Оно Они Это Этот Эта Эти Тот Та Те Мы Я Вы В Во На За От По При После До Когда Если Но И А "
    "Его Её Ее Их Однако Также Кроме Для С Со Из К Ко Не Как Что Кто Так Поэтому Затем У Под О Об Все Был "
    "Была",
    "sk": "On Ona Ono Oni To Ten Tá Tento Táto Toto Tieto Títo V Vo Na Za Po Pri Pred Podľa Ak Keď Ale A Jeho "
    "Jej Ich Ďalej Preto Tak Tiež Okrem Od Do Z S Je Sú Bol Bola Najprv Potom Ako Čo",
    "sl": "On Ona Ono Oni To Ta Te Ti V Na Za Po Pri Pred Če Ko Ampak In A Njegov Njen Njihov Zato Tudi Poleg "
    "Od Do Z S Iz Je So Bil Bila Kaj Kako Kdo Vendar Nato Ob",
    "sv": "Han Hon Den Det De Dessa Denna Detta I På Som Efter För Från Om När Men Och Vi Jag Med Vid Till "
    "Under Vad Hur En Ett Av Därför Sedan Också Samtidigt Där Då Enligt Man Alla",
    "tr": "Bu Şu O Bunlar Onlar Biz Ben Siz Bir Ancak Fakat Ama Ve Ayrıca Daha Sonra Eğer Her Çünkü Böylece "
    "Bunun Ne Nasıl Neden Kim Hangi İlk Son Onun Buna",
    "uk": "Він Вона Воно Вони Це Цей Ця Ці Той Та Ті Ми Я Ви В У На За Від По При Після До Коли Якщо Але І Й А "
    "Його Її Їх Однак Також Крім Для З Із Зі Не Як Що Хто Так Тому Потім Під Про Всі Був Була",
    "vi": "Ông Bà Anh Chị Họ Nó Đây Đó Các Những Một Trong Ở Vào Khi Nếu Nhưng Và Tuy Theo Sau Trước Với Từ Để "
    "Do Vì Năm Ngoài Tại Có Không Chúng Tôi",
}


def _words(table: dict[str, str], language: str, common: str = "") -> frozenset[str]:
    return frozenset(f"{common} {table.get(language, '')}".split())


def _table(language: str) -> Abbreviations:
    return Abbreviations(
        _words(_NEVER, language, _COMMON_NEVER),
        _words(_NUMBERED, language, _COMMON_NUMBERED),
        _words(_SOFT, language, _COMMON_SOFT),
        _words(_STARTERS, language),
    )


_TABLES = {language: _table(language) for language in _NEVER}
_NONE = _table("")


def abbreviations(language: str) -> Abbreviations:
    """The table of a primary language subtag; of a language without one, the few abbreviations met everywhere.

    >>> "mme" in abbreviations("fr").never
    True
    """
    return _TABLES.get(ALIASES.get(language, language), _NONE)
