"""What is typed in of a locked month."""

from django import forms

from afterschool.money import Money
from afterschool.schools.models import GRADES
from afterschool.templatetags.words import day
from billing.models import Adjustment, BankLine, Expense, FeeMonth
from billing.selectors.corrections import ADJUSTABLE, clauses_of
from billing.selectors.costs import category_labels

from .books import DayField, Desk, MoneyField, categories

SIDES = ((Adjustment.Side.LESS, "少支出，钱已经收回"), (Adjustment.Side.MORE, "多支出，补记"))
A_LINE = 40


class AdjustmentForm(Desk):
    button = "录入，交复核审批"
    rows = (("cost", "amount"), ("on", "voucher_number"), ("clause", "grade"), ("bank_line", "reason"))

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    side = forms.ChoiceField(label="更正", choices=SIDES, widget=forms.RadioSelect, initial=Adjustment.Side.LESS)
    cost = forms.ChoiceField(label="哪一笔支出")
    amount = MoneyField(label="差额（元）", help_text="只填少支出或多支出的部分")
    on = DayField(label="收回或支付日期", help_text="记入这一天所在的月份")
    voucher_number = forms.CharField(label="票据号", max_length=60)
    clause = forms.ChoiceField(label="依据的条款")
    grade = forms.TypedChoiceField(label="哪个年级的", coerce=int, required=False, empty_value=None)
    bank_line = forms.ModelChoiceField(
        label="银行流水里的哪一笔（可不选）",
        queryset=BankLine.objects.none(),
        required=False,
        empty_label="不选",
    )
    reason = forms.CharField(
        label="原因", max_length=150, widget=forms.Textarea(attrs={"rows": 2}), help_text="会写进公示，不要写人名、电话"
    )

    def __init__(self, *args, fee_month: FeeMonth, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cost"].choices = _costs(fee_month)
        clauses = [(clause, _short(said)) for clause, said in clauses_of(fee_month)]
        self.fields["clause"].choices = [("", "请选择"), *clauses]
        grades = [(grade, GRADES[grade]) for grade in fee_month.school.grades]
        self.fields["grade"].choices = [("", "全校共用，或同原来那笔支出"), *grades]
        lines = BankLine.objects.filter(school=fee_month.school_id, state=BankLine.State.OPEN, on__gt=fee_month.last_on)
        self.fields["bank_line"].queryset = lines.order_by("-on", "pk")
        self.fields["bank_line"].label_from_instance = _line
        self.fee_month = fee_month

    def deed(self) -> dict:
        """As `enter_adjustment` asks for it."""
        facts = dict(self.cleaned_data)
        kind, _, name = facts.pop("cost").partition(":")
        if kind == "expense":
            return facts | {"expense": self.fee_month.expenses.get(pk=name)}
        return facts | {"fund": kind, "category": name}


def _costs(fee_month: FeeMonth) -> list:
    """What is in the month's books; and by fund what may be booked besides."""
    labels = category_labels(fee_month)
    booked = fee_month.expenses.filter(state=Expense.State.APPROVED, fund__in=ADJUSTABLE).defer("voucher")
    choices = [
        (
            f"expense:{one.pk}",
            f"{day(one.on)} {one.payee} {labels.get(one.category, one.category)} {Money(one.amount_fen)}",
        )
        for one in booked.order_by("on", "pk")
    ]
    others = [
        (f"没有记过的，{label}（只能补记）", kinds) for label, kinds in categories(fee_month) if _is_adjustable(kinds)
    ]
    return [*([("已经入账的", choices)] if choices else []), *others]


def _line(line: BankLine) -> str:
    return f"{day(line.on)} {'收' if line.in_fen else '付'} {Money(line.in_fen or line.out_fen)} {line.payer}"


def _is_adjustable(kinds: list) -> bool:
    return kinds[0][0].partition(":")[0] in ADJUSTABLE


def _short(said: str) -> str:
    return said if len(said) <= A_LINE else f"{said[:A_LINE]}…"
