package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

// A raw request is a change of the memo as it goes over the wire, in parts that can be spoiled. Its
// signature covers method and path alone, so it stays good.
type raw struct {
	line   string
	header []string
	body   string
	rest   string // what follows the body on the same connection
	half   bool   // nothing more is sent: the writing side is closed
	wants  int    // answers
}

// rawMemo is what the body of a raw request asks for.
const rawMemo = `{"memo":"changed by hand"}`

func (w *world) rawSteps(add func(string, any)) {
	add(`I change the memo over HTTP with (.+)`, w.sendRaw)
	add(`the request is refused and nothing fails`, w.rawRefused)
	add(`the memo is changed`, w.memoChanged)
	add(`both calls are answered in order`, w.rawInOrder)
}

// spoilings are the ways in which a raw request differs from the usual one, by the words of sentences
// (RFC 9112, RFC 9110).
var spoilings = map[string]func(r *raw){
	"a request line that lacks the version": func(r *raw) { r.line = strings.TrimSuffix(r.line, " HTTP/1.1") },
	"a request line that lacks the path":    func(r *raw) { r.line = "PUT HTTP/1.1" },
	"a space in its path":                   func(r *raw) { r.line = strings.Replace(r.line, "/memo", "/me mo", 1) },
	"a version that does not exist":         func(r *raw) { r.line = strings.Replace(r.line, "HTTP/1.1", "HTTP/x.1", 1) },
	"a method that is no word":              func(r *raw) { r.line = strings.Replace(r.line, "PUT", "P(T", 1) },
	"no Host":                               func(r *raw) { r.drop("Host") },
	"two Hosts":                             func(r *raw) { r.header = append(r.header, "Host: kmsproof.test") },
	"a header that has no colon":            func(r *raw) { r.header = append(r.header, "X-Kmsproof") },
	"a space before a header's colon":       func(r *raw) { r.header = append(r.header, "X-Kmsproof : 1") },
	"a header name that is no word":         func(r *raw) { r.header = append(r.header, "X(Kmsproof): 1") },
	"a null byte in a header":               func(r *raw) { r.header = append(r.header, "X-Kmsproof: a\x00b") },
	"two Content-Lengths that differ":       func(r *raw) { r.header = append(r.header, "Content-Length: 2") },
	"a Content-Length that is no number":    func(r *raw) { r.replace("Content-Length", "Content-Length: many") },
	"a Content-Length below zero":           func(r *raw) { r.replace("Content-Length", "Content-Length: -1") },
	"a Content-Length with a plus sign":     func(r *raw) { r.replace("Content-Length", fmt.Sprintf("Content-Length: +%d", len(r.body))) },
	"a body that ends too early":            func(r *raw) { r.replace("Content-Length", "Content-Length: 400"); r.half = true },
	"a chunk size that is no number":        func(r *raw) { r.chunk("many\r\n" + r.body + "\r\n0\r\n\r\n") },
	"a chunk that is longer than it says":   func(r *raw) { r.chunk("2\r\n" + r.body + "\r\n0\r\n\r\n") },
	"chunks that end too early":             func(r *raw) { r.chunk(fmt.Sprintf("%x\r\n%s\r\n", len(r.body), r.body)); r.half = true },
	"a header of a million bytes":           func(r *raw) { r.header = append(r.header, "X-Kmsproof: "+strings.Repeat("k", 1<<20)) },
	"ten thousand headers":                  func(r *raw) { r.header = append(r.header, slices.Repeat([]string{"X-Kmsproof: 1"}, 10_000)...) },
	"a body of four million bytes":          func(r *raw) { r.pad(4 << 20) },
	"a body in chunks": func(r *raw) {
		r.chunk(fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 5, r.body[:5], len(r.body)-5, r.body[5:]))
	},
	"header names in capitals":         func(r *raw) { r.capitals() },
	"an empty line before the request": func(r *raw) { r.line = "\r\n" + r.line },
	"HTTP/1.0":                         func(r *raw) { r.line = strings.Replace(r.line, "HTTP/1.1", "HTTP/1.0", 1) },
	"another call behind it":           func(r *raw) { r.wants = 2 },
	"another change hidden in it":      func(r *raw) { r.hide() },
}

// drop takes a header away.
func (r *raw) drop(name string) {
	r.header = slices.DeleteFunc(r.header, func(line string) bool { return strings.HasPrefix(line, name+":") })
}

func (r *raw) replace(name, line string) {
	r.drop(name)
	r.header = append(r.header, line)
}

// chunk sends the body in chunks, as they are given.
func (r *raw) chunk(chunks string) {
	r.replace("Content-Length", "Transfer-Encoding: chunked")
	r.body = chunks
}

// pad makes the body a right one of at least n bytes.
func (r *raw) pad(n int) {
	r.body = strings.Repeat(" ", n) + r.body
	r.replace("Content-Length", fmt.Sprintf("Content-Length: %d", len(r.body)))
}

// hide makes the body a whole request, which is one where the first of two Content-Lengths is believed.
func (r *raw) hide() {
	r.rest, r.wants = r.text(), 2
	r.body = ""
	r.replace("Content-Length", "Content-Length: 0")
	r.header = append(r.header, fmt.Sprintf("Content-Length: %d", len(r.rest)))
}

func (r *raw) capitals() {
	for i, line := range r.header {
		name, value, _ := strings.Cut(line, ":")
		r.header[i] = strings.ToUpper(name) + ":" + value
	}
}

func (r *raw) text() string {
	return r.line + "\r\n" + strings.Join(r.header, "\r\n") + "\r\n\r\n" + r.body + r.rest
}

// rawCall makes the raw form of a right call by the account.
func (w *world) rawCall(ctx context.Context, method, rest, body string) (*raw, error) {
	k, err := w.key("the key")
	if err != nil {
		return nil, err
	}
	r, err := w.t.HTTPRequest(ctx, target.Request{Method: method, Path: k.path(rest), Auth: w.owner(), Body: []byte(body)})
	if err != nil {
		return nil, err
	}
	out := &raw{line: method + " " + r.URL.RequestURI() + " HTTP/1.1", body: body, wants: 1}
	out.header = append(out.header, "Host: "+r.URL.Host, fmt.Sprintf("Content-Length: %d", len(body)))
	for name, values := range r.Header {
		out.header = append(out.header, name+": "+values[0])
	}
	return out, nil
}

// sendRaw sends a memo change that differs from a usual one as the sentence says, and keeps the answers.
func (w *world) sendRaw(ctx context.Context, how string) error {
	spoil, ok := spoilings[how]
	if !ok {
		return fmt.Errorf("no request is sent with %s", how)
	}
	r, err := w.rawCall(ctx, http.MethodPut, "/memo", rawMemo)
	if err != nil {
		return err
	}
	spoil(r)
	if r.wants == 2 && r.rest == "" {
		after, err := w.rawCall(ctx, http.MethodGet, "", "")
		if err != nil {
			return err
		}
		r.rest = after.text()
	}
	return w.exchangeRaw(ctx, r, how)
}

func (w *world) exchangeRaw(ctx context.Context, r *raw, how string) error {
	w.requests++
	if w.pace != nil {
		if err := w.pace(ctx); err != nil {
			return err
		}
	}
	answers, err := w.t.Raw(ctx, []byte(r.text()), r.half, r.wants)
	k, _ := w.key("the key")
	asked := target.Request{Method: http.MethodPut, Path: k.path("/memo"), Header: http.Header{"X-Sent-With": {how}}}
	x := exchange{step: w.step, asked: asked, answer: &target.Answer{}, err: err, byHand: true}
	if len(answers) > 0 {
		x.answer = answers[0]
	}
	w.keepExchange(x)
	w.raw = nil
	for _, a := range answers {
		w.worst = max(w.worst, a.Status)
		w.raw = append(w.raw, read(a))
	}
	return err
}

// rawRefused compares the answers with a refusal. A connection that was closed without an answer is
// one too (RFC 9112, section 9.6); an answer by which the target says that it failed is not.
func (w *world) rawRefused() error {
	ok := !slices.ContainsFunc(w.raw, func(r *reply) bool { return r.Status < 400 || r.Status >= 500 })
	w.reading("what is no HTTP: " + w.rawSeen())
	return w.compare(ok, "a refusal (4xx), or a closed connection", w.rawSeen())
}

// rawSeen tells the answers of a raw exchange.
func (w *world) rawSeen() string {
	if len(w.raw) == 0 {
		return "the connection was closed without an answer"
	}
	var seen []string
	for _, r := range w.raw {
		seen = append(seen, fmt.Sprintf("status %d", r.Status))
	}
	return strings.Join(seen, ", then ")
}

// memoChanged compares the answer with a success, and the memo with what was asked for.
func (w *world) memoChanged(ctx context.Context) error {
	if len(w.raw) != 1 || !w.raw[0].ok() {
		return w.compare(false, "the call to be accepted", w.rawSeen())
	}
	if err := w.askAbout(ctx, "the key"); err != nil {
		return err
	}
	memo, _ := w.last.str("memo")
	return equal(w, "the memo", memo, "changed by hand")
}

// rawInOrder compares two answers with those of a memo change and of a look at the key.
func (w *world) rawInOrder() error {
	if len(w.raw) != 2 {
		return w.compare(false, "two answers", w.rawSeen())
	}
	_, changed := w.raw[0].str("memo")
	_, looked := w.raw[1].str("keyType")
	return w.compare(changed && looked && w.raw[0].ok() && w.raw[1].ok(), "the memo, then the key",
		"members "+memberNames(w.raw[0])+"; then "+memberNames(w.raw[1]))
}
