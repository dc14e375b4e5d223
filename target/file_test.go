package target_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/target"
)

func lookup(name string) (string, bool) {
	v, ok := map[string]string{"NCP_ACCESS_KEY": "AK", "NCP_SECRET_KEY": "hush"}[name]
	return v, ok
}

const good = `name: staging
api20: https://ocapi.example.test/
api10: https://kms.example.test
credentials:
  owner:  {accessKey: "${NCP_ACCESS_KEY}", secretKey: "${NCP_SECRET_KEY}", apiKey: ""}
  viewer: {accessKey: "", secretKey: ""}
sourceIPs: [127.0.0.1, {bind: 10.0.0.5, seenAs: 203.0.113.7}]
wait: 90s
`

func TestATargetFileSaysWhatARunNeeds(t *testing.T) {
	got, err := target.Parse("t.yaml", []byte(good), lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "staging" || got.URLs[target.API20] != "https://ocapi.example.test" || got.Offers(target.Admin) {
		t.Errorf("got name %q, URLs %v", got.Name, got.URLs)
	}
	if owner := got.Credentials["owner"]; owner != (target.Credential{AccessKey: "AK", SecretKey: "hush"}) {
		t.Errorf("owner's variables were not expanded")
	}
	if _, ok := got.Credentials["viewer"]; ok {
		t.Error("a role without keys is offered")
	}
	want := target.Source{Bind: netip.MustParseAddr("10.0.0.5"), SeenAs: netip.MustParseAddr("203.0.113.7")}
	if len(got.Sources) != 2 || got.Sources[1] != want {
		t.Errorf("sources %v, want the second to be %v", got.Sources, want)
	}
	if got.Budget != target.DefaultBudget || got.Wait != 90*time.Second {
		t.Errorf("budget %v, wait %v", got.Budget, got.Wait)
	}
}

func TestAReferenceHasNoBudgetUnlessItsFileSaysSo(t *testing.T) {
	got, err := target.Parse("t.yaml", []byte(good+"admin: http://127.0.0.1:8201\n"), lookup)
	if err != nil || got.Budget != (target.Budget{}) {
		t.Errorf("budget %v, %v; want none", got, err)
	}
}

func TestABudgetMemberThatIsNotNamedKeepsItsDefault(t *testing.T) {
	got, err := target.Parse("t.yaml", []byte(good+"budget: {requests: 100}\n"), lookup)
	want := target.DefaultBudget
	want.Requests = 100
	if err != nil || got.Budget != want {
		t.Errorf("budget %v, %v; want %v", got.Budget, err, want)
	}
	_, err = target.Parse("t.yaml", []byte(good+"budget: {keys: 0}\n"), lookup)
	if err == nil || err.Error() != "t.yaml:9: budget.keys: want a whole number from 1 to 2147483647" {
		t.Errorf("no keys: error %v", err)
	}
}

func TestAWrongTargetFileNamesFileLineAndMember(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown member":        {"api10:", "api1O:", `t.yaml:3: unknown field "api1O"`},
		"unknown nested member": {"apiKey:", "apiKee:", `t.yaml:5: unknown field "apiKee"`},
		"wrong type":            {"wait: 90s", "wait: [90s]", "t.yaml:8: wait: a list does not belong here"},
		"text for a number":     {"wait: 90s", "budget: {requests: many}", "t.yaml:8: budget.requests: want a whole number from 1 to 2147483647"},
		"more than is counted":  {"wait: 90s", "budget: {keys: 3000000000}", "t.yaml:8: budget.keys: want a whole number from 1 to 2147483647"},
		"a list of credentials": {"  owner:  {", "  owner: [", "t.yaml:"},
		"unset variable":        {"${NCP_SECRET_KEY}", "${NCP_SECERT_KEY}", "t.yaml:5: credentials.owner.secretKey: the variable NCP_SECERT_KEY is not set"},
		"no URL":                {"https://kms.example.test", "kms.example.test", "t.yaml:3: api10: want a URL"},
		"no api20":              {"api20:", "subaccount:", "t.yaml: api20: it is required"},
		"no owner":              {"owner:", "boss:", "t.yaml:4: credentials: the role owner is required"},
		"half a credential":     {`secretKey: ""`, `secretKey: hush`, "t.yaml:6: credentials.viewer.accessKey: it is required"},
		"bad address":           {"127.0.0.1", "127.0.0.01", "t.yaml:7: sourceIPs[0]: want an IP address"},
		"bad wait":              {"90s", "soon", "t.yaml:8: wait: want a duration"},
		"not YAML":              {"credentials:", "credentials: {{hush", "t.yaml:"},
		"twice":                 {"wait:", "name: x\nwait:", "t.yaml:8: "},
		"no such authority":     {"wait:", "ca: nowhere.pem\nwait:", "t.yaml:8: ca: it cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the case changes nothing: %q", c.old)
			}
			_, err := target.Parse("t.yaml", []byte(strings.Replace(good, c.old, c.new, 1)), lookup)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want it to begin with %q", err, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n")) {
				t.Errorf("the error shows a value or an excerpt: %v", err)
			}
		})
	}
}

// FuzzParse reads any text as a target file. What is refused is refused in one line that begins with the
// file's name; what is taken can be called.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		good, "api20: http://127.0.0.1:1", "api20: http://a\nsourceIPs: !00 00", "api20: http://a\nbudget: {keys: 1}\nwait: 1h", "api20: http://a\nsourceIPs: [127.0.0.1, {bind: 127.0.0.2, seenAs: 203.0.113.7}]",
		"api20: http://a\ncredentials: {owner: {accessKey: k, secretKey: \"${SECRET}\"}}", "api20: &a http://a\napi10: *a", "- api20", "{", "api20: [a]", "api20: \"${\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := target.Parse("t.yaml", []byte(text), lookup)
		if err == nil && !got.Offers(target.API20) {
			t.Error("a target without api20 was accepted")
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "t.yaml")) {
			t.Errorf("the error is no sentence about the file: %q", err)
		}
	})
}
