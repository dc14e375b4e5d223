package kms

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"
)

// A Policy is a policy of the system, which decides what an account may do with every key (kms-subaccount).
type Policy string

// The policies.
const (
	PolicyAdministrator  Policy = "NCP_ADMINISTRATOR"
	PolicyInfraManager   Policy = "NCP_INFRA_MANAGER"
	PolicyKMSManager     Policy = "NCP_KMS_MANAGER"
	PolicyKMSViewer      Policy = "NCP_KMS_VIEWER"
	PolicyFinanceManager Policy = "NCP_FINANCE_MANAGER"
	// NoPolicy is that of an account that has none of the system's.
	NoPolicy Policy = "NONE"
)

// Policies returns every policy of the system with its permissions.
func Policies() map[Policy][]Permission {
	return map[Policy][]Permission{
		PolicyAdministrator: Manager(), PolicyInfraManager: Manager(), PolicyKMSManager: Manager(),
		PolicyKMSViewer: Viewer(), PolicyFinanceManager: {}, NoPolicy: {},
	}
}

// An Account is an account or sub account. It is safe for concurrent use.
type Account struct {
	ID     string // claim "sub" of its tokens
	Name   string
	APIKey string // for signature v1

	standing atomic.Pointer[Standing]
	access   atomic.Pointer[AccessRule] // nil: none was ever set
}

// NewAccount returns an account without an access rule.
func NewAccount(id, name string, s Standing) *Account {
	a := &Account{ID: id, Name: name}
	a.SetStanding(s)
	return a
}

// A KeyPair is what an account signs with. It is safe for concurrent use.
type KeyPair struct {
	Account              *Account
	AccessKey, SecretKey string

	disabled atomic.Bool
}

// Disabled reports whether the pair was disabled.
func (p *KeyPair) Disabled() bool { return p.disabled.Load() }

// Disable disables the pair, or lets it serve again.
func (p *KeyPair) Disable(off bool) { p.disabled.Store(off) }

// A Caller is who makes a call: an account, or the bearer of a token.
type Caller struct {
	Account *Account   // nil for a token call
	Claims  Claims     // of the token
	From    netip.Addr // IPv4 addresses are never in their IPv6 form
}

// A Signature is what an account call carries, as it came.
type Signature struct {
	Method, URI string // URI is path and query as sent
	Timestamp   string // Unix milliseconds
	AccessKey   string
	APIKey      string // with version 1 alone
	Value       string
	Version     int // 1 or 2
}

// text is what is signed (common-ncpapi; security-kms for version 1).
func (s Signature) text() string {
	middle := s.Timestamp + "\n"
	if s.Version == 1 {
		middle += s.APIKey + "\n"
	}
	return s.Method + " " + s.URI + "\n" + middle + s.AccessKey
}

func sameSignature(right, got string) bool {
	return subtle.ConstantTimeCompare([]byte(right), []byte(got)) == 1
}

// CheckSignature verifies a signature against the key pair, which is nil for an unknown access key,
// and the clock.
func (r *Rules) CheckSignature(s Signature, p *KeyPair, now time.Time) *Refusal {
	secret := ""
	if p != nil {
		secret = p.SecretKey
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(r.SignedText(s)))
	same := r.SameSignature(base64.StdEncoding.EncodeToString(mac.Sum(nil)), s.Value)
	if p == nil || !same {
		return refuse(BadSignature, "the access key is unknown or the signature does not fit the request")
	}
	if !r.Authenticates(p) {
		return refuse(BadSignature, "the key pair is disabled")
	}
	if s.Version == 1 && !sameSignature(p.Account.APIKey, s.APIKey) {
		return refuse(BadSignature, "the API key is not the account's")
	}
	return s.checkTime(now, r.Skew)
}

// checkTime refuses a timestamp that is skew or more away from the clock.
func (s Signature) checkTime(now time.Time, skew time.Duration) *Refusal {
	millis, err := strconv.ParseInt(s.Timestamp, 10, 64)
	if err != nil || strconv.FormatInt(millis, 10) != s.Timestamp {
		return refuse(BadSignature, "the timestamp is not a whole number of milliseconds")
	}
	apart := now.UnixMilli() - millis
	if limit := skew.Milliseconds(); apart >= limit || apart <= -limit {
		return refuse(BadSignature, "the timestamp is %v away from the server's clock; less than %v is allowed",
			(time.Duration(apart) * time.Millisecond).Abs().Round(time.Second), skew)
	}
	return nil
}
