"""How a district begins: the one thing that no page can do, since nobody can sign in yet."""

from argparse import ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.errors import RuleBroken
from afterschool.policy import codes

from ...actions import found_bureau


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as odd:
        raise ArgumentTypeError(f"“{text}”不是日期，请写成 2026-09-01 这样") from odd


class Command(BaseCommand):
    help = "建立教育局、采用的政策、今明两年的日历和第一位教育局管理员。再运行一次什么也不改。"

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True, help="教育局全称")
        parser.add_argument("--short-name", required=True, help="简称，页面左上角用")
        parser.add_argument("--phone", required=True, help="监督电话")
        parser.add_argument("--policy", required=True, help=f"政策代号：{'、'.join(codes())}")
        parser.add_argument("--from", required=True, type=day, dest="began_on", help="从哪天起按它办，如 2026-09-01")
        parser.add_argument("--keeper-phone", required=True, help="教育局管理员的手机号，用它登录")
        parser.add_argument("--keeper-name", required=True, help="教育局管理员的姓名")

    def handle(self, *, name, short_name, phone, policy, began_on, keeper_phone, keeper_name, **options):
        try:
            bureau, is_new = found_bureau(
                name, short_name=short_name, phone=phone, policy=policy, began_on=began_on,
                keeper_phone=keeper_phone, keeper_name=keeper_name,
                today=timezone.localdate(), by=Actor.system("found_bureau"),
            )  # fmt: skip
        except RuleBroken as refusal:
            raise CommandError(f"{str(refusal).rstrip('。')}。什么也没有建立。") from refusal
        if not is_new:
            self.stdout.write(f"“{bureau}”已经在这里了，没有改动。")
            return
        self.stdout.write(f"“{bureau}”已建立。请{keeper_name}用手机号 {keeper_phone} 登录，在“设置”里接着办。")
