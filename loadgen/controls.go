package loadgen

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// The controls show before a run that this machine, this generator and this judge can say yes and no:
// a server of our own is put under a little more load than the target will be, with two keys that each
// have a limit well above what is asked, and two that share one below it.
const (
	controlHonest = "an honest limiter"
	controlLiar   = "a known liar"
	controlNull   = "a server that refuses nothing"

	controlCalls = 780 // on each key: the fewest of which none refused shows that at most 1 % is
	controlLeast = 450 // calls per second on each key
)

// controlProfile returns what the controls of p play: four keys, a quarter above its peak.
func controlProfile(p Profile) Profile {
	peak := 0.0
	for _, ph := range p.Phases {
		peak = max(peak, ph.rate())
	}
	rate := max(controlLeast, 1.25*peak/4)
	return Profile{Name: "controls", Title: "The generator and the judge on a server of our own", API: "2.0", Keys: 4,
		Limit: Limit{Scope: PerKey, Rate: 2 * rate, Burst: 2 * rate}, Rest: time.Second, MissAfter: p.MissAfter, Again: 8 * time.Second,
		Conforming: Bounds{Sent: min(p.Conforming.Sent, p.Saturating.Sent), LateP99: max(p.Conforming.LateP99, p.Saturating.LateP99), Burst: p.Conforming.Burst}, Saturating: p.Saturating,
		Phases: []Phase{{Name: "P0", Role: Gentle, Keys: 4, Rate: rate, Length: time.Duration(controlCalls / rate * float64(time.Second))}}}
}

// controls plays them. Its error means that they could not be played at all.
func controls(ctx context.Context, p Profile, seed uint64) ([]reports.Control, error) {
	q := controlProfile(p)
	s, err := newControlServer(1.5 * q.Phases[0].Rate)
	if err != nil {
		return nil, fmt.Errorf("controls: %w", err)
	}
	defer s.close()
	t := s.target()
	r, err := record(ctx, t, q, nil, Options{Seed: seed})
	defer r.spool.close()
	if err != nil {
		return nil, fmt.Errorf("controls: %w", err)
	}
	return shownBy(r), t.Close()
}

// shownBy says what the controls showed.
func shownBy(r Recording) []reports.Control {
	honest, liar := Decide(r.part(0, 2)), Decide(r.part(2, 4))
	verdict := func(l reports.Load, claim string) reports.ClaimVerdict {
		i := slices.IndexFunc(l.Claims, func(c reports.Claim) bool { return c.Name == claim })
		return l.Claims[i].Verdict
	}
	out := []reports.Control{
		{Name: controlNull, OK: honest.Generator.OK && liar.Generator.OK, Text: fmt.Sprintf("%.0f calls per second for %.2g s were sent as planned", r.Profile.Phases[0].rate(), r.Profile.Phases[0].Length.Seconds())},
		{Name: controlHonest, OK: verdict(honest, claimIndependence) == reports.Proven && verdict(honest, claimGuarantee) == reports.Proven, Text: "was believed"},
		{Name: controlLiar, OK: verdict(liar, claimGuarantee) == reports.Refuted && verdict(liar, claimIndependence) != reports.Proven, Text: "was caught"},
	}
	for i, l := range []reports.Load{honest, honest, liar} {
		switch {
		case out[i].OK:
		case i == 0:
			out[i].Text = "could not be tried: " + some(slices.Concat(honest.Generator.Problems, liar.Generator.Problems)[:1])
		case !l.Generator.OK:
			out[i].Text = "could not be tried either"
		default:
			out[i].Text = fmt.Sprintf("came out as %s: %s", l.Verdict, l.Why)
		}
	}
	return out
}

// part returns the recording of some of the keys, from one on and to before another.
func (r Recording) part(from, to int) Recording {
	out := r
	out.Keys, out.Profile.Keys, out.Played = r.Keys[from:to], to-from, nil
	out.Profile.Phases = slices.Clone(r.Profile.Phases)
	for i := range out.Profile.Phases {
		out.Profile.Phases[i].Keys = to - from
	}
	for _, a := range r.Played {
		ph := a.Phase
		ph.Keys = to - from
		out.Played = append(out.Played, &Played{Phase: ph, Attempt: a.Attempt, Start: a.Start, GivenUp: a.GivenUp, late: a.late, tracks: a.tracks[from:to]})
	}
	return out
}

// failed returns what the controls did not show; empty when they showed everything, or were not asked.
func failed(controls []reports.Control) (lines []string) {
	for _, c := range controls {
		if !c.OK {
			lines = append(lines, c.Name+" "+c.Text)
		}
	}
	return lines
}

// uncontrolled takes every claim back where the controls failed: who cannot catch a liar may not accuse.
func uncontrolled(claims []reports.Claim, lines []string) {
	for i := range claims {
		if len(lines) > 0 {
			claims[i].PError = 0
			claims[i] = settle(claims[i], reports.ClaimInvalid, "the controls failed: %s", some(lines))
		}
	}
}

// A controlServer is the least of a KMS that a load run needs, on a loopback socket. Its first two keys
// have no limit, and the other two share one.
type controlServer struct {
	server *http.Server
	ended  sync.WaitGroup
	url    string
	shared rival

	mu    sync.Mutex
	keys  int
	began time.Time
	used  reserve
}

func newControlServer(rate float64) (*controlServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &controlServer{url: "http://" + l.Addr().String(), shared: rival{rate: rate, burst: rate / 10, shared: true}, began: time.Now()}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: callTimeout}
	s.ended.Go(func() { _ = s.server.Serve(l) }) // ends with close
	return s, nil
}

// close ends the server and waits for it.
func (s *controlServer) close() {
	_ = s.server.Close()
	s.ended.Wait()
}

// target returns the server as a target. The caller closes it.
func (s *controlServer) target() *target.Target {
	return &target.Target{Name: "controls", URLs: map[target.API]string{target.API20: s.url}, Disposable: true,
		Credentials: map[string]target.Credential{"owner": {AccessKey: "control", SecretKey: "control"}}}
}

// ServeHTTP makes keys, and encrypts a text as itself.
func (s *controlServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch _, operation, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/kms/v1/keys/"), "/"); {
	case r.URL.Path == "/kms/v1/keys":
		fmt.Fprintf(w, `{"code":"SUCCESS","data":{"keyTag":"control%d"}}`, s.made())
	case operation == "token-set":
		fmt.Fprint(w, `{"code":"SUCCESS","data":{"accessToken":"control"}}`)
	case operation == "encrypt" && s.refuses(r.URL.Path):
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error":{"errorCode":"420","message":"Rate Limited","details":""}}`)
	default:
		echo(w, r)
	}
}

// echo answers with the text that was sent, as plaintext and as ciphertext.
func echo(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Plaintext, Ciphertext string }
	if err := json.NewDecoder(io.LimitReader(r.Body, maxAnswer)).Decode(&asked); err != nil && err != io.EOF {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	text := asked.Plaintext + asked.Ciphertext
	fmt.Fprintf(w, `{"code":"SUCCESS","data":{"plaintext":%q,"ciphertext":%q}}`, text, text)
}

// made returns the number of a new key.
func (s *controlServer) made() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys++
	return s.keys
}

// refuses reports whether the limit that the third and the fourth key share refuses a call.
func (s *controlServer) refuses(path string) bool {
	if !strings.Contains(path, "/control3/") && !strings.Contains(path, "/control4/") {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.used.take(s.shared, time.Since(s.began).Seconds())
}
