package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const apiPrefix = Prefix + "api/"

// Headers that the page sends with a call.
const (
	// accountHeader names who calls, escaped like a part of a path. Every call carries it: a form or a
	// script of another origin cannot send it without asking first, which is never granted.
	accountHeader = "Kmsproof-Account"
	tokenHeader   = "X-Ncp-Ocapi-Token" // a call that carries it is not signed
)

// call makes the call of the imitated API that follows {api} in the path, as the account that the page
// names, from the page's address. The answer is the API's own.
func (s *Service) call(w http.ResponseWriter, r *http.Request) {
	api := s.APIs[r.PathValue("api")]
	if api == nil {
		complain(w, http.StatusNotFound, "the console calls no API of this name")
		return
	}
	names := r.Header[accountHeader]
	if len(names) != 1 {
		complain(w, http.StatusForbidden, "a call of the console carries one "+accountHeader+" header")
		return
	}
	in, err := inner(r)
	if err != nil {
		complain(w, http.StatusBadRequest, "the call has no path that could be signed")
		return
	}
	if in.Header[tokenHeader] == nil {
		account, ok := s.account(names[0])
		if !ok {
			complain(w, http.StatusBadRequest, "there is no account of this name; reload the page")
			return
		}
		account.sign(in, s.SigningTime().UnixMilli())
	}
	api.ServeHTTP(w, in)
}

// inner returns the call that a request of the page stands for, without credentials but a token. Of the
// page's headers only that and the type of the body go with it.
func inner(r *http.Request) (*http.Request, error) {
	uri := strings.TrimPrefix(r.URL.EscapedPath(), apiPrefix+r.PathValue("api"))
	if r.URL.RawQuery != "" {
		uri += "?" + r.URL.RawQuery
	}
	at, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.URL, in.RequestURI, in.Pattern = at, uri, ""
	in.Header = http.Header{}
	for _, name := range []string{"Content-Type", tokenHeader} {
		if values := r.Header[name]; values != nil {
			in.Header[name] = values
		}
	}
	return in, nil
}

func (s *Service) account(escaped string) (Account, bool) {
	name, err := url.PathUnescape(escaped)
	accounts := s.Accounts()
	i := slices.IndexFunc(accounts, func(a Account) bool { return err == nil && a.Name == name })
	if i < 0 {
		return Account{}, false
	}
	return accounts[i], true
}

// sign puts the account's signature of version 2 on a call (common-ncpapi).
func (a Account) sign(r *http.Request, millis int64) {
	at := strconv.FormatInt(millis, 10)
	mac := hmac.New(sha256.New, []byte(a.SecretKey))
	mac.Write([]byte(r.Method + " " + r.RequestURI + "\n" + at + "\n" + a.AccessKey))
	r.Header.Set("x-ncp-apigw-timestamp", at)
	r.Header.Set("x-ncp-iam-access-key", a.AccessKey)
	r.Header.Set("x-ncp-apigw-signature-v2", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
