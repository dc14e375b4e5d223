package proof

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// answering is a target that answers every call so.
type answering struct {
	status int
	body   string
}

func (a *answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

const (
	aKey    = "/kms/v1/keys/k"
	aCall   = `{"plaintext":"AAAA"}`
	aCipher = `{"data":{"ciphertext":"ncpkms:v1:AAAA"}}`
)

// hearing is an echo of what a scenario calls on a service.
func hearing(s *answering) (e *echo, scenario *target.Target) {
	t := &target.Target{
		Name: "answering", URLs: map[target.API]string{target.API20: "http://answering.test"},
		Transport: func(target.Source) http.RoundTripper { return s },
	}
	e = &echo{t: t, rate: publishedRate, random: rand.New(rand.NewPCG(1, 0))}
	return e, &target.Target{Name: t.Name, URLs: t.URLs, Transport: e.overhear(t)}
}

// TestARefusalHoldsUntilTheScenarioChangesTheKey: a repeated call that is accepted after it is a wrong answer, and one
// that may have come before the refusal or after a change is none.
func TestARefusalHoldsUntilTheScenarioChangesTheKey(t *testing.T) {
	encrypt := target.Request{Method: http.MethodPost, Path: aKey + "/encrypt", Auth: target.Token("t"), Body: []byte(aCall)}
	other := encrypt
	other.Auth = target.Token("u")
	enable := target.Request{Method: http.MethodPost, Path: aKey + "/enable"}
	look := target.Request{Method: http.MethodGet, Path: aKey}
	beside := target.Request{Method: http.MethodPost, Path: aKey + "2/enable"}
	for _, tt := range []struct {
		name   string
		status int // of the call after the first
		then   []target.Request
		stale  int
	}{
		{"it is refused", http.StatusForbidden, []target.Request{encrypt}, 1},
		{"and the key is looked at", http.StatusForbidden, []target.Request{encrypt, look}, 1},
		{"and another key is changed", http.StatusForbidden, []target.Request{encrypt, beside}, 1},
		{"and the key is changed", http.StatusForbidden, []target.Request{encrypt, enable}, 0},
		{"another token is refused", http.StatusForbidden, []target.Request{other}, 0},
		{"the text is refused", http.StatusBadRequest, []target.Request{encrypt}, 0},
		{"the limit refuses it", http.StatusTooManyRequests, []target.Request{encrypt}, 0},
		{"it is accepted again", http.StatusOK, []target.Request{encrypt}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &answering{http.StatusOK, aCipher}
			e, scenario := hearing(s)
			call := func(r target.Request) {
				if _, err := scenario.Do(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			call(encrypt)
			s.status = tt.status
			for _, r := range tt.then {
				call(r)
			}
			s.status = http.StatusOK
			time.Sleep(time.Millisecond) // of the bubble
			e.repeat(t.Context(), errand{key: aKey, call: e.keys[aKey].call})
			if e.accepted != 1 || e.stale != tt.stale {
				t.Errorf("%s: %d accepted, %d of them wrongly; want 1 and %d", tt.name, e.accepted, e.stale, tt.stale)
			}
		})
	}
}

// TestWhatIsDecryptedAgainIsCompared: a refusal tells of the ciphertext only where nothing else explains it.
func TestWhatIsDecryptedAgainIsCompared(t *testing.T) {
	for _, tt := range []struct {
		name           string
		status         int
		plaintext      string
		changed        bool // while it was sealed
		opened, spoilt int
	}{
		{"as it was", http.StatusOK, `"AAAA"`, false, 1, 0},
		{"another", http.StatusOK, `"AAAB"`, false, 1, 1},
		{"another, of a key that was changed", http.StatusOK, `"AAAB"`, true, 1, 1},
		{"a list", http.StatusOK, `["AAAA"]`, false, 1, 1},
		{"none", http.StatusOK, `null`, false, 1, 1},
		{"it is refused", http.StatusBadRequest, `null`, false, 1, 1},
		{"the key was disabled", http.StatusUnprocessableEntity, `null`, true, 0, 0},
		{"the account is refused", http.StatusForbidden, `null`, false, 0, 0},
		{"the limit refuses it", http.StatusTooManyRequests, `null`, false, 0, 0},
		{"the target fails", http.StatusInternalServerError, `null`, false, 0, 0},
	} {
		s := &answering{http.StatusOK, aCipher}
		e, _ := hearing(s)
		e.keep(aKey, repeatable{token: "t", body: []byte(aCall)})
		e.repeat(t.Context(), errand{key: aKey, call: e.keys[aKey].call})
		if tt.changed {
			e.change(aKey + "/disable")
		}
		s.status, s.body = tt.status, `{"data":{"plaintext":`+tt.plaintext+`}}`
		e.reopen(t.Context(), errand{key: aKey, sealed: e.keys[aKey].sealed})
		if e.sent != 2 || e.opened != tt.opened || e.spoilt != tt.spoilt {
			t.Errorf("%s: %d opened, %d of them wrong; want %d and %d", tt.name, e.opened, e.spoilt, tt.opened, tt.spoilt)
		}
	}
}

// TestDecryptionsAreAmongWhatIsDue, so that they add nothing to the load.
func TestDecryptionsAreAmongWhatIsDue(t *testing.T) {
	e, _ := hearing(&answering{})
	e.keep(aKey, repeatable{token: "t"})
	decrypting := 0
	for range 1000 {
		e.keys[aKey].sealed = &sealed{}
		for _, r := range e.batch(time.Now(), time.Second/publishedRate) {
			if r.sealed != nil {
				decrypting++
			}
		}
	}
	if e.due < 999 || e.due > 1000 || decrypting < 1000/oneIn/2 || decrypting > 1000/oneIn*2 {
		t.Errorf("of %d calls that are due %d decrypt, want about one in %d of 1000", e.due, decrypting, oneIn)
	}
}
