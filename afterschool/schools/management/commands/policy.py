"""Policy files from the command line. Files and bundled policies need no database."""

import json

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from afterschool.errors import NoRule
from afterschool.policy import command
from afterschool.policy.loader import PolicyFileError
from afterschool.policy.trial import ScenarioError

WORDS = {
    "check": ("核对一份文件：引文、冲突、算例", {"file": "政策文件"}),
    "show": ("读一份政策，逐条列出", {"name": "代号或文件"}),
    "diff": ("两份政策有什么不同", {"old": "原来的代号或文件", "new": "新的代号或文件"}),
    "simulate": ("拿一份政策试算", {"name": "代号或文件", "scenario": "情况，JSON 文件"}),
}


class Command(BaseCommand):
    help = "核对、阅读、比较和试算政策文件。退出码：0 没有问题，1 有发现，2 写错了。"
    requires_system_checks = []

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, (words, names) in WORDS.items():
            one = verbs.add_parser(verb, help=words)
            for name, said in names.items():
                one.add_argument(name, help=said)
            one.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON")

    def handle(self, *, verb, as_json, **options):
        try:
            told = getattr(command, verb)(**{name: options[name] for name in WORDS[verb][1]})
        except (PolicyFileError, ScenarioError, NoRule, OSError) as error:
            told = command.refused(error)
        except DatabaseError:
            told = command.unknown()
        if as_json:
            self.stdout.write(json.dumps(told.data, ensure_ascii=False, indent=2))
        else:
            (self.stderr if told.code == command.BAD else self.stdout).write(told.text)
        if told.code:
            raise SystemExit(told.code)
