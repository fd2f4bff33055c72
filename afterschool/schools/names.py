"""How names are sorted: by pinyin, surnames read as surnames are."""

# Characters that sound otherwise when they are a surname.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "尉": "yu", "朴": "piao", "盖": "ge",
    "任": "ren", "华": "hua", "乐": "yue", "覃": "qin", "翟": "zhai", "员": "yun", "那": "na", "纪": "ji", "燕": "yan",
    "缪": "miao", "宓": "mi", "召": "shao", "隗": "wei", "黑": "he", "种": "chong", "祭": "zhai", "折": "she",
    "卜": "bu", "繁": "po", "訾": "zi", "麴": "qu", "冼": "xian", "洗": "xian", "乜": "nie", "万": "wan", "郇": "xun",
    "教": "jiao", "逄": "pang", "过": "guo", "晁": "chao", "便": "pian", "车": "che", "句": "gou", "沈": "shen",
    "石": "shi", "石抹": "shi mo", "哈": "ha", "令狐": "ling hu", "长孙": "zhang sun", "单于": "chan yu",
    "万俟": "mo qi", "尉迟": "yu chi", "澹台": "tan tai", "鲜于": "xian yu", "夏侯": "xia hou", "赫连": "he lian",
    "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "皇甫": "huang fu", "慕容": "mu rong",
    "东方": "dong fang", "公孙": "gong sun", "宇文": "yu wen", "濮阳": "pu yang", "呼延": "hu yan", "独孤": "du gu",
}  # fmt: skip


def given_name(name: str) -> str:
    """`一诺` for 陈一诺, `雪` for 欧阳雪; where a dot parts the names (古丽米热·艾力) what stands before it."""
    first, dot, _ = name.partition("·")
    if dot:
        return first
    length = 2 if name[:2] in SURNAMES and len(name) > 2 else 1
    return name[length:] or name


def sort_key(name: str) -> str:
    """`shan peng` for 单鹏. A character pypinyin does not know stands for itself, and sorts last."""
    from pypinyin import Style, lazy_pinyin  # a dictionary: slow to import, and most processes sort no name

    length = next((n for n in (2, 1) if name[:n] in SURNAMES), 0)
    given = name[length:].replace("·", "")
    read = [SURNAMES[name[:length]]] if length else []
    return " ".join([*read, *lazy_pinyin(given, style=Style.NORMAL)]).lower()[:120]
