package reference_test

import (
	"cmp"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // RS384 and RS512
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/testkeys"
	"github.com/kmsproof/kmsproof/target"
)

// A hostile is one thing that somebody might try, and the reason why it must not work.
type hostile struct {
	name    string
	defends string // the rule that stands if the attempt is refused
	token   string
	status  int // of the refusal; 0: 401
}

// A mint makes tokens by a creator's own key. What it makes can only be refused for what it says, and
// not for its signature.
type mint struct {
	key, foe *rsa.PrivateKey // the creator's, and an attacker's own
	kind     string
}

const jwtHeader = `{"typ":"JWT","alg":"RS256"}`

func (m mint) claims() string {
	return `{"sub":"id-owner","iat":1767600000,"exp":1999999999,"1":"` + m.kind + `","2":"keytag__tag","3":"EXT","4":[14,15,24,25]}`
}

// with returns the claims with one text in place of another.
func (m mint) with(old, new string) string {
	if !strings.Contains(m.claims(), old) {
		panic("the claims have no " + old)
	}
	return strings.Replace(m.claims(), old, new, 1)
}

func (m mint) token(header, claims string) string {
	return signedBy(m.key, crypto.SHA256, header, claims)
}

func url64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func signedBy(key *rsa.PrivateKey, hash crypto.Hash, header, claims string) string {
	text := url64(header) + "." + url64(claims)
	signature, err := rsa.SignPKCS1v15(nil, key, hash, digest(hash, text))
	if err != nil {
		panic(err)
	}
	return text + "." + url64(string(signature))
}

func digest(hash crypto.Hash, text string) []byte {
	h := hash.New()
	h.Write([]byte(text))
	return h.Sum(nil)
}

// pss signs as PS256 does.
func (m mint) pss(header, claims string) string {
	text := url64(header) + "." + url64(claims)
	signature, err := rsa.SignPSS(rand.Reader, m.key, crypto.SHA256, digest(crypto.SHA256, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	if err != nil {
		panic(err)
	}
	return text + "." + url64(string(signature))
}

// confused signs by HMAC with what everybody may know of the creator's key.
func (m mint) confused(header string) string {
	der, err := x509.MarshalPKIXPublicKey(&m.key.PublicKey)
	if err != nil {
		panic(err)
	}
	text := url64(header) + "." + url64(m.claims())
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	mac.Write([]byte(text))
	return text + "." + url64(string(mac.Sum(nil)))
}

// jwk is a key as a header may carry it.
func jwk(key *rsa.PrivateKey) string {
	return `{"kty":"RSA","e":"AQAB","n":"` + url64(string(key.N.Bytes())) + `"}`
}

// hostileRig has two keys whose creators sign with keys that the tests know.
func hostileRig(t *testing.T) *rig {
	creator := func(key *rsa.PrivateKey) *reference.Creator {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return &reference.Creator{ID: "c", Key: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))}
	}
	return newRig(t, reference.Options{
		Accounts: []reference.Account{{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: "SO", APIKey: "PO", Policy: "NCP_ADMINISTRATOR"}},
		Keys: []reference.Key{
			{Name: "orders", Tag: "tag", Creator: creator(testkeys.RSA(1))}, {Name: "others", Tag: "other", Creator: creator(testkeys.RSA(2))},
		},
	})
}

// exported is the whole state of the service, as text, but the log of what was tried.
func (r *rig) exported() string {
	r.t.Helper()
	state := r.service.State()
	for i := range state.Keys {
		state.Keys[i].Activities = nil
	}
	text, err := state.Marshal()
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// unchanged reports an error if the state is another than it was, and returns what it is.
func (r *rig) unchanged(was string) string {
	r.t.Helper()
	is := r.exported()
	if is != was {
		r.t.Error("the state changed")
	}
	return is
}

// TestHostileTokens presents tokens that nobody issued to each of the three kinds of calls that take
// tokens. Each is refused and changes nothing.
func TestHostileTokens(t *testing.T) {
	for call, kind := range map[string]string{"POST /encrypt": "ACCESS", "PUT /token-set": "REFRESH", "POST /access-token": "REFRESH"} {
		t.Run(call, func(t *testing.T) {
			r := hostileRig(t)
			m := mint{testkeys.RSA(1), testkeys.RSA(3), kind}
			method, action, _ := strings.Cut(call, " ")
			body := map[string]string{"ACCESS": hello}[kind]
			present := func(token string) (int, string) {
				return r.call(target.Token(token), reference.API20, method, "/kms/v1/keys/tag"+action, body)
			}
			for _, claims := range []string{m.claims(), m.dashed(), m.with(`"exp":1999999999,`, "")} {
				if status, text := present(m.token(jwtHeader, claims)); status != 200 {
					t.Fatalf("a genuine token gets %d %s: the others would be refused for a wrong reason", status, text)
				}
			}
			state := r.exported()
			for _, h := range slices.Concat(m.algorithms(), m.headers(), m.contents(), m.spellings()) {
				t.Run(h.defends+"/"+h.name, func(t *testing.T) {
					status, text := present(h.token)
					if want := cmp.Or(h.status, 401); status != want {
						t.Errorf("%d %s, want %d", status, text, want)
					}
					if len(h.token) > 40 && strings.Contains(text, h.token[len(h.token)-40:]) {
						t.Errorf("the answer tells the token back: %s", text)
					}
					state = r.in(t).unchanged(state)
				})
			}
		})
	}
}

// TestAHeaderOfTwoTokensIsNone sends the token header more than once.
func TestAHeaderOfTwoTokensIsNone(t *testing.T) {
	r := hostileRig(t)
	good := mint{key: testkeys.RSA(1), kind: "ACCESS"}
	token := good.token(jwtHeader, good.claims())
	for name, auth := range map[string]twice{
		"the same": {token, token}, "an empty one first": {"", token}, "an empty one behind": {token, ""}, "a wrong one first": {"x", token}, "a wrong one behind": {token, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if status, text := r.in(t).call(auth, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello); status != 401 {
				t.Errorf("%d %s, want 401: of two tokens none counts", status, text)
			}
		})
	}
}

// twice is the token header with more than one value.
type twice []string

func (w twice) Authorize(r *http.Request, _ time.Time) {
	r.Header[http.CanonicalHeaderKey(target.HeaderToken)] = w
}
