"""钱在谁那里: where every fen stands on a day, and whose it is. Both come to the same, and the bank balance with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from afterschool.money import ZERO, Money, total
from afterschool.schools.models import School
from billing.meals.selectors.purse import purses
from billing.models import Allocation, Charge, FeeMonth, Fund, Payout, Receipt, Refund, SetOff
from billing.selectors.subsidies import owed_by_payers
from billing.selectors.terms import carried_on
from billing.wechat.models import PaymentRefund

from .balances import balances
from .meals import of_families, places_of
from .models import Entry, Transfer
from .posting import AccountRef, Kind

State = Refund.State
BAR_WIDTH, SHADES = 1000, 6
OF_MONTHS = {Kind.FEE_INCOME, Kind.WAIVER, Kind.SUBSIDY, Kind.STIPEND_EXPENSE, Kind.OTHER_EXPENSE}


@dataclass(frozen=True)
class Link:
    word: str
    url: str


@dataclass(frozen=True)
class Line:
    """Some of the money: above zero the bank owes it to somebody, below zero it has not come to the bank."""

    word: str
    note: str
    amount: Money
    count: str = ""
    links: tuple[Link, ...] = ()
    shade: str = ""
    x: int = 0
    width: int = 0

    @property
    def size(self) -> Money:
        return max(self.amount, -self.amount)


@dataclass(frozen=True)
class Check:
    """What the books say and what the papers say."""

    word: str
    books: Money
    papers: Money

    @property
    def difference(self) -> Money:
        return self.books - self.papers


@dataclass(frozen=True)
class Whereabouts:
    held: list[Line]  # where the money is: the bank first
    owed: list[Line]  # whose it is
    bank: Money
    paid_back: Money  # since the first of the month
    checks: list[Check]

    @property
    def whole(self) -> Money:
        return total(line.size for line in self.owed)

    @property
    def away(self) -> list[Line]:
        return self.held[1:] if self.bank >= ZERO else self.held

    @property
    def wrong(self) -> list[Check]:
        return [check for check in self.checks if check.difference]


def whereabouts(school: School, day: date) -> Whereabouts:
    """As the books stood that day. As many queries for one child as for a thousand."""
    stood = balances(school, day)
    opened = FeeMonth.objects.filter(school=school).select_related("school__bureau", "settlement")
    months = {f"{one.month:%Y-%m}": one for one in opened.order_by("month")}
    left = _left_of_months(stood)
    lines = [line for line in _lines(school, day, stood, months, left) if line.amount]
    bank = -_credit(stood, Kind.BANK)
    in_bank = Line("在银行（基本户）", "账上的银行存款", -bank, links=(_accounts(school, Kind.BANK, day),))
    lines = [*([in_bank] if bank else []), *lines]
    return Whereabouts(
        held=_laid_out(line for line in lines if line.amount < ZERO),
        owed=_laid_out(line for line in lines if line.amount > ZERO),
        bank=bank,
        paid_back=_paid_back(school, day),
        checks=[*_checks(school), *_locked(months, left, day)],
    )


def _lines(school: School, day: date, stood, months: Mapping[str, FeeMonth], left) -> Iterable[Line]:
    sent, sent_count = _instructed(school, day)
    refunds, unsettled = tuple(_refund_lists(school)), tuple(_unsettled(months, left))
    subsidy = total(money for (_, fund), money in left.items() if fund == Fund.SUBSIDY)
    fees = total(money for (_, fund), money in left.items() if fund == Fund.FEES)

    def line(kind: Kind, word: str, note: str, count: str = "") -> Line:
        return Line(word, note, _credit(stood, kind), count, (_accounts(school, kind, day),))

    def children(kind: Kind) -> str:
        return f"{sum(1 for (its, _), money in stood.items() if its == kind and money)} 人"

    yield line(Kind.IN_TRANSIT, "在微信支付", "家长用微信付了、还没有结算到基本户的")
    yield line(Kind.RECEIVABLE, "家长还没交", "已经收费、还没到账的", children(Kind.RECEIVABLE))
    yield line(Kind.SUBSIDY_DUE, "财政还没拨", "收费时替家长减掉、财政应拨还没到账的")
    yield line(Kind.DEFICIT, "学校承担", "花费超出收费的、微信支付手续费，由学校补上")
    yield line(Kind.PREPAID, "家长预交", "多交、先交的，抵以后的收费", children(Kind.PREPAID))
    yield from (Line(*place, links=(_accounts(school, Kind.MEAL, day),)) for place in places_of(stood))
    waiting = line(Kind.REFUND_PAYABLE, "待退家长", "已经定下、还没送银行的退费")
    yield replace(waiting, amount=waiting.amount - sent, links=(*waiting.links, *refunds))
    yield Line("已送银行", "已列入发放表，等回单的退费", sent, f"{sent_count} 笔", refunds)
    yield line(Kind.SURPLUS, "结余还没分到各家", "锁定以后应当是零")
    yield line(Kind.STIPEND_PAYABLE, "应付教师补助", "已经列支、还没发放的")
    yield Line("还没结算的课后服务费", "应收减去减免和已经花的，月底多退少不补", fees, links=unsettled)
    yield Line(
        "没用完的财政补助", "到账减去用掉的，和课后服务费分开", subsidy, links=(_accounts(school, Kind.SUBSIDY, day),)
    )


def _unsettled(months: Mapping[str, FeeMonth], left) -> Iterable[Link]:
    """The months whose fees are not brought to nothing yet."""
    for (key, fund), money in left.items():
        if fund == Fund.FEES and money and key in months:
            yield Link(str(months[key]), reverse("billing:month-detail", args=[months[key].pk]))


def _credit(stood: Mapping[AccountRef, Money], kind: Kind) -> Money:
    return -total(money for (its, _), money in stood.items() if its == kind)


def _accounts(school: School, kind: Kind, day: date) -> Link:
    return Link("明细", f"{reverse('ledger:account-list', args=[school.pk, kind.value])}?first=&last={day}")


def _left_of_months(stood: Mapping[AccountRef, Money]) -> dict[tuple[str, str], Money]:
    """Income less cost of each month ("2026-10") and fund; a lock brings the fees to nothing."""
    left: dict[tuple[str, str], Money] = defaultdict(lambda: ZERO)
    for (kind, subject), money in stood.items():
        if kind in OF_MONTHS:
            month, _, rest = subject.partition(":")
            fund = Fund.SUBSIDY if kind == Kind.SUBSIDY else rest.partition(":")[0] or Fund.FEES
            left[month, fund] -= money
    return left


def _instructed(school: School, day: date) -> tuple[Money, int]:
    """What was on its way that day, by the bank or by WeChat: sent, and not yet booked as paid."""
    rows = Payout.objects.filter(school=school, batch__made_at__date__lte=day).exclude(state=Payout.State.FAILED)
    backs = PaymentRefund.objects.filter(school=school, asked_at__date__lte=day)
    backs = backs.exclude(state=PaymentRefund.State.CLOSED)
    by_bank = rows.filter(~_booked("payout", "pk", day)).aggregate(fen=Sum("fen", default=0), count=Count("pk"))
    by_wechat = backs.filter(~_booked("refund-paid", "refund", day)).aggregate(
        fen=Sum("refund__amount_fen", default=0), count=Count("pk")
    )
    return Money(int(by_bank["fen"] + by_wechat["fen"])), by_bank["count"] + by_wechat["count"]


def _booked(deed: str, of: str, day: date) -> Exists:
    key = Concat(Value(f"{deed}:"), Cast(OuterRef(of), CharField()))
    return Exists(Entry.objects.filter(school=OuterRef("school"), key=key, on__lte=day))


def _refund_lists(school: School) -> Iterable[Link]:
    """The lists of the months whose refunds are still under way."""
    waiting = Refund.objects.filter(school=school, state__in=[State.PAYABLE, State.FAILED, State.INSTRUCTED])
    for month in FeeMonth.objects.filter(pk__in=waiting.values("fee_month")).order_by("month"):
        yield Link(f"{month}退费", reverse("billing:refund-list", args=[month.pk]))


def _paid_back(school: School, day: date) -> Money:
    """Less what the bank brought back."""
    moved = Transfer.objects.filter(school=school, entry__on__range=(day.replace(day=1), day))
    ways = [Kind.BANK, Kind.IN_TRANSIT]
    paid = moved.filter(debit__kind=Kind.REFUND_PAYABLE, credit__kind__in=ways)
    return _fen(paid, F("fen")) - _fen(moved.filter(debit__kind__in=ways, credit__kind=Kind.REFUND_PAYABLE), F("fen"))


def _checks(school: School) -> Iterable[Check]:
    """The whole book against the papers as they are now."""
    now = balances(school, date.max)
    unpaid = F("net_fen") - F("remitted_fen") - F("paid_fen")
    came = _fen(Receipt.objects.standing().of_fees().filter(school=school), F("amount_fen"))
    used = _fen(Allocation.objects.filter(school=school), F("fen"))
    waiting = Q(state__in=[State.PAYABLE, State.FAILED, State.INSTRUCTED])
    yield Check(
        "应收：各家还没交的", -_credit(now, Kind.RECEIVABLE), _fen(Charge.objects.filter(school=school), unpaid)
    )
    refunds = Refund.objects.filter(school=school)
    again = _fen(SetOff.objects.filter(school=school), F("fen"))
    back = _fen(refunds.filter(cause=Refund.Cause.PREPAID), F("amount_fen"))
    yield Check("预收：收款没用完的", _credit(now, Kind.PREPAID), came + again - used - back)
    yield Check("代收餐费：各家交的减去用掉和退回的", of_families(now), total(purses(school=school.pk).values()))
    # Of a refund to several payers some may have theirs already.
    there = Payout.objects.filter(school=school, state=Payout.State.PAID, refund__in=refunds.filter(waiting))
    due = _fen(refunds.filter(waiting), F("amount_fen")) - _fen(there, F("fen"))
    yield Check("应退：待退和已送银行的", _credit(now, Kind.REFUND_PAYABLE), due)
    open_ = total(one.open for one in owed_by_payers(school))
    yield Check("应收财政补助：少收家长、还没拨的", -_credit(now, Kind.SUBSIDY_DUE), open_)


def _fen(rows, what) -> Money:
    return Money(int(rows.aggregate(sum=Sum(what, default=0))["sum"]))


def _locked(months: Mapping[str, FeeMonth], left, day: date) -> Iterable[Check]:
    """Locked months that did not come to nothing, or not to what they carry on to the end of their term."""
    for key, month in months.items():
        if not month.is_open and month.last_on <= day:
            money, carried = left.get((key, Fund.FEES), ZERO), carried_on(month, day)
            if money != carried:
                yield Check(f"{month}已锁定，应当{'只剩转到学期末的' if carried else '不剩'}", money, carried)


def _laid_out(lines: Iterable[Line]) -> list[Line]:
    """Side by side over the width of the bar, true to scale."""
    lines = list(lines)
    whole, before, laid = total(line.size for line in lines).fen, 0, []
    for number, line in enumerate(lines):
        x = BAR_WIDTH * before // whole
        before += line.size.fen
        width = BAR_WIDTH * before // whole - x
        laid.append(replace(line, x=x, width=width, shade=f"seg-{number % SHADES + 1}"))
    return laid
