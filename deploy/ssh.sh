#!/usr/bin/env bash
# One run on plain machines: copies the program to each HOST, starts PER_HOST workers there, plays the load
# profile from here, and ends the workers. NATS is one that all of them reach.
#
#   KMSPROOF_NATS=nats://load:PASSWORD@10.0.0.5:4222 deploy/ssh.sh "host1 host2" per-key-300 --keys 64 --target staging.yaml
set -euo pipefail

: "${KMSPROOF_NATS:?say where NATS is}"
read -ra hosts <<<"$1"
shift
per=${PER_HOST:-1}
program=${KMSPROOF:-bin/kmsproof}

for host in "${hosts[@]}"; do
	scp -q "$program" "$host:/tmp/kmsproof-worker"
	for ((i = 0; i < per; i++)); do
		# The URL goes through stdin: a command line can be seen by others. A worker serves one run, and ends
		# by itself when its coordinator is gone.
		ssh "$host" 'read -r KMSPROOF_NATS; export KMSPROOF_NATS; exec /tmp/kmsproof-worker worker --once' <<<"$KMSPROOF_NATS" &
	done
done

code=0
"$program" load "$@" --workers $((${#hosts[@]} * per)) || code=$?
wait
exit "$code"
