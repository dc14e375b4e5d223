package reference_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/kmsproof/kmsproof/reference"
	"github.com/kmsproof/kmsproof/reference/kms"
)

// awkward are texts that YAML takes for something else where they are not quoted.
var awkward = []string{
	"a\tb", "\ta", "a\t", "\n", "\r", "\n\n", "a\n", "a\n\n", "a\r\nb", "a\rb", "\n a", "\n\n a", " a\nb", " a", "a ", "a\n\tb", "a \nb", "two: lines\n# of it",
	"? a", "- a", "-", "--", "---", "...", "--- a", ": a", "a:", "a: b", "# a", "a # b", "a\\b", "%a", "@a", "`a`", "&a", "*a", "!a", "! a", "!!int 1", "| a", "> a", "<<", "=",
	"[a]", "{a}", "a,b", "]", "}", "'", "'a'", "\"", "\"a\"", "\"a\nb\"", "\"a\" b", "true", "True", "no", "on", "y", "null", "~", ".inf", "-.inf", "+.inf", ".Inf", ".NaN", ".nan",
	"0", "-1", "+1", "1_000", "1.5", "-.5", ".5", "1.", "1e5", "1e400", "0x1f", "0b1", "0o7", "017", "1:30", "2026-01-01", "2026-01-01T00:00:00Z", "1h", "-72h",
	"\x00", "\x7f", "\u0085", "\u00a0", "\u2028", "\u2029", "\ufeff", "a\ufeffb", "\ufffd", "\U0010ffff", "\u200b", "\x1b[0m", "가", "1: # é", "\\x41", "\\u0041",
	"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\n\tAA==\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n\n",
}

// TestAnyTextGoesThroughAStateFile puts text wherever a call takes any, and has it exported and imported.
func TestAnyTextGoesThroughAStateFile(t *testing.T) {
	for _, text := range awkward {
		one := newRig(t, reference.Options{Accounts: []reference.Account{
			{Name: "owner", ID: "id-owner", AccessKey: "AO", SecretKey: text, APIKey: text, Policy: "NCP_ADMINISTRATOR", Policies: []reference.UserPolicy{{Name: text, Actions: []kms.Op{kms.Encrypt}, Keys: []string{text}}}},
		}})
		if status, said := one.do(http.MethodPut, "/tag/memo", jsonText(t, map[string]string{"memo": text})); status != 200 {
			t.Fatalf("%q: %d %s", text, status, said)
		}
		if status, said := one.rule("owner", http.MethodPut, "id-owner", `{"useApiAllowSource":false,"apiAllowSources":[{"type":"VPC","source":`+jsonText(t, text)+`}]}`); status != 200 {
			t.Fatalf("%q: %d %s", text, status, said)
		}
		holdsItsExport(t, one)
	}
}

// TestAKeyIsWrittenInLines: what a person looks for in a state file can be read there.
func TestAKeyIsWrittenInLines(t *testing.T) {
	one, _, _, _ := lived(t)
	_, file := one.admin(http.MethodGet, "/admin/state", "")
	for _, want := range []string{"key: |\n", "memo: \"two: lines\\n# of it\"\n", "- name: orders\n", "stateSince: -50h1m0s\n"} {
		if !strings.Contains(file, want) {
			t.Errorf("there is no %s in\n%s", want, file)
		}
	}
}
