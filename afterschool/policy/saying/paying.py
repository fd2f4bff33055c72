"""How the rules about money that goes out again are said: refunds, settlement, subsidies, stipends, expenses."""

from __future__ import annotations

from afterschool.policy import rules
from afterschool.policy.saying.words import Names, Sayings, called, funds, listed
from afterschool.policy.terms import DAY_KINDS, UNITS

CAUSES = {
    "withdrawal": "中途退出",
    "absence": "请假或缺勤",
    "cancelled": "学校停开",
    "force_majeure": "因不可抗力停开",
    "under_served": "实际服务少于约定",
    "surplus": "收支有结余",
}
POOLS = {"staff": "人员", "management": "管理"}
POOLED = {"fees": "课后服务费收入", "income": "全部收入", "spending": "全部支出"}


def refund(rule: rules.Refund, known: Names) -> str:
    return f"{CAUSES[rule.cause]}{_threshold(rule)}的，{_given(rule)}"


def _threshold(rule: rules.Refund) -> str:
    if rule.none_attended:
        return "、整月一次也没有参加"
    if rule.elapsed_at_most is not None:
        exact = {True: "（含）", False: "（不含）", None: "（正好到的，文件没有写）"}[rule.inclusive]
        return f"、学期过去不到 {rule.elapsed_at_most}{exact}"
    if rule.at_least is None and rule.at_least_share is None:
        return ""
    row = {"consecutive": "连续", "total": "累计", None: "（连续还是累计，文件没有写）"}[rule.counted]
    if rule.cause == "withdrawal":  # What is left is always in one piece.
        row = "、剩下的天数"
    reach = {True: "满{}（含）", False: "超过{}", None: "满{}（正好满的，文件没有写）"}[rule.inclusive]
    of_month = f"当月收费天数的 {rule.at_least_share} "
    least = f" {rule.at_least} {_unit(rule)}" if rule.at_least is not None else of_month
    return row + reach.format(least).replace(" （", "（")


def _given(rule: rules.Refund) -> str:
    each = f"退 {rule.yuan.short()} 元" if rule.yuan else "按收费标准折算退费"
    gives = {
        "remaining_days": "按剩下的服务天数退费",
        "each_day": f"每天{each}",
        "each_lesson": f"每课时{each}",
        "half_month": "退半个月的费",
        "month": "退一个月的费",
        "percent": f"退所交费用的 {rule.percent}%",
        "surplus": "结余退还家长",
        "nothing": "不退费",
    }
    stacking = {"once": "只退一次", "each": f"每满 {rule.at_least} {_unit(rule)}退一次", None: ""}[rule.stacking]
    pays_for = {"all": "从头一" + _unit(rule) + "算起", "beyond": "只算超出的部分", None: ""}[rule.pays_for]
    return listed(gives[rule.gives], stacking, pays_for)


def _unit(rule: rules.Refund) -> str:
    return UNITS[rule.units]


def refund_route(rule: rules.RefundRoute, known: Names) -> str:
    how = {"paid_back": "退费退回给家长", "set_off": "退费抵下一次的收费"}[rule.how]
    return listed(how, f"{rule.within_days} 天内办完" if rule.within_days is not None else "")


def settlement(rule: rules.Settlement, known: Names) -> str:
    if rule.direction == "none":
        return "收多少就是多少，结余不退、不足不补"
    group = {"grade": "年级", "school": "全校"}[rule.per]
    share = {"net_charge": "各家所交的钱", "days_served": "各人参加的天数"}[rule.shared_by]
    short = {"surplus_back_only": "多退少不补，不足的由学校承担", "both": "多退少补"}[rule.direction]
    each = f"每{UNITS[rule.every]}按{group}据实结算"
    return f"{each}，{short}；按{share}分摊，零头一样大的按协议编号排先后"


def subsidy(rule: rules.Subsidy, known: Names) -> str:
    per = {"student_year": "每年", "student_term": "每学期", "student_month": "每月", "student_day": "每天"}[rule.per]
    payers = "、".join(payer.name + (f"出 {payer.percent}%" if payer.percent < 100 else "出") for payer in rule.payers)
    heads = {"enrolled": "在校学生", "taking_part": "参加课后服务的学生", "attending": "实际到的学生", None: ""}
    counted = f"按{heads[rule.heads]}人数算" if rule.heads else ""
    effect = {"apart": "和收费分开，不抵减收费", "deducted": "从家长应交的费用里减", None: ""}[rule.effect]
    return listed(f"财政补贴每生{per} {rule.yuan.short()} 元，由{payers}", counted, effect)


def expense(rule: rules.Expense, known: Names) -> str:
    return f"{rule.label}{'可以' if rule.allowed else '不得'}从{funds(rule.funds)}列支"


def unlisted_expense(rule: rules.UnlistedExpense, known: Names) -> str:
    out_of = f"从{funds(rule.funds)}" if rule.funds else ""
    return f"没有列出的开支，{'可以' if rule.allowed else '不得'}{out_of}列支"


def pool(rule: rules.Pool, known: Names) -> str:
    least = f"不低于{POOLED[rule.of]}的 {rule.percent_at_least}%" if rule.percent_at_least is not None else ""
    most = f"不高于{POOLED[rule.of]}的 {rule.percent_at_most}%" if rule.percent_at_most is not None else ""
    return f"用于{POOLS[rule.key]}的开支（{called(known, 'expense', rule.categories)}）{listed(least, most)}"


def stipend_base(rule: rules.StipendBase, known: Names) -> str:
    return f"值班补助每小时的基数不高于{rule.average_of}"


def stipend_percent(rule: rules.StipendPercent, known: Names) -> str:
    least = f"补助不低于基数的 {rule.at_least}%"
    return f"{DAY_KINDS[rule.day_kind]}值班，{least if rule.exactly is None else f'补助按基数的 {rule.exactly}% 发'}"


def stipend_rate(rule: rules.StipendRate, known: Names) -> str:
    days = "、".join(DAY_KINDS[kind] for kind in rule.day_kinds)
    least = f"满 {rule.students_from} 人" if rule.students_from is not None else ""
    most = f"不超过 {rule.students_to} 人" if rule.students_to is not None else ""
    size = f"带{'、'.join(part for part in (least, most) if part)}的班，" if least or most else ""
    nature = {"fixed": "发", "floor": "不低于", "ceiling": "不高于"}[rule.nature]
    who = called(known, "stipend_role", rule.roles)
    return f"{who}{days}{'值班，' if days else ''}{size}补助每{UNITS[rule.unit]}{nature} {rule.yuan.short()} 元"


def stipend_role(rule: rules.StipendRole, known: Names) -> str:
    return f"{rule.label}的补助按标准的 {rule.percent}% 发"


def stipend_limit(rule: rules.StipendLimit, known: Names) -> str:
    day = f"一天最多计 {rule.lessons_a_day} 课时" if rule.lessons_a_day else ""
    week = f"一周最多计 {rule.lessons_a_week} 课时" if rule.lessons_a_week else ""
    tax = {"before": "标准是税前的", "after": "标准是税后的", None: ""}[rule.tax]
    return f"补助{listed(day, week, tax)}"


def stipend_paid(rule: rules.StipendPaid, known: Names) -> str:
    return f"补助按{UNITS[rule.every]}发放"


def payroll(rule: rules.Payroll, known: Names) -> str:
    staff = {"own": "本校教职工", "outside": "校外人员"}[rule.staff]
    return f"{staff}的补助按“{rule.label}”发"


PAYING: Sayings = {
    rules.Refund: refund,
    rules.RefundRoute: refund_route,
    rules.Settlement: settlement,
    rules.Subsidy: subsidy,
    rules.Expense: expense,
    rules.UnlistedExpense: unlisted_expense,
    rules.Pool: pool,
    rules.StipendBase: stipend_base,
    rules.StipendPercent: stipend_percent,
    rules.StipendRate: stipend_rate,
    rules.StipendRole: stipend_role,
    rules.StipendLimit: stipend_limit,
    rules.StipendPaid: stipend_paid,
    rules.Payroll: payroll,
}
