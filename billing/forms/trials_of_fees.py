"""What a family pays and gets back, tried on a policy: the fields, and the scenario that comes of them."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms

from afterschool.money import ZERO
from afterschool.policy import rules
from afterschool.policy.terms import CAUSES, SERVICES
from billing.forms.books import DayField, MoneyField
from billing.forms.trying import AmountsField, CountField, OfferingForm, TrialForm

ASKED_CAUSES = ("withdrawal", "absence", "cancelled", "force_majeure")


class PriceForm(OfferingForm):
    what, title = "price", "收费"
    asks = ("grade", "month", "item", "service", "rate", "lessons", "first", "group", "percent", "boarding")

    month = forms.ChoiceField(label="月份")
    service = forms.ChoiceField(label="什么时候", choices=[*SERVICES.items()])
    rate = MoneyField(label="学校的收费标准（元）")
    lessons = CountField(label="一天几课时", required=False, min_value=1, max_value=10, help_text="按课时收费的才填")
    first = DayField(label="从哪天开始参加", required=False, help_text="不填就是整个月")
    group = forms.ChoiceField(label="减免", required=False)
    percent = CountField(
        label="减免百分之几", required=False, min_value=1, max_value=100, help_text="文件写了比例的不用填"
    )

    def choices(self):
        prices = [rule for rule in self.held if isinstance(rule, rules.Price)]
        services = [one for one in SERVICES if any(one in (rule.services or SERVICES) for rule in prices)]
        groups = {rule.group: rule.label for rule in self.held if isinstance(rule, rules.Waiver)}
        return super().choices() | {
            "service": [(one, SERVICES[one]) for one in services],
            "group": [("", "没有减免"), *groups.items()],
        }

    def uses(self):
        waivers = [rule for rule in self.held if isinstance(rule, rules.Waiver)]
        return super().uses() | {
            "service": len(self.fields["service"].choices) > 1,
            "group": bool(waivers),
            "percent": any(rule.percent is None for rule in waivers),
        }

    def scenario(self):
        waiver = self.given(group="group", percent="percent")
        waivers = {"waivers": [waiver]} if "group" in waiver else {}
        item = self.given(rate="rate", service="service", item="item", lessons="lessons")
        student = self.given(**{"from": "first"}) | waivers
        return {**self.days(), "school": self.school(), "items": [item], "students": [student]}


class RefundForm(OfferingForm):
    what, title = "refund", "退费"
    asks = ("grade", "month", "item", "lessons", "rate", "paid", "cause", "first", "last", "boarding")

    month = forms.ChoiceField(label="月份")
    lessons = CountField(label="一天几课时", required=False, min_value=1, max_value=10, help_text="按课时收费的才填")
    rate = MoneyField(label="学校的收费标准（元）")
    paid = MoneyField(label="已经交了（元）", required=False, help_text="不填就是应交多少交了多少")
    cause = forms.ChoiceField(
        label="为什么退",
        choices=[(cause, CAUSES[cause]) for cause in ASKED_CAUSES],
    )
    first = DayField(label="从哪天起", help_text="中途退出的，这一天起不再参加")
    last = DayField(label="到哪天", required=False, help_text="只有一天、或者中途退出的不用填")

    def clean(self):
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and self.cleaned_data.get("month") not in (None, f"{first:%Y-%m}"):
            self.add_error("first", "这一天不在上面选的月份里")
        if first and last and not first <= last <= first + timedelta(days=31):
            self.add_error("last", "不能早于从哪天起，也不能超过一个月")
        return self.cleaned_data

    def scenario(self):
        first, last = self.cleaned_data["first"], self.cleaned_data["last"] or self.cleaned_data["first"]
        missed = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        days, student = self.days(), {}
        match cause := self.cleaned_data["cause"]:
            case "withdrawal":
                student = {"withdrew_on": first}
            case "absence":
                student = {"attendance": [{"day": day} for day in missed]}
            case _:
                known = {date.fromisoformat(row["day"]): row for row in days.get("calendar", ())}
                closed = {day: known.get(day, {"day": day.isoformat()}) | {"closed": cause} for day in missed}
                days["calendar"] = [*({**known, **closed}).values()]
        item, receipt = self.given(rate="rate", item="item", lessons="lessons"), self.given(amount="paid")
        receipts = {"receipts": [receipt]} if receipt else {}
        return {**days, "school": self.school(), "items": [item], "students": [student], **receipts}


class SettlementForm(TrialForm):
    what, title = "settlement", "结算"
    asks = ("grade", "on", "charges", "refunded", "cost")

    grade = forms.TypedChoiceField(label="年级", coerce=int)
    on = DayField(label="按哪一天的规定")
    charges = AmountsField(
        label="每家应交多少（元）",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="减免以后的；用空格、顿号或换行隔开",
    )
    refunded = AmountsField(
        label="前几轮已经退了多少（元）",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="第一轮不用填；填就和左边一家对一家",
    )
    cost = MoneyField(label="一共花了（元）")

    def clean(self):
        charges, refunded = self.cleaned_data.get("charges", []), self.cleaned_data.get("refunded", [])
        if refunded and len(refunded) != len(charges):
            self.add_error("refunded", f"应交写了 {len(charges)} 家，这里是 {len(refunded)} 家")
        return self.cleaned_data

    def scenario(self):
        charges = self.cleaned_data["charges"]
        refunded = self.cleaned_data["refunded"] or [ZERO] * len(charges)
        students = [
            {"id": f"第{number}家", "charged": charged.plain(), "refunded": back.plain()}
            for number, (charged, back) in enumerate(zip(charges, refunded, strict=True), 1)
        ]
        costs = [self.given(amount="cost", grade="grade")]
        return {**self.given(on="on"), "school": self.school(), "students": students, "costs": costs}
