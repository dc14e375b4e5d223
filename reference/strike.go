package reference

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What a fault can do to a body.
const (
	bodyTruncated = "truncated"
	bodyGarbage   = "garbage"
	bodyEmpty     = "empty"
)

// garbage is what a garbage body holds: no JSON, no UTF-8.
const garbage = "\x1f\x8b\x00\xff\xfe<html>\x00"

// wait lets a fault's delay pass, unless the caller leaves or the service closes before.
func wait(c *call, delay time.Duration) {
	if delay == 0 {
		return
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.request.Context().Done():
	case <-c.service.closing:
	}
}

// strike turns the answer that the call would have had into the one that the fault leaves. right is
// nil when the call was not carried out.
func (f *fault) strike(right *answer) answer {
	out := answer{status: http.StatusOK, fault: f.label}
	if right != nil {
		out = *right
		out.fault = f.label
	}
	if f.Status != 0 {
		out.status = f.Status
		out.body = f.gateway()
	}
	switch {
	case f.Reset:
		out.status, out.send = 0, reset
	case f.JSON != nil:
		out.body = f.JSON
	case f.Data != nil:
		out.body = changed(out.body, f.Data)
	case f.Body == bodyTruncated:
		out.send = truncate
	case f.Body == bodyGarbage:
		out.send = raw(garbage)
	case f.Body == bodyEmpty:
		out.send = raw("")
	}
	return out
}

// gateway is the body of a status that the script asks for: the API gateway's for it, where there is
// one (api-call-lgc-errorhandling).
func (f *fault) gateway() any {
	codes := map[int][2]string{
		400: {"100", "Bad Request Exception"}, 401: {"200", "Authentication Failed"}, 404: {"300", "Not Found Exception"},
		413: {"430", "Request Entity Too Large"}, 429: {"420", "Rate Limited"}, 500: {"900", "Unexpected Error"},
		503: {"500", "Endpoint Error"}, 504: {"510", "Endpoint Timeout"},
	}
	code, ok := codes[f.Status]
	if !ok {
		code = [2]string{strconv.Itoa(f.Status), http.StatusText(f.Status)}
	}
	return errorBody{errorObject{Code: code[0], Message: code[1], Details: "fault " + f.label}}
}

// changed returns an envelope whose data has other members.
func changed(envelope any, members map[string]any) any {
	text, err := json.Marshal(envelope)
	if err != nil { // only our own types come here
		panic("reference: " + err.Error())
	}
	out := map[string]any{}
	if json.Unmarshal(text, &out) != nil {
		return members
	}
	data, ok := out["data"].(map[string]any)
	if !ok {
		data = map[string]any{}
	}
	maps.Copy(data, members)
	out["data"] = data
	return out
}

// reset breaks the connection so that the caller sees it reset. In memory, and behind a handler that
// keeps the connection to itself, the broken call ends by [http.ErrAbortHandler].
func reset(w http.ResponseWriter, _ *answer) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// truncate promises the whole body, sends half of it and breaks the connection.
func truncate(w http.ResponseWriter, a *answer) {
	text, err := json.Marshal(a.body)
	if err != nil { // only our own types come here
		panic("reference: " + err.Error())
	}
	w.Header()["Content-Type"] = jsonType
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(a.status)
	_, _ = w.Write(text[:len(text)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// raw sends text as if it were JSON.
func raw(text string) func(http.ResponseWriter, *answer) {
	return func(w http.ResponseWriter, a *answer) {
		w.Header()["Content-Type"] = jsonType
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(text))
	}
}

// plainJSON checks that a value from a script can be written as JSON, and bounds it.
func plainJSON(value any) error {
	text, err := json.Marshal(value, jsontext.AllowInvalidUTF8(false))
	if err != nil {
		return fmt.Errorf("it cannot be written as JSON")
	}
	if len(text) > maxBody {
		return fmt.Errorf("it has more than %d bytes", maxBody)
	}
	return nil
}
