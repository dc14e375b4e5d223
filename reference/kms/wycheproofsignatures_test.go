package kms

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
)

var (
	ownPSS   = parameters{"RsassaPssVerify", "SHA-256", "SHA-256", 32}
	ownPKCS1 = parameters{Type: "RsassaPkcs1Verify", SHA: "SHA-256"}
	ownDER   = parameters{Type: "EcdsaVerify", SHA: "SHA-256"}
	ownP1363 = parameters{Type: "EcdsaP1363Verify", SHA: "SHA-256"}
)

// TestWycheproofSignatures verifies every signature by a key of the service's kinds, by each scheme. One that was made
// by another padding, salt, hash or encoding than the scheme's is wrong, however good.
func TestWycheproofSignatures(t *testing.T) {
	rsaFiles := filesOf(t, "rsa_pss_2048_*_test.json", "rsa_pss_misc*_test.json", "rsa_signature_2048_*_test.json")
	ecFiles := filesOf(t, "ecdsa_secp256r1_*_test.json")
	for name, as := range map[string]struct {
		kind   Type
		scheme Scheme
		own    parameters
		files  []string
	}{
		"RSA-PSS":      {RSA2048, Scheme{}, ownPSS, rsaFiles},
		"PKCS #1 v1.5": {RSA2048, Scheme{PKCS1v15: true}, ownPKCS1, rsaFiles},
		"ECDSA in DER": {ECDSA, Scheme{}, ownDER, ecFiles},
		"ECDSA, raw":   {ECDSA, Scheme{RawECDSA: true}, ownP1363, ecFiles},
	} {
		t.Run(name, func(t *testing.T) {
			var n tally
			rules := Documented()
			rules.Signs = as.scheme
			for _, file := range as.files {
				t.Run(file, func(t *testing.T) {
					for _, group := range readVectors(t, file).TestGroups {
						k := holder(as.kind, rules, group.publicOnly(t))
						for _, v := range group.Tests {
							taken, bad := k.Verify(everybody, v.Msg, text(rules.Prefix, 1, v.Sig), noon)
							if bad != nil {
								t.Errorf("vector %d is refused: %v; want an answer", v.TCID, bad)
							}
							v = v.signedFor(group.signing(), as.own)
							n.hold(t, v, v.Result == "valid", taken)
						}
					}
				})
			}
			n.report(t, name)
		})
	}
}

// signedFor makes invalid what was made by other parameters than the service's own, and valid what is wrong where it
// stands for being made by just those.
func (v vector) signedFor(made, own parameters) vector {
	v = v.madeFor(made, own)
	emptySalt := ownPSS
	emptySalt.SLen = 0
	switch own {
	case ownPKCS1:
		if v.Comment == "PKCS #1 v1.5 signature with SHA-256" || made.Type == own.Type && strings.HasPrefix(v.Comment, "The message is hashed with SHA-256 instead of ") {
			v.Result = "valid"
		}
	case ownPSS:
		withSalt := 257 // of three, the one whose salt is as long as the hash
		if made == ownPKCS1 && v.TCID == withSalt || made == emptySalt && v.Comment == "s_len changed to 32" {
			v.Result = "valid"
		}
	}
	return v
}

// signing are the parameters of a group of signatures. Some say them with the key too, which changes nothing.
func (g group) signing() parameters {
	p := g.parameters
	p.Type = strings.Replace(p.Type, "WithParameters", "", 1)
	return p
}

// publicOnly is a secret that can verify alone.
func (g group) publicOnly(t *testing.T) secret {
	t.Helper()
	if len(g.PublicKeyASN) > 0 {
		return rsaSecret{func() *rsa.PrivateKey { return &rsa.PrivateKey{PublicKey: *g.rsa(t)} }}
	}
	parsed, err := x509.ParsePKIXPublicKey(g.PublicKeyDER)
	if err != nil {
		t.Fatal(err)
	}
	return ecSecret{&ecdsa.PrivateKey{PublicKey: *parsed.(*ecdsa.PublicKey)}}
}

func (g group) rsa(t *testing.T) *rsa.PublicKey {
	t.Helper()
	key, err := x509.ParsePKCS1PublicKey(g.PublicKeyASN)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestWycheproofTokenSignatures verifies RSA signatures of any text as those of tokens are: by RS256 and nothing else.
func TestWycheproofTokenSignatures(t *testing.T) {
	var n tally
	for _, file := range filesOf(t, "rsa_signature_2048_*_test.json", "rsa_pss_2048_*_test.json", "rsa_pss_misc*_test.json") {
		t.Run(file, func(t *testing.T) {
			for _, group := range readVectors(t, file).TestGroups {
				key := group.rsa(t)
				for _, v := range group.Tests {
					v = v.signedFor(group.signing(), ownPKCS1)
					n.hold(t, v, v.Result == "valid", parsed{signed: string(v.Msg), signature: v.Sig}.verify(key))
				}
			}
		})
	}
	n.report(t, "signatures of tokens")
}

// TestWycheproofTokens puts every JWS to the token check twice. None is a token of this service, whoever
// signed it; and what lies beneath that, the signature over the parts, must be judged as Wycheproof does.
func TestWycheproofTokens(t *testing.T) {
	for _, name := range []string{"json_web_signature_test.json", "json_web_crypto_test.json", "json_web_key_test.json"} {
		t.Run(name, func(t *testing.T) {
			var n tally
			all := 0
			for _, group := range readVectors(t, name).TestGroups {
				of := cmp.Or(group.Public, group.Private)
				key := of.rsa(t)
				for _, v := range group.Tests {
					var token string
					if json.Unmarshal(v.JWS, &token) != nil {
						token = string(v.JWS)
					}
					all++
					if key == nil {
						if _, bad := parse(token); bad == nil {
							t.Errorf("vector %d (%s): it is taken for a token", v.TCID, v.Comment)
						}
						continue
					}
					by := &Creator{Key: &rsa.PrivateKey{PublicKey: *key}}
					if _, err := (&Signatures{}).Verify(by, token); err == nil {
						t.Errorf("vector %d (%s): it is taken for a token", v.TCID, v.Comment)
					}
					if of.Alg == "RS256" && v.Comment != "rejectsKeyWithRocaVulnerability" { // keys are our own
						n.hold(t, v, v.Result == "valid", signedRS256(token, key))
					}
				}
			}
			t.Logf("%s: %d vectors are no tokens", name, all)
			if all == 0 {
				t.Error("no vector ran")
			}
			if name == "json_web_signature_test.json" {
				n.report(t, name)
			}
		})
	}
}

// signedRS256 reports whether the parts of a JWS hang together: their spelling, RS256, the signature.
func signedRS256(token string, key *rsa.PublicKey) bool {
	head, _, p, ok := cut(token)
	var h struct{ Alg string }
	return ok && json.Unmarshal(head, &h) == nil && h.Alg == "RS256" && p.verify(key)
}

// jwk is a key, of which only the members of an RSA key are read.
type jwk struct{ Kty, Alg, N, E string }

// rsa returns the public key; nil for another kind of key.
func (j jwk) rsa(t *testing.T) *rsa.PublicKey {
	t.Helper()
	if j.Kty != "RSA" {
		return nil
	}
	modulus, err := base64.RawURLEncoding.DecodeString(j.N)
	if err != nil {
		t.Fatal(err)
	}
	exponent, err := base64.RawURLEncoding.DecodeString(j.E)
	if err != nil {
		t.Fatal(err)
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: int(new(big.Int).SetBytes(exponent).Int64())}
}
