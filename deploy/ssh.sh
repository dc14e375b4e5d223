#!/usr/bin/env bash
# One run on plain machines: copies the program to each HOST, starts PER_HOST workers there (1), plays the
# load profile from here, and leaves nothing behind, however it ends. NATS is one that all of them reach.
#
#   KMSPROOF_NATS=nats://load:PASSWORD@10.0.0.5:4222 deploy/ssh.sh "host1 host2" per-key-300 --keys 64 --target staging.yaml
set -euo pipefail

: "${KMSPROOF_NATS:?say where NATS is}"
read -ra hosts <<<"${1:?say which hosts, in one argument}"
shift
per=${PER_HOST:-1}
program=${KMSPROOF:-bin/kmsproof}
pipes=() keepers=()

# A keeper on each host starts the workers when it is told where NATS is. When its stdin ends, as it does with this
# script and with the connection, it ends them and removes the folder.
keeper='trap "rm -rf $there" EXIT
	read -r KMSPROOF_NATS || exit 0
	export KMSPROOF_NATS
	for ((i = 0; i < per; i++)); do "$there/kmsproof" worker --once </dev/null & done
	cat >/dev/null
	kill $(jobs -p) 2>/dev/null
	wait'

leave() {
	for pipe in "${pipes[@]}"; do exec {pipe}>&-; done
	for pid in "${keepers[@]}"; do wait "$pid" || true; done
}
trap leave EXIT
trap : PIPE # a keeper that is gone is an error of who writes to it

for host in "${hosts[@]}"; do
	there=/tmp/kmsproof-worker-$$-$((${#pipes[@]} + 1))
	ssh "$host" "mkdir -m 700 $there" </dev/null
	exec {pipe}> >(for other in "${pipes[@]}"; do exec {other}>&-; done
		exec ssh "$host" "there=$there per=$per; $keeper")
	pipes+=("$pipe") keepers+=("$!")
	scp -q "$program" "$host:$there/kmsproof"
	# The URL goes through stdin: a command line can be seen by others.
	echo "$KMSPROOF_NATS" >&"$pipe"
done

env -u KMSPROOF "$program" load "$@" --workers $((${#hosts[@]} * per))
