package wire

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

// What this reader takes for an answer, net/http takes for the same: the status, the body, and whether
// the connection may carry another. This one may refuse more.
func FuzzAnswersAreReadAsNetHTTPReadsThem(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nConnection: close, x\r\n\r\n",
		"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
		"HTTP/1.1 200 OK\n\nto the end",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a Answer
		keep, err := a.read(bufio.NewReaderSize(bytes.NewReader(data), readAhead), false, 1<<16)
		if err != nil {
			return
		}
		in := bufio.NewReader(bytes.NewReader(data))
		resp, err := http.ReadResponse(in, &http.Request{Method: http.MethodPost})
		for err == nil && resp.StatusCode < 200 && resp.StatusCode != 101 {
			resp.Body.Close()
			resp, err = http.ReadResponse(in, &http.Request{Method: http.MethodPost})
		}
		if err != nil {
			t.Skip("net/http refuses a field's form, which is of no use here")
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Skip("net/http refuses the form of a trailer")
		}
		if resp.StatusCode != a.Status || !bytes.Equal(body, a.Body) {
			t.Errorf("%d %q, net/http reads %d %q", a.Status, a.Body, resp.StatusCode, body)
		}
		if keep && resp.Close {
			t.Error("the connection is kept, net/http would close it")
		}
	})
}
