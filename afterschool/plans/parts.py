"""The parts of a 一校一案, in the order of the form; every field of a plan belongs to one."""

from dataclasses import dataclass

from afterschool.policy.windows import BELLS


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()


PARTS = (
    Part("school", "学校与领导小组", ("leader", "members", "hotline"), ("leader", "hotline")),
    Part("time", "时间与收费", tuple(BELLS)),
    Part("content", "形式与内容", ("content",), ("content",)),
    Part("staff", "人员配备", ("teacher_count", "assistant_count", "leader_count"), ("teacher_count", "leader_count")),
    Part("budget", "经费预算", ("budget", "refund_method"), ("budget", "refund_method")),
    Part("safety", "供餐与安全", ("meals", "safety", "emergency"), ("meals", "safety", "emergency")),
    Part(
        "committee",
        "家委会意见",
        ("committee_met_on", "committee_present", "committee_agreed", "committee_opinion"),
    ),
)
PART = {part.key: part for part in PARTS}
PART_OF = {field: part.key for part in PARTS for field in part.fields}
FIELDS = tuple(PART_OF)
