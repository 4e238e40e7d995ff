# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# The container that AppAPI deploys. Build the front end first: make image does.
FROM python:3.12-slim-bookworm

RUN useradd --system --uid 10001 --home-dir /app openconnector
WORKDIR /app

COPY requirements.lock .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY appinfo appinfo
COPY img img
COPY l10n l10n
COPY lib lib
COPY ex_app ex_app
# The last two save memory: fewer arenas of malloc for a handful of threads, and no columns in tracebacks.
ENV PYTHONPATH=/app/lib:/app PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 PYTHONNODEBUGRANGES=1

# AppAPI mounts the storage at /nc_app_<id>_data, and the app writes nowhere else.
RUN mkdir /nc_app_open_connector_data && chown openconnector /nc_app_open_connector_data
USER openconnector

HEALTHCHECK --interval=30s --timeout=5s --retries=3 --start-period=10s --start-interval=1s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['APP_PORT']}/heartbeat\", timeout=4)"]
CMD ["python", "-m", "ex_app.main"]
