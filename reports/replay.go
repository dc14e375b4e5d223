package reports

// bucket is a token bucket seen second by second: what it holds when a second begins, and what flows in during it,
// may be taken in that second. Within a second it forgets the order of calls, so a replay through it is a drawing of
// a limiter and no judgement.
type bucket struct{ rate, burst float64 }

// take is how much of a stream the bucket lets through in each second.
func (b bucket) take(offered []float64) []float64 {
	out, level := make([]float64, len(offered)), b.burst
	for i, n := range offered {
		out[i] = min(n, level+b.rate)
		level = min(b.burst, level+b.rate-out[i])
	}
	return out
}

// share is what streams get that take from one bucket, each in proportion to what it offers in that second.
func (b bucket) share(offered [][]float64) [][]float64 {
	var total []float64
	for _, o := range offered {
		total = plus(total, o)
	}
	taken, out := b.take(total), make([][]float64, len(offered))
	for k, o := range offered {
		out[k] = make([]float64, len(o))
		for i, n := range o {
			if total[i] > 0 {
				out[k][i] = n * taken[i] / total[i]
			}
		}
	}
	return out
}

// replay is what each key would get from a bucket of its own, or where scope is "system" from one for all.
func (b bucket) replay(keys []KeySeries, scope string) [][]float64 {
	var offered [][]float64
	for i := range keys {
		offered = append(offered, floats(keys[i].Offered))
	}
	if scope == "system" {
		return b.share(offered)
	}
	for k := range offered {
		offered[k] = b.take(offered[k])
	}
	return offered
}

// fitted is what the model would let each key have; nil for a model that is no token bucket of known rate and scope.
func (l *Load) fitted() [][]float64 {
	m := l.Model
	if m == nil || m.Kind != "token bucket" || m.Rate.Best == nil || m.Scope != "key" && m.Scope != "system" {
		return nil
	}
	b := bucket{*m.Rate.Best, *m.Rate.Best}
	if m.Burst.Best != nil {
		b.burst = *m.Burst.Best
	}
	return b.replay(l.Keys, m.Scope)
}

// whatIf is how a load would have looked under the published limit of the other API.
type whatIf struct {
	Says phrase
	Plot *plot
	Rows []whatIfRow
}

type whatIfRow struct {
	Key                 string
	Offered, Was, Would string
}

// rivals are the published limits by scope: each is what the other would be taken for. They are 300 for each key of
// API 2.0 and 200 for all of API 1.0 together, with a burst of one second's worth.
var rivals = map[string]struct {
	rate       float64
	scope, key string
}{
	"key":    {200, "system", "what-if-shared"},
	"system": {300, "key", "what-if-each"},
}

// otherwise replays the offered calls through the rival of the profile's limit; nil where there is no limit, or
// nothing to tell apart.
func (l *Load) otherwise(anchor string) *whatIf {
	if l.Limit == nil || len(l.Keys) < 2 {
		return nil
	}
	rival, ok := rivals[l.Limit.Scope]
	if !ok {
		return nil
	}
	would := bucket{rival.rate, rival.rate}.replay(l.Keys, rival.scope)
	all, sums := sumOf(l.Keys), make([]float64, 0)
	w := &whatIf{}
	for k := range l.Keys {
		sums = plus(sums, would[k])
		w.Rows = append(w.Rows, whatIfRow{l.Keys[k].Name, whole(floats(l.Keys[k].Offered)), whole(floats(l.Keys[k].Accepted)), whole(would[k])})
	}
	w.Says = say(rival.key, rival.rate, whole(sums), whole(all.accepted))
	s := series{offered: all.offered, accepted: sums, fit: all.accepted}
	shared := 0.0
	if rival.scope == "system" {
		shared = rival.rate
	}
	w.Plot = draw(s, 760, 200, ceiling(s.peak(), shared), shared, l.Phases)
	w.Plot.name(anchor+"-whatif", say("what-if"), w.Says)
	return w
}

// whole is the sum of a series, to a whole call.
func whole(v []float64) string { return grouped(int64(sum(v) + 0.5)) }
