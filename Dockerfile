# The production image: one for web, worker, beat and migrate; docker-compose.yml gives each its command.

FROM node:24.11.0-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY scripts/build.mjs scripts/
COPY static static
RUN npm run build

FROM python:3.13.9-slim-bookworm AS packages
COPY requirements-bootstrap.txt requirements.txt /
RUN python -m venv /venv \
 && pip install --no-cache-dir --require-hashes -r requirements-bootstrap.txt \
 && VIRTUAL_ENV=/venv UV_COMPILE_BYTECODE=1 uv pip install --no-cache --require-hashes -r requirements.txt

FROM python:3.13.9-slim-bookworm
# libharfbuzz-subset0: without it a page of Chinese PDF takes ten times as long.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin afterschool \
 && install -d -o afterschool -g afterschool /data/media /data/beat
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=assets /build/static/dist static/dist
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles MEDIA_ROOT=/data/media
# collectstatic opens no connection; these values are gone after this line.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput
USER afterschool
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["python", "-m", "scripts.probe", "web"]
CMD ["gunicorn", "afterschool.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--no-control-socket", "--access-logfile", "-"]
