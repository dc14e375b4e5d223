package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kmsproof/kmsproof/live"
	"github.com/kmsproof/kmsproof/loadgen"
	"github.com/kmsproof/kmsproof/reports"
)

// published is a board behind a listener of its own, until stop.
type published struct {
	*live.Board
	url   string
	stop  context.CancelFunc
	ended chan error
}

func publish(t *testing.T) *published {
	t.Helper()
	l, err := live.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &published{Board: live.NewBoard(plan, time.Now), url: "http://" + l.Addr().String(), ended: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	go func() { p.ended <- live.Serve(ctx, l, p.Board) }()
	t.Cleanup(stop)
	return p
}

func (p *published) ask(t *testing.T, method, path, host string) answered {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header, string(body)}
}

type answered struct {
	status int
	header http.Header
	body   string
}

func TestThePageIsReadOnlyAndAnswersItsOwnNameOnly(t *testing.T) {
	p := publish(t)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.url, "http://"))
	for _, tt := range []struct {
		method, path, host string
		status             int
	}{
		{"GET", "/", "", 200},
		{"HEAD", "/", "", 200},
		{"GET", "/", "localhost:" + port, 200},
		{"GET", "/", "[::1]:" + port, 200},
		{"GET", "/snapshot", "127.0.0.1", 200},
		{"GET", "/", "kms.example.test", 403},
		{"GET", "/snapshot", "localhost.example.test:" + port, 403},
		{"GET", "/events", "203.0.113.7", 403},
		{"GET", "/other", "", 404},
		{"POST", "/", "", 405},
		{"DELETE", "/snapshot", "", 405},
	} {
		a := p.ask(t, tt.method, tt.path, tt.host)
		if a.status != tt.status {
			t.Errorf("%s %s as %q: status %d, want %d", tt.method, tt.path, tt.host, a.status, tt.status)
		}
		if policy := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s %s: policy %q", tt.method, tt.path, policy)
		}
	}
}

func TestThePageAsksForNothingElse(t *testing.T) {
	p := publish(t)
	body := p.ask(t, "GET", "/", "").body
	for _, part := range []string{"<style>:root", "<script>\"use strict\"", "한국어"} {
		if !strings.Contains(body, part) {
			t.Errorf("the page has no %q", part)
		}
	}
	for _, part := range []string{"{{", "src=", "@import", "https://"} {
		if strings.Contains(body, part) {
			t.Errorf("the page has %q", part)
		}
	}
}

// claims are the names of all claims, from the code that gives them.
func claims(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../loadgen/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bclaim[A-Z]\w* += "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	if len(names) < 15 {
		t.Fatalf("%d claims were found: they are written otherwise", len(names))
	}
	return names
}

// TestThePageHasWordsForEveryClaim and for each verdict of one, in both languages.
func TestThePageHasWordsForEveryClaim(t *testing.T) {
	body := publish(t).ask(t, "GET", "/", "").body
	_, text, _ := strings.Cut(body, `id="words">`)
	text, _, _ = strings.Cut(text, "</script>")
	var words map[string]reports.Saying
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Fatalf("%v in %.200q", err, text)
	}
	keys := []string{"o.proven", "o.refuted", "o.inconclusive", "o.invalid"}
	for _, name := range claims(t) {
		keys = append(keys, "cl."+name)
	}
	for _, key := range keys {
		if w := words[key]; w.English == "" || w.Korean == "" || w.English == w.Korean {
			t.Errorf("%s is called %+v", key, w)
		}
	}
}

func TestTheSnapshotIsWhatTheTerminalDraws(t *testing.T) {
	p := publish(t)
	p.Started("a")
	p.Load(after(time.Second, 2))
	var got live.Snapshot
	if err := json.Unmarshal([]byte(p.ask(t, "GET", "/snapshot", "").body), &got); err != nil {
		t.Fatal(err)
	}
	want := p.Snapshot()
	got.Elapsed, got.Left, got.Scenarios.Running[0].For = want.Elapsed, want.Left, want.Scenarios.Running[0].For
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("snapshot (-board +page)\n%s", d)
	}
}

// TestTheLastEventIsTheVerdict follows the stream of a run to its end.
func TestTheLastEventIsTheVerdict(t *testing.T) {
	p := publish(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	var verdicts []string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var s live.Snapshot
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		if verdicts = append(verdicts, s.Verdict); len(verdicts) == 1 {
			p.Ended(&reports.Run{Verdict: reports.Pass, Reasons: []string{}})
			p.stop()
		}
	}
	if err := <-p.ended; err != nil {
		t.Error(err)
	}
	if len(verdicts) < 2 || verdicts[0] != "" || verdicts[len(verdicts)-1] != "pass" {
		t.Errorf("verdicts %q, want none at first and pass in the end", verdicts)
	}
}

func TestASeventeenthPageIsRefused(t *testing.T) {
	p := publish(t)
	for range 16 {
		resp, err := http.Get(p.url + "/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("status %d", resp.StatusCode)
		}
	}
	if a := p.ask(t, "GET", "/events", ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("status %d: %.100s", a.status, a.body)
	}
}

func TestAListenerThatIsClosedIsAnError(t *testing.T) {
	l, err := live.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := live.Serve(t.Context(), l, live.NewBoard(plan, time.Now)); err == nil {
		t.Error("a page that nobody can reach is served")
	}
}

func TestAnAddressWithoutAHostIsLoopback(t *testing.T) {
	l, err := live.Listen(":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if addr := l.Addr().(*net.TCPAddr); !addr.IP.IsLoopback() {
		t.Errorf("listens on %v", addr)
	}
	if _, err := live.Listen("8300"); err == nil || !strings.Contains(err.Error(), "such as 127.0.0.1:8300") {
		t.Errorf("a port alone: %v, want an error that says what to write", err)
	}
}

// TestATakenAddressIsRefused: the page of one run must not be taken for that of another.
func TestATakenAddressIsRefused(t *testing.T) {
	first, err := live.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if second, err := live.Listen(first.Addr().String()); err == nil {
		second.Close()
		t.Error("two runs listen on one address")
	}
}

// BenchmarkSnapshot is what a view costs a run under load on 64 keys; it is taken four times a second at most.
func BenchmarkSnapshot(b *testing.B) {
	s := tell(live.Plan{Loads: []loadgen.Plan{{Profile: "per-key-300"}}})
	s.quarters(10*time.Second, func(at time.Duration) loadgen.Progress { return after(at, 64) })
	w := httptest.NewRecorder()
	for b.Loop() {
		live.Draw(s.Snapshot(), live.English, 160, 50)
		live.Page(s.Board).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/snapshot", nil))
		w.Body.Reset()
	}
}
