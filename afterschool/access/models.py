from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models

mobile = RegexValidator(r"\A1[3-9]\d{9}\Z", "手机号应为 11 位数字，如 13812345678")


class PersonManager(BaseUserManager["Person"]):
    def create_person(self, phone: str, name: str, password: str | None = None) -> "Person":
        person = self.model(phone=phone, name=name)
        person.set_password(password)
        person.full_clean(exclude=["password"])
        person.save()
        return person

    def get_by_natural_key(self, phone):
        return self.get(phone=phone)


class Person(AbstractBaseUser):
    """Someone who can sign in: a guardian, a teacher, a clerk; one person, one phone, several roles."""

    phone = models.CharField("手机号", max_length=11, unique=True, validators=[mobile])
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("可以登录", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    held: list[tuple] | None = None  # posts and children of today, where a session has brought the person along

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self):
        return self.name


class Session(AbstractBaseSession):
    """A session knows whose it is, so that one question can tell of both."""

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls):
        from .sessions import SessionStore

        return SessionStore


class SignInCode(models.Model):
    """A one-time code sent by SMS, bound to the browser that asked. The code itself is nowhere: it follows from `nonce`."""

    phone = models.CharField(max_length=11)
    browser = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "created_at"])]
        verbose_name = verbose_name_plural = "登录验证码"
