package reference

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// decode reads a body strictly: one JSON object, no duplicate members, no bad UTF-8, nothing after
// it. Unknown members are passed over. An empty body is an empty object.
func decode(body []byte, into any) *kms.Refusal {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return decodeRefusal(err)
	}
	if trimmed := bytes.TrimSpace(body); trimmed[0] != '{' {
		return kms.BadField("", "the body is not a JSON object")
	}
	return nil
}

// decodeRefusal names the field and the fault, without the value: it may be a plaintext.
func decodeRefusal(err error) *kms.Refusal {
	if refused, ok := errors.AsType[*kms.Refusal](err); ok {
		return refused
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		why := "it is not well-formed JSON"
		if errors.Is(err, jsontext.ErrDuplicateName) {
			why = "the member occurs twice"
		}
		return kms.BadField(fieldOf(syntax.JSONPointer), "%s, at byte %d", why, syntax.ByteOffset)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return kms.BadField(fieldOf(semantic.JSONPointer), "a JSON %s does not belong here", semantic.JSONKind)
	}
	return kms.BadField("", "it is not a JSON object")
}

// fieldOf turns a JSON pointer into the name of the member that it leads to.
func fieldOf(p jsontext.Pointer) string { return strings.TrimPrefix(string(p), "/") }

// texts is a string or an array of strings.
type texts struct {
	list  []string
	array bool
	given bool
}

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (t *texts) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	t.given = true
	switch dec.PeekKind() {
	case '[':
		t.array = true
		return json.UnmarshalDecode(dec, &t.list)
	case '"':
		t.list = make([]string, 1)
		return json.UnmarshalDecode(dec, &t.list[0])
	default:
		return errors.New("neither a string nor an array of strings")
	}
}

// require refuses texts that are missing or an empty array.
func (t *texts) require(field string) *kms.Refusal {
	if !t.given {
		return kms.BadField(field, "it is missing")
	}
	if len(t.list) == 0 {
		return kms.BadField(field, "the array is empty")
	}
	return nil
}

// one or many: the shape of the answer is the shape of the question.
func (t *texts) shape(results []string) any {
	if t.array {
		return results
	}
	return results[0]
}

// plaintexts decodes the base64 of each text.
func (t *texts) plaintexts(field string) ([][]byte, *kms.Refusal) {
	out := make([][]byte, len(t.list))
	for i, text := range t.list {
		var err error
		if out[i], err = kms.Base64(text); err != nil {
			return nil, kms.BadField(t.item(field, i), "it is not standard base64 with padding")
		}
	}
	return out, nil
}

func (t *texts) item(field string, i int) string {
	if !t.array {
		return field
	}
	return fmt.Sprintf("%s/%d", field, i)
}

// hours is a lifetime on the wire: a whole number, the same in a string, or "UL".
type hours struct{ kms.Lifetime }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (h *hours) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	text := token.String()
	if token.Kind() == '"' && text == "UL" {
		h.Lifetime = kms.Lifetime{Given: true, Unlimited: true}
		return nil
	}
	n, err := strconv.Atoi(text)
	if (token.Kind() != '"' && token.Kind() != '0') || err != nil || strconv.Itoa(n) != text {
		return kms.BadField(fieldOf(dec.StackPointer()), `it is neither a whole number of hours nor "UL"`)
	}
	h.Lifetime = kms.Lifetime{Given: true, Hours: n}
	return nil
}

// addresses reads the items of an IP ACL.
func addresses(list []string, read func(text string) (netip.Addr, bool)) ([]netip.Addr, *kms.Refusal) {
	if len(list) == 0 {
		return nil, kms.BadField("ipList", "it is missing or empty")
	}
	out := make([]netip.Addr, len(list))
	for i, text := range list {
		a, ok := read(text)
		if !ok {
			return nil, kms.BadField(fmt.Sprintf("ipList/%d", i), "it is not a single IPv4 address")
		}
		out[i] = a
	}
	return out, nil
}

// number reads a whole number of a query; missing means fallback.
func number(field, text string, fallback, least, most int) (int, *kms.Refusal) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, kms.BadField(field, "it is not a whole number from %d to %d", least, most)
	}
	return n, nil
}
