package reference_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/target"
)

// wires are the ways to a service: sockets, with and without TLS, and memory.
func wires(t *testing.T, script reference.FaultScript, test func(t *testing.T, send func() (*http.Response, error))) {
	o := reference.Options{Seed: 1, Keys: []reference.Key{{Name: "orders", Tag: "tag"}}, Faults: script}
	request := func(t *testing.T, s *reference.Service, base string) *http.Request {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/kms/v1/keys/tag/encrypt", strings.NewReader(hello))
		if err != nil {
			t.Fatal(err)
		}
		owner := s.Accounts()[0]
		target.SignatureV2{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}.Authorize(req, s.Clock().Now())
		return req
	}
	t.Run("socket", func(t *testing.T) {
		server := reference.NewServer(o)
		defer server.Close()
		client := newClient(t, server)
		test(t, func() (*http.Response, error) {
			return client.Do(request(t, server.Service, server.URLs[reference.API20]))
		})
	})
	t.Run("TLS", func(t *testing.T) {
		server, err := reference.Start(o, reference.Listen{TLS: true})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		client := newClient(t, server)
		test(t, func() (*http.Response, error) {
			return client.Do(request(t, server.Service, server.URLs[reference.API20]))
		})
	})
	t.Run("memory", func(t *testing.T) {
		service, err := reference.New(o)
		if err != nil {
			t.Fatal(err)
		}
		send := service.RoundTripper(loopback)
		test(t, func() (*http.Response, error) { return send.RoundTrip(request(t, service, "http://api20.kms.test")) })
	})
}

func TestAResetReachesTheCaller(t *testing.T) {
	wires(t, reference.FaultScript{Faults: []reference.Fault{{Reset: true}}}, func(t *testing.T, send func() (*http.Response, error)) {
		resp, err := send()
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("error %v, want a reset connection", err)
		}
		if err == nil {
			resp.Body.Close()
		}
		resp, err = send()
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	})
}

func TestATruncatedBodyEndsTooEarly(t *testing.T) {
	wires(t, reference.FaultScript{Faults: []reference.Fault{{Body: "truncated", After: true}}}, func(t *testing.T, send func() (*http.Response, error)) {
		resp, err := send()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(text) < 10 || json.Valid(text) {
			t.Errorf("%q, error %v; want the first half and an unexpected end", text, err)
		}
	})
}

func TestSpoiltBodies(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  reference.Fault
		status int
		good   func(text string) bool
	}{
		"garbage": {reference.Fault{Body: "garbage"}, 200, func(s string) bool { return s != "" && !json.Valid([]byte(s)) }},
		"empty":   {reference.Fault{Body: "empty", After: true}, 200, func(s string) bool { return s == "" }},
		"json":    {reference.Fault{JSON: []any{1, "two"}, Status: 502}, 502, func(s string) bool { return s == `[1,"two"]` }},
		"status": {reference.Fault{Status: 503, Name: "gone"}, 503, func(s string) bool {
			return s == `{"error":{"errorCode":"500","message":"Endpoint Error","details":"fault gone"}}`
		}},
		"data": {reference.Fault{Data: map[string]any{"ciphertext": "ncpkms:v9:"}, After: true}, 200, func(s string) bool {
			return s == `{"code":"SUCCESS","data":{"ciphertext":"ncpkms:v9:"}}`
		}},
	} {
		wires(t, reference.FaultScript{Faults: []reference.Fault{tt.fault}}, func(t *testing.T, send func() (*http.Response, error)) {
			resp, err := send()
			if err != nil {
				t.Fatal(err)
			}
			if text := readAll(t, resp); resp.StatusCode != tt.status || !tt.good(normal(text)) {
				t.Errorf("%s: %d %q", name, resp.StatusCode, text)
			}
		})
	}
}

// normal sorts the members of a JSON text.
func normal(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var out bytes.Buffer
	_ = json.NewEncoder(&out).Encode(v)
	if strings.HasPrefix(text, `{"error"`) {
		return text
	}
	return strings.TrimSpace(out.String())
}

func TestADelayIsRealAndEndsWithTheServer(t *testing.T) {
	const delay = 50 * time.Millisecond
	r := newRig(t, reference.Options{Faults: reference.FaultScript{Faults: []reference.Fault{{Delay: delay}}}})
	began := time.Now()
	if got := r.strikes(1, "/tag/encrypt"); got != "." || time.Since(began) < delay {
		t.Errorf("%s after %v, want an answer after %v", got, time.Since(began), delay)
	}
	if now := r.clock.Now(); !now.Equal(start) {
		t.Errorf("the server's clock moved to %v", now)
	}
	server := reference.NewServer(reference.Options{Seed: 1, Faults: reference.FaultScript{Faults: []reference.Fault{{Delay: 30 * time.Second}}}})
	answered := make(chan error, 1)
	go func() {
		resp, err := newClient(t, server).Get(server.URLs[reference.API20] + "/kms/v1/keys")
		if err == nil {
			err = resp.Body.Close()
		}
		answered <- err
	}()
	for !server.Faults()[0].Spent {
		runtime.Gosched() // until the call arrived
	}
	began = time.Now()
	if err := server.Close(); err != nil || time.Since(began) > 4*time.Second {
		t.Errorf("Close took %v: %v", time.Since(began), err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the call under way: %v", err)
	}
}

// TestAJitterIsDrawnByTheSeed measures in a bubble, where time is exact.
func TestAJitterIsDrawnByTheSeed(t *testing.T) {
	const delay, jitter = time.Second, 10 * time.Second
	waits := func(seed uint64) (all []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, reference.Options{Faults: reference.FaultScript{Seed: seed, Faults: []reference.Fault{{Delay: delay, Jitter: jitter, Times: 20}}}})
			for range 20 {
				began := time.Now()
				r.strikes(1, "/tag/encrypt")
				all = append(all, time.Since(began))
			}
		})
		return all
	}
	one, again, other := waits(7), waits(7), waits(8)
	if !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Errorf("seed 7 waits %v and %v, seed 8 %v; want the first two equal and the third not", one, again, other)
	}
	if least, most := slices.Min(one), slices.Max(one); least < delay || most > delay+jitter || most-least < jitter/2 {
		t.Errorf("waits from %v to %v, want them spread from %v to %v", least, most, delay, delay+jitter)
	}
}
