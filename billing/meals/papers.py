"""The month's meals as a spreadsheet."""

from afterschool.xlsx import Column, Sheet, write_xlsx
from billing.models import FeeMonth

from .selectors.months import meals_of


def charges_xlsx(fee_month: FeeMonth) -> bytes:
    """One row a child and meal. Nothing of the fee stands in it."""
    columns = [
        Column("班级"), Column("姓名"), Column("学籍号", width=24), Column("供餐", width=14), Column("供餐单位", width=26),
        Column("天数", "int"), Column("每天", "money"), Column("应交", "money", total=True), Column("没有用餐（天）", "int"),
        Column("退没有用餐", "money", total=True), Column("结余返还", "money", total=True),
        Column("实际用掉", "money", total=True), Column("凭证", width=14),
    ]  # fmt: skip
    rows = [
        (
            charge.student.school_class, charge.student.name, charge.student.number, one.meal.name, one.meal.supplier,
            len(charge.days), charge.price_fen, charge.net_fen, len(charge.back), charge.back_fen, charge.share_fen,
            charge.cost_fen, charge.entry_number,
        )
        for one in meals_of(fee_month)
        for charge in one.charges
    ]  # fmt: skip
    title = f"{fee_month.school}{fee_month}代收餐费"
    return write_xlsx([Sheet("代收餐费", columns, rows, titles=[title])])
