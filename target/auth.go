package target

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"
)

// Auth puts credentials on a request that is otherwise complete. now is the target's time.
type Auth interface {
	Authorize(r *http.Request, now time.Time)
}

// AuthFunc makes a function an Auth.
type AuthFunc func(r *http.Request, now time.Time)

// Authorize implements [Auth].
func (f AuthFunc) Authorize(r *http.Request, now time.Time) { f(r, now) }

// Header names of the published API.
const (
	HeaderToken       = "X-Ncp-Ocapi-Token"
	HeaderTimestamp   = "X-Ncp-Apigw-Timestamp"
	HeaderAccessKey   = "X-Ncp-Iam-Access-Key"
	HeaderSignatureV2 = "X-Ncp-Apigw-Signature-V2"
	HeaderSignatureV1 = "X-Ncp-Apigw-Signature-V1"
	HeaderAPIKey      = "X-Ncp-Apigw-Api-Key"
)

// Token sends a key's access or refresh token (security-kms2-token-*). An empty token sends an
// empty header.
type Token string

// Authorize implements [Auth].
func (t Token) Authorize(r *http.Request, _ time.Time) { r.Header.Set(HeaderToken, string(t)) }

// SignatureV2 signs with an account's key pair (common-ncpapi): method, space, path with query,
// line feed, Unix milliseconds, line feed, access key; HMAC-SHA256, standard base64.
type SignatureV2 Credential

// Authorize implements [Auth].
func (s SignatureV2) Authorize(r *http.Request, now time.Time) {
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	r.Header.Set(HeaderTimestamp, stamp)
	r.Header.Set(HeaderAccessKey, s.AccessKey)
	r.Header.Set(HeaderSignatureV2, mac(s.SecretKey,
		r.Method+" "+r.URL.RequestURI()+"\n"+stamp+"\n"+s.AccessKey))
}

// SignatureV1 is the older form, on API 1.0 only: the API key is a line of its own before the
// access key (security-kms).
type SignatureV1 Credential

// Authorize implements [Auth].
func (s SignatureV1) Authorize(r *http.Request, now time.Time) {
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	r.Header.Set(HeaderTimestamp, stamp)
	r.Header.Set(HeaderAccessKey, s.AccessKey)
	r.Header.Set(HeaderAPIKey, s.APIKey)
	r.Header.Set(HeaderSignatureV1, mac(s.SecretKey,
		r.Method+" "+r.URL.RequestURI()+"\n"+stamp+"\n"+s.APIKey+"\n"+s.AccessKey))
}

func mac(secret, text string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
