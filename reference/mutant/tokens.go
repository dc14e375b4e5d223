package mutant

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

func tokens() []Mutant {
	return []Mutant{
		{Name: "expiry-late", Flaw: "A token lives a minute longer than it says.", Apply: rules(func(r *kms.Rules) {
			r.Lives = func(now, exp time.Time) bool { return exp.IsZero() || now.Before(exp.Add(time.Minute)) }
		})},
		{Name: "expiry-two-minutes-late", Flaw: "A token lives two minutes longer than it says.", Apply: rules(func(r *kms.Rules) {
			r.Lives = func(now, exp time.Time) bool { return exp.IsZero() || now.Before(exp.Add(2*time.Minute)) }
		})},
		{Name: "expiry-early", Flaw: "A token dies a minute before it says.", Apply: rules(func(r *kms.Rules) {
			r.Lives = func(now, exp time.Time) bool { return exp.IsZero() || now.Before(exp.Add(-time.Minute)) }
		})},
		{Name: "expiry-half-an-hour-early", Flaw: "A token dies half an hour before it says.", Apply: rules(func(r *kms.Rules) {
			r.Lives = func(now, exp time.Time) bool { return exp.IsZero() || now.Before(exp.Add(-30*time.Minute)) }
		})},
		{Name: "expiry-inclusive", Flaw: "A token is still good in the second in which it expires.", Apply: rules(func(r *kms.Rules) {
			r.Lives = func(now, exp time.Time) bool { return exp.IsZero() || !now.Truncate(time.Second).After(exp) }
		})},
		{Name: "expiry-ignored", Flaw: "A token never dies.", Apply: rules(func(r *kms.Rules) {
			r.Lives = func(time.Time, time.Time) bool { return true }
		})},
		{Name: "unlimited-dies", Flaw: "An unlimited token is dead from the start.", Apply: rules(func(r *kms.Rules) {
			lives := r.Lives
			r.Lives = func(now, exp time.Time) bool { return !exp.IsZero() && lives(now, exp) }
		})},
		{Name: "access-default-24", Flaw: "An access token lives 24 hours unless asked otherwise.", Apply: rules(func(r *kms.Rules) { r.AccessHours.Default = 24 })},
		{Name: "refresh-default-720", Flaw: "A refresh token lives 720 hours unless asked otherwise.", Apply: rules(func(r *kms.Rules) { r.RefreshHours.Default = 720 })},
		{Name: "zero-hours", Flaw: "A lifetime of 0 hours is taken.", Apply: rules(func(r *kms.Rules) { r.AccessHours.Min, r.RefreshHours.Min = 0, 0 })},
		{Name: "two-hours-least", Flaw: "A lifetime of 1 hour is refused.", Apply: rules(func(r *kms.Rules) { r.AccessHours.Min, r.RefreshHours.Min = 2, 2 })},
		{Name: "hours-below-zero", Flaw: "A lifetime below zero is taken for one without end.", Apply: asks("POST /{keyTag}/token-set", members(func(m map[string]any) {
			for _, field := range []string{"accessTokenHours", "refreshTokenHours"} {
				if n, ok := m[field].(float64); ok && n < 0 {
					m[field] = "UL"
				}
			}
		}))},
		{Name: "hours-beyond-two-years", Flaw: "A lifetime above 17,520 hours is taken.", Apply: rules(func(r *kms.Rules) { r.AccessHours.Max, r.RefreshHours.Max = 20000, 20000 })},
		{Name: "refresh-hours-beyond-two-years", Flaw: "A lifetime above 17,520 hours is taken for a refresh token.", Apply: rules(func(r *kms.Rules) { r.RefreshHours.Max = 20000 })},
		{Name: "refresh-zero-hours", Flaw: "A lifetime of 0 hours is taken for a refresh token.", Apply: rules(func(r *kms.Rules) { r.RefreshHours.Min = 0 })},
		{Name: "hours-below-two-years", Flaw: "A lifetime of 17,520 hours is refused.", Apply: rules(func(r *kms.Rules) { r.AccessHours.Max, r.RefreshHours.Max = 8760, 8760 })},
		{Name: "hours-guessed", Flaw: "A lifetime that is no whole number of hours is taken for the default.", Apply: func(o *reference.Options) {
			for _, route := range []string{"POST /{keyTag}/token-set", "PUT /{keyTag}/token-set", "POST /{keyTag}/access-token"} {
				asks(route, members(guessHours))(o)
			}
		}},
		{Name: "renewal-clamps", Flaw: "Renewing a set takes hours out of bounds for the nearest that are within.", Apply: asks("PUT /{keyTag}/token-set", members(func(m map[string]any) {
			for _, field := range []string{"accessTokenHours", "refreshTokenHours"} {
				if n, ok := m[field].(float64); ok {
					m[field] = min(max(n, 1), 17520)
				}
			}
		}))},
		{Name: "renewal-ignores-hours", Flaw: "Renewal takes a number of hours and passes over it.", Apply: renewedHours(func(m map[string]any, field string) {
			if n, ok := m[field].(float64); ok && n >= 1 && n <= 17520 && n == math.Trunc(n) {
				delete(m, field)
			}
		})},
		{Name: "renewal-unlimited-unasked", Flaw: "A renewed token for which no hours are asked has no end.", Apply: renewedHours(func(m map[string]any, field string) {
			if _, ok := m[field]; !ok {
				m[field] = "UL"
			}
		})},
		{Name: "renewal-without-ul", Flaw: "Renewal refuses UL.", Apply: func(o *reference.Options) {
			for _, route := range []string{"PUT /{keyTag}/token-set", "POST /{keyTag}/access-token"} {
				asks(route, func(body []byte) []byte { return bytes.ReplaceAll(body, []byte(`"UL"`), []byte(`"ul"`)) })(o)
			}
		}},
		{Name: "refresh-opens-ciphers", Flaw: "A refresh token is taken for cipher calls.", Apply: rules(func(r *kms.Rules) {
			r.Opens[kms.Refresh] = append(r.Opens[kms.Refresh], kms.Ciphers()...)
		})},
		{Name: "access-renews", Flaw: "An access token is taken for renewal.", Apply: rules(func(r *kms.Rules) {
			r.Opens[kms.Access] = append(r.Opens[kms.Access], kms.RenewTokenSet, kms.RenewAccessToken)
		})},
		{Name: "access-opens-nothing", Flaw: "An access token is refused for cipher calls.", Apply: rules(func(r *kms.Rules) { r.Opens[kms.Access] = nil })},
		{Name: "refresh-renews-nothing", Flaw: "A refresh token is refused for renewal.", Apply: rules(func(r *kms.Rules) { r.Opens[kms.Refresh] = nil })},
		{Name: "refresh-renews-no-set", Flaw: "A refresh token gets an access token but no new set.", Apply: rules(func(r *kms.Rules) {
			r.Opens[kms.Refresh] = []kms.Op{kms.RenewAccessToken}
		})},
		{Name: "foreign-token", Flaw: "Another key's token is taken.", Apply: rules(func(r *kms.Rules) {
			r.OwnKey = func(kms.Claims, string) bool { return true }
		})},
		{Name: "alg-none", Flaw: "A token that says it is not signed is believed.", Apply: authority(func(a kms.Authority) kms.Authority {
			return gullible{a, func(t loose) bool { return strings.EqualFold(t.algorithm, "none") }}
		})},
		{Name: "alg-hs256", Flaw: "A token that says HS256 is verified by HMAC with an empty secret.", Apply: authority(func(a kms.Authority) kms.Authority {
			return gullible{a, func(t loose) bool { return t.hs256("") }}
		})},
		{Name: "alg-hs256-key-tag", Flaw: "A token that says HS256 is verified by HMAC with the key tag.", Apply: authority(func(a kms.Authority) kms.Authority {
			return gullible{a, func(t loose) bool { return t.hs256(t.claims.KeyTag) }}
		})},
		{Name: "signature-unread", Flaw: "A token is believed without a look at its signature.", Apply: authority(func(a kms.Authority) kms.Authority {
			return gullible{a, func(loose) bool { return true }}
		})},
		{Name: "signature-empty", Flaw: "A token whose signature was cut off is believed.", Apply: authority(func(a kms.Authority) kms.Authority {
			return gullible{a, func(t loose) bool { return t.signature == "" }}
		})},
		{Name: "algorithm-lost", Flaw: "Tokens say in their header that they are signed with RS512.", Apply: authority(func(a kms.Authority) kms.Authority {
			return misnaming{a}
		})},
	}
}

// renewedHours returns a flaw in what either renewal reads of the hours of a token.
func renewedHours(change func(m map[string]any, field string)) func(*reference.Options) {
	return func(o *reference.Options) {
		asks("POST /{keyTag}/access-token", members(func(m map[string]any) { change(m, "accessTokenHours") }))(o)
		asks("PUT /{keyTag}/token-set", members(func(m map[string]any) {
			change(m, "accessTokenHours")
			change(m, "refreshTokenHours")
		}))(o)
	}
}

// guessHours drops lifetimes that are no whole numbers.
func guessHours(m map[string]any) {
	for _, field := range []string{"accessTokenHours", "refreshTokenHours"} {
		n, isNumber := m[field].(float64)
		text, isText := m[field].(string)
		_, err := strconv.Atoi(text)
		if isNumber && n == math.Trunc(n) || isText && (err == nil || text == "UL") {
			continue
		}
		delete(m, field)
	}
}

// gullible believes the claims of some tokens without verifying them.
type gullible struct {
	kms.Authority
	believes func(loose) bool
}

func (g gullible) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	c, err := g.Authority.Verify(by, token)
	if err == nil || !by.Active() {
		return c, err
	}
	if t, ok := read(token); ok && g.believes(t) {
		return t.claims, nil
	}
	return c, err
}

// loose is a token that was decoded without care.
type loose struct {
	claims                       kms.Claims
	algorithm, signed, signature string
	more                         bool // it has claims that the published example lacks
}

// hs256 reports whether the token says HS256 and carries the HMAC by this secret.
func (t loose) hs256(secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t.signed))
	return t.algorithm == "HS256" && t.signature == base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// read decodes a token carelessly.
func read(token string) (t loose, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) < 2 {
		return t, false
	}
	var head struct {
		Algorithm string `json:"alg"`
	}
	var body struct {
		Subject string           `json:"sub"`
		Issued  int64            `json:"iat"`
		Expires int64            `json:"exp"`
		Kind    kms.Kind         `json:"1"`
		Key     string           `json:"2"`
		May     []kms.Permission `json:"4"`
	}
	if !careless(parts[0], &head) || !careless(parts[1], &body) {
		return t, false
	}
	c := kms.Claims{
		Subject: body.Subject, IssuedAt: time.Unix(body.Issued, 0), Kind: body.Kind,
		KeyTag: strings.TrimPrefix(body.Key, "keytag__"), Permissions: body.May,
	}
	if body.Expires != 0 {
		c.Expires = time.Unix(body.Expires, 0)
	}
	var all map[string]any
	_ = careless(parts[1], &all)
	more := slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(name string) bool {
		return !slices.Contains([]string{"sub", "iat", "exp", "1", "2", "3", "4"}, name)
	})
	return loose{c, head.Algorithm, parts[0] + "." + parts[1], strings.Join(parts[2:], "."), more}, true
}

func careless(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

// misnaming issues tokens with another algorithm in the header and takes them back.
type misnaming struct{ kms.Authority }

var (
	rightHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"RS256"}`))
	wrongHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"RS512"}`))
)

func (m misnaming) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	token, err := m.Authority.Issue(by, c)
	return strings.Replace(token, rightHeader, wrongHeader, 1), err
}

func (m misnaming) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	return m.Authority.Verify(by, strings.Replace(token, wrongHeader, rightHeader, 1))
}
