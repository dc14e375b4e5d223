package steps

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

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
	byHand bool // asked is what the request would be if it were one: no command line repeats it
}

func (w *world) keepExchange(x exchange) {
	if x.answer != nil {
		w.worst = max(w.worst, x.answer.Status)
	}
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
	}
	if !x.byHand {
		out.Curl = w.signing(r) + curl(r, base, headers)
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
	return append(out, w.accountHeaders(r, base)...)
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

var (
	shellVariable = regexp.MustCompile(`"\$([A-Z_]+)"`)
	shellList     = regexp.MustCompile(`\[\$([A-Z_]+)\]`)
	tokenText     = regexp.MustCompile(`eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*`)
	cipherText    = regexp.MustCompile(`(ncpkms:v\d+:)[A-Za-z0-9+/=_-]+`)
	secretMember  = regexp.MustCompile(`"(plaintext|ciphertext|newCiphertext|plaintextList|ciphertextList|newCiphertextList|context|data|signature|accessToken|refreshToken)"\s*:\s*("(?:[^"\\]|\\.)*"?|\[[^\]]*\]?)`)
)

// redact takes tokens, plaintexts and ciphertexts out of a text. Members keep their names and get a
// shell variable for a value, lists for what is in them; data as an object keeps its members.
func redact(s string) string {
	s = secretMember.ReplaceAllStringFunc(s, func(member string) string {
		parts := secretMember.FindStringSubmatch(member)
		name := shellName(parts[1])
		if strings.HasPrefix(parts[2], "[") {
			return fmt.Sprintf("%q:[$%s]", parts[1], name)
		}
		return fmt.Sprintf("%q:\"$%s\"", parts[1], name)
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
