"""FACTS: the sounds of the Chinese signs that foreign names are written with: 特斯拉 is ``tsl``, as Tesla is.

Chinese has no sound to tell l and r apart, and leaves an r out before a consonant and at the end.
"""

from __future__ import annotations

import regex

# Sounds, and the signs for them; in the letters of rag.text.spelling. Signs of everyday words (大, 文, 明, 国, 和) are
# among them only where names have them often.
_SIGNS = {
    "": "阿埃艾爱奥厄俄欧伊亚雅尤约耶叶伍乌", "n": "安昂恩翁因英纳娜奈南尼妮内诺努瑙宁农尹",
    "b": "巴芭贝比彼伯波勃布博毕拜鲍保", "bn": "本宾班邦",
    "p": "帕佩皮珀普坡派蒲", "pn": "潘彭庞平",
    "m": "马玛麦梅美米密莫默姆穆慕迈毛摩", "mn": "曼蒙门芒敏",
    "f": "法菲费弗夫福佛富", "fn": "凡芬丰",
    "v": "瓦维沃威韦伟娃", "vn": "文温万旺",
    "t": "达戴黛德迪蒂杜多塔泰特提图托道岛", "tn": "丹但登丁顿敦东汤坦廷亭汀通唐腾",
    "l": "拉莱赖劳勒雷里利丽历莉力列罗洛卢鲁露律路娄尔", "ln": "兰伦林朗隆龙仑连",
    "k": "卡凯科柯可克库考哥戈格加盖古瓜圭葛", "kn": "坎康肯昆金甘冈根贡坤", "h": "哈海赫胡霍豪惠", "hn": "汉亨洪",
    "s": "萨塞赛色瑟斯索苏素桑修西锡茨兹泽佐祖扎孜施什史舍沙莎夏谢休肖绍", "sn": "森松辛圣孙尚申香辛逊生",
    "c": "查恰奇切齐契丘乔杰朱治季", "cn": "钱钦春珍詹琼真",
    "[vh]": "华怀", "[ck]": "吉基", "[sh]": "希",
}  # fmt: skip
_SOUNDS = {sign: sounds for sounds, signs in _SIGNS.items() for sign in signs}
_RUN = regex.compile(f"[{''.join(_SOUNDS)}]{{2,}}")
_MOST_SIGNS = 7
_UNHEARD = regex.compile(r"(?<=.)r(?=[^r]|$)")
_BEFORE_LIPS = regex.compile(r"m(?=[bp])")


def sounds(run: str) -> str:
    """The consonants of a run of the signs, with a vowel after each sign, two readings of one consonant in brackets.

    >>> sounds("特斯拉"), sounds("吉尔伯特")
    ('tasala', '[ck]alabata')
    """
    return "".join(_SOUNDS[sign] + "a" for sign in run)


def runs(text: str) -> list[str]:
    """The stretches of a text that may be foreign names, or hold some.

    >>> runs("1917年尼古拉·特斯拉被授予爱迪生奖章")
    ['尼古拉', '特斯拉', '爱迪生']
    """
    return list(dict.fromkeys(_RUN.findall(text)))


def parts(run: str) -> list[str]:
    """A run and what is left of it without signs at its edges, which may belong to the words beside it."""
    ends = range(len(run), 1, -1)
    return [run[start:end] for start in range(len(run) - 1) for end in ends if 2 <= end - start <= _MOST_SIGNS]


def as_heard(reading: str) -> tuple[str, ...]:
    """The consonants of a name as Chinese can say them: no r, or an l for it.

    >>> as_heard("crcl"), as_heard("hmbrg")
    (('clcl', 'ccl'), ('hnblg', 'hnbg'))
    """
    nasal = _BEFORE_LIPS.sub("n", reading)
    return tuple(dict.fromkeys((nasal.replace("r", "l"), _UNHEARD.sub("", nasal).replace("r", "l"))))
