# The site in a container: front end, Python packages, then a runtime without build tools.
# `docker compose up --build` runs it with its database; docs/operations.md says how.

FROM node:22-bookworm-slim AS front-end
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts
COPY fixtures/needs.json /build/fixtures/needs.json
COPY fixtures/areas/ /build/fixtures/areas/
COPY frontend/ ./
RUN npm run build

FROM python:3.12-slim-bookworm AS packages
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gettext=0.21-* \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements.lock /build/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /build/requirements.lock
WORKDIR /build
COPY geo/ geo/
COPY api/ api/
COPY frontend/ frontend/
RUN find . -name '*.po' -exec sh -c \
    'for po; do msgfmt --check-format --output-file "${po%.po}.mo" "$po" || exit 1; done' sh {} +

FROM python:3.12-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent repere
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py requirements.lock ./
COPY config/ config/
COPY fixtures/ fixtures/
COPY --from=packages /build/geo/ geo/
COPY --from=packages /build/api/ api/
COPY --from=packages /build/frontend/ frontend/
COPY --from=front-end /build/frontend/dist/ frontend/dist/
RUN python manage.py collectstatic --noinput && install -d -m 700 -o 10001 -g 10001 var/mail
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-m", "config.run", "health"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
