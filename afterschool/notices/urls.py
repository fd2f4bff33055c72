from django.urls import path

from . import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.notices_read, name="notices-read"),
    path("sent/", views.sent, name="sent"),
    path("<int:pk>/open/", views.notice_open, name="notice-open"),
]
