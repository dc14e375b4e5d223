package loadgen

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// scopingCalls is how many calls it takes at most to get and try another token.
const scopingCalls = 3

// lacks gets the first key another token and returns the legs of p that cannot be played on the rig's target,
// over connections of ours where wired.
func (r *rig) lacks(ctx context.Context, p Profile, wired bool) (lacks []Lack) {
	ph, ok := p.phase(Scoping)
	if !ok {
		return nil
	}
	switch most := 1 / max(r.typical.Seconds(), 1e-9); {
	case !wired:
		lacks = append(lacks, Lack{Connections, "calls go through memory"})
	case most < 2*ph.Rate:
		lacks = append(lacks, Lack{Connections, fmt.Sprintf("at %v a call, one connection does not carry %.4g per second with room to spare", r.typical.Round(10*time.Microsecond), ph.Rate)})
	}
	if why := r.another(ctx); why != "" {
		lacks = append(lacks, Lack{Tokens, why})
	}
	if len(r.t.Sources) < turns {
		lacks = append(lacks, Lack{Addresses, "the target names no two addresses to send from (sourceIPs)"})
	}
	return lacks
}

// another gets the first key another token, beside the one it has. It returns why it cannot have one; empty
// where it has.
func (r *rig) another(ctx context.Context) (why string) {
	if r.api == target.API10 {
		return "API 1.0 has no tokens"
	}
	k, set := r.keys[0], tokenSet{}
	if err := r.manage(ctx, "/kms/v1/keys/"+k.tag+"/token-set", r.lifetime(), &set); err != nil {
		return fmt.Sprintf("the target gave no second one: %v", err)
	}
	second := target.Token(set.AccessToken)
	for _, auth := range []target.Auth{second, k.auth} {
		q := target.Request{API: r.api, Method: http.MethodPost, Path: r.path(k, "encrypt"), Body: k.body, Auth: auth}
		if err := r.call(ctx, q, nil); err != nil {
			return fmt.Sprintf("two are not good at once: %v", err)
		}
	}
	k.second = second
	return ""
}

// fleetLacks are the legs that a fleet does not play: its workers call from their own machines.
func fleetLacks(p Profile) (lacks []Lack) {
	if _, ok := p.phase(Scoping); ok {
		for _, over := range legs {
			lacks = append(lacks, Lack{over, "several processes sent"})
		}
	}
	return lacks
}
