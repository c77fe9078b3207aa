"""FACTS: the names of the months in the languages of Europe and a few of its neighbours."""

from __future__ import annotations

from collections.abc import Iterator

# Twelve months a line, the forms of one month side by side: as they stand alone, as they stand in a date, shortened.
_MONTHS_BY_LANGUAGE = {
    "bg": "януари яну,февруари фев,март мар,април апр,май,юни,юли,август авг,септември сеп септ,октомври окт,"
    "ноември ное,декември дек",
    "cs": "leden ledna,únor února,březen března,duben dubna,květen května,červen června,červenec července,"
    "srpen srpna,září,říjen října,listopad listopadu,prosinec prosince",
    "da": "januar,februar,marts,april,maj,juni,juli,august,september,oktober,november,december",
    "de": "januar jänner jan,februar feber feb febr,märz mrz mär maerz,april apr,mai,juni jun,juli jul,august aug,"
    "september sept sep,oktober okt,november nov,dezember dez",
    "el": "ιανουάριος ιανουαρίου ιαν,φεβρουάριος φεβρουαρίου φεβ φεβρ,μάρτιος μαρτίου μαρ,απρίλιος απριλίου απρ,"
    "μάιος μαΐου μαϊ,ιούνιος ιουνίου ιουν,ιούλιος ιουλίου ιουλ,αύγουστος αυγούστου αυγ,σεπτέμβριος σεπτεμβρίου "
    "σεπ σεπτ,οκτώβριος οκτωβρίου οκτ,νοέμβριος νοεμβρίου νοε,δεκέμβριος δεκεμβρίου δεκ",
    "en": "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,"
    "october oct,november nov,december dec",
    "es": "enero ene,febrero feb,marzo mar,abril abr,mayo may,junio jun,julio jul,agosto ago,"
    "septiembre setiembre sep set,octubre oct,noviembre nov,diciembre dic",
    "et": "jaanuar jaanuari jaanuaril,veebruar veebruari veebruaril,märts märtsi märtsil,aprill aprilli aprillil,"
    "mai mail,juuni juunil,juuli juulil,august augusti augustil,september septembri septembril,"
    "oktoober oktoobri oktoobril,november novembri novembril,detsember detsembri detsembril",
    "fr": "janvier janv,février févr fév,mars,avril avr,mai,juin,juillet juil,août,septembre sept,octobre oct,"
    "novembre nov,décembre déc",
    "ga": "eanáir eanair,feabhra fheabhra,márta mhárta,aibreán aibreain,bealtaine bhealtaine,meitheamh mheitheamh "
    "meithimh,iúil,lúnasa,meán_fómhair mheán_fómhair,deireadh_fómhair dheireadh_fómhair,samhain samhna shamhain,"
    "nollaig nollag",
    "hr": "siječanj siječnja,veljača veljače,ožujak ožujka,travanj travnja,svibanj svibnja,lipanj lipnja,"
    "srpanj srpnja,kolovoz kolovoza,rujan rujna,,studeni studenoga studenog,prosinac prosinca",
    "hu": "január,február febr,március márc,április ápr,május máj,június jún,július júl,augusztus,szeptember szept,"
    "október,november,december",
    "it": "gennaio gen genn,febbraio febbr,marzo,aprile,maggio mag magg,giugno giu,luglio lug,agosto,"
    "settembre sett set,ottobre ott,novembre,dicembre dic",
    "lt": "sausio sausis,vasario vasaris,kovo kovas,balandžio balandis,gegužės gegužė,birželio birželis,liepos liepa,"
    "rugpjūčio rugpjūtis,rugsėjo rugsėjis,spalio spalis,lapkričio lapkritis,gruodžio gruodis",
    "lv": "janvāris janvāra janvārī,februāris februāra februārī,marts marta martā,aprīlis aprīļa aprīlī,"
    "maijs maija maijā,jūnijs jūnija jūnijā,jūlijs jūlija jūlijā,augusts augusta augustā,septembris septembra "
    "septembrī,oktobris oktobra oktobrī,novembris novembra novembrī,decembris decembra decembrī",
    "mt": "jannar,frar,marzu,april,mejju,ġunju,lulju,awwissu,settembru,ottubru,novembru,diċembru",
    "nl": "januari,februari,maart mrt,april,mei,juni,juli,augustus,september,oktober,november,december",
    "no": "januar,februar,mars,april,mai,juni,juli,august,september,oktober,november,desember des",
    "pl": "styczeń stycznia,luty lutego,marzec marca,kwiecień kwietnia,maj maja,czerwiec czerwca,lipiec lipca,"
    "sierpień sierpnia,wrzesień września,październik października,listopad listopada,grudzień grudnia",
    "pt": "janeiro,fevereiro fev,março,abril,maio,junho,julho,agosto,setembro,outubro out,novembro,dezembro dez",
    "ro": "ianuarie ian,februarie,martie,aprilie,mai,iunie iun,iulie iul,august,septembrie,octombrie,noiembrie noi,"
    "decembrie",
    "ru": "января январь янв,февраля февраль фев,марта март,апреля апрель апр,мая май,июня июнь,июля июль,"
    "августа август авг,сентября сентябрь сен,октября октябрь окт,ноября ноябрь ноя,декабря декабрь дек",
    "sk": "január januára,február februára,marec marca,apríl apríla,máj mája,jún júna,júl júla,august augusta,"
    "september septembra,október októbra,november novembra,december decembra",
    "sl": "januar januarja,februar februarja,marec marca,april aprila,maj maja,junij junija,julij julija,"
    "avgust avgusta avg,september septembra,oktober oktobra,november novembra,december decembra",
    "sv": "januari,februari,mars,april,maj,juni,juli,augusti,september,oktober,november,december",
    "tr": "ocak,şubat,mart,nisan,mayıs,haziran,temmuz,ağustos,eylül,ekim,kasım,aralık",
    "uk": "січня січень,лютого лютий,березня березень,квітня квітень,травня травень,червня червень,липня липень,"
    "серпня серпень,вересня вересень,жовтня жовтень,листопада листопад,грудня грудень",
    "ar": "يناير جانفي كانون_الثاني,فبراير فيفري شباط,مارس آذار,أبريل أفريل نيسان,مايو ماي أيار,يونيو جوان حزيران,"
    "يوليو جويلية يوليوز تموز,أغسطس أوت غشت آب,سبتمبر شتنبر أيلول,أكتوبر تشرين_الأول,نوفمبر نونبر تشرين_الثاني,"
    "ديسمبر دجنبر كانون_الأول",
}
_FINNISH = "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"  # each with the endings below
_FINNISH_ENDINGS = ("kuu", "kuuta", "kuun", "kuussa")


def month_names() -> Iterator[tuple[str, int]]:
    """Every name with its number from 1; a name of two words has a space between them.

    The October of Croatian, *listopad*, is left out: it is the November of Polish and Czech.
    """
    for names in _MONTHS_BY_LANGUAGE.values():
        for number, forms in enumerate(names.split(","), start=1):
            for form in forms.split():
                yield form.replace("_", " "), number
    for number, stem in enumerate(_FINNISH.split(), start=1):
        for ending in _FINNISH_ENDINGS:
            yield stem + ending, number


def months_of(language: str) -> Iterator[tuple[str, int]]:
    """The names of the months in one language, those of one word, with their numbers."""
    primary = language.split("-")[0]
    if primary == "fi":
        return ((stem + ending, n) for n, stem in enumerate(_FINNISH.split(), start=1) for ending in _FINNISH_ENDINGS)
    months = _MONTHS_BY_LANGUAGE.get({"nb": "no", "nn": "no"}.get(primary, primary), "").split(",")
    return ((form, n) for n, forms in enumerate(months, start=1) for form in forms.split() if "_" not in form)
