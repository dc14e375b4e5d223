package kms

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kmsproof/kmsproof/reference/testkeys"
)

// published is the header of both tokens that the guide shows (kms-token).
const published = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9"

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func TestATokenHasTheDocumentedMembersInTheirOrder(t *testing.T) {
	token, err := sign(Claims{
		Subject: "someone", IssuedAt: noon, Expires: noon.Add(time.Hour), Kind: Access, KeyTag: "tag", Permissions: []Permission{33, 34},
	}, testkeys.RSA(0))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	if parts[0] != published {
		t.Errorf("header %q, want the published one", parts[0])
	}
	body, _ := base64.RawURLEncoding.DecodeString(parts[1])
	want := `{"sub":"someone","iat":1767268800,"exp":1767272400,"1":"ACCESS","2":"keytag__tag","3":"EXT","4":[33,34]}`
	if string(body) != want {
		t.Errorf("payload %s, want %s", body, want)
	}
}

func TestAnUnlimitedTokenHasNoEnd(t *testing.T) {
	token, err := sign(Claims{IssuedAt: noon, Kind: Refresh, KeyTag: "tag"}, testkeys.RSA(0))
	if err != nil {
		t.Fatal(err)
	}
	p, bad := parse(token)
	if bad != nil || !p.claims.Expires.IsZero() {
		t.Errorf("it expires at %v (%v), want never", p.claims.Expires, bad)
	}
}

// TestParseIsStrict writes tokens by hand, so that only their form can be wrong.
func TestParseIsStrict(t *testing.T) {
	const head = `{"typ":"JWT","alg":"RS256"}`
	const body = `{"sub":"s","iat":1,"exp":2,"1":"ACCESS","2":"keytag__t","3":"EXT","4":[1]}`
	enc := base64.RawURLEncoding.EncodeToString
	write := func(head, body string) string {
		return enc([]byte(head)) + "." + enc([]byte(body)) + "." + enc([]byte("x"))
	}
	if _, bad := parse(write(head, body)); bad != nil {
		t.Fatalf("the right token is refused: %v", bad)
	}
	good := write(head, body)
	for name, token := range map[string]string{
		"alg none":              write(`{"typ":"JWT","alg":"none"}`, body),
		"alg RS512":             write(`{"typ":"JWT","alg":"RS512"}`, body),
		"alg by another case":   write(`{"typ":"JWT","alg":"rs256"}`, body),
		"kid":                   write(`{"typ":"JWT","alg":"RS256","kid":"1"}`, body),
		"jwk":                   write(`{"typ":"JWT","alg":"RS256","jwk":{}}`, body),
		"alg twice":             write(`{"typ":"JWT","alg":"RS256","alg":"RS256"}`, body),
		"claim twice":           write(head, strings.Replace(body, `"3"`, `"1":"REFRESH","3"`, 1)),
		"unknown claim":         write(head, strings.Replace(body, `"3"`, `"9":0,"3"`, 1)),
		"end as text":           write(head, strings.Replace(body, `"exp":2`, `"exp":"2"`, 1)),
		"end as fraction":       write(head, strings.Replace(body, `"exp":2`, `"exp":2.5`, 1)),
		"end beyond 64 bits":    write(head, strings.Replace(body, `"exp":2`, `"exp":1e300`, 1)),
		"class of a service":    write(head, strings.Replace(body, `EXT`, `INT`, 1)),
		"key without prefix":    write(head, strings.Replace(body, `keytag__`, ``, 1)),
		"more behind the body":  write(head, body+"{}"),
		"two parts":             strings.Join(strings.Split(good, ".")[:2], "."),
		"four parts":            good + ".x",
		"padding":               good + "=",
		"line break in a part":  strings.Replace(good, ".", ".\n", 1),
		"line break at the end": good + "\n",
		"end that is null":      write(head, strings.Replace(body, `"exp":2`, `"exp":null`, 1)),
		"kind that is null":     write(head, strings.Replace(body, `"ACCESS"`, `null`, 1)),
		"no subject":            write(head, strings.Replace(body, `"sub":"s",`, ``, 1)),
		"no time of issue":      write(head, strings.Replace(body, `"iat":1,`, ``, 1)),
		"no permissions":        write(head, strings.Replace(body, `,"4":[1]`, ``, 1)),
		"standard alphabet":     strings.Replace(good, enc([]byte("x")), "+/", 1),
		"stray bits at the end": good[:len(good)-1] + "B",
		"empty":                 "",
		"too long":              good + strings.Repeat("A", MaxToken),
	} {
		if _, bad := parse(token); bad == nil || bad.Reason != BadToken {
			t.Errorf("%s: got %v, want a refusal as %s", name, bad, BadToken)
		}
	}
}

func FuzzParse(f *testing.F) {
	good, err := sign(Claims{Subject: "s", IssuedAt: noon, Kind: Access, KeyTag: "t"}, testkeys.RSA(0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(published + "..")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		p, bad := parse(token)
		if bad != nil {
			return
		}
		if p.verify(&testkeys.RSA(0).PublicKey) && token != good {
			again, err := sign(p.claims, testkeys.RSA(0))
			if err != nil || again != token {
				t.Errorf("a token that nobody issued is good: %q", token)
			}
		}
		if tag, bad := named(token); bad != nil || tag != p.claims.KeyTag {
			t.Errorf("it parses, but names %q (%v), want %q", tag, bad, p.claims.KeyTag)
		}
	})
}

// TestTheCreatorsOwnPublicKeyIsNoSecret tries what no scenario can: a token signed by HMAC with the
// creator's public key, in every form in which a library might hand that key over as bytes.
func TestTheCreatorsOwnPublicKeyIsNoSecret(t *testing.T) {
	s := &Signatures{Keys: func(uint64, int) (*rsa.PrivateKey, error) { return testkeys.RSA(0), nil }, Random: rand.Reader}
	by, err := s.Enable(new(Line), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := s.Issue(by, Claims{IssuedAt: noon, Kind: Access, KeyTag: "t"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verify(by, genuine); err != nil {
		t.Fatalf("the genuine token is refused: %v", err)
	}
	pkix, err := x509.MarshalPKIXPublicKey(&by.Key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(&by.Key.PublicKey)
	inPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})
	for form, secret := range map[string][]byte{
		"PKIX": pkix, "PKCS #1": pkcs1, "modulus": by.Key.N.Bytes(),
		"PEM": inPEM, "PEM without line end": bytes.TrimSpace(inPEM),
		"PEM of PKCS #1": pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1}),
	} {
		for _, algorithm := range []string{"HS256", "RS256"} {
			forged := confused(t, genuine, algorithm, secret)
			if _, err := s.Verify(by, forged); err == nil {
				t.Errorf("%s with the creator's public key (%s) as secret is taken", algorithm, form)
			}
		}
	}
}

// confused signs the claims of a token by HMAC.
func confused(t *testing.T, genuine, algorithm string, secret []byte) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"`+algorithm+`"}`)) + "." + strings.Split(genuine, ".")[1]
	signature, err := jwt.SigningMethodHS256.Sign(text, secret)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestCreatorsOfOneKeyNeverShareASigningKey(t *testing.T) {
	s := &Signatures{Keys: func(seat uint64, term int) (*rsa.PrivateKey, error) { return testkeys.RSA(seat + uint64(term)*7), nil }, Random: rand.Reader}
	line := new(Line)
	first, err := s.Enable(line, nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := s.Enable(new(Line), nil, noon)
	token, _ := s.Issue(first, Claims{IssuedAt: noon, Kind: Access, KeyTag: "t"})
	if _, err := s.Verify(first, token); err != nil {
		t.Fatalf("its own creator refuses it: %v", err)
	}
	second, _ := s.Enable(line, first, noon)
	for name, by := range map[string]*Creator{
		"the one who followed": second, "the disabled one": s.Disable(first, noon), "another key's": other, "none": nil,
	} {
		if _, err := s.Verify(by, token); err == nil {
			t.Errorf("the creator %s takes the token", name)
		}
	}
}
