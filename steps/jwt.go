package steps

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// jwt is a token as the suite reads it. Nothing is verified: no key is published to verify it with.
type jwt struct {
	header, payload []byte // JSON
	signature       []byte
	Alg, Typ        string
	Claims          claims
	order           []string // of the members of the payload
}

// claims are the members of the published example (kms-token). The meaning of "3" and "4" is not
// published.
type claims struct {
	Sub   string  `json:"sub"`
	Iat   int64   `json:"iat"` // seconds
	Exp   *int64  `json:"exp"` // seconds; absent: no end
	Kind  string  `json:"1"`   // ACCESS or REFRESH
	Key   string  `json:"2"`   // keytag__ and the key tag
	Class string  `json:"3"`
	Codes []int64 `json:"4"`
}

// keyClaim comes before the key tag in claim "2".
const keyClaim = "keytag__"

// publishedCodes is claim "4" of the example, in its order.
var publishedCodes = []int64{
	33, 34, 4, 14, 25, 20, 10, 11, 12, 13, 6, 7, 8, 9, 21, 23, 24, 22, 26,
	16, 18, 19, 15, 17, 31, 30, 32, 28, 29, 27, 1, 2, 0, 39, 35, 36, 37, 38,
}

// life is exp minus iat; false when the token names no end.
func (c claims) life() (time.Duration, bool) {
	if c.Exp == nil {
		return 0, false
	}
	return time.Duration(*c.Exp-c.Iat) * time.Second, true
}

var base64url = base64.RawURLEncoding.Strict()

// readJWT decodes a token without verifying it. Its error says what is no JWT about it.
func readJWT(text string) (*jwt, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("it has %d parts, a JWT has 3", len(parts))
	}
	var t jwt
	for i, out := range []*[]byte{&t.header, &t.payload, &t.signature} {
		b, err := base64url.DecodeString(parts[i])
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i+1, err)
		}
		*out = b
	}
	var head struct{ Alg, Typ string }
	if err := json.Unmarshal(t.header, &head); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	t.Alg, t.Typ = head.Alg, head.Typ
	if err := json.Unmarshal(t.payload, &t.Claims); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	var err error
	t.order, err = memberOrder(t.payload)
	return &t, err
}

// memberOrder lists the members of a JSON object as they stand.
func memberOrder(object []byte) ([]string, error) {
	d := json.NewDecoder(strings.NewReader(string(object)))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("payload: it is no object")
	}
	var names []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		names = append(names, fmt.Sprint(name))
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return nil, err
		}
	}
	return names, nil
}
