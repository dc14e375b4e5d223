package reference_test

import (
	"crypto"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/testkeys"
	"github.com/kmsproof/kmsproof/target"
)

// algorithms are tokens that choose how they are checked.
func (m mint) algorithms() []hostile {
	const pinned = "only RS256 is taken, however good the signature"
	all := []hostile{
		{"HS256 with the public key as secret", "a public key is no secret", m.confused(`{"typ":"JWT","alg":"HS256"}`), 0},
		{"an HMAC under the name RS256", "a public key is no secret", m.confused(jwtHeader), 0},
		{"a right RS384", pinned, signedBy(m.key, crypto.SHA384, `{"typ":"JWT","alg":"RS384"}`, m.claims()), 0},
		{"a right RS512", pinned, signedBy(m.key, crypto.SHA512, `{"typ":"JWT","alg":"RS512"}`, m.claims()), 0},
		{"a right PS256", pinned, m.pss(`{"typ":"JWT","alg":"PS256"}`, m.claims()), 0},
		{"PS256 under the name RS256", pinned, m.pss(jwtHeader, m.claims()), 0},
		{"RS512 under the name RS256", pinned, signedBy(m.key, crypto.SHA512, jwtHeader, m.claims()), 0},
	}
	for _, alg := range []string{`"none"`, `"None"`, `"NONE"`, `"nOnE"`, `""`, `null`, `"rs256"`, `"RS256 "`, `"RS256\u0000"`, `["RS256"]`, `1`, `true`, `{}`} {
		header := `{"typ":"JWT","alg":` + alg + `}`
		all = append(all,
			hostile{"alg " + alg + " and a signature", pinned, m.token(header, m.claims()), 0},
			hostile{"alg " + alg + " and none", "an unsigned token is nobody's", url64(header) + "." + url64(m.claims()) + ".", 0})
	}
	return all
}

// headers are tokens whose header says more or less than two members. Those that name a key are signed
// by the attacker's, and by the creator's own: no key of a header is ever looked at.
func (m mint) headers() []hostile {
	var all []hostile
	for name, member := range map[string]string{
		"kid": `"kid":"1"`, "kid that is a path": `"kid":"../../../../dev/null"`, "kid that is SQL": `"kid":"x' UNION SELECT 'AA"`, "kid that is the tag": `"kid":"tag"`,
		"jku": `"jku":"http://127.0.0.1:1/keys"`, "x5u": `"x5u":"http://127.0.0.1:1/chain"`, "jwk": `"jwk":` + jwk(m.foe), "x5c": `"x5c":["MIIB"]`, "x5t": `"x5t":"AAAA"`,
		"crit": `"crit":["exp"],"exp":0`, "b64": `"b64":false,"crit":["b64"]`, "zip": `"zip":"DEF"`, "cty": `"cty":"JWT"`, "enc": `"enc":"A256GCM"`,
	} {
		header := `{"typ":"JWT","alg":"RS256",` + member + `}`
		const defends = "a header chooses no key and asks for nothing"
		all = append(all,
			hostile{name + ", by the attacker's key", defends, signedBy(m.foe, crypto.SHA256, header, m.claims()), 0},
			hostile{name + ", by the creator's key", defends, m.token(header, m.claims()), 0})
	}
	for name, header := range map[string]string{
		"alg twice": `{"typ":"JWT","alg":"RS256","alg":"RS256"}`, "alg twice, none first": `{"alg":"none","typ":"JWT","alg":"RS256"}`,
		"alg twice, one escaped": `{"typ":"JWT","alg":"RS256","\u0061lg":"none"}`, "Alg": `{"typ":"JWT","Alg":"RS256"}`, "no typ": `{"alg":"RS256"}`, "no alg": `{"typ":"JWT"}`,
		"typ at+jwt": `{"typ":"at+jwt","alg":"RS256"}`, "typ jwt": `{"typ":"jwt","alg":"RS256"}`, "an array": `["JWT","RS256"]`, "null": `null`, "a text": `"RS256"`,
		"nothing": ``, "two objects": jwtHeader + jwtHeader, "a comment": `{"typ":"JWT",/**/"alg":"RS256"}`, "a byte order mark": "\ufeff" + jwtHeader,
		"bad UTF-8": "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"\xff\":0}", "nested deeply": `{"typ":"JWT","alg":"RS256","x":` + strings.Repeat("[", 2500) + strings.Repeat("]", 2500) + `}`,
	} {
		all = append(all, hostile{"a header with " + name, "a header is the two documented members", m.token(header, m.claims()), 0})
	}
	return all
}

// contents are tokens of the creator's own making whose claims are no claims.
func (m mint) contents() []hostile {
	var all []hostile
	add := func(defends, name, claims string, status int) {
		all = append(all, hostile{name, defends, m.token(jwtHeader, claims), status})
	}
	for _, exp := range []string{
		`-1`, `0`, `-0`, `1.5`, `1999999999.0`, `1e3`, `1e308`, `-1e308`, `1e400`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775808`,
		`18446744073709551616`, `"1999999999"`, `true`, `null`, `[]`, `{}`, `""`, `NaN`, `Infinity`, `0x7fffffff`, `1_999_999_999`, `01999999999`, `+1999999999`,
	} {
		add("an end is whole seconds in 64 bits, and passes", "exp "+exp, m.with("1999999999", exp), 0)
	}
	for _, iat := range []string{
		`1.5`, `-0.5`, `1767600000.0`, `1e3`, `1e308`, `-1e308`, `9223372036854775808`, `-9223372036854775809`, `18446744073709551616`, `"1767600000"`, `""`, `null`, `true`, `[1]`, `{}`, `NaN`, `-Infinity`, `01767600000`, `+1767600000`,
	} {
		add("a time of issue is whole seconds in 64 bits", "iat "+iat, m.with("1767600000", iat), 0)
	}
	for old, values := range map[string][]string{
		`"id-owner"`: {`1`, `null`, `["id-owner"]`, `{}`, `true`}, `"` + m.kind + `"`: {`1`, `null`, `["ACCESS","REFRESH"]`, `{}`},
		`"keytag__tag"`: {`1`, `null`, `["keytag__tag"]`, `"tag"`, `""`, `"keytag__"`, `"keytag__nokey"`, `"KEYTAG__tag"`, `"keytag__tag\u0000"`, `" keytag__tag"`},
		`"EXT"`:         {`null`, `"INT"`, `"ext"`, `1`, `""`},
		`[14,15,24,25]`: {`null`, `"14,15,24,25"`, `["14"]`, `[14.5]`, `[1e308]`, `[99999999999999999999]`, `[null]`, `{"14":true}`, `true`, strings.Repeat("[", 2500) + strings.Repeat("]", 2500)},
	} {
		for _, value := range values {
			add("each claim is of its documented kind", fmt.Sprintf("%s for %s", short(value), old), m.with(old, value), 0)
		}
	}
	const once = "a claim occurs once, or two readers believe two things"
	add(once, "exp twice", m.with(`"exp":`, `"exp":1,"exp":`), 0)
	add(once, "exp twice, one escaped", m.with(`"exp":`, `"\u0065xp":1,"exp":`), 0)
	add(once, "the kind twice", m.with(`"3":`, `"1":"REFRESH","3":`), 0)
	add(once, "the key twice", m.with(`"3":`, `"2":"keytag__other","3":`), 0)
	add(once, "permissions twice", m.with(`"4":[14,15,24,25]`, `"4":[],"4":[14,15,24,25]`), 0)
	for _, claim := range []string{`"sub":"id-owner",`, `"iat":1767600000,`, `"1":"` + m.kind + `",`, `"2":"keytag__tag",`, `"3":"EXT",`, `,"4":[14,15,24,25]`} {
		add("no claim but an end may be missing", "no "+claim, m.with(claim, ""), 0)
	}
	for _, claim := range []string{`"nbf":0,`, `"aud":"x",`, `"iss":"x",`, `"jti":"x",`, `"5":1,`, `"Exp":1,`, `"":1,`} {
		add("a claim that the service does not write is a token that it did not write", "also "+claim, m.with(`"sub"`, claim+`"sub"`), 0)
	}
	for name, text := range map[string]string{
		"an array": `[` + m.claims() + `]`, "null": `null`, "a text": `"x"`, "nothing": ``, "two objects": m.claims() + m.claims(), "text behind": m.claims() + "x",
		"a byte order mark": "\ufeff" + m.claims(), "half": m.claims()[:40], "bad UTF-8": m.with("id-owner", "\xff"), "a lone surrogate": m.with("id-owner", `\ud800`),
	} {
		add("claims are one JSON object", "claims that are "+name, text, 0)
	}
	for _, kind := range []string{"access", "refresh", "ADMIN", "", "ACCESS ", "ACCESS,REFRESH"} {
		add("there are two kinds of tokens", "kind "+kind, m.with(`"`+m.kind+`"`, `"`+kind+`"`), http.StatusForbidden)
	}
	other := map[string]string{"ACCESS": "REFRESH", "REFRESH": "ACCESS"}[m.kind]
	add("a kind of token opens its own calls alone", "the other kind", m.with(`"`+m.kind+`"`, `"`+other+`"`), http.StatusForbidden)
	add("a creator speaks for its own key alone", "another key's name", m.with("keytag__tag", "keytag__other"), 0)
	add("a token carries what its holder may do", "no permissions", m.with("[14,15,24,25]", "[]"), http.StatusForbidden)
	add("a token carries what its holder may do", "codes that nobody has", m.with("[14,15,24,25]", "[-14,1000,2147483647]"), http.StatusForbidden)
	return all
}

// TestATimeOfIssueIsNotJudged presents tokens of the creator's own making that were issued at no time at which it could
// have been: what they are good for is said by their end and by who is in office, and not by when they began.
func TestATimeOfIssueIsNotJudged(t *testing.T) {
	r := hostileRig(t)
	m := mint{testkeys.RSA(1), testkeys.RSA(3), "ACCESS"}
	for name, iat := range map[string]string{
		"the first second of 1970": `0`, "a zero with a sign": `-0`, "before 1970": `-1`, "before the key was made": `1`, "tomorrow": strconv.FormatInt(start.Add(24*time.Hour).Unix(), 10),
		"after its end": `2000000000`, "the last in 64 bits": `9223372036854775807`, "the first in 64 bits": `-9223372036854775808`,
	} {
		t.Run(name, func(t *testing.T) {
			token := target.Token(m.token(jwtHeader, m.with("1767600000", iat)))
			if status, text := r.in(t).call(token, reference.API20, http.MethodPost, "/kms/v1/keys/tag/encrypt", hello); status != 200 {
				t.Errorf("iat %s gets %d %s, want 200", iat, status, text)
			}
		})
	}
}

func short(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}

// spellings are the one right token, written otherwise.
func (m mint) spellings() []hostile {
	good := m.token(jwtHeader, m.dashed())
	parts := strings.Split(good, ".")
	const defends = "a token has one spelling"
	var all []hostile
	add := func(name, token string) { all = append(all, hostile{name, defends, token, 0}) }
	for i, part := range []string{"header", "claims", "signature"} {
		spelt := func(text string) string {
			p := slices.Clone(parts)
			p[i] = text
			return strings.Join(p, ".")
		}
		for name, text := range map[string]string{
			"padding": parts[i] + strings.Repeat("=", (4-len(parts[i])%4)%4+1), "stray bits": stray(parts[i]), "a space within": parts[i][:4] + " " + parts[i][4:],
			"a line break within": parts[i][:4] + "\n" + parts[i][4:], "a line break behind": parts[i] + "\r\n", "a percent escape": parts[i][:4] + "%41" + parts[i][5:],
			"a character more": parts[i] + "A", "half": parts[i][:len(parts[i])/2], "nothing": "", "a null byte": parts[i] + "\x00", "small letters": strings.ToLower(parts[i]),
		} {
			add("its "+part+" with "+name, spelt(text))
		}
	}
	add("its signature in the standard alphabet", parts[0]+"."+parts[1]+"."+strings.NewReplacer("-", "+", "_", "/").Replace(parts[2]))
	other := strings.Split(m.token(jwtHeader, m.with("id-owner", "id-other")), ".")
	for name, token := range map[string]string{
		"parts in another order": parts[2] + "." + parts[0] + "." + parts[1], "two parts swapped": parts[1] + "." + parts[0] + "." + parts[2],
		"without its header": parts[1] + "." + parts[2], "without its signature": parts[0] + "." + parts[1], "with an empty part more": good + ".", "with an empty part before": "." + good,
		"with a part more": good + "." + parts[2], "as JWE": strings.Join(append(parts, parts[1], parts[2]), "."), "twice": good + good, "twice with a comma": good + "," + good, "twice with a space": good + " " + good,
		"with Bearer before": "Bearer " + good, "in quotes": `"` + good + `"`, "with a space before": " " + good, "with a space behind": good + " ", "with a tab behind": good + "\t",
		"with the claims of another": parts[0] + "." + other[1] + "." + parts[2], "with the signature of another": parts[0] + "." + parts[1] + "." + other[2],
		"as JSON": `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`, "of points": "..", "of one point": ".", "of 8192 points": strings.Repeat(".", 8192),
		"that is a megabyte": strings.Repeat("A", 1<<20), "with a megabyte behind": good + strings.Repeat("A", 1<<20), "whose claims are 9 KB": m.token(jwtHeader, m.with("id-owner", strings.Repeat("x", 9<<10))),
		"that is no text": "\xff\xfe", "that is empty": "",
	} {
		add("a token "+name, token)
	}
	for i := range 8 {
		add(fmt.Sprintf("a token cut at %d/8", i), good[:len(good)*i/8])
	}
	return all
}

// dashed returns claims under which the signature has characters that the two alphabets write
// differently, and whose base64 has bits to spare.
func (m mint) dashed() string {
	for i := range 100 {
		claims := m.with("id-owner", "id-owner"+strings.Repeat("x", i))
		token := m.token(jwtHeader, claims)
		if strings.ContainsAny(token[strings.LastIndex(token, "."):], "-_") && len(claims)%3 == 1 {
			return claims
		}
	}
	panic("no signature has a dash")
}

// stray returns the last character of base64 with a bit set that stands for nothing. A text without
// such bits gets a character that is none.
func stray(text string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	if len(text)%4 == 0 {
		return text[:len(text)-1] + "~"
	}
	return text[:len(text)-1] + alphabet[strings.IndexByte(alphabet, text[len(text)-1])+1:][:1]
}

// TestATokenCountsBeforeASignature: of a call that carries both, the token is judged where the call takes one, and the
// signature where it does not.
func TestATokenCountsBeforeASignature(t *testing.T) {
	r := newRig(t, reference.Options{})
	access, _ := r.tokens("tag")
	wrong := target.SignatureV2{AccessKey: "AX", SecretKey: "SX"}
	for _, row := range []struct {
		name, method, path, body string
		token                    target.Token
		signature                target.Auth
		want                     int
	}{
		{"a good token beside a wrong signature", "POST", "/tag/encrypt", hello, access, wrong, 200},
		{"a wrong token beside a good signature", "POST", "/tag/encrypt", hello, "x", r.signed("owner"), 401},
		{"a wrong token on a call that takes none", "GET", "/tag", "", "x", r.signed("owner"), 200},
		{"a good token beside a wrong signature on such a call", "GET", "/tag", "", access, wrong, 401},
	} {
		both := beside{row.signature, row.token}
		if status, text := r.call(both, reference.API20, row.method, "/kms/v1/keys"+row.path, row.body); status != row.want {
			t.Errorf("%s: %d %s, want %d", row.name, status, text, row.want)
		}
	}
}

// beside is two ways to say who calls, on one call.
type beside [2]target.Auth

func (b beside) Authorize(r *http.Request, now time.Time) {
	for _, auth := range b {
		auth.Authorize(r, now)
	}
}
