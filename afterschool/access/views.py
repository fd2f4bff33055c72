from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from afterschool.errors import RuleBroken

from . import codes
from .addresses import address_of
from .capabilities import Capability
from .forms import AskCodeForm, CodeForm, NewPasswordForm, PasswordForm
from .gate import public, requires

NOT_LET_IN = "手机号或密码不对。连续输错 5 次会锁 15 分钟。"
LOCKED = "输错次数太多，请 15 分钟后再试，或用短信验证码登录。"


@public("people sign in here")
@never_cache
@sensitive_post_parameters("code")
def sign_in(request):
    """By SMS code: what guardians do."""
    form = CodeForm(request.POST or None, initial={"phone": request.session.get("phone", "")})
    if form.is_valid():
        person = codes.redeem(form.cleaned_data["phone"], form.cleaned_data["code"], session=request.session)
        if person:
            return _enter(request, person)
        form.add_error("code", codes.WRONG)
    return _page(request, "access/sign_in.html", form)


@require_POST
@public("people sign in here")
def code_create(request):
    form = AskCodeForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            codes.ask(phone, session=request.session, address=address_of(request))
        except RuleBroken as refusal:
            form.add_error("phone", str(refusal))
        else:
            request.session["phone"] = phone
            return redirect(_with_next(request, "sign-in", sent=1))
    shown = CodeForm(initial={"phone": request.POST.get("phone", "")})
    return _page(request, "access/sign_in.html", shown, status=422, phone_errors=form.errors.get("phone"))


@public("people sign in here")
@never_cache
@sensitive_post_parameters("password")
def password_sign_in(request):
    """By phone and password: what staff do."""
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        person = authenticate(request, username=form.cleaned_data["phone"], password=form.cleaned_data["password"])
        if person:
            return _enter(request, person)
        form.add_error(None, NOT_LET_IN)
    return _page(request, "access/password_sign_in.html", form)


@sensitive_post_parameters("new_password1", "new_password2")
@requires(Capability.OWN_ACCOUNT)
def password_set(request, reach):
    """Whoever has come in by SMS code may add a password, or replace one that was forgotten."""
    form = NewPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        form.save()
        # This session goes on; wherever else this person is signed in ends.
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已设好，别处的登录都已退出")
        return redirect("home")
    return render(request, "access/password_set.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@public("one's own way out")
def sign_out(request):
    logout(request)
    response = redirect("sign-in")
    # A shared phone or gate tablet keeps nothing.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def locked_out(request, credentials, *args, **kwargs):
    """What axes shows: the same page, the same words, whether anybody has this phone."""
    form = PasswordForm(request.POST)
    form.is_valid()
    form.add_error(None, LOCKED)
    return render(request, "access/password_sign_in.html", {"form": form, "next": ""}, status=429)


def _page(request, template, form, status=None, **more):
    context = {"form": form, "next": request.GET.get("next", ""), "sent": "sent" in request.GET, **more}
    return render(request, template, context, status=status or (422 if form.errors else 200))


def _enter(request, person):
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    onward = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return redirect(onward if safe else "home")


def _with_next(request, name, **query):
    if request.GET.get("next"):
        query["next"] = request.GET["next"]
    return f"{reverse(name)}?{urlencode(query)}"
