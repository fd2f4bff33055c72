from django.urls import path

from . import views

app_name = "wechat"
urlpatterns = [
    path("<int:student_id>/months/<int:fee_month_id>/", views.pay, name="pay"),
    path("payments/<int:pk>/", views.payment_detail, name="payment-detail"),
    path("refunds/<int:pk>/", views.refunds_send, name="refunds-send"),
    path("wechat/<str:mchid>/", views.call_back, name="call-back"),
]
