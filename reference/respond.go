package reference

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var jsonType = []string{"application/json;charset=UTF-8"}

// respond answers with a body of one of our own types.
func respond(w http.ResponseWriter, status int, body any) {
	if d, ok := body.(*done20); ok && d.respond(w, status) {
		return
	}
	text, err := json.Marshal(body, json.Deterministic(true), jsontext.AllowInvalidUTF8(true)) // a path may hold anything
	if err != nil {
		panic("reference: " + err.Error())
	}
	send(w, status, text)
}

// wholeSeconds rounds up, so that waiting it out is always enough.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64(max(1, (d+time.Second-1)/time.Second)), 10)
}

func send(w http.ResponseWriter, status int, text []byte) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	_, _ = w.Write(text) // a caller who left needs no answer
}

// buffers hold answers until they are sent.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxBuffer bounds the buffers that are kept, in bytes.
const maxBuffer = 4 << 10

// respond answers without reflection where the datum is a single text, which is what most calls come to.
// It reports whether it did.
func (d *done20) respond(w http.ResponseWriter, status int) bool {
	m, ok := d.Data.(*member)
	if !ok || m.array || len(m.texts[0]) > maxBuffer/2 {
		return false
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	out := append((*buffer)[:0], `{"code":"`...)
	out = append(out, d.Code...) // this and the name are words of ours
	out = append(out, `","data":{"`...)
	out = append(out, m.name...)
	out = append(out, `":`...)
	out = quote(out, m.texts[0])
	*buffer = append(out, "}}"...)
	send(w, status, *buffer)
	return true
}

func quote(to []byte, text string) []byte {
	to, err := jsontext.AppendQuote(to, text)
	if err != nil { // ciphertexts and plaintexts are base64
		panic("reference: " + err.Error())
	}
	return to
}
