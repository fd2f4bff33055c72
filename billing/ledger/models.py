"""The books: append-only double entry. Only billing.ledger imports this; everybody else calls its door, posting.post."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils import timezone

from afterschool.access.reach import ReachQuerySet
from afterschool.schools.models import School

from .chain import BEGINNING, number_of


class Account(models.Model):
    """One account of one school: a kind, and whom or what it is kept for."""

    class Kind(models.TextChoices):
        BANK = "bank", "银行存款（基本户）"
        RECEIVABLE = "receivable", "应收课后服务费"
        PREPAID = "prepaid", "预收课后服务费"
        FEE_INCOME = "fee_income", "课后服务费收入"
        WAIVER = "waiver", "减免"
        SUBSIDY = "subsidy", "财政补助收入"
        STIPEND_EXPENSE = "stipend_expense", "教师补助支出"
        OTHER_EXPENSE = "other_expense", "其他支出"
        STIPEND_PAYABLE = "stipend_payable", "应付教师补助"
        SURPLUS = "surplus", "应退结余"
        REFUND_PAYABLE = "refund_payable", "应退家长款"
        DEFICIT = "deficit", "学校承担"
        SUBSIDY_DUE = "subsidy_due", "应收财政补助"
        MEAL = "meal", "代收餐费"
        IN_TRANSIT = "in_transit", "微信支付在途"

    school = models.ForeignKey(School, models.PROTECT, related_name="accounts")
    kind = models.CharField("科目", max_length=20, choices=Kind)
    subject = models.CharField("明细", max_length=60, blank=True)  # "student:12", "2026-10", "2026-10:fees:water", ...
    said: str  # the subject in words, told by ledger.saying where a page shows it

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "subject"], name="account_once"),
            # What the transfers' composite foreign keys point at: an account of the same school.
            models.UniqueConstraint(fields=["id", "school"], name="account_of_school"),
        ]
        verbose_name = verbose_name_plural = "账户"


@dataclass(frozen=True)
class Line:
    """One line of a voucher as it is printed: an account, debited or credited."""

    account: Account
    debit_fen: int
    credit_fen: int


class Book(models.Model):
    """How far a school's book has come. Whoever writes waits for this row, so numbers have no gaps (L5) and links follow (L6)."""

    school = models.OneToOneField(School, models.PROTECT, primary_key=True, related_name="book")
    entries = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=BEGINNING)
    numbers = models.JSONField(default=dict)  # the last voucher number of each year: {"2026": 17}

    objects = ReachQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账本"


class BookHead(models.Model):
    """The last link of a verified book on a day. Copies of it lie outside, so that a rewritten book is found out."""

    school = models.ForeignKey(School, models.PROTECT, related_name="book_heads")
    day = models.DateField("日期")
    entries = models.PositiveIntegerField("凭证张数")
    head = models.CharField("账簿指纹", max_length=64)
    kept_at = models.DateTimeField(auto_now_add=True)

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["school", "day"], name="book_head_once_a_day")]
        verbose_name = verbose_name_plural = "账簿指纹"


class Entry(models.Model):
    """A voucher (记账凭证). `key` is unique in its school: the same deed twice is one voucher."""

    school = models.ForeignKey(School, models.PROTECT, related_name="entries")
    on = models.DateField("日期")
    number = models.PositiveIntegerField("凭证号")
    key = models.CharField(max_length=120)
    memo = models.CharField("摘要", max_length=200)
    body_sha256 = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField("记账时间", default=timezone.now)
    place = models.PositiveIntegerField()  # in the school's book, through all years
    chain = models.CharField("校验码", max_length=64)
    lines: list[Line]  # as debits and credits, told by ledger.saying where a page shows them

    objects = ReachQuerySet.as_manager()

    class Meta:
        ordering = ["on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "key"], name="entry_key_once"),
            models.UniqueConstraint(ExtractYear("on"), F("school"), F("number"), name="entry_number_once_a_year"),
            models.UniqueConstraint(fields=["school", "place"], name="entry_place_once"),
            models.UniqueConstraint(fields=["id", "school"], name="entry_of_school"),
        ]
        verbose_name = verbose_name_plural = "记账凭证"

    @property
    def number_said(self) -> str:
        return number_of(self.on, self.number)


class Transfer(models.Model):
    """One row names both accounts, debit and credit, and an amount above zero: balanced by construction."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="transfers")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits")
    fen = models.BigIntegerField("金额（分）")

    objects = ReachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0, fen__lt=10**13), name="transfer_above_zero"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"),
        ]
        verbose_name = verbose_name_plural = "分录"
