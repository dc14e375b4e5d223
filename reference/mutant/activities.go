package mutant

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func activities() []Mutant {
	return []Mutant{
		{Name: "log-empty", Flaw: "The activity log is always empty.", Apply: tells(func(activity) bool { return false })},
		{Name: "log-names-another-key", Flaw: "Entries of the log name another key.", Apply: retold(func(e activity) { e.part("kmsKey")["keyTag"] = "0" })},
		{Name: "log-in-milliseconds", Flaw: "Entries of the log tell their time in Unix milliseconds.", Apply: retold(func(e activity) {
			at, _ := time.Parse(time.RFC3339Nano, e["timestamp"].(string))
			e["timestamp"] = strconv.FormatInt(at.UnixMilli(), 10)
		})},
		{Name: "log-without-resource", Flaw: "Entries of the log do not name the resource of the key.", Apply: retold(func(e activity) { delete(e.part("kmsKey"), "nrn") })},
		{Name: "log-without-types", Flaw: "Entries of the log do not tell the type of the call.", Apply: retold(func(e activity) { delete(e.part("api"), "type") })},
		{Name: "log-without-results", Flaw: "Entries of the log do not tell how the call ended.", Apply: retold(func(e activity) { delete(e.part("api"), "result") })},
		{Name: "log-without-callers", Flaw: "Entries of the log do not tell who called.", Apply: retold(func(e activity) { e.part("requestor")["id"] = "" })},
		{Name: "log-without-messages", Flaw: "Entries of the log have no message.", Apply: retold(func(e activity) { delete(e, "message") })},
		{Name: "log-says-console", Flaw: "Each call is told as one of the console.", Apply: retold(func(e activity) { e.part("requestor")["requestType"] = "CONSOLE" })},
		{Name: "log-without-changes", Flaw: "The log tells of uses alone.", Apply: tells(func(e activity) bool { return e.part("api")["type"] == "CRYPTO" })},
		{Name: "log-without-uses", Flaw: "The log tells of changes alone.", Apply: tells(func(e activity) bool { return e.part("api")["type"] != "CRYPTO" })},
		{Name: "log-without-making", Flaw: "The log does not tell of the making of the key.", Apply: tells(func(e activity) bool { return e.part("api")["action"] != "create-key" })},
		{Name: "log-one-action", Flaw: "Whatever was called, the log tells of an update.", Apply: retold(func(e activity) { e.part("api")["action"] = "update" })},
		{Name: "log-without-1.0", Flaw: "Uses over API 1.0 are no entries.", Apply: hidesUsesOver10},
		{Name: "log-tells-looks", Flaw: "Looking at a key is an entry of its log.", Apply: logsMore(func(at string) bool { return at == "GET /{keyTag}" }, false)},
		{Name: "log-of-all-keys", Flaw: "What was done with another key is told too.", Apply: logsMore(func(at string) bool { return at == "POST /{keyTag}/disable" }, true)},
		{Name: "log-hides-addresses", Flaw: "Entries of the log name the address of the service itself.", Apply: retold(func(e activity) { e.part("requestor")["ip"] = "127.0.0.1" })},
		{Name: "log-without-bearers", Flaw: "What a token does is told of nobody.", Apply: authority(func(a kms.Authority) kms.Authority { return unnamed{a} })},
		{Name: "log-without-refusals", Flaw: "The log tells of accepted calls alone.", Apply: tells(func(e activity) bool { return e.part("api")["result"] == "SUCCESS" })},
		{Name: "log-of-successes", Flaw: "Refused calls are told as accepted ones.", Apply: retold(func(e activity) { e.part("api")["result"] = "SUCCESS" })},
		{Name: "log-hides-system", Flaw: "What the service does by itself is no entry.", Apply: tells(func(e activity) bool { return e.part("requestor")["requestType"] != "SYSTEM" })},
		{Name: "log-names-no-system", Flaw: "What the service does by itself is told as a call.", Apply: retold(func(e activity) { e.part("requestor")["requestType"] = "API" })},
		{Name: "log-in-one-page", Flaw: "A page of the log holds all there is.", Apply: logAsked(func(_ owner, q url.Values) { q.Del("pageSize") })},
		{Name: "log-page-of-50", Flaw: "A page of the log has 50 entries unless asked otherwise.", Apply: logAsked(func(_ owner, q url.Values) { usual(q, "pageSize", "50") })},
		{Name: "log-page-up-to-100", Flaw: "A page of the log has 100 entries at most.", Apply: logAsked(clampPage(0, 100))},
		{Name: "log-page-clamped", Flaw: "A page size of the log out of bounds is taken for the nearest.", Apply: logAsked(clampPage(1, 200))},
		{Name: "log-from-ignored", Flaw: "The beginning of a span is passed over.", Apply: logAsked(func(_ owner, q url.Values) { q.Del("timestampFrom") })},
		{Name: "log-to-ignored", Flaw: "The end of a span is passed over.", Apply: logAsked(func(_ owner, q url.Values) { q.Del("timestampTo") })},
		{Name: "log-spans-empty", Flaw: "A span with two ends holds nothing.", Apply: logAsked(func(_ owner, q url.Values) {
			if q.Has("timestampFrom") && q.Has("timestampTo") {
				q.Set("timestampFrom", "0")
				q.Set("timestampTo", "1")
			}
		})},
		{Name: "log-of-all-times", Flaw: "Without a span the log tells of all times.", Apply: logAsked(func(_ owner, q url.Values) { usual(q, "timestampFrom", "0") })},
		{Name: "log-of-an-hour", Flaw: "Without a span the log tells of the last hour.", Apply: logAsked(func(o owner, q url.Values) {
			usual(q, "timestampFrom", strconv.FormatInt(o.clock.Now().Add(-time.Hour).UnixMilli(), 10))
		})},
		{Name: "log-forgets", Flaw: "The log forgets after a day, whatever the span.", Apply: logAsked(func(o owner, q url.Values) {
			if q.Has("timestampTo") {
				moved(q, "timestampFrom", func(ms int64) int64 { return max(ms, o.clock.Now().Add(-24*time.Hour).UnixMilli()) })
			}
		})},
		{Name: "log-span-half-open", Flaw: "The end of a span does not belong to it.", Apply: logAsked(func(_ owner, q url.Values) {
			for _, end := range []string{"timestampFrom", "timestampTo"} {
				moved(q, end, func(ms int64) int64 { return ms - 1 })
			}
		})},
		{Name: "log-spans-mended", Flaw: "Ends of a span that are no times, or in the wrong order, are passed over.", Apply: logAsked(func(_ owner, q url.Values) {
			from, bad := strconv.ParseInt(q.Get("timestampFrom"), 10, 64)
			to, worse := strconv.ParseInt(q.Get("timestampTo"), 10, 64)
			if bad != nil || worse != nil || from > to {
				q.Del("timestampFrom")
				q.Del("timestampTo")
			}
		})},
		{Name: "log-oldest-first", Flaw: "The log tells the oldest entry first.", Apply: answers("GET /{keyTag}/activities", func(data map[string]any) {
			data["activityLogList"] = reversed(data["activityLogList"])
		})},
		{Name: "log-keyword-ignored", Flaw: "A keyword is passed over.", Apply: logAsked(func(_ owner, q url.Values) { q.Del("keyword") })},
		{Name: "log-keyword-blind", Flaw: "A keyword finds nothing.", Apply: logAsked(func(_ owner, q url.Values) {
			if q.Has("keyword") {
				q.Set("keyword", "no entry has this")
			}
		})},
		{Name: "log-needs-enabled", Flaw: "The log of a key that is not enabled is refused.", Apply: rules(func(r *kms.Rules) {
			for _, s := range []kms.State{kms.Disabled, kms.Pending} {
				r.States[s] = slices.DeleteFunc(r.States[s], func(op kms.Op) bool { return op == kms.ListActivities })
			}
		})},
		{Name: "last-use-first", Flaw: "The last use stays the first.", Apply: keepsFirstUse},
		{Name: "last-use-counts-changes", Flaw: "A change of a key counts as its last use.", Apply: lastUseBy("keyword=SUCCESS")},
		{Name: "last-use-counts-refusals", Flaw: "A refused use counts as the last.", Apply: lastUseBy("keyword=CRYPTO")},
		{Name: "last-use-of-nobody", Flaw: "Before the first use an empty one is told.", Apply: answersOf(reference.API20, "GET /{keyTag}/last-use-info", func(envelope map[string]any) {
			if envelope["data"] == nil {
				envelope["data"] = map[string]any{}
			}
		})},
	}
}

// An activity is an entry of a log as it is answered.
type activity map[string]any

// part returns a part of what the entry holds.
func (e activity) part(name string) map[string]any {
	data, _ := e["data"].(map[string]any)
	part, _ := data[name].(map[string]any)
	return part
}

// retold returns a flaw in each entry that the log tells.
func retold(change func(activity)) func(*reference.Options) {
	return tells(func(e activity) bool {
		change(e)
		return true
	})
}

// tells returns a flaw by which the log tells only the entries that are kept.
func tells(keep func(activity) bool) func(*reference.Options) {
	return answers("GET /{keyTag}/activities", func(data map[string]any) {
		list, _ := data["activityLogList"].([]any)
		data["activityLogList"] = slices.DeleteFunc(list, func(e any) bool {
			entry, ok := e.(map[string]any)
			return ok && !keep(entry)
		})
	})
}

// logAsked returns a flaw in how the query for a log is read. The log is then asked for as the owner.
func logAsked(change func(o owner, q url.Values)) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at != "GET /{keyTag}/activities" {
			next.ServeHTTP(w, r)
			return
		}
		q := r.URL.Query()
		change(o, q)
		o.about(next, r, http.MethodGet, "/activities?"+q.Encode()).send(w)
	})
}

// usual sets a member of a query that is missing.
func usual(q url.Values, name, value string) {
	if !q.Has(name) {
		q.Set(name, value)
	}
}

// moved changes a number of a query, if it is there.
func moved(q url.Values, name string, change func(int64) int64) {
	if n, err := strconv.ParseInt(q.Get(name), 10, 64); err == nil {
		q.Set(name, strconv.FormatInt(change(n), 10))
	}
}

func clampPage(least, most int64) func(owner, url.Values) {
	return func(_ owner, q url.Values) {
		moved(q, "pageSize", func(n int64) int64 { return min(max(n, least), most) })
	}
}

// tally counts calls by key tag. It is safe for concurrent use.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (t *tally) count(tag string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[string]int{}
	}
	t.n[tag]++
}

func (t *tally) of(tag string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n[tag]
}

// logsMore returns a flaw by which the log of a key tells of calls that are none of its business: on the
// key itself, or on any key.
func logsMore(counts func(at string) bool, any bool) func(*reference.Options) {
	return func(o *reference.Options) {
		seen := &tally{}
		before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
			tag := keyOf(r)
			if any {
				tag = "any"
			}
			if counts(at) {
				seen.count(tag)
			}
			if at != "GET /{keyTag}/activities" {
				next.ServeHTTP(w, r)
				return
			}
			logWith(capture(next, r), seen.of(tag)).send(w)
		})(o)
	}
}

// logWith makes n entries more of the newest entry of a log.
func logWith(c *captured, n int) *captured {
	var envelope struct {
		Data map[string]any `json:"data"`
	}
	if !c.ok() || json.Unmarshal(c.body.Bytes(), &envelope) != nil {
		return c
	}
	list, _ := envelope.Data["activityLogList"].([]any)
	for range n {
		list = append(list, list[0])
	}
	envelope.Data["activityLogList"] = list
	success(c, envelope.Data)
	return c
}

// hidesUsesOver10 leaves as many of the newest uses out of a log as came over API 1.0.
func hidesUsesOver10(o *reference.Options) {
	seen := &tally{}
	before(reference.API10, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		seen.count("any")
		next.ServeHTTP(w, r)
	})(o)
	answers("GET /{keyTag}/activities", func(data map[string]any) {
		left := seen.of("any")
		list, _ := data["activityLogList"].([]any)
		data["activityLogList"] = slices.DeleteFunc(list, func(e any) bool {
			entry, ok := e.(map[string]any)
			hidden := ok && left > 0 && activity(entry).part("api")["type"] == "CRYPTO"
			if hidden {
				left--
			}
			return hidden
		})
	})(o)
}

// unnamed reads of tokens everything but who holds them.
type unnamed struct{ kms.Authority }

func (u unnamed) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	c, err := u.Authority.Verify(by, token)
	c.Subject = ""
	return c, err
}

// keepsFirstUse tells for good what was told first of a key's use.
func keepsFirstUse(o *reference.Options) {
	var mu sync.Mutex
	first := map[string]any{}
	before(reference.API20, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		c := capture(next, r)
		var envelope map[string]any
		if at == "GET /{keyTag}/last-use-info" && c.ok() && json.Unmarshal(c.body.Bytes(), &envelope) == nil && envelope["data"] != nil {
			mu.Lock()
			defer mu.Unlock()
			if first[keyOf(r)] == nil {
				first[keyOf(r)] = envelope["data"]
			}
			success(c, first[keyOf(r)])
		}
		c.send(w)
	})(o)
}

// lastUseBy tells the newest entry of the log that a query finds for the last use.
func lastUseBy(query string) func(*reference.Options) {
	return inPlace(reference.API20, func(o owner, w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at != "GET /{keyTag}/last-use-info" {
			next.ServeHTTP(w, r)
			return
		}
		c := o.about(next, r, http.MethodGet, "/activities?"+query)
		var envelope struct {
			Data struct {
				List []any `json:"activityLogList"`
			} `json:"data"`
		}
		if c.ok() && json.Unmarshal(c.body.Bytes(), &envelope) == nil && len(envelope.Data.List) > 0 {
			success(c, envelope.Data.List[0])
		}
		c.send(w)
	})
}
