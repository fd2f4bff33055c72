"""A sheet made ready for page, paper and spreadsheet: the same words in all three."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from afterschool.money import Money
from afterschool.policy.fees import PER
from afterschool.templatetags.words import grade_name

from .meals import MealRow, meal_row
from .models import Disclosure
from .suppression import FEW, FEWEST


@dataclass(frozen=True)
class Row:
    word: str
    fen: int
    note: str = ""
    cite: str = ""
    per: str = ""


class Reading:
    """What a template asks of a disclosure. Nothing here looks into the books: only into the published content."""

    def __init__(self, disclosure: Disclosure) -> None:
        self.disclosure, self.content = disclosure, disclosure.content
        self.month = date.fromisoformat(f"{self.content['month']}-01")
        self.school, self.sums = self.content["school"], self.content["sums"]
        self.url = reverse("disclosures:public-page", args=[self.school["code"], self.month])
        self.income = [_row(line) for line in self.content["income"]]
        self.refund = [_row(line) for line in self.content["refund"]]
        self.expense = [Row(line["label"], line["fen"], line["how"], line["cite"]) for line in self.content["expense"]]

    @property
    def title(self) -> str:
        return f"{self.school['name']} {self.month.year}年{self.month.month}月课后服务费收支公示"

    @property
    def number(self) -> str:
        return f"{self.school['code']}-{self.content['month']}-{self.content['version']}"

    @property
    def people(self) -> str:
        """How many took part; a number below five is told as 不足 5 人, and some are not told at all."""
        told = self.content["participation"]
        waived, words = told["waived_heads"], f"缴费 {_heads(told['paying_heads'])}"
        if told["heads"] is not None:
            words = f"参加 {_heads(told['heads'])}"
        if not waived:
            return f"{words} · 没有减免"
        amount = f"（{Money(told['waived_fen'])} 元）" if told["waived_fen"] is not None else ""
        return f"{words} · {'减免' if told['heads'] is not None else '另有减免'} {_heads(waived)}{amount}"

    @property
    def days(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.content["service_days"]]

    @property
    def days_in_words(self) -> str:
        """10月 8、9、12 日。"""
        by_month = groupby(self.days, key=lambda day: day.month)
        return "；".join(f"{month}月 {'、'.join(str(day.day) for day in days)} 日" for month, days in by_month)

    @property
    def corrections(self) -> list[Row]:
        """What was put right of this month, or in this month of an earlier one. Sheets of before know of none."""
        return [self._correction(line) for line in self.content.get("corrections", [])]

    def _correction(self, line: dict) -> Row:
        of, booked = (_month(line[key]) for key in ("of", "booked"))
        here = line["of"] == self.content["month"]
        word = f"{'' if here else of}{line['say']}"
        note = "；".join(filter(None, [f"记入{booked}" if here else "", line["reason"]]))
        return Row(word, line["fen"], note, line["clause"])

    @property
    def waiting_fen(self) -> int:
        """Came back after the month was settled, and is not yet shared out."""
        return self.content.get("waiting_fen", 0)

    @property
    def carried_fen(self) -> int:
        """Of a term that is settled as one: what goes on to its end."""
        return self.content.get("carried_fen", 0)

    @property
    def rest_fen(self) -> int:
        """What of the balance is unspent subsidy."""
        return self.sums["balance"] - self.waiting_fen - self.carried_fen

    @property
    def meals(self) -> list[MealRow]:
        """What was collected for suppliers; sheets of before, and of schools that collect nothing, know of none."""
        return [meal_row(line) for line in self.content.get("meals", [])]

    @property
    def rates(self) -> list[Row]:
        return [
            Row(rate["label"], rate["fen"], _grades(rate["grades"]), rate["cite"], PER[rate.get("unit", "month")])
            for rate in self.content["rates"]
        ]

    @property
    def shown_from(self) -> date | None:
        return timezone.localdate(self.disclosure.published_at) if self.disclosure.published_at else None

    @property
    def shown_until(self) -> date | None:
        first = self.shown_from
        return first + timedelta(days=self.content["shown_days"] - 1) if first else None

    @property
    def hash_in_groups(self) -> str:
        sha256 = self.disclosure.sha256
        return " ".join(sha256[start : start + 8] for start in range(0, len(sha256), 8))

    @property
    def address(self) -> str:
        """Where paper leads back to: this very version."""
        return f"{settings.SITE_URL}{self.url}?v={self.disclosure.version}"

    @property
    def qr(self) -> str:
        return segno.make(self.address, error="m", micro=False).svg_data_uri(border=2, scale=4)


def _row(line: dict) -> Row:
    if line["each_fen"] is not None:
        return Row(line["label"], line["fen"], f"{line['heads']} 人 × {Money(line['each_fen'])}")
    return Row(line["label"], line["fen"], f"{line['heads']} 人" if line["heads"] else "")


def _month(told: str) -> str:
    first = date.fromisoformat(f"{told}-01")
    return f"{first.year}年{first.month}月"


def _heads(told: int | str) -> str:
    if isinstance(told, int):
        return f"{told} 人"
    return f"不足 {FEWEST} 人" if told == FEW else f"{FEWEST} 人以上"


def _grades(grades: Sequence[int]) -> str:
    if len(grades) > 1 and list(grades) == list(range(grades[0], grades[-1] + 1)):
        return f"{grade_name(grades[0])}至{grade_name(grades[-1])}"
    return "、".join(grade_name(grade) for grade in grades)
