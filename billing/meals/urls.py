from django.urls import path

from .views import families, months, register

app_name = "meals"
urlpatterns = [
    path("", register.meal_list, name="meal-list"),
    path("schools/<int:school_id>/new/", register.meal_create, name="meal-create"),
    path("<int:pk>/publish/", register.meal_publish, name="meal-publish"),
    path("<int:pk>/end/", register.meal_end, name="meal-end"),
    path("months/<int:pk>/", months.meal_month, name="meal-month"),
    path("months/<int:pk>/charge/", months.meals_charge, name="meals-charge"),
    path("months/<int:pk>/settle/", months.meals_settle, name="meals-settle"),
    path("months/<int:pk>/charges.xlsx", months.meal_sheet, name="meal-sheet"),
    path("months/<int:pk>/invoices/new/", months.invoice_create, name="invoice-create"),
    path("children/<int:student_id>/", families.my_meals, name="my-meals"),
    path("children/<int:student_id>/order/", families.meal_order, name="meal-order"),
    path("children/<int:student_id>/leave/", families.meal_leave, name="meal-leave"),
    path("consents/<int:pk>/stop/", families.meal_stop, name="meal-stop"),
]
