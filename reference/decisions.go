package reference

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/kmsproof/kmsproof/reference/limit"
)

// tellDecisions is GET /admin/decisions: what the limiters decided about each key in each of the last
// [limit.Span] seconds.
func (s *Service) tellDecisions(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	q, err := readDecisionsQuery(r.URL.Query(), now)
	if err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	respond(w, http.StatusOK, struct {
		Now   string         `json:"now"`
		API20 []limit.Second `json:"api20,omitzero"`
		API10 []limit.Second `json:"api10,omitzero"`
	}{now.UTC().Format(time.RFC3339Nano), q.decisions(API20, s.gate20, now), q.decisions(API10, s.gate10, now)})
}

// A decisionsQuery is what is asked of the decisions. The zero value asks for all.
type decisionsQuery struct {
	since int64  // Unix seconds
	api   string // empty: both
	sum   bool   // of the seconds before the present one
}

// readDecisionsQuery reads since (a Unix second, or now), api and sum.
func readDecisionsQuery(query url.Values, now time.Time) (q decisionsQuery, err error) {
	for name, values := range query {
		if len(values) > 1 {
			return q, fmt.Errorf("%s: it is given twice", harmless(name))
		}
		switch value := values[0]; name {
		case "since":
			q.since, err = now.Unix(), nil
			if value != "now" {
				q.since, err = strconv.ParseInt(value, 10, 64)
			}
			if err != nil {
				return q, errors.New("since: want seconds of Unix time, such as 1767225600, or now")
			}
		case "api":
			if q.api = value; value != API20 && value != API10 {
				return q, errors.New("api: want api20 or api10")
			}
		case "sum":
			if q.sum = value == "true"; !q.sum {
				return q, errors.New("sum: want true")
			}
		default:
			return q, fmt.Errorf("%s: there are only since, api and sum", harmless(name))
		}
	}
	return q, nil
}

// decisions returns what is asked of an API's limiter; nil: nothing.
func (q *decisionsQuery) decisions(api string, g *gate, now time.Time) []limit.Second {
	if q.api != "" && q.api != api {
		return nil
	}
	seconds := g.meter.Seconds(q.since, now)
	if q.sum {
		return summed(seconds, now.Unix())
	}
	return seconds
}

// summed adds the seconds before the present one up into the first of them.
func summed(seconds []limit.Second, present int64) []limit.Second {
	out := seconds[:min(1, len(seconds))]
	for _, s := range seconds[len(out):] {
		if s.At >= present {
			out = append(out, s)
			continue
		}
		for tag, n := range s.Keys {
			sum := out[0].Keys[tag]
			out[0].Keys[tag] = limit.Count{Admitted: sum.Admitted + n.Admitted, Refused: sum.Refused + n.Refused}
		}
	}
	return out
}
