package features

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Level says how binding a rule is.
type Level string

// The levels, the most binding first. Only what the vendor documents is MUST.
const (
	Must     Level = "MUST"
	Should   Level = "SHOULD"
	Inferred Level = "INFERRED" // our reading of something that the documents leave open
)

// A Rule is one numbered rule of the published API. Its ID is never used again for another rule.
type Rule struct {
	ID         string   `yaml:"id"` // KMS2-TOK-014: API generation, area, number
	Level      Level    `yaml:"level"`
	Origin     Origin   `yaml:"origin"`
	Statement  string   `yaml:"statement"`  // one sentence, in our words
	Needs      []string `yaml:"needs"`      // capabilities that a target must have to be asked
	Risk       string   `yaml:"risk"`       // what is lost when it is broken: security, data, availability, function
	Rival      string   `yaml:"rival"`      // INFERRED only: the other reading
	Untestable string   `yaml:"untestable"` // why no scenario can check it; empty: one does
	// Failures says that the rule tells when the service may fail: with a region of it down, and what a caller
	// must not bring about. An answer by which it says that it failed (5xx) breaks such a rule, as another would.
	Failures bool `yaml:"failures"`

	Korean Translation `yaml:"-"` // of KoreanFile; zero: there is none of this English
}

// Origin names the page that a rule comes from.
type Origin struct {
	Page string `yaml:"page"` // the last part of the page's address; several with commas between
	AsOf string `yaml:"asOf"` // the day as of which the page was read, 2006-01-02
}

// String returns the page and the day.
func (o Origin) String() string { return o.Page + ", as of " + o.AsOf }

// Capabilities that rules and scenarios may need.
const (
	Clock         = "clock"         // the target's clock can be set
	API10         = "api10"         // API 1.0 is offered
	APIKey        = "apikey"        // the owner has an API Gateway key, which signature v1 needs
	Viewer        = "viewer"        // there is an account that may only view
	Sources       = "sources"       // the run can send from two addresses that the target tells apart
	Overload      = "overload"      // the target may be pushed past its published limits
	Isolated      = "isolated"      // the hosts of isolated keys are offered
	Regions       = "regions"       // the target's regions can be taken down and made to lag
	Policies      = "policies"      // there are accounts of the other policies
	Administrator = "administrator" // there is an account that administers the whole platform, beside the owner
	Access        = "access"        // there is a sub account whose access rule a run may change and put back

	Encryptor = "encryptor" // there is an account that may encrypt and ask for tokens, and not decrypt
	Rights    = "rights"    // what that account may do can be changed, and its key pair disabled
)

// Capabilities lists every capability in the order of the constants.
func Capabilities() []string {
	return []string{Clock, API10, APIKey, Viewer, Sources, Overload, Isolated, Regions, Policies, Administrator, Access, Encryptor, Rights}
}

// Wanting says what a target that lacks a capability would have to offer, in the words of the target
// file and the command line.
func Wanting(capability string) string {
	return map[string]string{
		Clock:         "a clock that can be set (admin)",
		API10:         "API 1.0 (api10)",
		APIKey:        "the owner's API key (credentials.owner.apiKey)",
		Viewer:        "an account that may only view (credentials.viewer)",
		Sources:       "two addresses to send from (sourceIPs)",
		Overload:      "leave to be pushed past its limits (--allow-overload)",
		Isolated:      "the hosts of isolated keys (api20kr and api20jp)",
		Regions:       "regions that can be taken down (admin)",
		Policies:      "accounts of the other policies (credentials.manager, infra and finance)",
		Administrator: "an account that administers the platform (credentials.administrator)",
		Encryptor:     "an account that may encrypt and ask for tokens alone (credentials.encryptor)",
		Rights:        "a reference's account whose permissions may be changed (admin, credentials.encryptor)",
		Access:        "the Sub Account API and an account whose access rule may be changed (subaccount, credentials.manager)",
	}[capability]
}

var (
	ruleID = regexp.MustCompile(`^KMS[12]-(KEY|VER|ROT|DEL|MIG|LOG|ENC|DEC|CUS|REE|SIG|VFY|PUB|CRE|TOK|REN|ACL|ACC|SUB|ERR|TPS|HA|V1)-\d{3}$`)
	levels = []Level{Must, Should, Inferred}
	risks  = []string{"security", "data", "availability", "function"}
)

// IsRuleID reports whether s has the form of a rule's ID.
func IsRuleID(s string) bool { return ruleID.MatchString(s) }

// Load reads and checks the register in fsys, with its Korean. Its error names each rule that is wrong and why.
func Load(fsys fs.FS) ([]Rule, error) {
	text, err := fs.ReadFile(fsys, RulesFile)
	if err != nil {
		return nil, err
	}
	rules, err := ParseRules(text)
	if err != nil {
		return nil, err
	}
	korean, err := Translations(fsys)
	if err != nil {
		return nil, err
	}
	translate(rules, korean)
	return rules, nil
}

// ParseRules reads a register strictly: unknown members are errors.
func ParseRules(text []byte) ([]Rule, error) {
	var file struct {
		Rules []Rule `yaml:"rules"`
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", RulesFile, err)
	}
	var problems []error
	seen := map[string]bool{}
	for i, r := range file.Rules {
		if seen[r.ID] {
			problems = append(problems, fmt.Errorf("%s: rule %s: the ID is used twice", RulesFile, r.ID))
		}
		seen[r.ID] = true
		for _, p := range r.problems() {
			problems = append(problems, fmt.Errorf("%s: rule %d (%s): %s", RulesFile, i+1, r.ID, p))
		}
	}
	if len(file.Rules) == 0 {
		problems = append(problems, fmt.Errorf("%s: it holds no rule", RulesFile))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return file.Rules, nil
}

// problems says what is wrong with one rule, a sentence each.
func (r Rule) problems() (out []string) {
	expect := func(ok bool, format string, args ...any) {
		if !ok {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	expect(IsRuleID(r.ID), "the ID has not the form KMS2-TOK-014 with a known area")
	expect(slices.Contains(levels, r.Level), "level %q is none of MUST, SHOULD, INFERRED", r.Level)
	expect(r.Origin.Page != "", "origin.page is missing")
	_, err := time.Parse(time.DateOnly, r.Origin.AsOf)
	expect(err == nil, "origin.asOf %q is no date like 2026-10-20", r.Origin.AsOf)
	expect(strings.HasSuffix(r.Statement, "."), "the statement is no sentence")
	expect(slices.Contains(risks, r.Risk), "risk %q is none of %s", r.Risk, strings.Join(risks, ", "))
	expect((r.Level == Inferred) == (r.Rival != ""), "a rival reading belongs to every INFERRED rule and to no other")
	for _, need := range r.Needs {
		expect(slices.Contains(Capabilities(), need), "need %q is no known capability", need)
	}
	return out
}
