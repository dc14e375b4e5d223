package kms

import (
	"crypto/rsa"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/golang-jwt/jwt/v5"
)

// Kind is the kind of a token, by its name in claim "1".
type Kind string

// The kinds of tokens.
const (
	Access  Kind = "ACCESS"
	Refresh Kind = "REFRESH"
)

// Claims are what a token says.
type Claims struct {
	Subject     string    // id of the account that asked for it
	IssuedAt    time.Time // to the second
	Expires     time.Time // to the second; zero: unlimited
	Kind        Kind
	KeyTag      string
	Permissions []Permission // of the account on the key, as of issue

	by *Creator // who verified them; nil for claims that no Store verified
}

// tagPrefix precedes the key tag in claim "2".
const tagPrefix = "keytag__"

// external is claim "3" of tokens that callers outside hold.
const external = "EXT"

// MaxToken bounds the length of a token that is looked at, in bytes. Genuine ones have about 750.
const MaxToken = 8 << 10

// header and payload are the two JSON parts of a token. The order of members is the documented one
// (kms-token).
type header struct {
	Type      string `json:"typ"`
	Algorithm string `json:"alg"`
}

type payload struct {
	Subject     string       `json:"sub"`
	IssuedAt    int64        `json:"iat"`
	Expires     *int64       `json:"exp,omitempty"`
	Kind        Kind         `json:"1"`
	Key         string       `json:"2"`
	Class       string       `json:"3"`
	Permissions []Permission `json:"4"`
}

var strict = json.RejectUnknownMembers(true)

// sign makes the token of c.
func sign(c Claims, key *rsa.PrivateKey) (string, error) {
	head, err := json.Marshal(header{Type: "JWT", Algorithm: jwt.SigningMethodRS256.Alg()})
	if err != nil {
		return "", err
	}
	p := payload{
		Subject: c.Subject, IssuedAt: c.IssuedAt.Unix(), Kind: c.Kind,
		Key: tagPrefix + c.KeyTag, Class: external, Permissions: c.Permissions,
	}
	if !c.Expires.IsZero() {
		exp := c.Expires.Unix()
		p.Expires = &exp
	}
	body, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	signature, err := jwt.SigningMethodRS256.Sign(text, key)
	if err != nil {
		return "", err
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// A parsed token was decoded but not verified: nothing in it may be believed.
type parsed struct {
	claims    Claims
	signed    string
	signature []byte
}

// parse decodes a token strictly: three parts of unpadded base64url in their only spelling, the two
// documented header members and no other, RS256, every documented claim but an end once and no other,
// times that are whole seconds.
func parse(token string) (parsed, *Refusal) {
	bad := refuse(BadToken, "it is not a token of this service")
	head, body, p, ok := cut(token)
	if !ok || !readHeader(head) {
		return parsed{}, bad
	}
	claims, ok := readClaims(body)
	if !ok {
		return parsed{}, bad
	}
	p.claims = claims
	return p, nil
}

// cut takes a token apart without reading its parts: they are of any content.
func cut(token string) (head, body []byte, p parsed, ok bool) {
	if len(token) > MaxToken {
		return nil, nil, p, false
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil, p, false
	}
	raw := make([][]byte, len(parts))
	for i, part := range parts {
		if raw[i], ok = decodePart(part); !ok {
			return nil, nil, p, false
		}
	}
	return raw[0], raw[1], parsed{signed: parts[0] + "." + parts[1], signature: raw[2]}, true
}

// readHeader reports whether the first part of a token is the documented one.
func readHeader(text []byte) bool {
	var h header
	return json.Unmarshal(text, &h, strict) == nil && h == header{Type: "JWT", Algorithm: "RS256"}
}

// readClaims reads the second part of a token.
func readClaims(text []byte) (Claims, bool) {
	var raw map[string]jsontext.Value
	var body payload
	if json.Unmarshal(text, &raw) != nil || json.Unmarshal(text, &body, strict) != nil {
		return Claims{}, false
	}
	tag, prefixed := strings.CutPrefix(body.Key, tagPrefix)
	if !complete(raw) || !prefixed || body.Class != external {
		return Claims{}, false
	}
	c := Claims{
		Subject: body.Subject, IssuedAt: time.Unix(body.IssuedAt, 0).UTC(), Kind: body.Kind,
		KeyTag: tag, Permissions: body.Permissions,
	}
	if body.Expires != nil {
		c.Expires = time.Unix(*body.Expires, 0).UTC()
	}
	return c, true
}

// complete reports whether claims lack none but exp, and nothing in them is null: a null exp would be
// no end, and a null permission code 0.
func complete(claims map[string]jsontext.Value) bool {
	for _, name := range []string{"sub", "iat", "1", "2", "3", "4"} {
		if _, ok := claims[name]; !ok {
			return false
		}
	}
	for _, value := range claims {
		if value.Kind() == 'n' {
			return false
		}
	}
	var codes []*Permission
	return json.Unmarshal(claims["4"], &codes) == nil && !slices.Contains(codes, nil)
}

// named returns the key tag that a token names, before anything of it is verified. It looks at no more
// than that: the rest is for the key's authority to judge.
func named(token string) (string, *Refusal) {
	bad := refuse(BadToken, "it is not a token of this service")
	if len(token) > MaxToken {
		return "", bad
	}
	_, rest, _ := strings.Cut(token, ".")
	part, _, ok := strings.Cut(rest, ".")
	text, spelt := decodePart(part)
	var body payload
	if !ok || !spelt || json.Unmarshal(text, &body, strict) != nil {
		return "", bad
	}
	tag, ok := strings.CutPrefix(body.Key, tagPrefix)
	if !ok {
		return "", bad
	}
	return tag, nil
}

// decodePart decodes a part of a token that is in its only spelling.
func decodePart(part string) ([]byte, bool) {
	if strings.ContainsAny(part, "\r\n") { // the decoder would pass over them
		return nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return raw, err == nil
}

// verify checks the signature of a decoded token.
func (p parsed) verify(key *rsa.PublicKey) bool {
	return jwt.SigningMethodRS256.Verify(p.signed, p.signature, key) == nil
}
