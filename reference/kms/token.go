package kms

import (
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
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
	Permissions []Permission // of the account, as of issue

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
// documented header members and no other, RS256, no duplicate or unknown claims, times that are
// whole seconds.
func parse(token string) (parsed, *Refusal) {
	bad := refuse(BadToken, "it is not a token of this service")
	if len(token) > MaxToken {
		return parsed{}, bad
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return parsed{}, bad
	}
	var head header
	var body payload
	if !decodePart(parts[0], &head) || head != (header{Type: "JWT", Algorithm: "RS256"}) || !decodePart(parts[1], &body) {
		return parsed{}, bad
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	tag, prefixed := strings.CutPrefix(body.Key, tagPrefix)
	if err != nil || !prefixed || body.Class != external {
		return parsed{}, bad
	}
	c := Claims{
		Subject: body.Subject, IssuedAt: time.Unix(body.IssuedAt, 0).UTC(), Kind: body.Kind,
		KeyTag: tag, Permissions: body.Permissions,
	}
	if body.Expires != nil {
		c.Expires = time.Unix(*body.Expires, 0).UTC()
	}
	return parsed{claims: c, signed: token[:len(parts[0])+1+len(parts[1])], signature: signature}, nil
}

// named returns the key tag that a token names, before anything of it is verified.
func named(token string) (string, *Refusal) {
	bad := refuse(BadToken, "it is not a token of this service")
	if len(token) > MaxToken {
		return "", bad
	}
	_, rest, _ := strings.Cut(token, ".")
	part, _, ok := strings.Cut(rest, ".")
	var body payload
	if !ok || !decodePart(part, &body) {
		return "", bad
	}
	tag, ok := strings.CutPrefix(body.Key, tagPrefix)
	if !ok {
		return "", bad
	}
	return tag, nil
}

func decodePart(part string, into any) bool {
	if strings.ContainsAny(part, "\r\n") { // the decoder would pass over them
		return false
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil && json.Unmarshal(text, into, strict) == nil
}

// verify checks the signature of a decoded token.
func (p parsed) verify(key *rsa.PublicKey) bool {
	return jwt.SigningMethodRS256.Verify(p.signed, p.signature, key) == nil
}
