package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/steps/history"
	"github.com/kmsproof/kmsproof/target"
)

// HistoryFile is the name of the picture that is left of a history that does not fit.
const HistoryFile = "history.html"

// historyID names the one scenario that stands for all histories of a run.
const historyID = "history/Calls of several clients at once are answered as if one came after the other"

// resting are the rules that the answer to a call rests on, by its kind. Their words are "at once" and "as
// soon as": what they order has happened when the call is answered.
var resting = map[history.Kind][]string{
	history.Use:    {"KMS2-ACL-004", "KMS2-ACL-006", "KMS2-CRE-004", "KMS2-KEY-016"},
	history.Issue:  {"KMS2-CRE-003", "KMS2-CRE-009"},
	history.Add:    {"KMS2-ACL-014"},
	history.Delete: {"KMS2-ACL-014"},
	history.Rotate: {"KMS2-KEY-010"},
}

// historyRules are those of all kinds.
func historyRules() []string {
	all := slices.Concat(slices.Collect(maps.Values(resting))...)
	slices.Sort(all)
	return slices.Compact(all)
}

// How long a history is, and how long its check may take.
const (
	callsEach = 25
	checkTime = 10 * time.Second
)

// MostClients bounds how many clients call at once: what is to be explained grows with them.
const MostClients = 16

// crowd plays o.Explore histories of o.Clients clients on a key each and files them as one scenario.
func crowd(ctx context.Context, o Options) (*Result, error) {
	_, rules, err := load(Options{Features: o.Features})
	if err != nil {
		return nil, err
	}
	r, err := newRunner(ctx, o, o.Explore, features.Capabilities())
	if err != nil {
		return nil, err
	}
	res := &Result{Target: describe(r.shared, r.declared, r.has)}
	row := reports.Scenario{ID: historyID, Feature: "Histories of several clients", Level: reports.Must, Rules: historyRules(), Outcome: reports.Passed}
	played, calls := 0, 0
	for row.Outcome == reports.Passed && played < o.Explore && ctx.Err() == nil {
		seen, err := r.history(ctx, uint64(played))
		if cancelled(ctx, err) {
			break
		}
		played++
		calls += len(seen)
		judgeHistory(&row, res, seen, err)
		if o.Progress != nil {
			o.Progress(Progress{Done: played, Total: o.Explore, Case: row})
		}
	}
	r.finish(context.WithoutCancel(ctx))
	res.Leftovers = r.leftovers
	if played == 0 {
		res.NotRun = []string{historyID}
		return res, r.shared.Close()
	}
	row.Title = fmt.Sprintf("Calls of %d clients at once are answered as if one came after the other (%d played)", o.Clients, played)
	row.Readings = []string{fmt.Sprintf("%d histories, %d clients, %d calls, seed %d", played, o.Clients, calls, o.Seed)}
	for _, rule := range rules {
		if slices.Contains(row.Rules, rule.ID) {
			res.Rules = append(res.Rules, reportRule(rule))
		}
	}
	res.Scenarios = []reports.Scenario{row}
	return res, r.shared.Close()
}

// judgeHistory files what a history says, with the picture of one that does not fit.
func judgeHistory(row *reports.Scenario, res *Result, seen []history.Call, err error) {
	if m, ok := errors.AsType[*Mismatch](err); ok {
		row.Outcome, row.Reason = reports.Blocked, "a precondition was not met: "+m.Error()
		return
	}
	if err != nil {
		row.Outcome, row.Reason = reports.Errored, err.Error()
		return
	}
	v := history.Check(history.State{Creator: true, Live: 1}, seen, 0, checkTime)
	switch {
	case v.Unknown:
		row.Outcome, row.Reason = reports.Blocked, fmt.Sprintf("a history of %d calls was neither explained nor refuted within %v", len(seen), checkTime)
	case !v.Fits:
		row.Outcome, row.Keyword, row.Step, row.Reason = reports.Failed, "Then", "the history fits one order of the calls", told(v)
		row.File, row.Line = HistoryFile, 1
		if rules := resting[v.Odd.Kind]; rules != nil {
			row.Rules = rules
		}
		res.Evidence = []Evidence{{HistoryFile, v.Picture}}
	}
}

// told is the excerpt of a history that a person reads first.
func told(v history.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "in no order of the calls can this one be answered so: %s. Changes before it, the last first:", v.Odd)
	for _, c := range v.Before {
		fmt.Fprintf(&b, " [%s]", c)
	}
	if len(v.Before) == 0 {
		b.WriteString(" none")
	}
	return b.String() + "; " + HistoryFile + " shows all"
}

// A scene of several clients on one key.
type scene struct {
	t     *target.Target
	key   *key
	start time.Time

	mu     sync.Mutex
	tokens []string
	calls  []history.Call
}

// mostTokens is how many tokens a history can tell apart.
const mostTokens = 64

// history plays one history and returns it once all clients are done.
func (r *runner) history(ctx context.Context, n uint64) ([]history.Call, error) {
	t, ledger, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	seed := r.o.Seed ^ n<<32
	w := newWorld(t, seed)
	w.ledger, w.pace, w.limits = ledger, r.pace, true
	defer r.clean(context.WithoutCancel(ctx), Case{ID: historyID}, w)
	if err := w.keyWithTokens(ctx, "the key", "the ", "AES256"); err != nil {
		return nil, err
	}
	s := &scene{t: t, key: w.keys["the key"], start: time.Now(), tokens: []string{w.tokens["the access token"].text}}
	var clients sync.WaitGroup
	failed := make([]error, min(r.o.Clients, MostClients))
	for i := range failed {
		clients.Go(func() { failed[i] = s.client(ctx, i, seed, r.pace) })
	}
	clients.Wait()
	return s.calls, errors.Join(failed...)
}

// client makes the calls of one client.
func (s *scene) client(ctx context.Context, id int, seed uint64, pace func(context.Context) error) error {
	w := newWorld(s.t, seed)
	w.rand, w.pace, w.limits = rand.New(rand.NewPCG(seed, uint64(id)+1)), pace, true
	for range callsEach {
		c := s.draw(w.rand, id)
		asked, ok := s.request(w, c)
		if !ok {
			continue
		}
		c.Began = time.Since(s.start)
		r, err := w.send(ctx, asked)
		c.Ended = time.Since(s.start)
		if err != nil {
			return err
		}
		if err := s.note(c, r); err != nil {
			return err
		}
	}
	return nil
}

// draws are what a client draws from: as often a use as a change.
var draws = []history.Kind{
	history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use, history.Use,
	history.Issue, history.Issue, history.Replace, history.Enable, history.Revoke, history.On, history.Off,
	history.Add, history.Add, history.Delete, history.Stop, history.Start, history.Start, history.Rotate,
}

// draw makes up a call. Half of the uses are of the latest token.
func (s *scene) draw(random *rand.Rand, id int) history.Call {
	c := history.Call{Client: id, Kind: draws[random.IntN(len(draws))], Address: random.IntN(max(1, len(s.t.Sources)))}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Token = len(s.tokens) - 1
	switch {
	case c.Kind == history.Issue:
		s.tokens = append(s.tokens, "")
		c.Token++
	case random.IntN(2) == 0:
		c.Token = random.IntN(len(s.tokens))
	}
	return c
}

// changes are the calls of the account, by kind.
var changes = map[history.Kind]deed{
	history.Enable:  {method: "POST", rest: creatorPath},
	history.Replace: {method: "PUT", rest: creatorPath},
	history.Revoke:  {method: "DELETE", rest: creatorPath},
	history.On:      {method: "POST", rest: "/acl/enable"},
	history.Off:     {method: "POST", rest: "/acl/disable"},
	history.Add:     {method: "POST", rest: "/acl"},
	history.Delete:  {method: "DELETE", rest: "/acl"},
	history.Stop:    {method: "POST", rest: "/disable"},
	history.Start:   {method: "POST", rest: "/enable"},
	history.Rotate:  {method: "POST", rest: "/rotate"},
	history.Issue:   {method: "POST", rest: "/token-set"},
}

// request makes the call of the steps; false where there is nothing to call with.
func (s *scene) request(w *world, c history.Call) (call, bool) {
	if c.Kind == history.Use {
		s.mu.Lock()
		text := s.tokens[c.Token]
		s.mu.Unlock()
		return w.useOf(&token{text: text}, s.key, false, s.source(c.Address)), text != ""
	}
	d := changes[c.Kind]
	switch c.Kind {
	case history.Issue: // a life of its own: tokens of one second with the same claims are one text
		d.body = map[string]any{"accessTokenHours": c.Token + 1}
	case history.Add, history.Delete:
		d.body = map[string]any{"ipList": []string{s.source(c.Address).SeenAs.String()}}
	}
	bare := len(s.t.Sources) == 0 && (c.Kind == history.Add || c.Kind == history.Delete || c.Kind == history.On)
	return d.call(s.key, w.owner()), c.Token < mostTokens && !bare
}

func (s *scene) source(i int) target.Source {
	if i < len(s.t.Sources) {
		return s.t.Sources[i]
	}
	return target.Source{}
}

var cipherVersion = regexp.MustCompile(`^ncpkms:v(\d{1,9}):`)

// note keeps a call with its answer. What a limit refused says nothing; an answer that is neither yes nor
// no is an error.
func (s *scene) note(c history.Call, r *reply) error {
	if r.Status == 429 {
		return nil
	}
	if !r.ok() && !r.refused() {
		return fmt.Errorf("%s: the answer is neither yes nor no: %s", c.Kind, r)
	}
	c.OK = r.ok()
	if c.OK {
		s.read(&c, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.OK && c.Kind == history.Issue {
		s.tokens[c.Token], _ = r.str("accessToken")
	}
	s.calls = append(s.calls, c)
	return nil
}

// read takes out of an accepted answer what the model knows.
func (s *scene) read(c *history.Call, r *reply) {
	switch c.Kind {
	case history.Use:
		text, _ := r.str("ciphertext")
		if m := cipherVersion.FindStringSubmatch(text); m != nil {
			c.Version, _ = strconv.Atoi(m[1]) // digits
		}
	case history.Rotate:
		n, _ := r.number("version")
		c.Version = int(n)
	case history.Add, history.Delete:
		list, _ := r.list("allowedIpList")
		for i, source := range s.t.Sources {
			if slices.Contains(list, source.SeenAs.String()) {
				c.Listed |= 1 << i
			}
		}
	}
}
