package steps

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"github.com/kmsproof/kmsproof/reports"
	"github.com/kmsproof/kmsproof/target"
)

// keptExchanges bounds how many exchanges a case keeps: its first two and its last ones.
const keptExchanges = 12

// keptBody bounds how much of a body a report shows, in bytes.
const keptBody = 600

// exchange is one call as it was made, secrets and all.
type exchange struct {
	step   *godog.Step
	asked  target.Request
	answer *target.Answer // nil: none came
	err    error
}

func (w *world) keepExchange(x exchange) {
	if len(w.exchanges) == keptExchanges {
		w.exchanges = slices.Delete(w.exchanges, 2, 3)
	}
	w.exchanges = append(w.exchanges, x)
}

// told returns the kept exchanges without their secrets.
func (w *world) told() []reports.Exchange {
	var out []reports.Exchange
	for _, x := range w.exchanges {
		out = append(out, w.tell(x))
	}
	return out
}

func (w *world) tell(x exchange) reports.Exchange {
	r, base := x.asked, w.t.URLs[orAPI20(x.asked.API)]
	headers := w.headers(r, base)
	out := reports.Exchange{
		Request: r.Method + " " + base + r.Path,
		Headers: strings.Join(headers, "\n"),
		Body:    short(redact(string(r.Body)), keptBody),
		Curl:    curl(r, base, headers),
	}
	if x.step != nil {
		out.Step = x.step.Text
	}
	if r.From.Bind.IsValid() {
		out.From = r.From.Bind.String()
	}
	if x.err != nil {
		out.NoAnswer = redact(x.err.Error())
		return out
	}
	out.Status, out.Answer = x.answer.Status, short(redact(string(x.answer.Body)), keptBody)
	return out
}

func orAPI20(a target.API) target.API {
	if a == "" {
		return target.API20
	}
	return a
}

// headers lists what goes out, secrets as shell variables.
func (w *world) headers(r target.Request, base string) []string {
	var out []string
	if r.Body != nil {
		out = append(out, "Content-Type: application/json")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if value := r.Header.Get(name); value != "" {
			out = append(out, name+": "+redact(value))
		}
	}
	if r.Auth == nil {
		return out
	}
	if token, ok := r.Auth.(target.Token); ok {
		return append(out, target.HeaderToken+": "+w.variable(string(token)))
	}
	return append(out, accountHeaders(r, base)...)
}

// accountHeaders lists the headers that the credentials put on a request, flawed ones as they are
// present or missing. Their values are not told.
func accountHeaders(r target.Request, base string) (out []string) {
	probe, err := http.NewRequest(r.Method, base+r.Path, nil)
	if err != nil {
		return nil
	}
	r.Auth.Authorize(probe, time.Unix(0, 0))
	for _, name := range slices.Sorted(maps.Keys(probe.Header)) {
		out = append(out, name+": "+accountVariables[name])
	}
	return out
}

var accountVariables = map[string]string{
	http.CanonicalHeaderKey(target.HeaderTimestamp):   "$TIMESTAMP",
	http.CanonicalHeaderKey(target.HeaderAccessKey):   "$ACCESS_KEY",
	http.CanonicalHeaderKey(target.HeaderSignatureV2): "$SIGNATURE",
	http.CanonicalHeaderKey(target.HeaderSignatureV1): "$SIGNATURE",
	http.CanonicalHeaderKey(target.HeaderAPIKey):      "$API_KEY",
}

// variable is the shell variable that stands for a token.
func (w *world) variable(text string) string {
	for name, t := range w.tokens {
		if t.text == text {
			return "$" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(name, "the "), " ", "_"))
		}
	}
	if text == "" {
		return ""
	}
	return "$TOKEN"
}

// curl is a command line that repeats the request once its variables are set.
func curl(r target.Request, base string, headers []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -sS -X %s", r.Method)
	if r.From.Bind.IsValid() {
		fmt.Fprintf(&b, " --interface %s", r.From.Bind)
	}
	for _, h := range headers {
		fmt.Fprintf(&b, ` -H "%s"`, strings.NewReplacer(`"`, `\"`, "`", "\\`").Replace(h))
	}
	if r.Body != nil {
		body := strings.ReplaceAll(short(redact(string(r.Body)), keptBody), "'", `'\''`)
		body = shellVariable.ReplaceAllString(body, `"'"$$$1"'"`)
		fmt.Fprintf(&b, " --data-binary '%s'", body)
	}
	fmt.Fprintf(&b, " '%s%s'", base, strings.ReplaceAll(r.Path, "'", "%27"))
	return b.String()
}

var (
	shellVariable = regexp.MustCompile(`"\$([A-Z_]+)"`)
	tokenText     = regexp.MustCompile(`eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*`)
	cipherText    = regexp.MustCompile(`(ncpkms:v\d+:)[A-Za-z0-9+/=_-]+`)
	secretMember  = regexp.MustCompile(`"(plaintext|ciphertext|newCiphertext|plaintextList|ciphertextList|newCiphertextList|context|data|signature|accessToken|refreshToken)"\s*:\s*("(?:[^"\\]|\\.)*"?|\[[^\]]*\]?)`)
)

// redact takes tokens, plaintexts and ciphertexts out of a text. Members keep their names and get a
// shell variable for a value; data as an object keeps its members.
func redact(s string) string {
	s = secretMember.ReplaceAllStringFunc(s, func(member string) string {
		name := secretMember.FindStringSubmatch(member)[1]
		return fmt.Sprintf("%q:\"$%s\"", name, shellName(name))
	})
	s = tokenText.ReplaceAllString(s, "eyJ…")
	return cipherText.ReplaceAllString(s, "${1}…")
}

// shellName turns accessToken into ACCESS_TOKEN.
func shellName(member string) string {
	var b strings.Builder
	for _, r := range member {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}
