package steps

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"

	_ "embed"

	"github.com/kmsproof/kmsproof/target"
)

func (w *world) forgedSteps(add func(string, any)) {
	add(`{token} comes back (?:with|as) (.+)`, w.forge)
	add(`the forged token is refused for (cipher calls|renewal)`, w.forgedRefused)
	add(`the forged token is refused as unauthorized`, w.forgedUnauthorized)
}

const forgedToken = "the forged token"

func (w *world) forge(name, flaw string) error {
	genuine, err := w.token(name)
	if err != nil {
		return err
	}
	j, err := readJWT(genuine.text)
	if err != nil {
		return w.compare(false, name+" to be a JWT, which can be forged", err.Error())
	}
	craft, ok := forgeries[flaw]
	if !ok {
		return fmt.Errorf("no token comes back with %q", flaw)
	}
	text := craft(&forger{j: j, parts: strings.Split(genuine.text, "."), key: w.keys["the key"].tag, other: w.otherSignature(name)})
	if text == genuine.text {
		return fmt.Errorf("the token with %q is the genuine one", flaw)
	}
	w.tokens[forgedToken] = &token{text: text, key: "the key"}
	return nil
}

// otherSignature is that of the other token of the set, which the same creator signed.
func (w *world) otherSignature(name string) string {
	for _, other := range []string{"the access token", "the refresh token"} {
		if t := w.tokens[other]; other != name && t != nil {
			return t.text[strings.LastIndexByte(t.text, '.')+1:]
		}
	}
	return ""
}

// forgedRefused compares every use of the forged token with a refusal.
func (w *world) forgedRefused(ctx context.Context, uses string) error {
	t, err := w.token(forgedToken)
	if err != nil {
		return err
	}
	if uses == "renewal" {
		return w.allRefused(ctx, forgedToken, w.renewalUses(t, target.Source{}))
	}
	return w.allRefused(ctx, forgedToken, w.cipherUses(t, target.Source{}))
}

func (w *world) forgedUnauthorized(ctx context.Context) error {
	t, err := w.token(forgedToken)
	if err != nil {
		return err
	}
	r, err := w.send(ctx, w.useOf(t, w.keys["the key"], false, target.Source{}))
	if err != nil {
		return err
	}
	return w.refusedAs(r, "unauthorized")
}

// forger has what somebody without the creator's key could have: a genuine token and keys of his own.
type forger struct {
	j     *jwt
	parts []string
	key   string // tag of the key
	other string // signature of another genuine token, encoded
}

// forgeries make a token with one flaw each. Where the flaw is not in the signature, the genuine one
// stays.
var forgeries = map[string]func(*forger) string{
	"a later end":        func(f *forger) string { return f.claim("exp", json.Number("4102444800")) },
	"no end":             func(f *forger) string { return f.claim("exp", nil) },
	"an earlier start":   func(f *forger) string { return f.claim("iat", json.Number("1")) },
	"another holder":     func(f *forger) string { return f.claim("sub", "00000000-0000-1000-8000-000000000000") },
	"another key's name": func(f *forger) string { return f.claim("2", keyClaim+strings.Repeat("0f", 32)) },
	"other permissions":  func(f *forger) string { return f.claim("4", []int{0, 1}) },
	"a claim more":       func(f *forger) string { return f.claim("5", "more") },
	"the other kind": func(f *forger) string {
		return f.claim("1", map[string]string{"ACCESS": "REFRESH", "REFRESH": "ACCESS"}[f.j.Claims.Kind])
	},
	"the signature of another token": func(f *forger) string { return f.with(2, f.other) },
	"a bit of its signature off":     func(f *forger) string { return f.with(2, enc(flip(f.j.signature, len(f.j.signature)/2))) },
	"half of its signature":          func(f *forger) string { return f.with(2, enc(f.j.signature[:len(f.j.signature)/2])) },
	"no signature":                   func(f *forger) string { return f.with(2, "") },
	"a part more":                    func(f *forger) string { return strings.Join(f.parts, ".") + "." + f.parts[2] },
	"a part less":                    func(f *forger) string { return f.parts[0] + "." + f.parts[1] },
	"no payload":                     func(f *forger) string { return f.with(1, "") },
	"a scheme word before it":        func(f *forger) string { return "Bearer " + strings.Join(f.parts, ".") },

	"the algorithm none": func(f *forger) string { return f.unsigned("none") },
	"the algorithm None": func(f *forger) string { return f.unsigned("None") },
	"the algorithm NONE": func(f *forger) string { return f.unsigned("NONE") },
	"the algorithm nOnE": func(f *forger) string { return f.unsigned("nOnE") },

	"HS256 and an empty secret":                   func(f *forger) string { return f.hs256(nil) },
	"HS256 and the key tag as secret":             func(f *forger) string { return f.hs256([]byte(f.key)) },
	"HS256 and the forger's public key as secret": func(f *forger) string { return f.hs256(publicPEM()) },

	"another signer":           func(f *forger) string { return f.signed("RS256", crypto.SHA256, "") },
	"another signer and RS384": func(f *forger) string { return f.signed("RS384", crypto.SHA384, "") },
	"another signer whose key it carries": func(f *forger) string {
		return f.signed("RS256", crypto.SHA256, `,"jwk":`+string(publicJWK()))
	},
	"another signer whose key it names": func(f *forger) string {
		return f.signed("RS256", crypto.SHA256, `,"kid":"1","jku":"http://127.0.0.1:1/keys.json"`)
	},

	"nothing":           func(*forger) string { return "" },
	"a word":            func(*forger) string { return "token" },
	"two dots":          func(*forger) string { return ".." },
	"200 KB of letters": func(*forger) string { return strings.Repeat("A", 200<<10) },
	"the published one": func(*forger) string { return publishedAccessToken },
}

func enc(b []byte) string { return base64url.EncodeToString(b) }

// with replaces one part of the token.
func (f *forger) with(i int, part string) string {
	parts := append([]string{}, f.parts...)
	parts[i] = part
	return strings.Join(parts, ".")
}

// claim replaces, adds or, with nil, removes a claim; the other members keep their order and text.
func (f *forger) claim(name string, value any) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(f.j.payload, &members); err != nil {
		panic(err) // readJWT has decoded it
	}
	order := f.j.order
	if _, ok := members[name]; !ok {
		order = append(order[:len(order):len(order)], name)
	}
	members[name] = marshal(value)
	var b bytes.Buffer
	for _, n := range order {
		if n != name || value != nil {
			fmt.Fprintf(&b, ",%q:%s", n, members[n])
		}
	}
	return f.with(1, enc([]byte("{"+strings.TrimPrefix(b.String(), ",")+"}")))
}

func (f *forger) head(alg, more string) string {
	return enc([]byte(`{"typ":"JWT","alg":"`+alg+`"`+more+`}`)) + "." + f.parts[1]
}

func (f *forger) unsigned(alg string) string { return f.head(alg, "") + "." }

func (f *forger) hs256(secret []byte) string {
	text := f.head("HS256", "")
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return text + "." + enc(h.Sum(nil))
}

// signed signs with the forger's own RSA key.
func (f *forger) signed(alg string, hash crypto.Hash, more string) string {
	text := f.head(alg, more)
	digest := sha256.New()
	if hash == crypto.SHA384 {
		digest = sha512.New384()
	}
	digest.Write([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, ownKey(), hash, digest.Sum(nil))
	if err != nil {
		panic(err) // the key is a fixture of the right size
	}
	return text + "." + enc(signature)
}

//go:embed fixtures/forger.pem
var forgerPEM []byte

// ownKey is the forger's key: a fixture, for making one takes longer than a hundred scenarios.
var ownKey = sync.OnceValue(func() *rsa.PrivateKey {
	block, _ := pem.Decode(forgerPEM)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	return key.(*rsa.PrivateKey)
})

func publicPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(&ownKey().PublicKey)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func publicJWK() []byte {
	k := ownKey().PublicKey
	return marshal(map[string]string{
		"kty": "RSA", "alg": "RS256",
		"n": base64.RawURLEncoding.EncodeToString(k.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes()),
	})
}

// publishedAccessToken is the access token of the guide page (kms-token): genuine once, of a service
// that no target is.
//
//go:embed fixtures/published-access-token.txt
var publishedAccessToken string
