from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staffing", "0003_counted")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="role_name",
            field=models.CharField(blank=True, default="", max_length=30, verbose_name="岗位名称"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="duty",
            name="role",
            field=models.CharField(
                choices=[("teacher", "值班教师"), ("leader", "带班领导"), ("assistant", "教辅人员")],
                default="teacher",
                max_length=30,
                verbose_name="岗位",
            ),
        ),
    ]
