package kms

import (
	"fmt"
	"maps"
	"slices"
)

// A Reason says which rule refused a call. How a reason looks on the wire is the server's business:
// the published documents leave much of it open.
type Reason string

// The reasons for a refusal.
const (
	Malformed    Reason = "malformed"     // a field of a wrong type, or that says what it may not
	BadSignature Reason = "bad-signature" // the account's signature, or its timestamp
	BadToken     Reason = "bad-token"     // not a genuine token of a creator in office
	Expired      Reason = "expired"       // a genuine token after its time
	ForeignToken Reason = "foreign-token" // a genuine token of another key
	WrongKind    Reason = "wrong-kind"    // a refresh token where an access token is due, or the reverse
	NoPermission Reason = "no-permission" // the caller may not do this
	DeniedIP     Reason = "denied-ip"     // the key's IP ACL does not list the caller's address
	DeniedSource Reason = "denied-source" // the account's access rule does not list the caller's address
	NoGateway    Reason = "no-gateway"    // the account was not given access by API Gateway
	NoAccount    Reason = "no-account"    // no account has this id
	NoKey        Reason = "no-key"        // no key has this tag
	WrongState   Reason = "wrong-state"   // the state of the key does not allow this
	WrongType    Reason = "wrong-type"    // a key of this type does not do this
	NoVersion    Reason = "no-version"    // the key has no such version
	NoCreator    Reason = "no-creator"    // the call needs a token creator in office, or needs that there is none
	Duplicate    Reason = "duplicate"     // the name is taken
	BadCipher    Reason = "bad-cipher"    // a ciphertext that this key did not make
	OverLimit    Reason = "over-limit"    // the rate limit
	NotUTF8      Reason = "not-utf-8"     // a body in another encoding
	TooLarge     Reason = "too-large"     // a body beyond what a server reads
	NotJSON      Reason = "not-json"      // a body of another content type, for dialects that ask for one
	NeverCreator Reason = "never-creator" // the key never had a token creator, for dialects that show none
	NoRoute      Reason = "no-route"      // no such call
	RegionDown   Reason = "region-down"   // no region that is up has the keys of this address
)

// Reasons that are cases of another. A server that has no answer of its own for one of them gives that of the other.
const (
	BadJSON      Reason = "bad-json"      // the body is no JSON object
	Missing      Reason = "missing-field" // a field is not there
	OutOfRange   Reason = "out-of-range"  // a number below or above its bounds, a word that is none of those that there are
	BadBase64    Reason = "bad-base64"    // a text that is not standard base64 with padding
	TooLong      Reason = "too-long"      // more bytes than the call takes
	NoContext    Reason = "no-context"    // a convergent key without its context
	VersionState Reason = "version-state" // the state of a version does not allow this, or the number of versions
	RotationOff  Reason = "rotation-off"  // a key that does not rotate by itself has no period
	ACLState     Reason = "acl-state"     // the state of the key's IP ACL does not allow this
)

// cases maps each of them to what it is a case of.
var cases = map[Reason]Reason{
	BadJSON: Malformed, Missing: Malformed, OutOfRange: Malformed, BadBase64: Malformed, TooLong: Malformed, NoContext: Malformed,
	VersionState: WrongState, RotationOff: WrongState, ACLState: WrongState,
}

// Cases returns the reasons that are cases of another.
func Cases() []Reason { return slices.Sorted(maps.Keys(cases)) }

// General returns the reason of which r is a case; r itself where it is none.
func (r Reason) General() Reason {
	if general, ok := cases[r]; ok {
		return general
	}
	return r
}

// A Refusal is the answer to a call that broke a rule.
type Refusal struct {
	Reason Reason
	Field  string // the field of the body or query that was wrong; may be empty
	Detail string // why, in a sentence without secrets
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Field != "" {
		return fmt.Sprintf("%s: %s: %s", r.Reason, r.Field, r.Detail)
	}
	return fmt.Sprintf("%s: %s", r.Reason, r.Detail)
}

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// BadField is the refusal of a call whose field has a value that is not allowed, for no reason of its own.
func BadField(field, format string, args ...any) *Refusal {
	return Malformed.In(field, format, args...)
}

// In is the refusal of a call for what is in one of its fields.
func (r Reason) In(field, format string, args ...any) *Refusal {
	return &Refusal{Reason: r, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// MissingField is the refusal of a call without a field that it needs.
func MissingField(field string) *Refusal { return Missing.In(field, "it is missing") }

// NoBase64 is the refusal of a call whose field is not standard base64 with padding (RFC 4648, section 4).
func NoBase64(field string) *Refusal {
	return BadBase64.In(field, "it is not standard base64 with padding")
}
