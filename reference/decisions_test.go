package reference_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// TestDecisionsAreTold: of both limiters second by second, or of one, from a second on, or with all seconds before the
// present one added up.
func TestDecisionsAreTold(t *testing.T) {
	r := newRig(t, reference.Options{Limit20: limit.PerKey(1, 1)})
	for i := range 3 {
		if i > 0 {
			r.clock.Advance(time.Second)
		}
		for range 2 {
			r.do(http.MethodPost, "/tag/encrypt", hello)
		}
	}
	const count = `"keys":{"tag":{"admitted":%d,"refused":%d}}}`
	at := func(second, admitted, refused int) string {
		return fmt.Sprintf(`{"at":%d,`+count, start.Unix()+int64(second), admitted, refused)
	}
	all := `"api20":[` + at(0, 1, 1) + "," + at(1, 1, 1) + "," + at(2, 1, 1) + "]"
	for query, want := range map[string]string{
		"":                     all + `,"api10":[]`,
		"?api=api20":           all,
		"?api=api10":           `"api10":[]`,
		"?api=api10&sum=true":  `"api10":[]`,
		"?api=api20&since=now": `"api20":[` + at(2, 1, 1) + "]",
		"?api=api20&sum=true":  `"api20":[` + at(0, 2, 2) + "," + at(2, 1, 1) + "]",
		"?sum=true&since=now":  `"api20":[` + at(2, 1, 1) + `],"api10":[]`,
		"?api=api20&since=" + fmt.Sprint(start.Unix()+1): `"api20":[` + at(1, 1, 1) + "," + at(2, 1, 1) + "]",
		"?api=api20&since=" + fmt.Sprint(start.Unix()+3): `"api20":[]`,
	} {
		want = `{"now":"` + start.Add(2*time.Second).Format(time.RFC3339Nano) + `",` + want + "}"
		if status, text := r.admin(http.MethodGet, "/admin/decisions"+query, ""); status != 200 || strings.TrimSpace(text) != want {
			t.Errorf("%s: %d %s, want %s", query, status, text, want)
		}
	}
	for query, want := range map[string]string{
		"since=soon":      "since: want seconds of Unix time, such as 1767225600, or now",
		"since=":          "since: want seconds",
		"since=1&since=2": "since: it is given twice",
		"until=1":         "until: there are only since, api and sum",
		"api=admin":       "api: want api20 or api10",
		"sum=yes":         "sum: want true",
	} {
		if status, text := r.admin(http.MethodGet, "/admin/decisions?"+query, ""); status != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s, want 400 and %s", query, status, text, want)
		}
	}
}
