"""Every rule can be said in one Chinese sentence, and a policy read as a document."""

from datetime import date

import pytest

from afterschool import policy
from afterschool.policy import clauses
from afterschool.policy.loader import bundled, parse
from afterschool.policy.reading import document, heading
from afterschool.policy.rules import KINDS
from afterschool.policy.saying import SAYINGS, say

HEAD = """code = "x"
title = "某市课后服务办法"
short = "办法"
level = "city"
area = "某市"
issuer = "市教育局"
from = 2025-09-01
text = "x.txt"
"""
# Names that other rules use.
NAMED = """
[[service_item]]
key = "club"
label = "特色社团"
legal = "service"
clause = "一"
quote = "社团"
[[stipend_role]]
role = "substitute"
label = "代班教师"
percent = 80
clause = "一"
quote = "代班"
[[expense]]
key = "pay"
label = "人员补助"
funds = ["fee"]
clause = "一"
quote = "补助"
"""
SAID = {
    ("price", 'items = ["club"]\nunit = "lesson"\nyuan = "3.50"'): "特色社团每课时每生不高于 3.50 元",
    ("service_item", 'key = "c"\nlabel = "足球"\nlegal = "collected"\nclub = true'): (
        "服务项目“足球”是代收项目，是特色社团"
    ),
    ("price", 'unit = "free"\nstages = ["primary"]'): "小学免费",
    ("price", 'unit = "term"\nyuan = 600\nnature = "fixed"\nareas = ["urban"]'): "城区每学期每生收 600 元",
    ("price", 'unit = "month"\nyuan = 200\nnature = "base"\nfloats = 10'): "每月每生以 200 元为基准，可以上下浮动 10%",
    ("price", 'unit = "day"\nyuan = 9\nnature = "advisory"'): "每天每生建议不高于 9 元，超过的只提醒",
    ("charge_cap", 'per = "day"\nyuan = 20'): "每天每生合计最多收 20 元",
    ("billable", "lessons_a_day = 2"): "一天最多按 2 课时收费，多出来的不收",
    ("lesson", 'minutes = 40\nshorter = "prorated"'): "一课时 40 分钟，不足一课时的按时间折算",
    ("lesson", "minutes = 45"): "一课时 45 分钟",
    ("billing_calendar", 'counts = "statutory_workdays"'): "折算一天的收费时，按当月的法定工作日天数算",
    ("billing_calendar", 'counts = "notional"\ndays_a_month = 22'): "折算收费时，一个月按 22 天算",
    (
        "part_month",
        'basis = "half_month"',
    ): "中途参加的月份，参加不到一半的天数收半个月，超过一半收整月，正好一半的文件没有写",
    ("collection", 'paid = "advance"\nper = "month"'): "课后服务费按月预收，不跨月收",
    ("waiver", 'group = "a"\nlabel = "残疾学生"\npercent = 50'): "残疾学生减免 50%",
    ("waiver_stacking", 'counts = "largest"'): "同时符合几种减免的，只按减得最多的一种算",
    ("waiver_funding", 'funded = "per_head"\npayer = "区财政"\nyuan = 30'): "减免的钱由区财政按每生每月 30 元补给学校",
    ("waiver_funding", 'funded = "budget"\npayer = "区财政"'): "减免的钱由区财政全额补给学校",
    ("waiver_funding", 'funded = "nobody"'): "减免的钱没有另外的补助",
    ("rounding", 'of = "refund"\nto = "jiao"\nhow = "down"'): "退费算到角，不足一角的舍去",
    (
        "account",
        'label = "基本户"\nholder = "school"\nseparate_book = true',
    ): "课后服务费存入基本户（学校账户），单独建账",
    ("own_item", 'key = "m"\nlabel = "材料费"\nprice = "fixed"\nyuan = 8'): "材料费单列代收，不算课后服务费，每份 8 元",
    (
        "refund",
        'cause = "absence"\ngives = "each_day"\nyuan = "8.50"\nat_least = 5\ncounted = "consecutive"\ninclusive = true',
    ): "请假或缺勤连续满 5 天（含）的，每天退 8.50 元",
    (
        "refund",
        'cause = "absence"\ngives = "half_month"\nat_least_share = "1/2"\ncounted = "total"\ninclusive = false',
    ): "请假或缺勤累计超过当月收费天数的 1/2 的，退半个月的费",
    (
        "refund",
        'cause = "absence"\ngives = "each_lesson"\nunits = "lesson"\nat_least = 3',
    ): "请假或缺勤（连续还是累计，文件没有写）满 3 课时（正好满的，文件没有写）的，每课时按收费标准折算退费",
    (
        "refund",
        'cause = "absence"\ngives = "half_month"\nat_least = 5\ncounted = "total"\ninclusive = true\nstacking = "each"',
    ): "请假或缺勤累计满 5 天（含）的，退半个月的费，每满 5 天退一次",
    (
        "refund",
        'cause = "absence"\ngives = "month"\nnone_attended = true',
    ): "请假或缺勤、整月一次也没有参加的，退一个月的费",
    (
        "refund",
        'cause = "withdrawal"\ngives = "percent"\npercent = 50\nelapsed_at_most = "1/2"\ninclusive = true',
    ): "中途退出、学期过去不到 1/2（含）的，退所交费用的 50%",
    ("refund", 'cause = "force_majeure"\ngives = "nothing"'): "因不可抗力停开的，不退费",
    ("refund_route", 'how = "paid_back"\nwithin_days = 15'): "退费退回给家长，15 天内办完",
    (
        "settlement",
        'direction = "both"\nevery = "term"\nper = "school"\nshared_by = "days_served"',
    ): "每学期按全校据实结算，多退少补；按各人参加的天数分摊，零头一样大的按协议编号排先后",
    (
        "subsidy",
        'per = "student_term"\nyuan = 100\npayers = [{ name = "省", percent = 40 }, { name = "县", percent = 60 }]\n'
        'heads = "taking_part"\neffect = "deducted"',
    ): "财政补贴每生每学期 100 元，由省出 40%、县出 60%，按参加课后服务的学生人数算，从家长应交的费用里减",
    (
        "pool",
        'key = "staff"\nof = "fees"\ncategories = ["pay"]\npercent_at_least = 70',
    ): "用于人员的开支（人员补助）不低于课后服务费收入的 70%",
    (
        "stipend_rate",
        'unit = "minute"\nyuan = "0.80"\nslots = ["noon"]\nroles = ["substitute"]\nday_kinds = ["rest"]\nstudents_from = 31',
    ): "午间代班教师休息日值班，带满 31 人的班，补助每分钟发 0.80 元",
    ("stipend_role", 'role = "leader"\nlabel = "带班领导"\npercent = 120'): "带班领导的补助按标准的 120% 发",
    ("stipend_limit", 'lessons_a_day = 2\ntax = "before"'): "补助一天最多计 2 课时，标准是税前的",
    ("stipend_percent", 'day_kind = "holiday"\nexactly = 300'): "法定休假日值班，补助按基数的 300% 发",
    (
        "class_size",
        "opens_from = 15\nat_most = 45\nmerging = true",
    ): "课后服务班满 15 人才开班，一班最多 45 人，可以合班",
    (
        "third_party",
        'allowed = true\nchosen_from = "directory"\nsatisfaction_at_least = 80',
    ): "可以引进校外机构，只能从教育局的目录里选，满意度不低于 80%",
    ("third_party", "allowed = false"): "不得引进校外机构",
    ("day_off", 'on = "06-01"\nreason = "儿童节"\nstages = ["primary"]'): "小学每年 6 月 1 日不开课后服务：儿童节",
    ("window", 'months = [5, 6, 7]\nstarts_from = "15:30"\nends_by = "18:00"'): (
        "5 月至 7 月的服务不早于 15:30 开始，不晚于 18:00 结束"
    ),
    ("hours_a_day", "minutes_at_least = 60"): "课后服务一天不少于 60 分钟",
    ("open_days", 'weekdays = [1, 3]\nservices = ["weekday"]\nownership = ["public"]'): "公办周一、周三可以开课后服务",
    ("outside_scope", 'slots = ["noon"]'): "午间的服务不能算作课后服务",
    ("disclosure", 'what = "accounts"\nlabel = "收支"\nevery = "month"\nposted_days = 7'): "每月公示收支，挂满 7 天",
    ("unlisted_expense", "allowed = false"): "没有列出的开支，不得列支",
    ("filing", 'what = "price"\nmode = "filed"\nto = "发改局"\nby = "08-31"'): "收费标准要在 8 月 31 日前报发改局备案",
    ("prohibition", 'key = "k"\nlabel = "强制参加"\nweight = "disclose"'): "严禁：强制参加（只公开）",
}


def test_every_kind_can_be_said():
    assert set(SAYINGS) == set(KINDS.values())


@pytest.mark.parametrize(("rule", "said"), SAID.items(), ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(SAID)])
def test_a_rule_is_one_sentence(rule, said):
    kind, keys = rule
    held = parse(f'{HEAD}[[{kind}]]\n{keys}\nclause = "二"\nquote = "原文"\n{NAMED}', "x.toml")
    assert say(held.rules[0], held.rules) == said


@pytest.mark.parametrize("code", bundled())
def test_nothing_technical_is_left_in_a_sentence(code):
    for clause in document(policy.load(code)):
        assert not [said for said in clause.sayings if "_" in said or "None" in said or "{" in said]


def test_a_document_follows_the_order_of_the_notice(dalian):
    numbers = [clause.number for clause in document(dalian)]
    assert numbers == sorted(set(numbers), key=clauses.order)
    assert numbers[:4] == ["二(二)", "二(三)", "三", "四.1"] and numbers[-1] == "五(四)"


def test_the_sentences_of_a_clause_follow_the_notice_or_else_the_file(dalian):
    [times] = [clause for clause in document(dalian) if clause.number == "四.2"]
    assert times.quotes[0].startswith("义务教育阶段学校周一至周五")
    assert times.quotes[-1] == "收费标准比照周六课后服务收费标准执行。"
    rule = '[[{}]]\nkey = "{}"\nlabel = "某事"\nclause = "二"\nquote = "第{}句"\n'
    mixed = [rule.format(kind, n, n) for n, kind in enumerate(("obligation", "prohibition", "obligation"))]
    [clause] = document(parse(HEAD + "".join(mixed), "x.toml"))
    assert clause.quotes == ["第0句", "第1句", "第2句"]


def test_a_sentence_of_the_notice_carries_what_rests_on_it(dalian):
    [fees] = [clause for clause in document(dalian) if clause.number == "四.4"]
    assert fees.sentences[0].quote == "小学、初中每月每生收费不高于200元。"
    assert fees.sentences[0].sayings == ("小学周一至周五每月每生不高于 200 元", "初中周一至周五每月每生不高于 200 元")
    assert fees.quotes[0] == fees.sentences[0].quote and fees.sayings[:2] == list(fees.sentences[0].sayings)


def test_rules_with_days_of_their_own_say_so():
    cap = '[[price]]\nunit = "month"\nyuan = {}\nfrom = {}\nclause = "三"\nquote = "每月"\n'
    held = parse(HEAD + cap.format(100, "2025-09-01\nuntil = 2026-08-31") + cap.format(120, "2026-09-01"), "x.toml")
    [both] = document(held)
    assert both.sayings == [
        "每月每生不高于 100 元（到 2026-08-31 为止）",
        "每月每生不高于 120 元（2026-09-01 起）",
    ]
    assert [clause.sayings for clause in document(held, date(2026, 9, 1))] == [
        ["每月每生不高于 120 元（2026-09-01 起）"]
    ]


def test_the_heading_says_what_the_notice_says_of_itself(changle, dalian):
    facts = dict(heading(changle))
    assert facts["施行"] == "2021-09-01 起" and facts["废止"] == "长政办〔2018〕194 号" and facts["级别"] == "区县"
    assert facts["依据"].startswith("教基一厅〔2017〕2号；")
    assert facts["对照的上级文件"] == "教育部办公厅等四部门关于进一步规范义务教育课后服务有关工作的通知"
    assert "废止" not in dict(heading(dalian)) and "上位文件" not in dict(heading(dalian))


NOTICE = """总则说明
目录
一、范围
二、收费
　　一、范围
（一）对象。
1.小学
2．初中
（二）时间。
二、收费
每月收费。
第十二条 退费
十二条的内容
第十三条 其他
最后一段。"""


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("一(一)1", ["1.小学\n"]),
        ("一(一)2", ["2．初中\n"]),
        ("一（二）", ["（二）时间。\n"]),
        ("二", ["二、收费\n　　", "二、收费\n每月收费。\n第十二条 退费\n十二条的内容\n第十三条 其他\n最后一段。"]),
        ("第十二条", ["第十二条 退费\n十二条的内容\n"]),
        ("第十三条第一款", ["第十三条 其他\n最后一段。"]),
        ("引言", ["总则说明\n目录"]),
        ("末段", ["最后一段。"]),
        ("三", []),
        ("附则", []),
    ],
)
def test_a_clause_names_a_part_of_the_notice(clause, found):
    assert [part.strip() for part in clauses.passages(NOTICE, clause)] == [part.strip() for part in found]


def test_clauses_are_ordered_as_they_are_numbered():
    numbers = ["末段", "第二十一条", "四.10", "四.4", "五(二)1", "五(一)", "引言", "第一百零三条"]
    assert sorted(numbers, key=clauses.order) == [
        "引言", "四.4", "四.10", "五(一)", "五(二)1", "第二十一条", "第一百零三条", "末段",
    ]  # fmt: skip
