package target_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// echo answers with what a test wants to know about the request.
func echo(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *target.Target {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(answer))
	tg := &target.Target{Name: "echo", URLs: map[target.API]string{target.API20: server.URL}}
	t.Cleanup(func() { tg.Close(); server.Close() })
	return tg
}

func TestTheSignatureIsThatOfThePublishedDescription(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "https://ocapi.ncloud.com/photos/puppy.jpg?query1=&query2", nil)
	target.SignatureV2{AccessKey: "access", SecretKey: "secret"}.Authorize(r, time.UnixMilli(1505290625682))
	// printf 'GET /photos/puppy.jpg?query1=&query2\n1505290625682\naccess' | openssl dgst -sha256 -hmac secret -binary | base64
	if got, want := r.Header.Get(target.HeaderSignatureV2), "+WOMrsCfL5C645KIvD6VHWxT2gARLGAroYqILR0LbDQ="; got != want {
		t.Errorf("version 2: %s, want %s", got, want)
	}
	target.SignatureV1{AccessKey: "access", SecretKey: "secret", APIKey: "api"}.Authorize(r, time.UnixMilli(1505290625682))
	// printf 'GET /photos/puppy.jpg?query1=&query2\n1505290625682\napi\naccess' | openssl dgst -sha256 -hmac secret -binary | base64
	if got, want := r.Header.Get(target.HeaderSignatureV1), "HBDhbyPYYrVWZTb/32VKo+yPN0/eESwrRCA/2uBZF64="; got != want {
		t.Errorf("version 1: %s, want %s", got, want)
	}
}

func TestACallGoesOutFromTheChosenAddress(t *testing.T) {
	tg := echo(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.RemoteAddr)) })
	a, err := tg.Do(t.Context(), target.Request{Method: http.MethodGet, Path: "/", From: target.Source{Bind: netip.MustParseAddr("127.0.0.3")}})
	if err != nil || !strings.HasPrefix(string(a.Body), "127.0.0.3:") {
		t.Errorf("the target saw %s (%v), want 127.0.0.3", a.Body, err)
	}
}

func TestARedirectIsAnAnswer(t *testing.T) {
	tg := echo(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
	a, err := tg.Do(t.Context(), target.Request{Method: http.MethodGet, Path: "/"})
	if err != nil || a.Status != http.StatusFound {
		t.Errorf("got %v, %v; want status 302", a, err)
	}
}

func TestNoAnswerIsAnErrorOfItsOwn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	tg := &target.Target{Name: "nobody", URLs: map[target.API]string{target.API20: "http://" + address}}
	_, err = tg.Do(t.Context(), target.Request{Method: http.MethodGet, Path: "/"})
	if !errors.Is(err, target.ErrNoAnswer) {
		t.Errorf("error %v, want one that wraps ErrNoAnswer", err)
	}
	if err := tg.Reach(t.Context()); err == nil || !strings.Contains(err.Error(), address) || strings.Contains(err.Error(), "\n") {
		t.Errorf("Reach: %v, want one line that names %s", err, address)
	}
}

func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	tg := echo(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 2 * target.MaxAnswer / 1024 {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1024)); err != nil {
				return
			}
		}
	})
	if _, err := tg.Do(t.Context(), target.Request{Method: http.MethodGet, Path: "/"}); !errors.Is(err, target.ErrNoAnswer) {
		t.Errorf("error %v, want one that wraps ErrNoAnswer", err)
	}
}

func TestTheBudgetIsNeverExceeded(t *testing.T) {
	served := 0
	tg := echo(t, func(http.ResponseWriter, *http.Request) { served++ })
	tg.Budget.Requests = 2
	for range 4 {
		_, err := tg.Do(t.Context(), target.Request{Method: http.MethodGet, Path: "/"})
		if served == 2 && err != nil && !errors.Is(err, target.ErrBudget) {
			t.Errorf("error %v, want one that wraps ErrBudget", err)
		}
	}
	if served != 2 || tg.Requests() != 2 {
		t.Errorf("%d calls arrived, %d counted; want 2", served, tg.Requests())
	}
}

func TestTheClockIsLearntFromTheDateHeader(t *testing.T) {
	tg := echo(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	})
	if err := tg.Reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, err := tg.Now(t.Context())
	if ahead := time.Until(now); err != nil || ahead < time.Hour-2*time.Second || ahead > time.Hour+2*time.Second {
		t.Errorf("its time is %v ahead (%v), want an hour", ahead, err)
	}
	if err := tg.Advance(t.Context(), time.Hour); !errors.Is(err, target.ErrNoClock) {
		t.Errorf("moving its clock: %v, want ErrNoClock", err)
	}
}

func TestTheLedgerNamesAndRemembersKeys(t *testing.T) {
	var out bytes.Buffer
	l := target.NewLedger("abcdef", target.Budget{Keys: 2, KeysTotal: 3}, &out)
	for i, want := range []string{"kp-abcdef-00001", "kp-abcdef-00002"} {
		name, err := l.NextName()
		if err != nil || name != want {
			t.Errorf("name %q, %v; want %q", name, err, want)
		}
		if err := l.Created([]string{"b", "a"}[i], name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.NextName(); !errors.Is(err, target.ErrBudget) {
		t.Errorf("a third key alive: %v, want ErrBudget", err)
	}
	if err := l.Removed("b"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.NextName(); err != nil {
		t.Errorf("a third key in all: %v", err)
	}
	if _, err := l.NextName(); !errors.Is(err, target.ErrBudget) {
		t.Errorf("a fourth key in all: %v, want ErrBudget", err)
	}
	if got := l.Alive(); len(got) != 1 || got[0] != "a" {
		t.Errorf("alive %v, want a", got)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 6 {
		t.Errorf("%d lines in the ledger, want one a name, a key and a removal:\n%s", lines, &out)
	}
}

func TestWhatCannotBeRemovedIsListed(t *testing.T) {
	tg := echo(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "stuck") && r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	tg.Credentials = map[string]target.Credential{"owner": {AccessKey: "a", SecretKey: "s"}}
	l := target.NewLedger("abcdef", target.Budget{}, nil)
	l.Created("stuck", "kp-abcdef-00001")
	l.Created("gone", "kp-abcdef-00002")
	left := l.Remove(context.WithoutCancel(t.Context()), tg, l.Alive()...)
	if len(left) != 1 || !strings.Contains(left[0], "stuck") || !strings.Contains(left[0], "403") {
		t.Errorf("left over: %q, want the stuck key with its status", left)
	}
	if alive := l.Alive(); len(alive) != 1 || alive[0] != "stuck" {
		t.Errorf("alive %v, want stuck", alive)
	}
}
