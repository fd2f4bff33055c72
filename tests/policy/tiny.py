"""A policy of a few rules, for a test: the rules get clauses 1, 2, 3 …, so that the text is only what matters."""

import re
from itertools import count

from afterschool.policy.book import Policy
from afterschool.policy.loader import parse

HEAD = """code = "{code}"
title = "某市课后服务办法"
short = "办法"
level = "city"
area = "某市"
issuer = "市教育局"
from = {since}
text = "tiny.txt"
"""


def law(text: str, since: str = "2025-09-01") -> Policy:
    return parse(file(text, since=since), "tiny.toml")


def file(text: str, *, code: str = "tiny", since: str = "2025-09-01") -> str:
    numbers = count(1)
    rules = re.sub(r"(?m)^\[\[\w+\]\]$", lambda found: f'{found[0]}\nclause = "{next(numbers)}"\nquote = "原文"', text)
    return HEAD.format(code=code, since=since) + rules
