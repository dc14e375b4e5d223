package loadgen

import (
	"context"
	"fmt"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// scopingCalls is how many calls it takes to get another token and to encrypt and decrypt with either.
const scopingCalls = 5

// lacks gets the first key another token and returns the legs of p that cannot be played on the rig's target,
// over connections of ours where wired. pause is that of build.
func (r *rig) lacks(ctx context.Context, p Profile, wired bool, pause func(context.Context) error) (lacks []Lack, err error) {
	ph, ok := p.phase(Scoping)
	if !ok {
		return nil, nil
	}
	switch most := 1 / max(r.typical.Seconds(), 1e-9); {
	case !wired:
		lacks = append(lacks, Lack{Connections, "calls go through memory"})
	case most < 2*ph.Rate:
		lacks = append(lacks, Lack{Connections, fmt.Sprintf("at %v a call, one connection does not carry %.4g per second with room to spare", r.typical.Round(10*time.Microsecond), ph.Rate)})
	}
	why, err := r.another(ctx, pause)
	if err != nil {
		return nil, err
	}
	if why != "" {
		lacks = append(lacks, Lack{Tokens, why})
	}
	if len(r.t.Sources) < turns {
		lacks = append(lacks, Lack{Addresses, "the target names no two addresses to send from (sourceIPs)"})
	}
	return lacks, nil
}

// another gets the first key another token, beside the one it has. It returns why it cannot have one; empty
// where it has. On a target that knows one token of a key at a time the key goes on with the new one. An error means that
// neither is taken any more.
func (r *rig) another(ctx context.Context, pause func(context.Context) error) (why string, err error) {
	if r.api == target.API10 {
		return "API 1.0 has no tokens", nil
	}
	k, set := r.keys[0], tokenSet{}
	if err := r.manage(ctx, "/kms/v1/keys/"+k.tag+"/token-set", r.lifetime(), &set); err != nil {
		return fmt.Sprintf("the target gave no second one: %v", err), nil
	}
	second := target.Token(set.AccessToken)
	newer := r.try(ctx, k.by(second), pause)
	older := r.try(ctx, k.by(k.auth), pause)
	switch {
	case newer != nil && older != nil:
		return "", fmt.Errorf("neither token is taken after another was asked for: %w", newer)
	case newer != nil:
		return fmt.Sprintf("the second one is refused: %v", newer), nil
	case older != nil:
		k.auth, k.refresh = second, set.RefreshToken
		return fmt.Sprintf("a second one ends the first: %v", older), nil
	}
	k.second = second
	return "", nil
}

// by is k as one calls it with other rights.
func (k *loaded) by(auth target.Auth) *loaded {
	return &loaded{tag: k.tag, name: k.name, auth: auth, plaintext: k.plaintext, body: k.body}
}

// fleetLacks are the legs that a fleet does not play: its workers call from their own machines.
func fleetLacks(p Profile) (lacks []Lack) {
	if _, ok := p.phase(Scoping); ok {
		for _, over := range legs {
			lacks = append(lacks, Lack{over, "several processes sent, and it takes one"})
		}
	}
	return lacks
}
