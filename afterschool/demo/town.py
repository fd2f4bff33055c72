"""The demonstration district: two bureaus, five schools, named people. Everything here is made up."""

from dataclasses import dataclass, field
from datetime import date, time

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.access.reach import Actor

FOUNDER = Actor.system("seed_demo")
PASSWORD = "haitang-2026"  # noqa: S105  (the demonstration's own, printed at every start)


@dataclass(frozen=True)
class Service:
    """An offering as the school will plan it; fee in fen a month."""

    name: str
    grades: tuple[int, ...]
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    fee_fen: int = 0
    boarding: str = "any"
    kind: str = "basic"
    slot: str = "afternoon"
    seats: int | None = None


@dataclass(frozen=True)
class DemoBatch:
    """Grades that leave together, by one gate."""

    name: str
    grades: tuple[int, ...]
    leaves_at: time
    place: str


@dataclass(frozen=True)
class DemoSchool:
    name: str
    code: str
    stage: str
    classes: int  # a grade
    children: int  # a class
    share: float  # of the children who take part
    phone: str
    services: tuple[Service, ...]
    boards: bool = False
    stipend_base_fen: int | None = None

    revises: bool = False  # a change of its plan waits for the bureau
    lunch: bool = False  # collects for a kitchen
    batches: tuple[DemoBatch, ...] = ()

    @property
    def sections(self) -> int:
        """How many after-school classes come of the services: one a school class, or one a club."""
        return sum(len(it.grades) * self.classes if it.kind == "basic" else 1 for it in self.services)


@dataclass(frozen=True)
class DemoBureau:
    name: str
    short_name: str
    policy: str
    phone: str
    schools: tuple[DemoSchool, ...]
    digit: int  # in the phones of its people
    hourly_wage_fen: int | None = None
    hourly_wage_source: str = ""


NOT_WEDNESDAY, EVERY_DAY = (1, 2, 4, 5), (1, 2, 3, 4, 5)
BIHAI = DemoBureau(
    "碧海县教育和文化旅游局",
    "碧海县",
    "dalian-2024",
    "0411-85550120",
    digit=1,
    hourly_wage_fen=62_00,
    hourly_wage_source="碧海县 2025 年教师平均工资公报（示范数据）",
    schools=(
        DemoSchool(
            "海棠路小学", "2102810001", "primary", 2, 38, 0.4, "0411-85550101", stipend_base_fen=56_00,
            services=(
                Service("课后托管", (1, 2, 3, 4, 5, 6), NOT_WEDNESDAY, time(15, 40), time(17, 30), 200_00),
                Service("篮球", (3, 4, 5, 6), (2, 4), time(16, 40), time(17, 30), kind="club", seats=24),
            ),
        ),
        DemoSchool(
            "兰亭初级中学", "2102810002", "junior", 2, 42, 0.35, "0411-85550102", stipend_base_fen=36_00,
            services=(
                Service("初一初二课后服务", (7, 8), EVERY_DAY, time(16, 30), time(18, 0), 180_00),
                Service("初三课后服务", (9,), EVERY_DAY, time(16, 30), time(19, 30), 200_00),
            ),
        ),
        DemoSchool(
            "望海高级中学", "2102810003", "senior", 2, 45, 0.3, "0411-85550103", boards=True, stipend_base_fen=32_00,
            revises=True,
            services=(
                Service("高一高二走读课后服务", (10, 11), EVERY_DAY, time(17, 30), time(19, 30), 280_00, "day", slot="evening"),
                Service("高三走读课后服务", (12,), EVERY_DAY, time(17, 30), time(21, 0), 470_00, "day", slot="evening"),
                Service("寄宿生课后服务", (10, 11, 12), EVERY_DAY, time(17, 30), time(21, 30), 460_00, "board", slot="evening"),
            ),
        ),
    ),
)  # fmt: skip
CHANGNING = DemoBureau(
    "长宁区教育局",
    "长宁区",
    "changle-2021",
    "0591-85550220",
    digit=2,
    schools=(
        DemoSchool(
            "吴航小学", "3501120001", "primary", 2, 30, 0.35, "0591-85550201", lunch=True,
            batches=(
                DemoBatch("第一批", (1, 2), time(18, 0), "南门"),
                DemoBatch("第二批", (3, 4), time(18, 5), "南门"),
                DemoBatch("第三批", (5, 6), time(18, 10), "东门"),
            ),
            services=(Service("普通延时托管", (1, 2, 3, 4, 5, 6), EVERY_DAY, time(16, 30), time(18, 0)),),
        ),
        DemoSchool(
            "朝阳初级中学", "3501120002", "junior", 2, 30, 0.3, "0591-85550202", revises=True,
            services=(Service("课后延时服务", (7, 8, 9), EVERY_DAY, time(17, 0), time(18, 30)),),
        ),
    ),
)  # fmt: skip
BUREAUS = (BIHAI, CHANGNING)
SCHOOLS = {school.code: school for bureau in BUREAUS for school in bureau.schools}
# One named person for each role of a school and of a bureau; the last digits of the phone say which.
SCHOOL_STAFF = (
    (Role.SCHOOL_ADMIN, "刘主任", 1),
    (Role.PRINCIPAL, "周校长", 2),
    (Role.LEADER, "何组长", 3),
    (Role.FINANCE_CLERK, "孙会计", 4),
    (Role.FINANCE_REVIEWER, "钱复核", 5),
    (Role.GUARD, "郑师傅", 6),
    (Role.LEADER, "秦组长", 7),
)
BUREAU_STAFF = (
    (Role.BUREAU_REVIEWER, "赵科长", 1),
    (Role.BUREAU_FINANCE, "吴会计", 2),
    (Role.BUREAU_KEEPER, "冯科员", 3),
)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
BOYS = ("浩然", "子昂", "沐阳", "宇轩", "梓豪", "俊熙", "博文", "天佑", "思远", "明哲", "一鸣", "景行", "承泽", "嘉树")
GIRLS = ("一诺", "可欣", "语桐", "雨萱", "若溪", "子晴", "欣怡", "诗涵", "思琪", "梦洁", "安然", "书瑶", "佳宁", "清禾")
MOTHERS = ("敏", "静", "丽", "艳", "娟", "霞", "秀英", "桂芳", "雪梅", "玉兰")
FATHERS = ("强", "伟", "磊", "军", "勇", "志强", "建国", "海涛", "明辉", "国栋")


@dataclass
class Cast:
    """The people of one school, as the demonstration goes on."""

    by_role: dict[Role, Person] = field(default_factory=dict)  # the first of each role
    leaders: list[Person] = field(default_factory=list)
    class_teachers: dict[int, Person] = field(default_factory=dict)  # by class
    teachers: list[Person] = field(default_factory=list)


def term_around(day: date) -> tuple[str, int, date, date]:
    """Name, school year, first and last day of a term that holds last month and this one."""
    autumn = day.month >= 8 or day.month == 1
    year = day.year - (day.month <= 7)
    if autumn:
        name, began, ended = f"{year}年秋季学期", date(year, 9, 1), date(year + 1, 1, 31)
    else:
        name, began, ended = f"{year + 1}年春季学期", date(year + 1, 2, 20), date(year + 1, 7, 31)
    last_month = date(day.year - (day.month == 1), (day.month - 2) % 12 + 1, 1)
    return name, year, min(began, last_month), ended
