package reference

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A payload is the body of a call.
type payload struct {
	text    []byte
	strict  bool     // refuses unknown members instead of passing over them
	noNulls bool     // refuses members that are null
	unknown []string // members that were passed over, in order; at most maxUnknown, and how many more
}

// maxUnknown bounds how many unknown members are noted.
const maxUnknown = 8

// decode reads a body strictly: one JSON object, no duplicate members, no bad UTF-8, nothing after
// it. Unknown members are noted and passed over. An empty body is an empty object.
func (c *call) decode(into any) *kms.Refusal {
	p, body := &c.body, c.body.text
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	err := json.Unmarshal(body, into, json.RejectUnknownMembers(true))
	if errors.Is(err, json.ErrUnknownName) {
		if p.strict {
			return unknownRefusal(err)
		}
		p.unknown = unknownMembers(body, into)
		err = json.Unmarshal(body, into)
	}
	if err != nil && !utf8.Valid(body) {
		return &kms.Refusal{Reason: kms.NotUTF8, Detail: "the body is not UTF-8"}
	}
	if err != nil {
		return decodeRefusal(err)
	}
	if trimmed := bytes.TrimSpace(body); trimmed[0] != '{' {
		return kms.BadJSON.In("", "the body is not a JSON object")
	}
	if p.noNulls {
		return nullMember(body)
	}
	return nil
}

// nullMember refuses a member of a JSON object that is null.
func nullMember(body []byte) *kms.Refusal {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(body, &members); err != nil {
		return decodeRefusal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if members[name].Kind() == 'n' {
			return kms.BadField(harmless(name), "it is null")
		}
	}
	return nil
}

// contentType refuses a body of another type than JSON, or of none, where the dialect does.
func (c *call) contentType() *kms.Refusal {
	d := c.dialect()
	if !d.RefuseOtherTypes && !d.RequireType || len(c.body.text) == 0 {
		return nil
	}
	given := c.request.Header.Get("Content-Type")
	if given == "" && d.RequireType {
		return &kms.Refusal{Reason: kms.NotJSON, Detail: "the body has no content type"}
	}
	if kind, _, _ := mime.ParseMediaType(given); given != "" && d.RefuseOtherTypes && kind != "application/json" {
		return &kms.Refusal{Reason: kms.NotJSON, Detail: "the body is not application/json"}
	}
	return nil
}

// sole returns the text of a body that is {"name":"text"} to the byte, where the text is of the alphabet of
// base64. Most bodies are, and are spared the general reader; whatever else a body may be is for decode to
// judge.
func (p *payload) sole(name string) (text string, ok bool) {
	rest, ok := bytes.CutPrefix(p.text, []byte(`{"`))
	if !ok || !bytes.HasPrefix(rest, []byte(name)) {
		return "", false
	}
	rest, ok = bytes.CutPrefix(rest[len(name):], []byte(`":"`))
	if !ok {
		return "", false
	}
	rest, ok = bytes.CutSuffix(rest, []byte(`"}`))
	for _, c := range rest {
		if !base64Byte[c] {
			return "", false
		}
	}
	return string(rest), ok
}

// base64Byte tells the bytes of standard base64 with padding.
var base64Byte = func() (is [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		is[c] = true
	}
	return is
}()

func unknownRefusal(err error) *kms.Refusal {
	field := ""
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		field = fieldOf(semantic.JSONPointer)
	}
	return kms.BadField(field, "the call has no such member")
}

// unknownMembers returns the members of a body that the struct behind into does not have, each as a path. Beyond
// maxUnknown it says how many more there are.
func unknownMembers(body []byte, into any) []string {
	unknown := unknownBelow(nil, "", body, reflect.TypeOf(into).Elem())
	slices.Sort(unknown)
	if more := len(unknown) - maxUnknown; more > 0 {
		return append(slices.Clone(unknown[:maxUnknown]), fmt.Sprintf("and %d more", more)) // the rest is not kept
	}
	return unknown
}

// unknownBelow adds those of a value that is to become one of a type.
func unknownBelow(unknown []string, path string, value jsontext.Value, of reflect.Type) []string {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case of.Kind() == reflect.Struct && value.Kind() == '{':
		return unknownInObject(unknown, path, value, of)
	case of.Kind() == reflect.Slice && value.Kind() == '[':
		var items []jsontext.Value
		_ = json.Unmarshal(value, &items) // where it fails the strict reading will say why
		for i, item := range items {
			unknown = unknownBelow(unknown, fmt.Sprintf("%s%d/", path, i), item, of.Elem())
		}
	}
	return unknown
}

func unknownInObject(unknown []string, path string, object jsontext.Value, of reflect.Type) []string {
	var members map[string]jsontext.Value
	_ = json.Unmarshal(object, &members) // where it fails the strict reading will say why
	for _, f := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if value, given := members[name]; given && name != "" {
			unknown = unknownBelow(unknown, path+name+"/", value, f.Type)
			delete(members, name)
		}
	}
	for name := range members {
		unknown = append(unknown, path+harmless(name))
	}
	return unknown
}
