"""What waits for finance."""

from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from afterschool.access.capabilities import Capability
from afterschool.access.desk import Task
from afterschool.access.reach import Actor
from afterschool.schools.models import School, Student
from enrollment.models import Agreement

from .models import Adjustment, BankLine, Expense, FeeMonth, PayeeChange, Payout, Receipt, Refund, Round
from .selectors.advances import takes_part

ANSWER_DUE = timedelta(days=3)  # how long a bank takes to tell


def tasks(actor: Actor, today: date) -> list[Task]:
    keeps, reviews = actor.reach(Capability.KEEP_BOOKS), actor.reach(Capability.REVIEW_BOOKS)
    return [*(_keeping(keeps, today) if keeps else []), *(_reviewing(reviews, actor, today) if reviews else [])]


def _keeping(reach, today: date) -> list[Task]:
    first = today.replace(day=1)
    found = []
    if count := _unopened(reach, first).count():
        say = "有孩子在册，开启后才能生成收费"
        found.append(Task(f"开启{first:%Y年%-m月}的账", say, reverse("billing:month-list"), count, icon="money"))
    lines = BankLine.objects.within(reach).filter(state=BankLine.State.OPEN)
    if (count := lines.count()) and (line := lines.first()):
        url = reverse("billing:statement-detail", args=[line.statement_id])
        found.append(Task(f"{count} 笔银行流水待核对", "没有写清学生的到账和支出，逐笔认领", url, count, icon="money"))
    uncharged = FeeMonth.objects.within(reach).filter(charged_at=None, month__lte=first).order_by("month")
    for month in uncharged[:1]:
        url = reverse("billing:month-detail", args=[month.pk])
        found.append(Task(f"生成{month}收费", "按已签协议和服务日计算", url, uncharged.count(), icon="money"))
    undone = FeeMonth.objects.within(reach).filter(
        state=FeeMonth.State.OPEN, month__lt=first, charged_at__isnull=False, settlement=None
    )
    for month in undone.order_by("month")[:1]:
        url = reverse("billing:month-detail", args=[month.pk])
        found.append(Task(f"{month}结算", "生成结算草案，交复核锁定", url, undone.count(), icon="file"))
    back = Adjustment.objects.within(reach).unshared().filter(side=Adjustment.Side.LESS)
    say = "冲减支出收回的，计算追加结算"
    found += _leavers(reach, today)
    return found + _by_month(back.exclude(fee_month__rounds__state=Round.State.DRAFT), "笔收回的钱还没有退给家长", say)


def _leavers(reach, today: date) -> list[Task]:
    """Children who take part no more, and whose money is still here."""
    held = Receipt.objects.within(reach).in_advance().order_by().values("student")
    gone = Student.objects.filter(~takes_part(today), pk__in=held)
    months = FeeMonth.objects.within(reach).filter(state=FeeMonth.State.OPEN, school__in=gone.values("school"))
    month = months.order_by("month").first()
    if month is None:
        return []
    count = gone.filter(school=month.school_id).count()
    url = reverse("billing:advance-list", args=[month.pk])
    return [Task(f"{count} 个孩子的预收款待退", "已经不再参加，退给当初付款的人", url, count, icon="money")]


def _by_month(papers, what: str, say: str) -> list[Task]:
    """What waits on the correction pages of locked months."""
    rows = papers.order_by().values("fee_month").annotate(count=Count("pk", distinct=True)).order_by("fee_month")
    return [
        Task(
            f"{row['count']} {what}", say, reverse("billing:correction-list", args=[row["fee_month"]]), row["count"],
            icon="money",
        )
        for row in rows[:3]
    ]  # fmt: skip


def _unopened(reach, first: date):
    """Schools where children are served this month and no book is open for it."""
    served = Agreement.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=first),
        school=OuterRef("pk"),
        school_signed_at__isnull=False,
        began_on__lt=first + timedelta(days=28),
    )
    return School.objects.within(reach).filter(Exists(served)).exclude(fee_months__month__gte=first)


def _unanswered(reach, today: date) -> list[Task]:
    """Batches of which the bank should have told by now."""
    sent = Payout.objects.within(reach).filter(state=Payout.State.SENT, batch__made_at__date__lt=today - ANSWER_DUE)
    rows = sent.order_by().values("batch", "batch__number").annotate(count=Count("pk")).order_by("batch")
    say = "登记银行回单，或者到校领取的情况"
    return [
        Task(
            f"退费第 {row['batch__number']} 批还有 {row['count']} 笔没有结果", say,
            reverse("billing:batch-detail", args=[row["batch"]]), row["count"], icon="money",
        )
        for row in rows[:3]
    ]  # fmt: skip


def _reviewing(reach, actor: Actor, today: date) -> list[Task]:
    found = []
    waiting = (
        Expense.objects.within(reach)
        .filter(state=Expense.State.ENTERED)
        .exclude(entered_by=actor.person_id)
        .values("fee_month")
        .annotate(count=Count("pk"))
        .order_by("fee_month")
    )
    for row in waiting[:3]:
        url = reverse("billing:expense-list", args=[row["fee_month"]])
        found.append(Task(f"{row['count']} 笔支出待审批", "看过票据再批", url, row["count"], icon="check"))
    adjustments = Adjustment.objects.within(reach).filter(state=Adjustment.State.ENTERED)
    found += _by_month(adjustments.exclude(entered_by=actor.person_id), "笔更正待审批", "锁定月份的支出，看过票据再批")
    rounds = Round.objects.within(reach).filter(state=Round.State.DRAFT)
    found += _by_month(rounds.exclude(drafted_by=actor.person_id), "轮追加结算待确认", "核对以后就可以退费")
    ready = FeeMonth.objects.within(reach).filter(
        state=FeeMonth.State.OPEN, month__lt=today.replace(day=1), settlement__isnull=False
    )
    for month in ready.order_by("month")[:1]:
        url = reverse("billing:month-detail", args=[month.pk])
        late = today > month.last_on + timedelta(days=5)
        found.append(Task(f"锁定{month}", "结算草案已经生成，核对后锁定", url, ready.count(), urgent=late, icon="lock"))
    found += _unanswered(reach, today)
    if count := PayeeChange.objects.within(reach).filter(state=PayeeChange.State.ASKED).count():
        url = reverse("billing:payee-change-list")
        found.append(Task(f"{count} 份更换收款人待审批", "看过两边的账号再定", url, count, icon="check"))
    payable = Q(state__in=[Refund.State.PAYABLE, Refund.State.FAILED])
    refunds = Refund.objects.within(reach).filter(payable).values("fee_month").annotate(count=Count("pk"))
    for row in refunds.order_by(F("fee_month"))[:3]:
        url = reverse("billing:refund-list", args=[row["fee_month"]])
        found.append(Task(f"{row['count']} 笔退费待办理", "列入退费发放表，交银行", url, row["count"], icon="money"))
    return found
