package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Decided is how often a limiter let a call on a key pass, and how often it refused one.
type Decided struct {
	Admitted int64 `json:"admitted"`
	Refused  int64 `json:"refused"`
}

// A DecidedSecond is what a limiter decided within a second of the target's clock, by the tags of the keys.
type DecidedSecond struct {
	At   int64              `json:"at"` // Unix seconds
	Keys map[string]Decided `json:"keys"`
}

// ErrNoDecisions is returned by [Target.Decisions] where the target has no admin listener.
var ErrNoDecisions = errors.New("the target has no admin listener, so its limiters cannot be asked")

// Decisions returns what the limiter of an API says that it decided in the seconds from a time on, of the last
// minute, with the target's time until which that is; the zero time stands for the target's. The seconds before that of
// the target's time are added up in the first of them: each for itself, those of some thousand keys were too long an
// answer.
func (t *Target) Decisions(ctx context.Context, api API, since time.Time) (now time.Time, seconds []DecidedSecond, err error) {
	if !t.Offers(Admin) {
		return now, nil, ErrNoDecisions
	}
	from := "now"
	if !since.IsZero() {
		from = strconv.FormatInt(since.Unix(), 10)
	}
	answer, err := t.AdminCall(ctx, http.MethodGet, fmt.Sprintf("/admin/decisions?since=%s&api=%s&sum=true", from, api), nil)
	if err != nil {
		return now, nil, err
	}
	var said struct {
		Now   time.Time       `json:"now"`
		API20 []DecidedSecond `json:"api20"`
		API10 []DecidedSecond `json:"api10"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return now, nil, fmt.Errorf("%s: /admin/decisions: %w", t.Name, err)
	}
	if api == API10 {
		return said.Now, said.API10, nil
	}
	return said.Now, said.API20, nil
}
