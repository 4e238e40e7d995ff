#!/bin/sh
# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# The entry point of the container: opens HaRP's tunnel where AppAPI asks for one, then runs the command that it is given
# as a user without rights. Behind HaRP the app listens on a socket that the tunnel leads to, else on APP_HOST:APP_PORT.
#
#   HP_SHARED_KEY, HP_FRP_ADDRESS, HP_FRP_PORT   set by AppAPI for a HaRP daemon; without the key there is no tunnel
#   HP_EXAPP_SOCK                                the socket; /tmp/exapp.sock
#   FRPC_CONFIG, FRPC_CERTIFICATES               where the tunnel's configuration is written, and its certificates are
set -eu
umask 077

config=${FRPC_CONFIG:-/frpc.toml}
certificates=${FRPC_CERTIFICATES:-/certs/frp}
user=openconnector

# Writes `name = "value"` in TOML: nothing in a value may end it.
setting() {
	printf '%s = "%s"\n' "$1" "$(printf '%s' "$2" | tr -d '\r\n' | sed 's/[\\"]/\\&/g')"
}

write_configuration() {
	setting serverAddr "$HP_FRP_ADDRESS"
	printf 'serverPort = %d\n' "$HP_FRP_PORT"
	echo "loginFailExit = false"
	setting metadatas.token "$HP_SHARED_KEY"
	if [ -d "$certificates" ]; then
		echo "transport.tls.enable = true"
		setting transport.tls.certFile "$certificates/client.crt"
		setting transport.tls.keyFile "$certificates/client.key"
		setting transport.tls.trustedCaFile "$certificates/ca.crt"
		setting transport.tls.serverName harp.nc
	else
		echo "transport.tls.enable = false"
	fi
	echo
	echo "[[proxies]]"
	setting name "$APP_ID"
	setting type tcp
	printf 'remotePort = %d\n' "$APP_PORT"
	echo "[proxies.plugin]"
	setting type unix_domain_socket
	setting unixPath "${HP_EXAPP_SOCK:-/tmp/exapp.sock}"
}

# frpc tries again by itself when HaRP is away. Should it end all the same, it is started again.
keep_tunnel() {
	while true; do
		frpc -c "$config" || true
		echo "start.sh: frpc has ended; it is started again in 5 s" >&2
		sleep 5
	done
}

if [ -n "${HP_SHARED_KEY:-}" ]; then
	: "${HP_FRP_ADDRESS:?is needed with HP_SHARED_KEY}" "${HP_FRP_PORT:?is needed with HP_SHARED_KEY}"
	: "${APP_ID:?is needed}" "${APP_PORT:?is needed}"
	write_configuration > "$config"
	keep_tunnel &
fi

umask 022
if [ "$(id -u)" != 0 ]; then
	exec "$@"
fi

# A volume that was made before this image, or by another one, belongs to somebody else.
if [ -n "${APP_PERSISTENT_STORAGE:-}" ] && [ "$(stat -c %U "$APP_PERSISTENT_STORAGE")" != "$user" ]; then
	chown -R "$user:$user" "$APP_PERSISTENT_STORAGE"
fi
exec setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs --inh-caps=-all -- "$@"
