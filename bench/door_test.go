package main

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// The first encrypt of each key is the service's, and so is every call that is none; what it refuses is not repeated.
func TestADoorRepeatsTheFirstAnswerOfAKey(t *testing.T) {
	asked, status := 0, http.StatusForbidden
	d := &door{arrivals: arrivals{began: time.Now()}, answers: map[string][]byte{}, behind: func(c *fasthttp.RequestCtx) {
		asked++
		c.SetStatusCode(status)
		c.SetBodyString(fmt.Sprint("answer ", asked))
	}}
	call := func(path string) string {
		var c fasthttp.RequestCtx
		c.Request.SetRequestURI(path)
		d.answer(&c)
		return string(c.Response.Body())
	}
	for _, tt := range []struct {
		path   string
		status int
		want   string
		came   int
	}{
		{"/keys/a/encrypt", http.StatusForbidden, "answer 1", 1},
		{"/keys/a/encrypt", http.StatusOK, "answer 2", 2},
		{"/keys/a/encrypt", http.StatusOK, "answer 2", 3},
		{"/keys/b/encrypt", http.StatusOK, "answer 3", 4},
		{"/keys/a/decrypt", http.StatusOK, "answer 4", 4},
		{"/keys/a/decrypt", http.StatusOK, "answer 5", 4},
		{"/keys/a/encrypt", http.StatusOK, "answer 2", 5},
	} {
		status = tt.status
		if got := call(tt.path); got != tt.want || len(d.at) != tt.came {
			t.Errorf("%s: %q and %d encrypts, want %q and %d", tt.path, got, len(d.at), tt.want, tt.came)
		}
	}
}

func TestWhoIsMeasuredHasNoSettingOfOurs(t *testing.T) {
	t.Setenv("GOGC", "400")
	t.Setenv("GOMEMLIMIT", "1GiB")
	if err := asTheyCome(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if value, set := os.LookupEnv(name); set {
			t.Errorf("%s is %s", name, value)
		}
	}
}
