package steps

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

func (w *world) accountSteps(add func(string, any)) {
	add(`I ask about the key, signed with (.+)`, w.askSigned)
	add(`I encrypt, signed with (.+)`, func(ctx context.Context, flaw string) error {
		c, err := w.useCall("the key", "encrypt", "with the account")
		if err != nil {
			return err
		}
		if c.by, err = w.flawed(flaw); err != nil {
			return err
		}
		c.body = map[string]any{"plaintext": encode(w.bytes(usualSize))}
		return w.try(ctx, c)
	})
	add(`I encrypt, signed for another body, {way}`, w.encryptSignedForOther)
	add(`I encrypt two texts under one signature {way}`, func(ctx context.Context, how string) error {
		return w.encryptAtOnce(ctx, how, w.list(2, usualSize))
	})
	add(`I encrypt twice by the same call {way}`, func(ctx context.Context, how string) error {
		same := w.bytes(usualSize)
		return w.encryptAtOnce(ctx, how, [][]byte{same, same})
	})
	add(`I ask about the key by a clock {duration} (ahead|behind)`, func(ctx context.Context, span, side string) error {
		d, err := duration(span)
		if err != nil {
			return err
		}
		return w.askBy(ctx, w.shifted(d, side))
	})
	add(`I list keys by the query {text}`, func(ctx context.Context, query string) error {
		return w.try(ctx, call{method: "GET", path: keysPath + "?" + query, by: w.owner()})
	})
}

func (w *world) askBy(ctx context.Context, by target.Auth) error {
	k, err := w.key("the key")
	if err != nil {
		return err
	}
	return w.try(ctx, call{method: "GET", path: k.path(""), by: by})
}

// encryptSignedForOther encrypts by a call whose signature was made when it had another body.
func (w *world) encryptSignedForOther(ctx context.Context, how string) error {
	c, err := w.useCall("the key", "encrypt", how)
	if err != nil {
		return err
	}
	c.by = signedFor(c.by, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`{"plaintext":"b3RoZXI="}`)) })
	plain := w.list(1, usualSize)
	c.body = map[string]any{string(aPlaintext): encode(plain[0])}
	return w.encryptBy(ctx, c, plain)
}

// encryptAtOnce encrypts texts by a call each, all of which are signed for one and the same time.
func (w *world) encryptAtOnce(ctx context.Context, how string, plain [][]byte) error {
	c, err := w.useCall("the key", "encrypt", how)
	if err != nil {
		return err
	}
	right, first := c.by, time.Time{}
	c.by = target.AuthFunc(func(r *http.Request, now time.Time) {
		if first.IsZero() {
			first = now
		}
		right.Authorize(r, first)
	})
	return w.encryptEach(ctx, c, plain)
}

// shifted signs by a clock that is off by d.
func (w *world) shifted(d time.Duration, side string) target.Auth {
	if side == "behind" {
		d = -d
	}
	owner := w.owner()
	return target.AuthFunc(func(r *http.Request, now time.Time) { owner.Authorize(r, now.Add(d)) })
}

func (w *world) askSigned(ctx context.Context, flaw string) error {
	by, err := w.flawed(flaw)
	if err != nil {
		return err
	}
	return w.askBy(ctx, by)
}

// flawed signs like the owner but for one flaw.
func (w *world) flawed(flaw string) (target.Auth, error) {
	c := w.t.Credentials["owner"]
	right := target.SignatureV2(c)
	after := func(change func(*http.Request, time.Time)) target.Auth {
		return target.AuthFunc(func(r *http.Request, now time.Time) {
			right.Authorize(r, now)
			change(r, now)
		})
	}
	set := func(header, value string) target.Auth {
		return after(func(r *http.Request, _ time.Time) { r.Header.Set(header, value) })
	}
	del := func(header string) target.Auth {
		return after(func(r *http.Request, _ time.Time) { r.Header.Del(header) })
	}
	switch flaw {
	case "another secret key":
		return target.SignatureV2{AccessKey: c.AccessKey, SecretKey: c.SecretKey + "x"}, nil
	case "an empty secret key":
		return target.SignatureV2{AccessKey: c.AccessKey}, nil
	case "an unknown access key":
		return target.SignatureV2{AccessKey: strings.Repeat("A", len(c.AccessKey)), SecretKey: c.SecretKey}, nil
	case "another method":
		return signedFor(right, func(r *http.Request) { r.Method = http.MethodDelete }), nil
	case "the path of another key":
		return signedFor(right, func(r *http.Request) { r.URL.Path, r.URL.RawPath = keysPath+"/"+strings.Repeat("0", 64), "" }), nil
	case "another query":
		return signedFor(right, func(r *http.Request) { r.URL.RawQuery = "pageNo=1" }), nil
	case "another time":
		return after(func(r *http.Request, now time.Time) {
			r.Header.Set(target.HeaderTimestamp, strconv.FormatInt(now.UnixMilli()+1, 10))
		}), nil
	case "a letter of it off":
		return after(func(r *http.Request, _ time.Time) {
			s := []byte(r.Header.Get(target.HeaderSignatureV2))
			s[0] = map[bool]byte{true: 'B', false: 'A'}[s[0] == 'A']
			r.Header.Set(target.HeaderSignatureV2, string(s))
		}), nil
	case "an empty signature":
		return set(target.HeaderSignatureV2, ""), nil
	case "no signature":
		return del(target.HeaderSignatureV2), nil
	case "no access key":
		return del(target.HeaderAccessKey), nil
	case "no time":
		return del(target.HeaderTimestamp), nil
	case "a time that is no number":
		return target.AuthFunc(func(r *http.Request, now time.Time) {
			right.Authorize(r, now)
			r.Header.Set(target.HeaderTimestamp, "now")
		}), nil
	case "nothing":
		return nil, nil
	}
	return nil, fmt.Errorf("no call is signed with %s", flaw)
}

// signedFor signs a request that differs from the one that goes out.
func signedFor(right target.Auth, differ func(*http.Request)) target.Auth {
	return target.AuthFunc(func(r *http.Request, now time.Time) {
		other := &http.Request{Method: r.Method, Header: http.Header{}, URL: &url.URL{}}
		*other.URL = *r.URL
		differ(other)
		right.Authorize(other, now)
		maps.Copy(r.Header, other.Header)
	})
}
