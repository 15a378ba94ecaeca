# One image for web, worker and migrations; docker-compose.yml says which it is.

FROM node:22-bookworm-slim AS pages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm AS python
RUN apt-get update \
    && apt-get install -y --no-install-recommends default-libmysqlclient-dev gcc libc6-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/production.txt /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
       --require-hashes --requirement /tmp/production.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg fonts-liberation libharfbuzz-subset0 libmariadb3 \
       libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 970 --home-dir /app --shell /usr/sbin/nologin market \
    && install -d -o market /var/lib/market
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=market.settings \
    STATIC_ROOT=/app/static DRAIN_FILE=/tmp/drain
WORKDIR /app
COPY --from=python /opt/venv /opt/venv
COPY --from=pages /build/node_modules node_modules
COPY . .
RUN python -m compileall -q market \
    && python script/lib/catalogue.py compile \
    && python script/lib/cut_fonts.py node_modules \
    && SECRET_KEY=only-for-this-step PAYMENTS_URL=sandbox:// python manage.py collectstatic --noinput --verbosity 0
USER market
EXPOSE 8000
# TERM ends it gracefully (deploy/gunicorn.conf.py); give it longer than its 30 s.
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "market.wsgi"]
