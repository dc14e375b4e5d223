package steps

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

// curlBody bounds the body that a command line holds, in bytes. A longer one is a variable.
const curlBody = 4096

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
		fmt.Fprintf(&b, " --data-binary %s", shellBody(redact(string(r.Body))))
	}
	fmt.Fprintf(&b, " '%s%s'", base, shellPath(r.Path))
	return b.String()
}

// shellBody quotes a redacted body for the shell; its variables stay variables.
func shellBody(body string) string {
	if len(body) > curlBody {
		return `"$BODY"`
	}
	body = strings.ReplaceAll(body, "'", `'\''`)
	body = shellVariable.ReplaceAllString(body, `"'"$$$1"'"`)
	body = shellList.ReplaceAllString(body, `['"$$$1"']`)
	return "'" + body + "'"
}

func shellPath(path string) string { return strings.ReplaceAll(path, "'", "%27") }

// signing is what must be run before curl for the call to be signed: it sets TIMESTAMP and SIGNATURE.
// It is empty for calls that an account does not sign rightly: they cannot be repeated but by hand.
func (w *world) signing(r target.Request) string {
	role := w.role(r.Auth)
	lines := []string{"'" + r.Method + " " + shellPath(r.Path) + "'", `"$TIMESTAMP"`}
	switch r.Auth.(type) {
	case target.SignatureV2:
	case target.SignatureV1:
		lines = append(lines, `"$`+role+`API_KEY"`)
	default:
		return ""
	}
	lines = append(lines, `"$`+role+`ACCESS_KEY"`)
	return fmt.Sprintf(`TIMESTAMP=$(date +%%s000); SIGNATURE=$(printf '%%s' %s | openssl dgst -sha256 -hmac "$%sSECRET_KEY" -binary | openssl base64 -A); `,
		strings.Join(lines, `$'\n'`), role)
}

// role begins the names of the variables that hold an account's credentials: nothing for the owner,
// VIEWER_ for the viewer.
func (w *world) role(by target.Auth) string {
	var used target.Credential
	switch a := by.(type) {
	case target.SignatureV2:
		used = target.Credential(a)
	case target.SignatureV1:
		used = target.Credential(a)
	}
	for _, role := range slices.Sorted(maps.Keys(w.t.Credentials)) {
		if role != "owner" && used.AccessKey != "" && w.t.Credentials[role].AccessKey == used.AccessKey {
			return strings.ToUpper(role) + "_"
		}
	}
	return ""
}

// accountHeaders lists the headers that the credentials put on a request, flawed ones as they are
// present or missing. Their values are not told.
func (w *world) accountHeaders(r target.Request, base string) (out []string) {
	probe, err := http.NewRequest(r.Method, base+r.Path, nil)
	if err != nil {
		return nil
	}
	r.Auth.Authorize(probe, time.Unix(0, 0))
	variables := map[string]string{
		http.CanonicalHeaderKey(target.HeaderTimestamp):   "TIMESTAMP",
		http.CanonicalHeaderKey(target.HeaderAccessKey):   w.role(r.Auth) + "ACCESS_KEY",
		http.CanonicalHeaderKey(target.HeaderSignatureV2): "SIGNATURE",
		http.CanonicalHeaderKey(target.HeaderSignatureV1): "SIGNATURE",
		http.CanonicalHeaderKey(target.HeaderAPIKey):      w.role(r.Auth) + "API_KEY",
	}
	for _, name := range slices.Sorted(maps.Keys(probe.Header)) {
		value := ""
		if variables[name] != "" {
			value = "$" + variables[name]
		}
		out = append(out, name+": "+value)
	}
	return out
}
