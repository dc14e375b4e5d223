package mutant

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	strict "github.com/go-json-experiment/json"

	"github.com/kmsproof/kmsproof/reference"
)

// around is a flaw in front of a handler: it sees the request and may change what goes in and out.
// route is method and path with {keyTag} for the key tag, without the prefix of the API.
type around func(w http.ResponseWriter, r *http.Request, route string, next http.Handler)

// before returns a flaw that stands before the calls of an API.
func before(api string, do around) func(*reference.Options) {
	return func(o *reference.Options) {
		inner := o.Wrap
		o.Wrap = func(name string, next http.Handler) http.Handler {
			if inner != nil {
				next = inner(name, next)
			}
			if name != api {
				return next
			}
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { do(w, r, routeOf(r), next) })
		}
	}
}

// belowKeys cuts what the paths of an API begin with from one; false where it begins with something else.
func belowKeys(path string) (rest string, ok bool) {
	for _, prefix := range []string{"/kms/v1/keys", "/keys/v1", "/keys/v2"} {
		if rest, ok = strings.CutPrefix(path, prefix); ok {
			return rest, true
		}
	}
	return path, false
}

func routeOf(r *http.Request) string {
	path, _ := belowKeys(r.URL.Path)
	_, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case path == "":
		path = "/"
	case rest == "":
		path = "/{keyTag}"
	default:
		path = "/{keyTag}/" + rest
	}
	return r.Method + " " + path
}

// keyOf returns the key tag in the path of a call of either API; empty for calls on no single key.
func keyOf(r *http.Request) string {
	rest, ok := belowKeys(r.URL.Path)
	if !ok {
		return ""
	}
	tag, _, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	return tag
}

// captured is an answer that was held back.
type captured struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (c *captured) Header() http.Header         { return c.header }
func (c *captured) WriteHeader(status int)      { c.status = status }
func (c *captured) Write(p []byte) (int, error) { return c.body.Write(p) }

// ok reports a success.
func (c *captured) ok() bool { return c.status == http.StatusOK }

func (c *captured) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), c.header)
	w.WriteHeader(c.status)
	_, _ = w.Write(c.body.Bytes())
}

func capture(next http.Handler, r *http.Request) *captured {
	c := &captured{status: http.StatusOK, header: http.Header{}}
	next.ServeHTTP(c, r)
	return c
}

// heard is [capture] with the body of the request, which may be sent on again.
func heard(next http.Handler, r *http.Request) (body []byte, c *captured) {
	body, _ = io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, capture(next, r)
}

// answers returns a flaw in the data of the successful answers on a route of API 2.0.
func answers(route string, change func(data map[string]any)) func(*reference.Options) {
	return answersOf(reference.API20, route, inData(change))
}

// inData returns a change of the data in an envelope.
func inData(change func(map[string]any)) func(map[string]any) {
	return func(envelope map[string]any) {
		if data, ok := envelope["data"].(map[string]any); ok {
			change(data)
		}
	}
}

// answersOf returns a flaw in the successful answers on a route; an empty route means all.
func answersOf(api, route string, change func(envelope map[string]any)) func(*reference.Options) {
	return before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		c := capture(next, r)
		var envelope map[string]any
		if (route == "" || at == route) && c.ok() && json.Unmarshal(c.body.Bytes(), &envelope) == nil {
			change(envelope)
			c.body.Reset()
			_ = json.NewEncoder(&c.body).Encode(envelope)
		}
		c.send(w)
	})
}

// statuses returns a flaw in the status of the answers to all calls of API 2.0.
func statuses(change func(status int) int) func(*reference.Options) {
	return before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		c := capture(next, r)
		c.status = change(c.status)
		c.send(w)
	})
}

// asks returns a flaw that changes the body of requests on a route of API 2.0 before anybody looks at it.
func asks(route string, change func(body []byte) []byte) func(*reference.Options) {
	return asksOf(reference.API20, route, change)
}

// asksOf is [asks] for any API.
func asksOf(api, route string, change func(body []byte) []byte) func(*reference.Options) {
	return before(api, func(w http.ResponseWriter, r *http.Request, at string, next http.Handler) {
		if at == route {
			r = rewritten(r, change)
		}
		next.ServeHTTP(w, r)
	})
}

// rewritten returns r with another body.
func rewritten(r *http.Request, change func(body []byte) []byte) *http.Request {
	body, _ := io.ReadAll(r.Body)
	body = change(body)
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return r
}

// members returns a change of a request's body that changes its members. A body that is malformed stays as
// it is: to mend it would be a second flaw.
func members(change func(map[string]any)) func([]byte) []byte {
	return func(body []byte) []byte {
		var m map[string]any
		if strict.Unmarshal(body, &m) != nil {
			return body
		}
		change(m)
		out, _ := json.Marshal(m)
		return out
	}
}

// success makes an answer one that claims success.
func success(c *captured, data any) {
	c.status = http.StatusOK
	c.body.Reset()
	_ = json.NewEncoder(&c.body).Encode(map[string]any{"code": "SUCCESS", "msg": "", "data": data})
}

// refusal is an answer that refuses a call.
func refusal(status int, code string) *captured {
	c := &captured{status: status, header: http.Header{"Content-Type": {"application/json"}}}
	_ = json.NewEncoder(&c.body).Encode(map[string]any{"error": map[string]string{"errorCode": code, "message": code, "details": ""}})
	return c
}

// on reports whether a call is on one of the routes.
func on(routes ...string) func(at string) bool {
	return func(at string) bool { return slices.Contains(routes, at) }
}

// reversed returns a list back to front.
func reversed(list any) any {
	items, ok := list.([]any)
	if !ok {
		return list
	}
	out := make([]any, 0, len(items))
	for i := range items {
		out = append(out, items[len(items)-1-i])
	}
	return out
}
