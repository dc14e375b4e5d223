package loadgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/reports"
)

// claimScope is the claim of the role Scoping.
const claimScope = "scope"

const (
	tellingShare    = 0.75 // of what is offered: where one way gets more, too little is refused for two to differ
	countedApart    = 0.75 // of what two limits would give beyond one, that must have come to call them two
	countedTogether = 0.25 // up to which they are one
)

// A leg is what one that was played shows.
type leg struct {
	over  Over
	share float64 // of what was sent, that was accepted
	apart float64 // 0: what the one way gets as well; 1: as if each of its two had a limit of its own
}

func (l leg) together() bool { return l.apart > -2*countedTogether && l.apart < countedTogether }

func (l leg) separate() bool { return l.apart > countedApart }

// scopes is what the legs show together.
type scopes struct {
	one      fit
	legs     []leg
	rate     float64 // offered by each
	problems []string
	vague    string // why they tell nothing; empty: they do
}

// told returns the leg where it was played and says something.
func (s *scopes) told(o Over) (leg, bool) {
	if s == nil || s.vague != "" || len(s.problems) > 0 {
		return leg{}, false
	}
	i := slices.IndexFunc(s.legs, func(l leg) bool { return l.over == o && (l.together() || l.separate()) })
	if i < 0 {
		return leg{}, false
	}
	return s.legs[i], true
}

// counts returns what the limit counts by itself besides keys: a connection, a token or an address; empty
// where it is none of them or that is not known.
func (s *scopes) counts() Over {
	for _, o := range []Over{Connections, Tokens, Addresses} {
		if l, ok := s.told(o); ok && l.separate() {
			return o
		}
	}
	return ""
}

// keysApart reports whether two keys by one way are counted by themselves; known is false where the legs do not say.
func (s *scopes) keysApart() (apart, known bool) {
	l, known := s.told(Keys)
	return l.separate(), known
}

// scoped reads the legs; nil where none was played.
func (e *evidence) scoped() *scopes {
	s := &scopes{}
	base := map[Over]float64{}
	for _, ph := range e.p.Phases {
		if ph.Over == "" {
			continue
		}
		a := e.latest(ph.Name)
		if a == nil {
			s.problems = append(s.problems, ph.Name+" was not played")
			continue
		}
		s.problems = append(s.problems, certify(e.p, a)...)
		t := a.tally()
		l := leg{over: ph.Over, share: float64(t.accepted) / float64(max(1, t.sent))}
		base[ph.Over] = l.share
		s.legs = append(s.legs, l)
		if ph.Over == OverOne {
			s.one, s.rate = fitted(a.tracks).after(e.p), ph.Rate
		}
		if a.Connections > 0 && ph.Abreast == 1 {
			s.vague = fmt.Sprintf("connections were opened anew in %s, as the target closed them", ph.Name)
		}
	}
	if len(s.legs) == 0 && len(s.problems) == 0 {
		return nil
	}
	for i := range s.legs {
		l := &s.legs[i]
		from := base[OverOne]
		if two, played := base[Connections]; l.over == Addresses && played {
			from = two // its calls go over two connections as well
		}
		l.apart = (l.share - from) / max(0.01, min(1, turns*from)-from)
	}
	s.doubt(base[OverOne])
	return s
}

// doubt notes why the legs tell nothing, given the share that one way gets.
func (s *scopes) doubt(one float64) {
	switch {
	case s.vague != "":
	case !s.one.saturated || one > tellingShare:
		s.vague = fmt.Sprintf("by one way %.0f %% of %.4g per second were accepted: too few were refused to tell", 100*one, s.rate)
	case !s.one.known():
		s.vague = "what is refused by one way is refused in no known pattern"
	}
}

// scope: a key's calls count together, by whatever way they come, and apart from those of other keys. Where no leg could
// be played that is told, and decides nothing.
func (e *evidence) scope() []reports.Claim {
	s := e.ways
	if s == nil {
		c := reports.Claim{Name: claimScope, Text: "the calls of a key count together, by whatever way they come, and apart from those of other keys"}
		return []reports.Claim{settle(c, reports.ClaimInconclusive, "it was not tried: %s", e.r.Lacks[0].Why)}
	}
	c := reports.Claim{Name: claimScope, Gates: e.r.Reference, Text: "the calls of a key count together, " + s.whichever() + ", and apart from those of other keys"}
	c.Bound = s.String()
	for _, l := range e.r.Lacks {
		c.Bound += fmt.Sprintf("; two %s were not tried: %s", l.Over, l.Why)
	}
	apart, known := s.keysApart()
	counts := s.counts()
	switch {
	case len(s.problems) > 0:
		c.Bound = ""
		return []reports.Claim{settle(c, reports.ClaimInvalid, "the generator fell short: %s", some(s.problems))}
	case s.vague != "":
		return []reports.Claim{settle(c, reports.ClaimInconclusive, "%s", s.vague)}
	case counts != "":
		return []reports.Claim{settle(c, reports.Refuted, "the limit counts each %s by itself: %s", counts.one(), s.beyond(counts))}
	case known && !apart:
		return []reports.Claim{settle(c, reports.Refuted, "two keys by one way get no more than one: they share what it gets")}
	}
	for _, l := range s.legs {
		if l.over != OverOne && !l.together() && !l.separate() {
			return []reports.Claim{settle(c, reports.ClaimInconclusive, "two %s get neither what one gets nor twice as much", l.over)}
		}
	}
	return []reports.Claim{settle(c, reports.Proven, "a key gets the same %s", s.whichever())}
}

// whichever lists what was tried, besides keys.
func (s *scopes) whichever() string {
	var tried []string
	for _, l := range s.legs {
		if l.over != OverOne && l.over != Keys {
			tried = append(tried, l.over.one())
		}
	}
	switch n := len(tried); n {
	case 0:
		return "by the way that was tried"
	case 1:
		return "whichever " + tried[0] + " they come by"
	default:
		return "whichever " + strings.Join(tried[:n-1], ", ") + " or " + tried[n-1] + " they come by"
	}
}

// String says what each leg got.
func (s *scopes) String() string {
	by := map[Over]string{OverOne: "by one way", Connections: "over two connections", Tokens: "with two tokens", Addresses: "from two addresses", Keys: "on two keys"}
	var got []string
	for _, l := range s.legs {
		got = append(got, fmt.Sprintf("%.0f %s", l.share*s.rate, by[l.over]))
	}
	return fmt.Sprintf("of %.4g calls per second there were accepted %s", s.rate, strings.Join(got, ", "))
}

// beyond says what a key gets by two ways.
func (s *scopes) beyond(o Over) string {
	l, _ := s.told(o)
	one, _ := s.told(OverOne)
	return fmt.Sprintf("by two %s a key is served %.0f of %.4g calls per second, by one %.0f", o, l.share*s.rate, s.rate, one.share*s.rate)
}

// byWays takes into account what the legs show of a claim that the other phases decide: those go by one way.
func (e *evidence) byWays(c reports.Claim) reports.Claim {
	s := e.ways
	apart, known := s.keysApart()
	switch counts := s.counts(); {
	case c.Verdict == reports.Refuted || c.Verdict == reports.ClaimInvalid: // where the generator fell short, nothing is said
		return c
	case c.Name == claimLimit && counts != "":
		c = supposing(c, countedOnly, reports.Refuted, "%s", s.beyond(counts))
	case c.Name == claimIndependence && known && !apart:
		c = supposing(c, countedOnly, reports.Refuted, "two keys by one way get no more than one")
	default:
		return c
	}
	e.byLegs[c.Name] = true
	return c
}

// alike returns the scopes that look like the given one in what was played.
func (s *scopes) alike(scope string) (out []string) {
	looks := map[string][]Over{"key": {Tokens}, "system": {Connections, Addresses}}
	for _, o := range looks[scope] {
		if _, told := s.told(o); !told {
			out = append(out, o.one())
		}
	}
	return out
}
