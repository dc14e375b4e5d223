package kms

import "fmt"

// A Reason says which rule refused a call. How a reason looks on the wire is the server's business:
// the published documents leave much of it open.
type Reason string

// The reasons for a refusal.
const (
	Malformed    Reason = "malformed"     // a field is missing, of a wrong type, out of bounds
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
	WrongState   Reason = "wrong-state"   // the state of the key or of a version does not allow this
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

// BadField is the refusal of a call whose field is missing or has a value that is not allowed.
func BadField(field, format string, args ...any) *Refusal {
	return &Refusal{Reason: Malformed, Field: field, Detail: fmt.Sprintf(format, args...)}
}
