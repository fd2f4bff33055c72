from django.urls import path

from . import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/code/", views.code_create, name="code-create"),
    path("sign-in/password/", views.password_sign_in, name="password-sign-in"),
    path("sign-in/set-password/", views.password_set, name="password-set"),
    path("sign-out/", views.sign_out, name="sign-out"),
]
