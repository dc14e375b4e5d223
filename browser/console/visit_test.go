//go:build e2e

// Package console_test clicks through the console of a reference and compares with the API.
package console_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	. "github.com/kmsproof/kmsproof/browser"
	"github.com/kmsproof/kmsproof/reference"
)

// A visit is a tab that shows the console of a server of its own.
type visit struct {
	*Tab
	t      *testing.T
	server *reference.Server
}

func open(t *testing.T, options ...chromedp.ExecAllocatorOption) *visit {
	t.Helper()
	return openWith(t, []reference.Key{{Name: "orders", Tag: "tag"}}, options...)
}

// openWith is open on a server of these keys.
func openWith(t *testing.T, keys []reference.Key, options ...chromedp.ExecAllocatorOption) *visit {
	t.Helper()
	s := reference.NewServer(reference.Options{Seed: 1, Keys: keys})
	t.Cleanup(func() { s.Close() })
	v := &visit{Open(t, options...), t, s}
	v.Do(chromedp.Navigate(v.home()))
	v.Wait(`document.querySelector("#create-key")`)
	return v
}

func (v *visit) home() string { return v.server.URLs[reference.Admin] + "/" }

// click clicks, and then waits until the expression holds.
func (v *visit) click(selector, until string) {
	v.t.Helper()
	v.Wait(fmt.Sprintf(`document.querySelector(%q) && !document.querySelector(%q).disabled`, selector, selector))
	v.Do(chromedp.Click(chromedp.CSS(selector)))
	v.Wait(until)
}

// act clicks, and then waits until the page is drawn anew and the expression holds.
func (v *visit) act(selector, until string) {
	v.t.Helper()
	before := Value[string](v.Tab, `document.body.dataset.drawn`)
	v.click(selector, fmt.Sprintf(`Number(document.body.dataset.drawn) > %s && (%s)`, before, until))
}

func (v *visit) fill(selector, text string) {
	v.t.Helper()
	Value[bool](v.Tab, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.value = %q; e.dispatchEvent(new Event("input")); return true; })()`, selector, text))
}

// check ticks a box.
func (v *visit) check(selector string) {
	v.t.Helper()
	v.click(selector, fmt.Sprintf(`document.querySelector(%q).checked`, selector))
}

// choose takes a value of a list.
func (v *visit) choose(selector, value, until string) {
	v.t.Helper()
	Value[bool](v.Tab, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q; s.dispatchEvent(new Event("change")); return true; })()`, selector, value))
	v.Wait(until)
}

// page goes to a page of the console.
func (v *visit) page(at, until string) {
	v.t.Helper()
	Value[bool](v.Tab, fmt.Sprintf(`(location.hash = "#/%s", true)`, at))
	v.Wait(until)
}

// tab goes to a part of the key that was there from the start.
func (v *visit) tab(name, until string) {
	v.t.Helper()
	v.page("key/api20/tag/"+name, until)
}

// shownTag is the tag of the key that is shown.
func (v *visit) shownTag() string {
	v.t.Helper()
	return Value[string](v.Tab, `location.hash.split("/")[3]`)
}

// did fails the test unless a call of an operation ended with the status.
func (v *visit) did(op string, status int) {
	v.t.Helper()
	for _, e := range v.server.Journal().Entries(reference.Filter{}) {
		if string(e.Op) == op && e.Status == status {
			return
		}
	}
	v.t.Errorf("the API saw no %s that ended with %d", op, status)
}

// is fails the test unless the API tells so of a key.
func (v *visit) is(tag string, want map[string]any) {
	v.t.Helper()
	got := v.ask(http.MethodGet, "/"+tag)
	for name, value := range want {
		if got[name] != value {
			v.t.Errorf("the API says that %s is %v, want %v", name, got[name], value)
		}
	}
}

// ask calls API 2.0 beside the page, and answers its data.
func (v *visit) ask(method, path string) map[string]any {
	v.t.Helper()
	var answer struct{ Data map[string]any }
	text := v.send(method, "/console/api/api20/kms/v1/keys"+path, "")
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		v.t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
	return answer.Data
}

// send asks the admin listener beside the page.
func (v *visit) send(method, path, body string) string {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URLs[reference.Admin]+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Kmsproof-Account", "owner")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(text)
}

func (v *visit) clean() {
	v.t.Helper()
	v.Clean(v.home())
}

const (
	noDialog  = `!document.querySelector("dialog")`
	theDialog = `document.querySelector("dialog")`
	submit    = `dialog button[type=submit]`
)
