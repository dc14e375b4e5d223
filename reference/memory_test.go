package reference_test

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
)

// TestMemoryCarriesWhatASocketDoes sends requests that are put together in unusual ways through both.
func TestMemoryCarriesWhatASocketDoes(t *testing.T) {
	r := newRig(t, reference.Options{})
	access, _ := r.tokens("tag")
	listening := map[string]string{}
	for _, api := range []string{reference.API20, reference.Admin} {
		at, closing, err := r.service.Listen(api)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := closing(); err != nil {
				t.Error(err)
			}
		}()
		listening[api] = at.String()
	}
	socket := clientOf(t, r.service, map[string]string{
		reference.API20: "http://" + listening[reference.API20], reference.Admin: "http://" + listening[reference.Admin],
	}, nil).Transport
	piped := func(text string) io.Reader {
		from, to := io.Pipe()
		go func() { // ends with the reader of the body, which the transport closes
			_, err := io.WriteString(to, text)
			to.CloseWithError(err)
		}()
		return from
	}
	long := strings.Repeat(" ", 512<<10) + hello
	for name, tt := range map[string]struct {
		body   func() io.Reader
		change func(req *http.Request)
		want   int
		api    string // empty: API20
	}{
		"a text":                 {func() io.Reader { return strings.NewReader(hello) }, nil, 200, ""},
		"no body":                {func() io.Reader { return nil }, nil, 400, ""},
		"a pipe":                 {func() io.Reader { return piped(hello) }, nil, 200, ""},
		"a pipe without a byte":  {func() io.Reader { return piped("") }, nil, 400, ""},
		"several readers":        {func() io.Reader { return io.MultiReader(strings.NewReader(hello[:9]), strings.NewReader(hello[9:])) }, nil, 200, ""},
		"too much from a reader": {func() io.Reader { return io.MultiReader(strings.NewReader(long)) }, nil, 413, ""},
		"names in small letters": {func() io.Reader { return strings.NewReader(hello) }, func(req *http.Request) {
			for name, values := range req.Header {
				delete(req.Header, name)
				req.Header[strings.ToLower(name)] = values
			}
		}, 200, ""},
		"a name in two spellings":           {func() io.Reader { return strings.NewReader(hello) }, func(req *http.Request) { req.Header["x-ncp-ocapi-token"] = []string{"x"} }, 401, ""},
		"the name of another host":          {func() io.Reader { return strings.NewReader(hello) }, func(req *http.Request) { req.Host = "evil.example" }, 200, ""},
		"the name of another host to admin": {func() io.Reader { return nil }, func(req *http.Request) { req.Host = "evil.example" }, 403, reference.Admin},
		"no route of admin":                 {func() io.Reader { return nil }, nil, 404, reference.Admin},
	} {
		api := cmp.Or(tt.api, reference.API20)
		for way, carrier := range map[string]struct {
			host string
			by   http.RoundTripper
		}{"memory": {api + ".kms.test", r.service.RoundTripper(loopback)}, "a socket": {listening[api], socket}} {
			req, err := http.NewRequest(http.MethodPost, "http://"+carrier.host+"/kms/v1/keys/tag/encrypt", tt.body())
			if err != nil {
				t.Fatal(err)
			}
			access.Authorize(req, start)
			if tt.change != nil {
				tt.change(req)
			}
			resp, err := carrier.by.RoundTrip(req)
			if err != nil {
				t.Fatalf("%s through %s: %v", name, way, err)
			}
			if text := readAll(t, resp); resp.StatusCode != tt.want {
				t.Errorf("%s through %s: %d %s, want %d", name, way, resp.StatusCode, text, tt.want)
			}
		}
	}
}

// failing is a body that breaks off.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	if n, err := f.Reader.Read(p); n > 0 || err == nil {
		return n, nil
	}
	return 0, errors.New("torn")
}

// TestABodyThatBreaksOffIsNotTooLong: the admin listener says which it was.
func TestABodyThatBreaksOffIsNotTooLong(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.held = nil // it reads the body itself
	for path, size := range map[string]int{"/admin/state": 64 << 20, "/admin/faults": 1 << 20} {
		for want, body := range map[string]io.Reader{
			"could not be read to its end": failing{strings.NewReader("keys: [")}, "at most": strings.NewReader("#" + strings.Repeat(" ", size)),
		} {
			req, err := http.NewRequest(http.MethodPut, "http://admin.kms.test"+path, body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := r.send(req)
			if err != nil {
				t.Fatal(err)
			}
			if text := readAll(t, resp); resp.StatusCode != 400 || !strings.Contains(text, want) {
				t.Errorf("%s: %d %s, want 400 and %q", path, resp.StatusCode, text, want)
			}
		}
	}
}

// TestABodyThatBreaksOffIsNoBody through memory.
func TestABodyThatBreaksOffIsNoBody(t *testing.T) {
	r := newRig(t, reference.Options{})
	r.held = nil // it reads the body itself
	access, _ := r.tokens("tag")
	req, err := http.NewRequest(http.MethodPost, "http://api20.kms.test/kms/v1/keys/tag/encrypt", failing{strings.NewReader(hello)})
	if err != nil {
		t.Fatal(err)
	}
	access.Authorize(req, start)
	resp, err := r.send(req)
	if err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, resp); resp.StatusCode != 400 {
		t.Errorf("%d %s, want 400", resp.StatusCode, text)
	}
}
