from django.urls import path

from . import views

app_name = "ledger"
urlpatterns = [
    path("", views.book_list, name="book-list"),
    path("heads/", views.head_list, name="head-list"),
    path("heads.txt", views.head_text, name="head-text"),
    path("<int:pk>/vouchers/", views.voucher_list, name="voucher-list"),
    path("<int:pk>/balances/", views.balance_list, name="balance-list"),
    path("<int:pk>/balances/<str:kind>/", views.account_list, name="account-list"),
    path("<int:pk>/whereabouts/", views.whereabouts_list, name="whereabouts-list"),
    path("<int:pk>/month.xlsx", views.month_sheet, name="month-sheet"),
    path("<int:pk>/month.journal", views.month_journal, name="month-journal"),
    path("vouchers/<int:pk>/", views.voucher_detail, name="voucher-detail"),
    path("accounts/<int:pk>/", views.account_detail, name="account-detail"),
]
