package steps

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kmsproof/kmsproof/target"
)

const keysPath = "/kms/v1/keys"

func (c call) request() target.Request {
	r := target.Request{API: c.api, Method: c.method, Path: c.path, Auth: c.by, From: c.from}
	if len(c.header) > 0 {
		r.Header = http.Header{}
		for name, value := range c.header {
			r.Header[http.CanonicalHeaderKey(name)] = headerValue(value)
		}
	}
	switch body := c.body.(type) {
	case nil:
	case rawBody:
		r.Body = append([]byte{}, body...)
	default:
		r.Body = marshal(body)
	}
	return r
}

// headerValue is nil for the empty text: an entry without values is not sent, and so takes the place
// of a header that would be.
func headerValue(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the steps make nothing that JSON cannot say
	}
	return text
}

// reply is an answer, decoded as far as it follows the published envelopes.
type reply struct {
	*target.Answer
	Code    string
	Msg     *string // API 1.0
	Data    map[string]json.RawMessage
	HasData bool // data is a member, if only null
	Fault   fault
	unread  error // why the body is no envelope
}

// fault is the body of a refusal, in whichever of the published shapes.
type fault struct{ Shape, Code, Message string }

// The published shapes of a refusal.
const (
	shapeGateway  = "error{errorCode,message,details}"
	shapeEnvelope = "code, msg, data: null"
)

// read decodes an answer by the published names alone.
func read(a *target.Answer) *reply {
	r := &reply{Answer: a}
	var top map[string]json.RawMessage
	if r.unread = json.Unmarshal(a.Body, &top); r.unread != nil {
		return r
	}
	text(top["code"], &r.Code)
	if raw, ok := top["msg"]; ok {
		var msg string
		text(raw, &msg)
		r.Msg = &msg
	}
	var data json.RawMessage
	if data, r.HasData = top["data"]; r.HasData {
		if err := json.Unmarshal(data, &r.Data); err != nil {
			r.unread = fmt.Errorf("data is no object: %w", err)
		}
	}
	r.Fault = readFault(top, r)
	return r
}

func readFault(top map[string]json.RawMessage, r *reply) fault {
	if raw, ok := top["error"]; ok {
		f := fault{Shape: shapeGateway}
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) == nil {
			text(members["errorCode"], &f.Code)
			text(members["message"], &f.Message)
		}
		return f
	}
	if r.Code != "" && r.Code != "SUCCESS" && r.Msg != nil {
		return fault{shapeEnvelope, r.Code, *r.Msg}
	}
	return fault{}
}

// text decodes a JSON string; anything else leaves out as it was.
func text(raw json.RawMessage, out *string) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*out = s
	}
}

// ok reports whether the target accepted the call.
func (r *reply) ok() bool {
	return r.Status == http.StatusOK && r.Code == "SUCCESS" && r.HasData && r.unread == nil
}

// refused reports whether the target refused the call: a status of 4xx, or a code that is not SUCCESS.
func (r *reply) refused() bool {
	if r.Status >= 400 && r.Status < 500 {
		return true
	}
	return r.Status/100 == 2 && r.Code != "" && r.Code != "SUCCESS"
}

// String says in a few words what the answer is.
func (r *reply) String() string {
	switch {
	case r.ok():
		return "the call was accepted (status 200, SUCCESS)"
	case r.Fault.Shape != "":
		return fmt.Sprintf("status %d, code %s: %s", r.Status, r.Fault.Code, r.Fault.Message)
	case r.unread != nil:
		return fmt.Sprintf("status %d and a body that is no published envelope: %s", r.Status, short(redact(string(r.Body)), 120))
	default:
		return fmt.Sprintf("status %d, %s", r.Status, short(redact(string(r.Body)), 120))
	}
}

// str returns a member of data as text.
func (r *reply) str(name string) (string, bool) {
	var s string
	return s, json.Unmarshal(r.Data[name], &s) == nil && len(r.Data[name]) > 0 && r.Data[name][0] == '"'
}

// list returns a member of data as a list of texts.
func (r *reply) list(name string) ([]string, bool) {
	var l []string
	return l, json.Unmarshal(r.Data[name], &l) == nil && l != nil
}

// number returns a member of data as a number.
func (r *reply) number(name string) (int64, bool) {
	var n json.Number
	if json.Unmarshal(r.Data[name], &n) != nil {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil && r.Data[name][0] != '"'
}

// short cuts text to at most n bytes of whole characters.
func short(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// memberNames lists the members of data, for failure texts: values may be secret.
func memberNames(r *reply) string { return listed(slices.Sorted(maps.Keys(r.Data))) }
