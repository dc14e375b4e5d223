package reference

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kmsproof/kmsproof/reference/kms"
)

func (c *call) dialect() *Dialect { return &c.service.options.Dialect }

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
		return kms.BadJSON.In(fieldOf(syntax.JSONPointer), "%s, at byte %d", why, syntax.ByteOffset)
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		if errors.Is(err, json.ErrUnknownName) {
			return kms.BadField(fieldOf(semantic.JSONPointer), "there is no such member")
		}
		return kms.BadField(fieldOf(semantic.JSONPointer), "a JSON %s does not belong here", semantic.JSONKind)
	}
	return kms.BadJSON.In("", "it is not a JSON object")
}

// fieldOf turns a JSON pointer into the name of the member that it leads to. Of what a caller made up it tells
// what is harmless.
func fieldOf(p jsontext.Pointer) string { return harmlessPath(strings.TrimPrefix(string(p), "/")) }

// texts is a string or an array of strings.
type texts struct {
	list  []string
	array bool
	given bool
}

func aText(text string) texts { return texts{list: []string{text}, given: true} }

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (t *texts) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	t.given = true
	switch dec.PeekKind() {
	case '[':
		t.array = true
		var items []*string
		if err := json.UnmarshalDecode(dec, &items); err != nil {
			return err
		}
		return t.fill(items, fieldOf(dec.StackPointer()))
	case '"':
		t.list = make([]string, 1)
		return json.UnmarshalDecode(dec, &t.list[0])
	default:
		if err := dec.SkipValue(); err != nil {
			return err
		}
		return kms.BadField(fieldOf(dec.StackPointer()), "it is neither a string nor an array of strings")
	}
}

// fill takes the items of an array, none of which may be null.
func (t *texts) fill(items []*string, field string) error {
	for i, item := range items {
		if item == nil {
			return kms.BadField(fmt.Sprintf("%s/%d", field, i), "it is null")
		}
		t.list = append(t.list, *item)
	}
	return nil
}

// require refuses texts that are missing or an empty array, or have more items than the dialect takes.
func (d *Dialect) require(field string, t *texts) *kms.Refusal {
	t.array = t.array && !(d.SingleForOne && len(t.list) == 1)
	if !t.given {
		return kms.MissingField(field)
	}
	if len(t.list) == 0 && !d.EmptyLists {
		return kms.BadField(field, "the array is empty")
	}
	if d.MaxItems > 0 && len(t.list) > d.MaxItems {
		return kms.BadField(field, "%d items; at most %d are taken", len(t.list), d.MaxItems)
	}
	return nil
}

// plaintexts decodes the base64 of each text.
func (d *Dialect) plaintexts(field string, t texts) ([][]byte, *kms.Refusal) {
	out := make([][]byte, len(t.list))
	for i, text := range t.list {
		var err error
		if out[i], err = d.base64(text); err != nil && len(t.list) > 1 && d.PartialBatches {
			out[i] = nil
		} else if err != nil {
			return nil, kms.NoBase64(t.item(field, i))
		}
	}
	return out, nil
}

// loose turns base64 as many write it into the standard alphabet without padding.
var loose = strings.NewReplacer("\r", "", "\n", "", "-", "+", "_", "/", "=", "")

func (d *Dialect) base64(text string) ([]byte, error) {
	if d.LenientBase64 {
		return base64.RawStdEncoding.DecodeString(loose.Replace(text))
	}
	return kms.Base64(text)
}

func (t *texts) item(field string, i int) string {
	if !t.array {
		return field
	}
	return fmt.Sprintf("%s/%d", field, i)
}

// hours is a lifetime on the wire: a whole number, the same in a string, or "UL".
type hours struct {
	kms.Lifetime
	quoted bool // a number in a string
	small  bool // UL in other letters than capitals
}

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (h *hours) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	text := token.String()
	if token.Kind() == 'n' { // like one that is missing
		return nil
	}
	if token.Kind() == '"' && strings.EqualFold(text, "UL") {
		h.Lifetime, h.small = kms.Lifetime{Given: true, Unlimited: true}, text != "UL"
		return nil
	}
	n, err := strconv.Atoi(text)
	if (token.Kind() != '"' && token.Kind() != '0') || err != nil || strconv.Itoa(n) != text {
		return kms.BadField(fieldOf(dec.StackPointer()), `it is neither a whole number of hours nor "UL"`)
	}
	h.Lifetime, h.quoted = kms.Lifetime{Given: true, Hours: n}, token.Kind() == '"'
	return nil
}

// addresses reads the items of an IP ACL.
func addresses(list []string, read func(text string) (netip.Prefix, error)) ([]netip.Prefix, *kms.Refusal) {
	if len(list) == 0 {
		return nil, kms.BadField("ipList", "it is missing or empty")
	}
	out := make([]netip.Prefix, len(list))
	for i, text := range list {
		a, err := read(text)
		if err != nil {
			return nil, kms.BadField(fmt.Sprintf("ipList/%d", i), "%s", err)
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
	if err != nil || n < least || n > most || strconv.Itoa(n) != text {
		return 0, kms.OutOfRange.In(field, "it is not a whole number from %d to %d", least, most)
	}
	return n, nil
}

// nearest is number that takes what is out of bounds for the nearest that is not, also where it fits no int.
func nearest(field, text string, fallback, least, most int) (int, *kms.Refusal) {
	n, err := strconv.Atoi(text)
	if digits := strings.TrimPrefix(text, "-"); errors.Is(err, strconv.ErrRange) && digits[0] >= '1' {
		return min(max(n, least), most), nil
	}
	n, bad := number(field, text, fallback, math.MinInt, math.MaxInt)
	return min(max(n, least), most), bad
}

// parseQuery reads a query strictly: well-formed, and each of the named fields once at most.
func parseQuery(text string, fields ...string) (url.Values, *kms.Refusal) {
	query, err := url.ParseQuery(text)
	if err != nil {
		return nil, kms.BadField("", "the query is not well-formed")
	}
	for _, f := range fields {
		if len(query[f]) > 1 {
			return nil, kms.BadField(f, "it occurs twice")
		}
	}
	return query, nil
}

// A page is the part of a list that a call asks for.
type page struct{ no, size int }

// page reads the query of a call for a list. also are the fields that it has beside those of the page.
func (c *call) page(also ...string) (url.Values, page, *kms.Refusal) {
	query, bad := parseQuery(c.request.URL.RawQuery, append(also, "pageNo", "pageSize")...)
	if bad != nil {
		return nil, page{}, bad
	}
	read := number
	if c.dialect().ClampPages {
		read = nearest
	}
	no, badNo := read("pageNo", query.Get("pageNo"), 1, 1, 1<<30)
	size, badSize := read("pageSize", query.Get("pageSize"), 100, 1, 200)
	return query, page{no, size}, cmp.Or(badNo, badSize)
}

// within returns where the page lies in a list of n items, and how many pages there are. One past the last is
// empty, or refused where the dialect does; an empty list has a first page.
func (d *Dialect) within(n int, p page) (first, last, pages int, bad *kms.Refusal) {
	first, last, pages = p.bounds(n)
	if d.RefusePastEnd && p.no > max(pages, 1) {
		bad = kms.BadField("pageNo", "there are %d pages", pages)
	}
	return first, last, pages, bad
}

func (p page) bounds(n int) (first, last, pages int) {
	pages = (n + p.size - 1) / p.size
	if p.no > pages {
		return n, n, pages
	}
	first = (p.no - 1) * p.size
	return first, min(first+p.size, n), pages
}
