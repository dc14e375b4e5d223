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

// A Policy is a Sub Account policy that decides what an account may do (kms-subaccount).
type Policy string

// The policies.
const (
	PolicyAdministrator  Policy = "NCP_ADMINISTRATOR"
	PolicyInfraManager   Policy = "NCP_INFRA_MANAGER"
	PolicyKMSManager     Policy = "NCP_KMS_MANAGER"
	PolicyKMSViewer      Policy = "NCP_KMS_VIEWER"
	PolicyFinanceManager Policy = "NCP_FINANCE_MANAGER"
)

// Policies returns every policy with its permissions.
func Policies() map[Policy][]Permission {
	return map[Policy][]Permission{
		PolicyAdministrator: Manager(), PolicyInfraManager: Manager(), PolicyKMSManager: Manager(),
		PolicyKMSViewer: Viewer(), PolicyFinanceManager: {},
	}
}

// An Account is an account or sub account with a key pair.
type Account struct {
	ID          string // claim "sub" of its tokens
	Name        string
	AccessKey   string
	SecretKey   string
	APIKey      string // for signature v1
	Policy      Policy
	Permissions []Permission // by its policy

	access atomic.Pointer[AccessRule] // nil: none was ever set
}

// A Caller is who makes a call: an account, or the bearer of a token.
type Caller struct {
	Account *Account   // nil for a token call
	Claims  Claims     // of the token
	From    netip.Addr // IPv4 addresses are never in their IPv6 form
}

// permissions returns what the caller holds.
func (c Caller) permissions() []Permission {
	if c.Account != nil {
		return c.Account.Permissions
	}
	return c.Claims.Permissions
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

// CheckSignature verifies a signature against the account, which is nil for an unknown access key,
// and the clock.
func (r *Rules) CheckSignature(s Signature, a *Account, now time.Time) *Refusal {
	secret := ""
	if a != nil {
		secret = a.SecretKey
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(r.SignedText(s)))
	same := r.SameSignature(base64.StdEncoding.EncodeToString(mac.Sum(nil)), s.Value)
	if a == nil || !same {
		return refuse(BadSignature, "the access key is unknown or the signature does not fit the request")
	}
	if s.Version == 1 && !sameSignature(a.APIKey, s.APIKey) {
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
