package reference_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kmsproof/kmsproof/reference"
)

// TestTheTableOfRoutesIsRight sends each route's request, on a board of its own.
func TestTheTableOfRoutesIsRight(t *testing.T) {
	for _, r := range routes(t) {
		if status, text := newBoard(t, reference.Options{}).request(r, r.method, r.at(), r.body); status != 200 {
			t.Errorf("%s: %d %s, want 200", r, status, text)
		}
	}
}

// refused sends bodies that must all be refused with the status and the code, and looks whether anything
// changed.
func (b *board) refused(r route, bodies []string, status int, code string) {
	b.t.Helper()
	before := b.exported()
	for _, body := range bodies {
		if got, text := b.request(r, r.method, r.at(), body); got != status || !strings.Contains(text, `"errorCode":"`+code+`"`) {
			b.t.Errorf("%s with %q: %d %.200q, want %d %s", r, short(body), got, text, status, code)
		}
	}
	if b.exported() != before {
		b.t.Errorf("%s: a refused request changed the state", r)
	}
}

// TestEveryRouteReadsBodiesStrictly sends each call what its body must not be: no JSON object, more than
// one, members twice, members of other types, base64 in other spellings.
func TestEveryRouteReadsBodiesStrictly(t *testing.T) {
	b := newBoard(t, reference.Options{})
	tried := 0
	for _, r := range routes(t) {
		bodies := slices.Concat(malformed(r.body), wrongMembers(t, r.body))
		b.refused(r, slices.DeleteFunc(slices.Clone(bodies), utf8.ValidString), http.StatusBadRequest, "100")
		b.refused(r, slices.DeleteFunc(slices.Clone(bodies), func(body string) bool { return !utf8.ValidString(body) }), http.StatusBadRequest, "INVALID_REQUEST")
		tried += len(bodies)
	}
	t.Logf("%d bodies refused", tried)
}

// malformed are bodies that are no single JSON object.
func malformed(body string) []string {
	if body == "" {
		body = "{}"
	}
	inner := body[:len(body)-1]
	comma := ","
	if inner == "{" {
		comma = ""
	}
	return []string{
		"[]", "null", "true", "1", `"x"`, "{", "}", `{"a"}`, `{"a":}`, `{a:1}`, `{'a':1}`, "[" + body + "]", inner, body + "x", body + "{}", body + body, body + "]", body + "\x00", "\ufeff" + body, "\x00" + body,
		inner + ",}", inner + comma + `"x":1,"x":2}`, inner + comma + `"x":1,"\u0078":2}`, inner + comma + `"x":{"y":1,"y":2}}`, inner + comma + "\"x\":\"\xff\"}", inner + comma + `"x":"\ud800"}`, inner + comma + `"x":01}`, inner + comma + `"x":NaN}`,
		inner + comma + "\"x\":\"\n\"}", "/**/" + body, body + "//", "<x/>", "a=b", inner + comma + `"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", strings.Repeat(`{"x":`, 20000),
	}
}

// spelt are texts that are no base64 of the one spelling.
var spelt = []string{"aGVsbG8", "aGVsbG9=", "aGVsbG8==", "aGVs\nbG8=", "aGVs bG8=", " aGVsbG8=", "aGVsbG8=\r\n", "-_-_", "a", "=", "====", "aGVs=bG8", "aGVsbG8\u0000", "ａＧＶｓ", "%61GVs"}

// encoded are members that are base64, or have it behind a prefix.
var encoded = map[string]string{"plaintext": "", "data": "", "context": "", "ciphertext": "ncpkms:v2:", "signature": "ncpkms:v1:"}

// wrongMembers are bodies with one member that is there twice, or is what it must not be.
func wrongMembers(t *testing.T, body string) []string {
	if body == "" {
		return nil
	}
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	var all []string
	for name, value := range members {
		with := func(text string) string {
			other := maps.Clone(members)
			other[name] = json.RawMessage(text)
			out, err := json.Marshal(other)
			if err != nil {
				t.Fatal(err)
			}
			return string(out)
		}
		inner := body[:len(body)-1]
		all = append(all, fmt.Sprintf("%s,%q:%s}", inner, name, value), fmt.Sprintf(`%s,"\u%04x%s":%s}`, inner, name[0], name[1:], value))
		for _, text := range others(name, value) {
			all = append(all, with(text))
		}
		if prefix, ok := encoded[name]; ok {
			for _, text := range spelt {
				quoted, err := json.Marshal(prefix + text)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, with(string(quoted)))
				if name == "plaintext" || name == "ciphertext" {
					all = append(all, with(`[`+string(value)+`,`+string(quoted)+`]`))
				}
			}
		}
	}
	return all
}

// others are values of other types than a member's.
func others(name string, value json.RawMessage) []string {
	numbers := []string{"1.5", "true", "[]", "{}", "[1]", "1e400", "-1", "99999999999999999999", `"x"`, `""`}
	switch {
	case strings.HasSuffix(name, "Hours"):
		return append(numbers, "0", `"01"`, `"1.0"`, `" 1"`, `"ul"`, `"UL "`, "17521")
	case name == "plaintext" || name == "ciphertext":
		return []string{"1", "true", "{}", "[]", "[1]", "[null]", "[[" + string(value) + "]]", "[" + string(value) + ",null]", `{"0":` + string(value) + `}`}
	case value[0] == '"':
		return []string{"1", "true", "{}", "[]", "[" + string(value) + "]"}
	case value[0] == '[':
		return []string{"1", "true", "{}", `"x"`, "[1]", "[null]", "[[]]"}
	case value[0] == 't' || value[0] == 'f':
		return []string{"1", "0", `"true"`, `"` + string(value) + `"`, "{}", "[]", "[true]"}
	}
	return append(numbers, `"`+string(value)+`"`)
}

// TestEveryRoutePassesOverUnknownMembers sends each call a member that it does not have, with and without
// the switch that refuses it.
func TestEveryRoutePassesOverUnknownMembers(t *testing.T) {
	strict := newBoard(t, reference.Options{Dialect: reference.Dialect{RefuseUnknown: true}})
	for _, r := range routes(t) {
		body := `{"unknownMember":{"a":[1]}}`
		if r.body != "" {
			body = strings.Replace(r.body, "{", `{"unknownMember":{"a":[1]},`, 1)
		}
		strict.refused(r, []string{body}, http.StatusBadRequest, "INVALID_REQUEST")
		b := newBoard(t, reference.Options{})
		if status, text := b.request(r, r.method, r.at(), body); status != 200 {
			t.Errorf("%s with an unknown member: %d %s, want 200", r, status, text)
		}
		entries := b.service.Journal().Entries(reference.Filter{})
		if last := entries[len(entries)-1]; !slices.Equal(last.Unknown, []string{"unknownMember"}) {
			t.Errorf("%s with an unknown member: the journal notes %v", r, last.Unknown)
		}
	}
}

// TestEveryRouteHasOneMethodAndOneSpelling sends each call by every other method and at every other
// spelling of its path.
func TestEveryRouteHasOneMethodAndOneSpelling(t *testing.T) {
	b := newBoard(t, reference.Options{})
	before, tried := b.exported(), 0
	for _, r := range routes(t) {
		calls := described(t, r.api)
		at := r.at()
		last := strings.LastIndex(at, "/")
		action := at[last+1:]
		wrong := map[string]string{}
		for _, path := range []string{
			at + "/", at + "//", at + "/.", at + "/x", at + ";x=1", at + "%20", at + "%00", at + "%2f", "/" + at, "/." + at, "/x/.." + at, strings.ToUpper(at), at[:last] + "//" + action, at[:last] + "/./" + action, at[:last] + "/x/../" + action,
			at[:last] + "%2F" + action, at[:last+1] + fmt.Sprintf("%%%02x", action[0]) + action[1:], at[:last+1] + strings.ToUpper(action), at[:last+1] + action + "s", strings.Replace(at, "v1", "v3", 1), strings.Replace(at, "v", "V", 1),
			strings.Replace(at, "%", "%25", 1) + "%25", "/v1" + at, strings.Replace(at, "/kms", "", 1) + "/x", at + "\\", at + "?", at + "%3F",
		} {
			if path != at && path != at+"?" {
				wrong[r.method+" "+path] = path
			}
		}
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "post", "LINK"} {
			if !calls[method+" "+r.path] {
				wrong[method+" "+at] = at
			}
		}
		for call, path := range wrong {
			method, _, _ := strings.Cut(call, " ")
			status, text := b.request(r, method, path, r.body)
			// A tag in another spelling is a tag that no key has.
			if status != http.StatusNotFound || !strings.Contains(text, `"300"`) && !strings.Contains(text, `"NOT_FOUND"`) && !strings.Contains(text, `"30"`) {
				t.Errorf("%s %q: %d %.200q, want 404", r.api, call, status, text)
			}
			tried++
		}
	}
	if b.exported() != before {
		t.Error("a call that there is not changed the state")
	}
	t.Logf("%d spellings refused", tried)
}

// TestNoRouteReadsMoreThanItTakes sends each call a body that is too long, with its length and without.
func TestNoRouteReadsMoreThanItTakes(t *testing.T) {
	b := newBoard(t, reference.Options{})
	for _, r := range routes(t) {
		b.refused(r, []string{strings.Repeat(" ", 512<<10) + "{}", `{"x":"` + strings.Repeat("A", 600<<10) + `"}`}, http.StatusRequestEntityTooLarge, "430")
	}
}
