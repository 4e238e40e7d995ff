# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# The container that AppAPI deploys, from a clean checkout: docker build --tag openconnector:0.1.0 .

# The interface.
FROM --platform=$BUILDPLATFORM node:22-bookworm-slim AS interface
WORKDIR /build/ex_app/ui
COPY ex_app/ui/package.json ex_app/ui/package-lock.json ex_app/ui/.npmrc ./
RUN npm ci --no-fund --no-audit --no-update-notifier
COPY ex_app/ui ./
RUN npm run build

# The packages of the lock file, and nothing that they do not have a hash for.
FROM python:3.12-slim-bookworm AS packages
COPY requirements.lock .
RUN python -m venv --without-pip /opt/openconnector \
	&& pip --python /opt/openconnector/bin/python install --no-cache-dir --disable-pip-version-check --no-deps \
		--only-binary :all: --require-hashes --requirement requirements.lock
WORKDIR /app
COPY appinfo appinfo
COPY img img
COPY l10n l10n
COPY lib lib
COPY ex_app ex_app
RUN rm -r ex_app/ui && /opt/openconnector/bin/python -m compileall -q /app /opt/openconnector/lib

# HaRP's tunnel. It is given the key that HaRP trusts, so it must be the one that was looked at.
FROM debian:bookworm-slim AS tunnel
ARG TARGETARCH
ARG FRP_VERSION=0.61.1
ARG FRP_SHA256_AMD64=bff260b68ca7b1461182a46c4f34e9709ba32764eed30a15dd94ac97f50a2c40
ARG FRP_SHA256_ARM64=af6366f2b43920ebfe6235dba6060770399ed1fb18601e5818552bd46a7621f8
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates curl
RUN set -eu; \
	case "$TARGETARCH" in \
		amd64) sum=$FRP_SHA256_AMD64 ;; \
		arm64) sum=$FRP_SHA256_ARM64 ;; \
		*) echo "There is no tunnel for $TARGETARCH." >&2; exit 1 ;; \
	esac; \
	name="frp_${FRP_VERSION}_linux_${TARGETARCH}"; \
	curl --fail --silent --show-error --location --retry 3 --output frp.tar.gz \
		"https://github.com/fatedier/frp/releases/download/v${FRP_VERSION}/${name}.tar.gz"; \
	echo "$sum  frp.tar.gz" | sha256sum --check --strict; \
	tar --extract --gzip --file frp.tar.gz --strip-components 1 --directory /usr/local/bin "$name/frpc"

FROM python:3.12-slim-bookworm
# curl and pgrep are for the health check. The tools that install Python packages are not needed any more.
RUN apt-get update \
	&& apt-get install --yes --no-install-recommends ca-certificates curl procps \
	&& rm -rf /var/lib/apt/lists/* \
	&& pip uninstall --yes --root-user-action ignore pip \
	&& useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin openconnector \
	&& install --directory --owner openconnector --group openconnector /nc_app_open_connector_data

COPY --from=tunnel /usr/local/bin/frpc /usr/local/bin/frpc
COPY --from=packages /opt/openconnector /opt/openconnector
COPY --from=packages /app /app
COPY --from=interface /build/ex_app/js /app/ex_app/js
COPY --from=interface /build/ex_app/css /app/ex_app/css
COPY --chmod=755 start.sh healthcheck.sh /
COPY --chmod=755 command.sh /usr/local/bin/openconnector

# The last two save memory: fewer arenas of malloc for a handful of threads, and no columns in tracebacks.
ENV PATH=/opt/openconnector/bin:$PATH PYTHONPATH=/app/lib:/app PYTHONUNBUFFERED=1 HOME=/app \
	PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 PYTHONNODEBUGRANGES=1
WORKDIR /app

# It begins as root, because AppAPI puts certificates into the container, and because the tunnel's key is none of the
# app's business. start.sh runs the app itself as the user openconnector.
# hadolint ignore=DL3002
USER root
HEALTHCHECK --interval=30s --timeout=5s --retries=3 --start-period=10s --start-interval=1s CMD ["/healthcheck.sh"]
ENTRYPOINT ["/start.sh"]
CMD ["python", "-m", "ex_app.main"]
