package mutant

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"

	"github.com/kmsproof/kmsproof/reference"
)

func onTheWire() []Mutant {
	return []Mutant{
		{Name: "http-fails", Flaw: "What is no HTTP is answered as a failure of the service.", Apply: says(failed)},
		{Name: "http-host-optional", Flaw: "A request without Host is taken for one of this host.", Apply: hears(func(b []byte) []byte {
			if head, _, ok := bytes.Cut(b, []byte("\r\n\r\n")); ok && !bytes.Contains(head, []byte("\r\nHost:")) {
				return bytes.Replace(b, []byte("\r\n"), []byte("\r\nHost: kms\r\n"), 1)
			}
			return b
		})},
		{Name: "http-first-length", Flaw: "Of several Content-Lengths the first is believed.", Apply: hears(func(b []byte) []byte {
			return laterLength.ReplaceAll(b, []byte("$1$2"))
		})},
		{Name: "http-headers-mended", Flaw: "A header line without a colon is passed over, and so is a space before one.", Apply: hears(func(b []byte) []byte {
			return spacedName.ReplaceAll(nameless.ReplaceAll(b, []byte("\r\n")), []byte("$1:"))
		})},
		{Name: "http-lines-mended", Flaw: "A request line without a version is taken for HTTP/1.1.", Apply: hears(func(b []byte) []byte {
			return versionless.ReplaceAll(b, []byte("$1 HTTP/1.1\r\n"))
		})},
		{Name: "http-half-bodies", Flaw: "A body that ended too early is taken as far as it came.", Apply: func(o *reference.Options) {
			before(reference.API20, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
				body, err := io.ReadAll(r.Body)
				if errors.Is(err, io.ErrUnexpectedEOF) {
					err = nil
				}
				r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
				next.ServeHTTP(w, r)
			})(o)
		}},
		{Name: "http-without-bounds", Flaw: "What is too long is cut to size and taken.", Apply: hears(func(b []byte) []byte {
			return endless.ReplaceAll(b, []byte("\r\n"))
		})},
		{Name: "http-without-chunks", Flaw: "A body in chunks is refused.", Apply: hears(func(b []byte) []byte {
			return bytes.Replace(b, []byte("\r\nTransfer-Encoding: chunked"), []byte("\r\nTransfer-Encoding(: chunked"), 1)
		})},
		{Name: "http-case-matters", Flaw: "Headers in capitals are not known.", Apply: hears(func(b []byte) []byte {
			return bytes.Replace(b, []byte("\r\nX-NCP-"), []byte("\r\nUNKNOWN-"), -1)
		})},
		{Name: "http-one-call", Flaw: "A connection serves one call.", Apply: hears(func(b []byte) []byte {
			return bytes.Replace(b, []byte("\r\nHost:"), []byte("\r\nConnection: close\r\nHost:"), 1)
		})},
		{Name: "http-1.0-refused", Flaw: "HTTP/1.0 is not spoken.", Apply: hears(func(b []byte) []byte {
			return bytes.Replace(b, []byte(" HTTP/1.0\r\n"), []byte(" HTTP/x.0\r\n"), 1)
		})},
	}
}

var (
	laterLength = regexp.MustCompile(`(\r\nContent-Length: \d+)((?s:.*?))\r\nContent-Length: \d+`)
	nameless    = regexp.MustCompile(`\r\nX-Kmsproof\r\n`)
	spacedName  = regexp.MustCompile(`(\r\nX-Kmsproof) :`)
	endless     = regexp.MustCompile(`(\r\nX-Kmsproof: (k{1000,}|1))+\r\n`)
	versionless = regexp.MustCompile(`^([A-Z]+ /\S+)\r\n`)
	failed      = regexp.MustCompile(`^HTTP/1.1 4\d\d .*`)
)

// hears returns a flaw by which the service reads something else than was sent.
func hears(change func([]byte) []byte) func(*reference.Options) {
	return func(o *reference.Options) {
		o.Conn = func(c net.Conn) net.Conn { return &earshot{Conn: c, change: change} }
	}
}

// earshot changes the head of what comes in. It reads all of it before it gives anything on.
type earshot struct {
	net.Conn
	change func([]byte) []byte
	heard  *bytes.Reader // nil: nothing yet
}

func (e *earshot) Read(p []byte) (int, error) {
	if e.heard == nil {
		var text []byte
		part := make([]byte, 64<<10)
		for !bytes.Contains(text, []byte("\r\n\r\n")) {
			n, err := e.Conn.Read(part)
			text = append(text, part[:n]...)
			if err != nil {
				break
			}
		}
		e.heard = bytes.NewReader(e.change(text))
	}
	if e.heard.Len() > 0 {
		return e.heard.Read(p)
	}
	return e.Conn.Read(p)
}

// says returns a flaw by which refusals without an envelope become failures of the service.
func says(refusal *regexp.Regexp) func(*reference.Options) {
	return func(o *reference.Options) {
		o.Conn = func(c net.Conn) net.Conn { return mouth{c, refusal} }
	}
}

type mouth struct {
	net.Conn
	refusal *regexp.Regexp
}

func (m mouth) Write(p []byte) (int, error) {
	_, err := m.Conn.Write(m.refusal.ReplaceAll(p, []byte("HTTP/1.1 500 Internal Server Error\r")))
	return len(p), err
}

// failing is a reader that has only an error to give, or the end.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}
