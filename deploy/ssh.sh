#!/usr/bin/env bash
# One run on plain machines: copies the program to each HOST, starts PER_HOST workers there (1), plays the
# load profile from here, and leaves nothing behind. NATS is one that all of them reach.
#
#   KMSPROOF_NATS=nats://load:PASSWORD@10.0.0.5:4222 deploy/ssh.sh "host1 host2" per-key-300 --keys 64 --target staging.yaml
set -euo pipefail

: "${KMSPROOF_NATS:?say where NATS is}"
read -ra hosts <<<"${1:?say which hosts, in one argument}"
shift
per=${PER_HOST:-1}
program=${KMSPROOF:-bin/kmsproof}
n=0

for host in "${hosts[@]}"; do
	there=/tmp/kmsproof-worker-$$-$((n += 1))
	ssh "$host" "mkdir -m 700 $there" </dev/null
	scp -q "$program" "$host:$there/kmsproof"
	# The URL goes through stdin: a command line can be seen by others. Workers serve one run, and end by
	# themselves when their coordinator is gone.
	ssh "$host" "read -r KMSPROOF_NATS; export KMSPROOF_NATS
		for ((i = 0; i < $per; i++)); do $there/kmsproof worker --once & done; wait; rm -r $there" <<<"$KMSPROOF_NATS" &
done

code=0
env -u KMSPROOF "$program" load "$@" --workers $((${#hosts[@]} * per)) || code=$?
wait
exit "$code"
