package reference

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/kmsproof/kmsproof/reference/limit"
)

// tellDecisions is GET /admin/decisions: what the limiters decided about each key in each of the last
// [limit.Span] seconds, or of those from since on.
func (s *Service) tellDecisions(w http.ResponseWriter, r *http.Request) {
	since, err := int64(0), error(nil)
	for name, values := range r.URL.Query() {
		if since, err = strconv.ParseInt(values[0], 10, 64); name != "since" || err != nil {
			complain(w, http.StatusBadRequest, "the query is not since=SECOND, a second of Unix time by the server's clock")
			return
		}
	}
	now := s.clock.Now()
	from := func(g *gate) []limit.Second {
		return slices.DeleteFunc(g.meter.Seconds(now), func(second limit.Second) bool { return second.At < since })
	}
	respond(w, http.StatusOK, struct {
		Now   string         `json:"now"`
		API20 []limit.Second `json:"api20"`
		API10 []limit.Second `json:"api10"`
	}{now.UTC().Format(time.RFC3339Nano), from(s.gate20), from(s.gate10)})
}
