"""The sheet as PDF and spreadsheet. What is published never changes, so a paper is drawn once and kept for a while."""

from django.core.cache import cache

from afterschool.money import Money
from afterschool.pdf import render_pdf
from afterschool.xlsx import Column, Sheet, write_xlsx

from .reading import Reading

A_DAY = 24 * 3600
SIGNERS = ("制表：", "复核：", "校长（盖章）：", "家长委员会：")


def pdf_of(reading: Reading) -> bytes:
    """A4 with a line for each signature: what is signed by hand is nobody's name in public."""
    key = f"disclosure-pdf:{reading.disclosure.pk}:{reading.disclosure.sha256}"
    kept = cache.get(key)
    if kept is None:
        kept = render_pdf("print/disclosure.html", {"sheet": reading, "signers": SIGNERS})
        cache.set(key, kept, A_DAY)
    return kept


def xlsx_of(reading: Reading) -> bytes:
    """One table that can be filtered: kind, line, how it was worked out, amount."""
    sums = reading.sums
    parts = (("收入", reading.income), ("支出", reading.expense), ("退给家长", reading.refund))
    rows = [(part, row.word, row.note, row.fen) for part, lines in parts for row in lines]
    totals = (("收入合计", "income"), ("支出合计", "expense"), ("退费合计", "refund"), ("结余", "balance"))
    rows += [("合计", word, "", sums[name]) for word, name in totals]
    rows += [("更正", row.word, row.note, row.fen) for row in reading.corrections]
    titles = [
        reading.title,
        f"服务 {len(reading.days)} 天 · {reading.people}",
        "；".join(f"{rate.word}（{rate.note}）{rate.per} {Money(rate.fen)} 元 {rate.cite}" for rate in reading.rates),
        f"监督电话：{reading.content['hotline']['of']} {reading.content['hotline']['phone']}",
        f"公示编号 {reading.number}　内容摘要（SHA-256）{reading.disclosure.sha256}",
    ]
    columns = [Column("类别"), Column("项目", width=40), Column("怎么算", width=34), Column("元", "money")]
    sheets = [Sheet("收支公示", columns, rows, titles=[title for title in titles if title])]
    return write_xlsx([*sheets, *([_meals(reading)] if reading.meals else [])])


def _meals(reading: Reading) -> Sheet:
    """Apart: whoever sums a column of the fee meets no meal in it."""
    columns = [
        Column("供餐", width=16), Column("供餐单位", width=30), Column("每天", "money"), Column("人数、份数", width=20),
        Column("应交", "money"), Column("付供餐单位", "money"), Column("退给家长", "money"), Column("学校承担", "money"),
    ]  # fmt: skip
    rows = [
        (
            row.word, row.supplier, row.price_fen, row.people, row.charged_fen, row.cost_fen, row.returned_fen,
            row.borne_fen,
        )
        for row in reading.meals
    ]  # fmt: skip
    return Sheet("代收餐费", columns, rows, titles=[f"{reading.title}：代收餐费"])
