#!/usr/bin/env bash
# Writes secrets/ for docker-compose.yml once; never overwrites.
set -euo pipefail
cd "$(dirname "$0")/.."

[ ! -e secrets ] || { echo "secrets/ 已存在，没有改动" >&2; exit 1; }
random() { head -c 48 /dev/urandom | base64 | tr -d '+/=\n'; }

# The folder is closed; its files must be readable to the containers' own users.
install -d -m 700 secrets
umask 022
postgres_password=$(random)
app_password=$(random)
redis_password=$(random)
printf %s "$(random)" >secrets/secret_key
printf %s "$postgres_password" >secrets/postgres_password
printf %s "$redis_password" >secrets/redis_password
printf %s "postgresql://afterschool:$postgres_password@postgres:5432/afterschool" >secrets/owner_database_url
printf %s "postgresql://afterschool_app:$app_password@postgres:5432/afterschool" >secrets/database_url
printf %s "redis://:$redis_password@redis:6379" >secrets/redis_url
echo "已写入 secrets/。请另外保存一份：没有 secret_key，已有的登录会失效。"
