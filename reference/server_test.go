package reference_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/clock"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ask sends a request without a body and returns status and body of its answer.
func ask(t *testing.T, client *http.Client, method, url, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, readAll(t, resp)
}

func readAll(t testing.TB, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newClient returns a client of a server, whose certificate authority it trusts.
func newClient(t *testing.T, server *reference.Server) *http.Client {
	return clientOf(t, server.Service, server.URLs, server.CA)
}

func TestEachAPIHasAListenerOfItsOwn(t *testing.T) {
	server := reference.NewServer(reference.Options{Seed: 1})
	defer server.Close()
	client := newClient(t, server)
	for _, api := range reference.APIs() {
		if server.URLs[api] == "" || strings.HasSuffix(server.URLs[api], "/") {
			t.Errorf("%s: URL %q", api, server.URLs[api])
		}
	}
	for url, want := range map[string]int{
		server.URLs[reference.API20] + "/kms/v1/keys":            401, // it is there, and wants a signature
		server.URLs[reference.API10] + "/kms/v1/keys":            404,
		server.URLs[reference.API20] + "/keys/v2/tag/encrypt":    404,
		server.URLs[reference.API20KR] + "/kms/v1/keys":          401,
		server.URLs[reference.API20JP] + "/kms/v1/keys":          401,
		server.URLs[reference.API20JP] + "/keys/v2/tag/encrypt":  404,
		server.URLs[reference.SubAccount] + "/api/v1":            404,
		server.URLs[reference.API20] + "/admin/clock":            404,
		server.URLs[reference.API20] + "/kms/v1/keys/tag/rotate": 404,
	} {
		status, body := ask(t, client, http.MethodGet, url, "")
		if status != want || !strings.Contains(body, `"errorCode"`) {
			t.Errorf("%s: status %d, %s; want %d in the gateway's shape", url, status, body, want)
		}
	}
}

func TestTheOtherPortsFollowTheFirst(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if _, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{Address: address}); err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("a port in use: error %v, want one that names %s", err, address)
	}
	l.Close()
	server, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{Address: address})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if server.URLs[reference.API20] != "http://"+address {
		t.Errorf("API 2.0 is at %s, want %s", server.URLs[reference.API20], address)
	}
	before := portOf(t, server.URLs[reference.API20])
	for _, api := range []string{reference.API20KR, reference.API20JP, reference.API10, reference.SubAccount} {
		port := portOf(t, server.URLs[api])
		if port <= before || port > before+100 || !strings.HasPrefix(server.URLs[api], "http://127.0.0.1:") {
			t.Errorf("%s is at %s, want the next free port after %d", api, server.URLs[api], before)
		}
		for free := before + 1; free < port; free++ { // one that was passed over is another's
			if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", free)); err == nil {
				l.Close()
				t.Errorf("%s is at %s, and port %d is free", api, server.URLs[api], free)
			}
		}
		before = port
	}
	for _, bad := range []string{"127.0.0.1", "127.0.0.1:http", "127.0.0.1:99999"} {
		if _, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{Address: bad}); err == nil {
			t.Errorf("address %q was taken", bad)
		}
	}
}

// portOf returns the port of a base URL.
func portOf(t *testing.T, url string) int {
	t.Helper()
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOptionsOfTheServerAreACallLikeAnyOther asks for what no other call can name, as a page under a name of its own
// might.
func TestOptionsOfTheServerAreACallLikeAnyOther(t *testing.T) {
	server := reference.NewServer(reference.Options{Seed: 1})
	defer server.Close()
	for _, row := range []struct {
		api, host string
		want      int
	}{{reference.API20, "x", 404}, {reference.API10, "x", 404}, {reference.SubAccount, "x", 404}, {reference.Admin, "evil.example", 403}, {reference.Admin, "localhost", 404}} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URLs[row.api], "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "OPTIONS * HTTP/1.1\r\nHost: "+row.host+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if text := readAll(t, resp); resp.StatusCode != row.want || !strings.Contains(text, `"error"`) {
			t.Errorf("%s, Host %s: %d %s, want %d", row.api, row.host, resp.StatusCode, text, row.want)
		}
	}
	if n := server.Journal().Last(); n != 3 {
		t.Errorf("the journal has %d calls, want 3", n)
	}
}

func TestTLSHoldsUnderTheServersOwnAuthority(t *testing.T) {
	server, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{TLS: true})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if status, _ := ask(t, newClient(t, server), http.MethodGet, server.URLs[reference.Admin]+"/healthz", ""); status != 200 {
		t.Errorf("status %d, want 200", status)
	}
	if resp, err := clientOf(t, server.Service, server.URLs, nil).Get(server.URLs[reference.Admin] + "/healthz"); err == nil {
		resp.Body.Close()
		t.Error("a client without the authority was content")
	}
}

// TestTheCertificateNamesWhatItIsAskedTo: a server on all addresses is reached by names that it cannot know.
func TestTheCertificateNamesWhatItIsAskedTo(t *testing.T) {
	server, err := reference.Start(reference.Options{Seed: 1}, reference.Listen{TLS: true, Names: []string{"kms.test", "192.0.2.1", "*.kms.test"}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CA)
	for name, trusted := range map[string]bool{"kms.test": true, "a.kms.test": true, "192.0.2.1": true, "127.0.0.1": true, "localhost": true, "other.test": false, "192.0.2.2": false} {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(server.URLs[reference.API20], "https://"), &tls.Config{RootCAs: roots, ServerName: name})
		if err == nil {
			conn.Close()
		}
		if (err == nil) != trusted {
			t.Errorf("as %s: error %v, want trust %v", name, err, trusted)
		}
	}
	status, text := ask(t, newClient(t, server), http.MethodGet, server.URLs[reference.Admin]+"/ca.pem", "")
	if status != 200 || text != string(server.CA) {
		t.Errorf("/ca.pem: %d %.60s, want the authority", status, text)
	}
	for names, l := range map[string]reference.Listen{
		"a name without TLS": {Names: []string{"kms.test"}}, "no name": {TLS: true, Names: []string{""}}, "a URL": {TLS: true, Names: []string{"https://kms.test"}},
	} {
		if s, err := reference.Start(reference.Options{Seed: 1}, l); err == nil {
			s.Close()
			t.Errorf("%s was taken", names)
		}
	}
	if status, text := newRig(t, reference.Options{}).admin(http.MethodGet, "/ca.pem", ""); status != 404 || !strings.Contains(text, "without TLS") {
		t.Errorf("/ca.pem without TLS: %d %s", status, text)
	}
}

// TestManyServersLiveInOneProcess calls servers at the same time, each a number of times of its own.
func TestManyServersLiveInOneProcess(t *testing.T) {
	var all sync.WaitGroup
	for i := range 16 {
		server := reference.NewServer(reference.Options{Seed: 1})
		client := newClient(t, server)
		all.Go(func() {
			for range i + 1 {
				if text := listAs(client, server.Service, server.URLs[reference.API20]); !strings.HasPrefix(text, "200 ") {
					t.Errorf("server %d: %s", i, text)
				}
			}
			if n := server.Journal().Last(); n != uint64(i+1) {
				t.Errorf("server %d had %d calls, want %d", i, n, i+1)
			}
			if err := server.Close(); err != nil {
				t.Errorf("server %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func TestTwoServersNeverShareTime(t *testing.T) {
	one, two := reference.NewServer(reference.Options{Seed: 1}), reference.NewServer(reference.Options{Seed: 1})
	defer one.Close()
	defer two.Close()
	ask(t, newClient(t, one), http.MethodPost, one.URLs[reference.Admin]+"/admin/clock", `{"set":"2030-01-01T00:00:00Z","freeze":true}`)
	if now := one.Clock().Now(); !now.Equal(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the first reads %v, want 2030-01-01", now)
	}
	if now := two.Clock().Now(); time.Since(now).Abs() > time.Minute {
		t.Errorf("the second reads %v, want the machine's time", now)
	}
}

func TestTheAdminClock(t *testing.T) {
	server := reference.NewServer(reference.Options{Seed: 1, Clock: clock.NewManual(start)})
	defer server.Close()
	client, url := newClient(t, server), server.URLs[reference.Admin]+"/admin/clock"
	for _, step := range []struct {
		body   string
		status int
		now    time.Time
		frozen bool
	}{
		{`{"advance":"72h"}`, 200, start.Add(72 * time.Hour), true},
		{`{"advance":"-1h"}`, 200, start.Add(71 * time.Hour), true},
		{`{"set":"2026-01-01T00:00:00Z","advance":"1s"}`, 200, time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC), true},
		{`{"advance":"soon"}`, 400, time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC), true},
		{`{"set":"yesterday"}`, 400, time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC), true},
		{`{"forward":"1h"}`, 400, time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC), true},
		{`{}`, 400, time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC), true},
		{`[`, 400, time.Date(2026, 1, 1, 0, 0, 1, 0, time.UTC), true},
	} {
		status, text := ask(t, client, http.MethodPost, url, step.body)
		if status != step.status {
			t.Errorf("%s: status %d, want %d: %s", step.body, status, step.status, text)
		}
		var got struct {
			Now    time.Time
			Frozen bool
		}
		_, text = ask(t, client, http.MethodGet, url, "")
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Now.Equal(step.now) || got.Frozen != step.frozen {
			t.Errorf("%s: the clock then reads %s (%v), want %v, frozen %v", step.body, text, err, step.now, step.frozen)
		}
	}
	ask(t, client, http.MethodPost, url, `{"freeze":false}`)
	if c := server.Clock().(clock.Settable); c.Frozen() {
		t.Error("the clock was released and still stands")
	}
}

func TestTheAdminListenerRefusesNamesOfOthers(t *testing.T) {
	server := reference.NewServer(reference.Options{Seed: 1})
	defer server.Close()
	client := newClient(t, server)
	for host, want := range map[string]int{"evil.example": 403, "evil.example:80": 403, "10.0.0.1": 403, "localhost:1": 200, "[::1]": 200, "127.0.0.9": 200} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URLs[reference.Admin]+"/healthz", nil)
		r.Host = host
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("Host %s: status %d, want %d", host, resp.StatusCode, want)
		}
	}
}

func TestAStateFileIsReadStrictly(t *testing.T) {
	const good = `accounts:
  - {name: owner, accessKey: AK, secretKey: SK}
  - {name: viewer, accessKey: VK, secretKey: SV, policy: NCP_KMS_VIEWER}
keys:
  - name: orders
    tag: "aa"
    versions: ["0000000000000000000000000000000000000000000000000000000000000000"]
`
	state, err := reference.ParseState("s.yaml", []byte(good))
	if err != nil || len(state.Accounts) != 2 || len(state.Keys) != 1 {
		t.Fatalf("got %+v, %v", state, err)
	}
	for name, c := range map[string][3]string{
		"unknown member":  {"policy:", "polcy:", "s.yaml:3: "},
		"unknown policy":  {"NCP_KMS_VIEWER", "VIEWER", "s.yaml:3: account viewer: there is no policy (6 bytes)"},
		"no secret":       {", secretKey: SK", "", "s.yaml:2: account owner: it needs accessKey and secretKey"},
		"two ways":        {"secretKey: SK", "secretKey: SK, keyPairs: [{accessKey: A2, secretKey: S2}]", "s.yaml:2: account owner: accessKey and secretKey are given beside keyPairs"},
		"three pairs":     {"accessKey: AK, secretKey: SK", "keyPairs: [{accessKey: A, secretKey: S}, {accessKey: B, secretKey: S}, {accessKey: C, secretKey: S}]", "s.yaml:2: accounts[0].keyPairs: "},
		"a pair twice":    {"accessKey: AK, secretKey: SK", "keyPairs: [{accessKey: A, secretKey: S}, {accessKey: A, secretKey: S}]", "s.yaml:2: account owner: its access key is given twice"},
		"unknown action":  {"policy: NCP_KMS_VIEWER", "policies: [{name: p, actions: [melt]}]", "s.yaml:3: account viewer: policies[0]: actions: there is no operation \"melt\""},
		"no action":       {"policy: NCP_KMS_VIEWER", "policies: [{name: p, actions: []}]", "s.yaml:3: accounts[1].policies[0].actions: "},
		"no key":          {"policy: NCP_KMS_VIEWER", "policies: [{name: p, actions: [encrypt], keys: []}]", "s.yaml:3: accounts[1].policies[0].keys: "},
		"one name twice":  {"policy: NCP_KMS_VIEWER", "policies: [{name: p, actions: [encrypt]}, {name: p, actions: [decrypt]}]", "s.yaml:3: account viewer: policies[1]: the name is used twice"},
		"same key twice":  {"VK", "AK", "s.yaml:3: account viewer: its access key"},
		"bad material":    {"\"00", "\"0g", "s.yaml:5: key orders: versions[0]: want 64"},
		"bad tag":         {"\"aa\"", "\"a/a\"", "s.yaml:5: key orders: "},
		"no such state":   {"tag:", "state: FOO\n    tag:", "s.yaml:6: keys[0].state: it is none of"},
		"same role twice": {"name: viewer", "name: owner", "s.yaml:3: account \"owner\": it needs a name of its own"},
		"bad name":        {"orders", "o", "s.yaml:5: key o: "},
		"before all time": {"tag:", "registered: 0001-01-01T00:00:00Z\n    tag:", "s.yaml:5: key orders: registered: \"(20 bytes)\": it is not within 1970 and 2202"},
		"after all time":  {"tag:", "autoRotation: true\n    nextRotation: 2000000h\n    tag:", "s.yaml:5: key orders: nextRotation: \"(8 bytes)\": it is not within 1970 and 2202"},
		"no YAML":         {"accounts:", "accounts: {", "s.yaml"},
	} {
		_, err := reference.ParseState("s.yaml", []byte(strings.Replace(good, c[0], c[1], 1)))
		if err == nil || !strings.HasPrefix(err.Error(), c[2]) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want it to begin with %q", name, err, c[2])
		}
	}
}

// TestATimeInAStateIsOneThatAClockReaches: or a rotation by period that was due in the year 1 would be made up for
// day by day.
func TestATimeInAStateIsOneThatAClockReaches(t *testing.T) {
	for at, ok := range map[string]bool{
		"1970-01-01T23:59:59Z": false, "1970-01-02T00:00:00Z": true, "2202-01-01T00:00:00Z": true, "2202-01-01T00:00:01Z": false,
	} {
		_, err := reference.ParseState("s.yaml", []byte("accounts: [{name: a, accessKey: b, secretKey: c}]\nkeys: [{name: abc, registered: "+at+"}]"))
		if (err == nil) != ok {
			t.Errorf("%s: error %v; it is to be taken: %v", at, err, ok)
		}
	}
}
