package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// A load is what a sender is asked for: each of so many keys gets 300 calls a second, evenly, all keys
// in turn.
type load struct {
	keys   int
	length time.Duration
}

const ratePerKey = 300

func (l load) perSecond() float64 { return float64(l.keys * ratePerKey) }

// A sender plays a load against a server, and need not say what became of it. dir is its own.
type sender struct {
	name string
	play func(ctx context.Context, o *options, dir string, s served, l load) error
}

var senders = []sender{{"kmsproof load", ours}, {"vegeta attack", vegeta}, {"k6 run", k6}}

// ours plays the load as a profile. Its own certificate is wide: the bench applies its own.
func ours(ctx context.Context, o *options, dir string, s served, l load) error {
	at, profile := filepath.Join(dir, "target.yaml"), filepath.Join(dir, "profile.yaml")
	if err := errors.Join(
		os.WriteFile(at, fmt.Appendf(nil, "name: bench\napi20: %s\nadmin: %s\ncredentials:\n  owner: {accessKey: %q, secretKey: %q}\n",
			s.API20, s.Admin, s.AccessKey, s.SecretKey), 0o600),
		os.WriteFile(profile, fmt.Appendf(nil, `name: bench
title: Every key at its rate
api: "2.0"
keys: %d
limit: {scope: key, rate: %d, burst: %[2]d}
rest: 2s
missAfter: 100ms
again: 0s
conforming: {sent: 0.01, lateP99: 1s, burst: 1e6}
saturating: {sent: 0.01, lateP99: 1s, burst: 1e6}
phases:
  - {name: P, role: conform, rate: %[2]d, for: %[3]s}
`, l.keys, ratePerKey, l.length), 0o600),
	); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, o.kmsproof, "load", profile, "--target", at, "--out", filepath.Join(dir, "out"), "--quiet")
	said, err := cmd.CombinedOutput()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ended.ExitCode() != 2 {
		return nil // a verdict, which is not what is asked here
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// plain are the calls that the other senders repeat, one for each key.
type plain struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	Body  string `json:"body"`
}

func plainCalls(ctx context.Context, s served, n int) ([]plain, error) {
	owner := newService(s)
	calls := make([]plain, n)
	for i := range calls {
		path, token, err := owner.grant(ctx, fmt.Sprintf("peer-%d", i))
		if err != nil {
			return nil, err
		}
		calls[i] = plain{s.API20 + path + "/encrypt", token, encryptBody}
	}
	return calls, nil
}

// vegeta plays the load with vegeta's own command as it comes.
func vegeta(ctx context.Context, o *options, dir string, s served, l load) error {
	calls, err := plainCalls(ctx, s, l.keys)
	if err != nil {
		return err
	}
	body, targets := filepath.Join(dir, "body"), filepath.Join(dir, "targets")
	var text strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&text, "POST %s\nContent-Type: application/json\n%s: %s\n@%s\n\n", c.URL, target.HeaderToken, c.Token, body)
	}
	if err := errors.Join(os.WriteFile(body, []byte(encryptBody), 0o600), os.WriteFile(targets, []byte(text.String()), 0o600)); err != nil {
		return err
	}
	return silently(exec.CommandContext(ctx, o.vegeta, "attack", "-targets", targets, fmt.Sprintf("-rate=%.0f/1s", l.perSecond()),
		"-duration", l.length.String(), "-output", filepath.Join(dir, "results")))
}

// k6Script asks for arrivals at a constant rate, with as many virtual users as need be up to 256.
const k6Script = `import http from 'k6/http';
export const options = {
  discardResponseBodies: true,
  scenarios: {s: {executor: 'constant-arrival-rate', rate: %.0f, timeUnit: '1s', duration: '%s', preAllocatedVUs: 256, maxVUs: 256}},
};
const calls = %s;
let next = 0;
export default function () {
  const c = calls[(__VU + next++) %% calls.length];
  http.post(c.url, c.body, {headers: {'Content-Type': 'application/json', '%s': c.token}});
}
`

func k6(ctx context.Context, o *options, dir string, s served, l load) error {
	calls, err := plainCalls(ctx, s, l.keys)
	if err != nil {
		return err
	}
	list, err := json.Marshal(calls)
	if err != nil {
		return err
	}
	script := filepath.Join(dir, "load.js")
	if err := os.WriteFile(script, fmt.Appendf(nil, k6Script, l.perSecond(), l.length, list, target.HeaderToken), 0o600); err != nil {
		return err
	}
	return silently(exec.CommandContext(ctx, o.k6, "run", "--quiet", "--no-usage-report", "--no-summary", script))
}

// silently runs a command whose output is of interest only if it fails.
func silently(cmd *exec.Cmd) error {
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", cmd.Path, err, said)
	}
	return nil
}
