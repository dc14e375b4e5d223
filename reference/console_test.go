package reference_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
)

const consoleKeys = "/console/api/api20/kms/v1/keys"

// page asks the admin listener as the console's page does; more headers follow in pairs.
func (r *rig) page(method, path, body string, header ...string) (int, string) {
	r.t.Helper()
	header = append([]string{"Sec-Fetch-Site", "same-origin", "Kmsproof-Account", "owner"}, header...)
	return r.call(nil, reference.Admin, method, path, body, header...)
}

func TestTheConsoleCallsAsTheNamedAccount(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.clock.Advance(72 * time.Hour) // signatures follow the server's clock
	if status, text := r.page(http.MethodPost, consoleKeys+"/tag/rotate", ""); status != 200 || !strings.Contains(text, `"version":2`) {
		t.Errorf("the owner rotates: %d %s", status, text)
	}
	if status, text := r.page(http.MethodPost, consoleKeys+"/tag/rotate", "", "Kmsproof-Account", "viewer"); status != 403 {
		t.Errorf("a viewer who rotates gets %d %s", status, text)
	}
	if status, text := r.page(http.MethodGet, consoleKeys+"?pageNo=1&pageSize=5", ""); status != 200 || !strings.Contains(text, `"orders"`) {
		t.Errorf("a call with a query: %d %s", status, text)
	}
	entries := r.service.Journal().Entries(reference.Filter{})
	if len(entries) != 3 || entries[1].Caller != "viewer" || entries[0].From.String() != "127.0.0.1" {
		t.Errorf("the journal has %+v, want three calls from 127.0.0.1, the second the viewer's", entries)
	}
}

func TestTheConsoleSendsATokenUnsigned(t *testing.T) {
	r := newRig(t, reference.Options{})
	access, refresh := r.tokens("tag")
	if status, text := r.page(http.MethodPost, consoleKeys+"/tag/encrypt", hello, "x-ncp-ocapi-token", string(access)); status != 200 {
		t.Errorf("an access token: %d %s", status, text)
	}
	if status, _ := r.page(http.MethodPost, consoleKeys+"/tag/encrypt", hello, "x-ncp-ocapi-token", string(refresh)); status != 403 {
		t.Errorf("a refresh token encrypts: %d; the account signed in its place", status)
	}
}

func TestTheConsoleRefuses(t *testing.T) {
	r := newRig(t, reference.Options{})
	for name, ask := range map[string]struct {
		method, path string
		header       []string
		status       int
	}{
		"a call without the header that other origins cannot send": {"POST", "/tag/rotate", nil, 403},
		"another site":              {"POST", "/tag/rotate", []string{"Kmsproof-Account", "owner", "Sec-Fetch-Site", "cross-site"}, 403},
		"another port of this host": {"POST", "/tag/rotate", []string{"Kmsproof-Account", "owner", "Sec-Fetch-Site", "same-site"}, 403},
		"another site that reads":   {"GET", "/tag", []string{"Kmsproof-Account", "owner", "Sec-Fetch-Site", "cross-site"}, 403},
		"another origin":            {"POST", "/tag/rotate", []string{"Kmsproof-Account", "owner", "Origin", "http://evil.test"}, 403},
		"another origin that reads": {"GET", "/tag", []string{"Kmsproof-Account", "owner", "Origin", "http://evil.test"}, 403},
		"an origin without a name":  {"POST", "/tag/rotate", []string{"Kmsproof-Account", "owner", "Origin", "null"}, 403},
		"an account that is none":   {"POST", "/tag/rotate", []string{"Kmsproof-Account", "nobody"}, 400},
	} {
		if status, text := r.call(nil, reference.Admin, ask.method, consoleKeys+ask.path, "", ask.header...); status != ask.status {
			t.Errorf("%s: %d %s, want %d", name, status, text, ask.status)
		}
	}
	for _, path := range []string{"/console/api/admin/reset", "/console/api/subaccount/api/v1/sub-accounts/x/access-rules/api"} {
		if status, _ := r.page(http.MethodPost, path, ""); status != 404 {
			t.Errorf("%s: %d, want 404: the console calls no such API", path, status)
		}
	}
	for _, path := range []string{"/console/info", "/console/load"} {
		if status, _ := r.call(nil, reference.Admin, http.MethodGet, path, "", "Sec-Fetch-Site", "cross-site"); status != 403 {
			t.Errorf("%s for another site: %d, want 403", path, status)
		}
	}
	if n := r.service.Journal().Last(); n != 0 {
		t.Errorf("%d calls got through", n)
	}
}

func TestTheConsoleTellsNoSecret(t *testing.T) {
	r := newRig(t, reference.Options{})
	var told strings.Builder
	for _, path := range []string{"/console/", "/console/info", "/console/load", "/console/app.js"} {
		status, text := r.page(http.MethodGet, path, "")
		if status != 200 {
			t.Fatalf("%s: %d", path, status)
		}
		told.WriteString(text)
	}
	if !strings.Contains(told.String(), `"name":"viewer"`) {
		t.Error("the accounts are not named: this test would see nothing")
	}
	for _, a := range r.service.Accounts() {
		for _, secret := range []string{a.SecretKey, a.AccessKey, a.APIKey} {
			if strings.Contains(told.String(), secret) {
				t.Errorf("the page tells a credential of %s", a.Name)
			}
		}
	}
}

func TestTheConsolesAnswersAreNeitherKeptNorLent(t *testing.T) {
	r := newRig(t, reference.Options{})
	for _, path := range []string{"/console/", "/console/info", consoleKeys} {
		answer, err := r.try(nil, reference.Admin, http.MethodGet, path, "", "Kmsproof-Account", "owner")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		csp := answer.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") || answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d %v", path, answer.StatusCode, answer.Header)
		}
	}
}

func TestTheAdminListenerLeadsToTheConsole(t *testing.T) {
	r := newRig(t, reference.Options{})
	answer, err := r.try(nil, reference.Admin, http.MethodGet, "/", "")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != "/console/" {
		t.Errorf("%v, want a redirect to /console/", answer)
	}
	if status, _ := r.call(nil, reference.Admin, http.MethodGet, "/console/", "", "Host", "x"); status != 200 {
		t.Errorf("the page: %d", status)
	}
}

func TestTheConsoleSeesLoadByKeyAndSecond(t *testing.T) {
	r := newRig(t, reference.Options{})
	for range 302 {
		r.do(http.MethodPost, "/tag/encrypt", hello)
	}
	r.clock.Advance(time.Second)
	r.do(http.MethodPost, "/tag/encrypt", hello)
	_, text := r.page(http.MethodGet, "/console/load", "")
	var load struct {
		API20 struct {
			Limit   string
			Seconds []struct {
				Keys map[string]struct{ Admitted, Refused int }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &load); err != nil {
		t.Fatal(err)
	}
	s := load.API20.Seconds
	if load.API20.Limit != "300/300" || len(s) != 2 || s[0].Keys["tag"].Admitted != 300 || s[0].Keys["tag"].Refused != 2 || s[1].Keys["tag"].Admitted != 1 {
		t.Errorf("%s; want 300 and 2 refused of 300/300, and then 1", text)
	}
}
