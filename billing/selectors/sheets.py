"""The room's tables as spreadsheets."""

from collections.abc import Sequence

from afterschool.xlsx import Column, Sheet, write_xlsx
from billing.models import FeeMonth, Fund, Payout, RefundBatch


def charges_xlsx(fee_month: FeeMonth) -> bytes:
    columns = [
        Column("班级"), Column("姓名"), Column("学籍号", width=24), Column("服务", width=18),
        Column("服务天数", "int", 10, total=True), Column("收费标准", "money", total=True),
        Column("减免", "money", total=True), Column("应收", "money", total=True), Column("已收", "money", total=True),
        Column("免交", "money", total=True), Column("应退", "money", total=True), Column("协议编号", width=20),
        Column("凭证", width=14), Column("财政替家长付", "money", total=True),
    ]  # fmt: skip
    charges = fee_month.charges.select_related("student__school_class", "item__offering", "agreement")
    rows = [
        (
            one.student.school_class, one.student.name, one.student.number, one.item.offering.name, len(one.days),
            one.gross_fen, one.waived_fen, one.net_fen, one.paid_fen, one.remitted_fen, one.refunded_fen,
            one.agreement.number, one.entry_number, one.subsidised_fen,
        )
        for one in charges.order_by("grade", "student__school_class__number", "student__sort_key", "pk")
    ]  # fmt: skip
    return _one(f"{fee_month.school}{fee_month}课后服务收费表", columns, rows)


def receipts_xlsx(fee_month: FeeMonth, receipts) -> bytes:
    """What was collected for meals has a sheet of its own: nobody adds it to the fee."""
    columns = [
        Column("收据号", "int", 10), Column("到账日期", "date"), Column("班级"), Column("姓名"),
        Column("金额", "money", total=True), Column("付款人", width=16), Column("付款账号", width=24),
        Column("方式"), Column("流水号", width=20), Column("备注", width=24),
    ]  # fmt: skip
    rows = [
        (one.fund == Fund.MEAL, (
            one.number, one.on, one.student.school_class, one.student.name, 0 if one.voided_at else one.amount_fen,
            one.payer, one.payer_account, one.get_method_display(), one.bank_line.serial if one.bank_line else "",
            f"已作废：{one.void_reason}" if one.voided_at else "",
        ))
        for one in receipts
    ]  # fmt: skip
    return _by_fund(f"{fee_month.school}{fee_month}", "收款表", columns, rows)


def refunds_xlsx(fee_month: FeeMonth) -> bytes:
    """退费发放表 of a month: each row that went out, to whom, why and by which sum."""
    columns = [
        Column("班级"), Column("学生"), Column("收款人", width=16), Column("应退原因"), Column("计算式", width=60),
        Column("金额", "money", total=True), Column("方式"), Column("收款账号", width=26), Column("批次", width=10),
        Column("状态"), Column("到账日期", "date"), Column("备注", width=30),
    ]  # fmt: skip
    payouts = Payout.objects.standing().filter(refund__fee_month=fee_month)
    rows = [
        (one.refund.fund == Fund.MEAL, (
            one.refund.student.school_class, one.refund.student.name, one.payee, one.refund.get_cause_display(),
            "；".join(one.refund.steps), one.fen, _way(one), one.payee_account, f"{one.batch.number}-{one.row}",
            one.get_state_display(), one.paid_on, _remark(one),
        ))
        for one in payouts.select_related("batch", "change", "refund__student__school_class").order_by("batch", "row")
    ]  # fmt: skip
    return _by_fund(f"{fee_month.school}{fee_month}", "退费发放表", columns, rows)


def _way(payout: Payout) -> str:
    return "银行转账" if payout.payee_account else "到校领取"


def _remark(payout: Payout) -> str:
    return payout.failed_reason or ("更换过收款人" if payout.change_id else "")


def batch_xlsx(batch: RefundBatch) -> bytes:
    """What the bank reads: its own columns, one row for each payee with an account, numbered as in the batch."""
    columns = [
        Column("序号", "int", 8), Column("户名", width=20), Column("账号", width=28),
        Column("金额", "money", 14, total=True), Column("摘要", width=30),
    ]  # fmt: skip
    rows = [
        (one.row, one.payee, one.payee_account, one.fen, _memo(one))
        for one in batch.payouts.exclude(payee_account="").select_related("refund").order_by("row")
    ]
    # No title above: banks look for the heads in the first row.
    return write_xlsx([Sheet(f"退费第{batch.number}批", columns, rows)])


def _memo(payout: Payout) -> str:
    """What the family reads in its own statement, and the bank's answer brings back."""
    what = "代收餐费" if payout.refund.fund == Fund.MEAL else "课后服务"
    return f"{what}退费第{payout.batch.number}批"


def _by_fund(whose: str, what: str, columns, rows: Sequence[tuple[bool, tuple]]) -> bytes:
    """Each row says whether it is of meals."""
    fee, meals = ([row for of_meals, row in rows if of_meals == is_meals] for is_meals in (False, True))
    parts = [(f"课后服务{what}", fee), *([(f"代收餐费{what}", meals)] if meals else [])]
    return write_xlsx([Sheet(name, columns, part, titles=[f"{whose}{name}"]) for name, part in parts])


def _one(title: str, columns, rows) -> bytes:
    return write_xlsx([Sheet(title[-31:], columns, rows, titles=[title])])
