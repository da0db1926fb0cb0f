#!/bin/sh
# Makes the secrets that docker-compose.yml reads, one file each, in ./secrets beside it; those that are there stay.
# A value may be brought along from before, in a variable of the secret's name in capitals:
#   POSTGRES_SUPERUSER=… SERVICE_SECRET=… deploy/compose/make-secrets.sh
set -eu
umask 077
dir="${1:-secrets}"
mkdir -p "$dir"
# The folder keeps others out on this machine; in a container, where each secret is mounted by itself, its user must be able to read it.
chmod 700 "$dir"

keep() { # name value
  [ -s "$dir/$1" ] && return
  printf '%s\n' "$2" > "$dir/$1.new"
  chmod 644 "$dir/$1.new"
  mv "$dir/$1.new" "$dir/$1"
}

for name in postgres_superuser database_owner identity permissions documents audit collab gateway service_secret metrics_token nats; do
  variable=$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')
  value=$(printenv "$variable" || true)
  [ -n "$value" ] || value=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
  keep "$name" "$value"
done
# Who may speak on the bus: what nats-server includes.
keep nats.conf "authorization { user: onrecord, password: \"$(cat "$dir/nats")\" }"
