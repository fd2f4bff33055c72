"""`manage.py app_role`: run by the owner after each migration; web, worker and beat connect as the role it makes."""

from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from afterschool.audit.rights import let_serve


class Command(BaseCommand):
    help = "Make the database role named in APP_DATABASE_URL: it serves, and cannot change what is in ink."

    def handle(self, **options):
        url = urlsplit(settings.APP_DATABASE_URL)
        if not url.username or not url.password:
            raise CommandError("请设置 APP_DATABASE_URL：postgresql://角色:密码@主机:5432/库")
        if url.username == settings.DATABASES["default"]["USER"]:
            raise CommandError("APP_DATABASE_URL 的角色就是数据库的所有者，账本挡不住它；请另取一个名字")
        tables = let_serve(unquote(url.username), unquote(url.password))
        self.stdout.write(f"角色 {url.username} 可以工作；只能添加、不能更改的表：{'、'.join(tables)}")
