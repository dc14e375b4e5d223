package target

import (
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// DefaultBudget is the budget of a target file that names none.
var DefaultBudget = Budget{Keys: 40, KeysTotal: 500, Requests: 50000}

// file is a target file, member by member.
type file struct {
	Name        string                    `yaml:"name"`
	API20       string                    `yaml:"api20"`
	API20KR     string                    `yaml:"api20kr"`
	API20JP     string                    `yaml:"api20jp"`
	API10       string                    `yaml:"api10"`
	SubAccount  string                    `yaml:"subaccount"`
	Admin       string                    `yaml:"admin"`
	CA          string                    `yaml:"ca"`
	Credentials map[string]fileCredential `yaml:"credentials"`
	SourceIPs   []fileSource              `yaml:"sourceIPs"`
	Budget      *fileBudget               `yaml:"budget"`
	Wait        string                    `yaml:"wait"`
}

type fileCredential struct {
	AccessKey string `yaml:"accessKey"`
	SecretKey string `yaml:"secretKey"`
	APIKey    string `yaml:"apiKey"`
}

// fileBudget's members are nil where the file does not name them. Of what is no number the library would name
// no member.
type fileBudget struct {
	Keys      any `yaml:"keys"`
	KeysTotal any `yaml:"keysTotal"`
	Requests  any `yaml:"requests"`
}

// fileSource is an address, or {bind, seenAs}.
type fileSource struct {
	Bind   string `yaml:"bind"`
	SeenAs string `yaml:"seenAs"`
}

// UnmarshalYAML takes both spellings.
func (s *fileSource) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&s.Bind) == nil {
		return nil
	}
	type both fileSource
	return unmarshal((*both)(s))
}

// ReadFile reads a target file. Its errors name file, line and member and never show a value: it may
// be a secret. lookup finds the variables that scalars name as ${NAME}; os.LookupEnv is the usual one.
func ReadFile(path string, lookup func(string) (string, bool)) (*Target, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("target file: %w", err)
	}
	return Parse(path, text, lookup)
}

// Parse is [ReadFile] for a text that was read already. name is for messages, and its folder is where
// a relative ca is looked for.
func Parse(name string, text []byte, lookup func(string) (string, bool)) (*Target, error) {
	var f file
	if err := read(text, &f); err != nil {
		return nil, where(name, err)
	}
	if err := expand(reflect.ValueOf(&f).Elem(), "", lookup); err != nil {
		return nil, fmt.Errorf("%s%w", name, at(text, err))
	}
	t, err := f.target(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("%s%w", name, at(text, err))
	}
	return t, nil
}

// read reads a text strictly. The library panics on some texts that are no sense, such as an unknown
// tag in the place of a sequence; here that is one more text that cannot be read.
func read(text []byte, into *file) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is YAML that cannot be read")
		}
	}()
	return yaml.UnmarshalWithOptions(text, into, yaml.Strict())
}

// target checks the file and makes the target of it.
func (f *file) target(folder string) (*Target, error) {
	t := &Target{Name: f.Name, URLs: map[API]string{}, Credentials: map[string]Credential{}}
	var err error
	if t.Budget, err = f.budget(); err != nil {
		return nil, err
	}
	if t.Name == "" {
		t.Name = "target"
	}
	if err := f.urls(t); err != nil {
		return nil, err
	}
	if err := f.credentials(t); err != nil {
		return nil, err
	}
	for i, s := range f.SourceIPs {
		source, err := s.source(fmt.Sprintf("sourceIPs[%d]", i))
		if err != nil {
			return nil, err
		}
		t.Sources = append(t.Sources, source)
	}
	if f.Wait != "" {
		d, err := time.ParseDuration(f.Wait)
		if err != nil || d < 0 {
			return nil, wrong("wait", "want a duration like 30s")
		}
		t.Wait = d
	}
	if f.CA != "" {
		return t, f.authority(t, folder)
	}
	return t, nil
}

func (f *file) urls(t *Target) error {
	if f.API20 == "" {
		return wrong("api20", "it is required")
	}
	for api, text := range map[API]string{
		API20: f.API20, API20KR: f.API20KR, API20JP: f.API20JP, API10: f.API10, SubAccount: f.SubAccount, Admin: f.Admin,
	} {
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.User != nil {
			return wrong(string(api), "want a URL like https://host or http://host:port")
		}
		t.URLs[api] = strings.TrimSuffix(text, "/")
	}
	return nil
}

func (f *file) credentials(t *Target) error {
	if _, ok := f.Credentials["owner"]; !ok {
		return wrong("credentials", "the role owner is required")
	}
	for role, c := range f.Credentials {
		member := "credentials." + role
		if c.AccessKey == "" && c.SecretKey == "" && role != "owner" {
			continue // the role is not offered
		}
		if c.AccessKey == "" {
			return wrong(member+".accessKey", "it is required")
		}
		if c.SecretKey == "" {
			return wrong(member+".secretKey", "it is required")
		}
		t.Credentials[role] = Credential(c)
	}
	return nil
}

func (s fileSource) source(member string) (Source, error) {
	bind, err := netip.ParseAddr(s.Bind)
	if err != nil {
		return Source{}, wrong(member, "want an IP address, or {bind: ADDRESS, seenAs: ADDRESS}")
	}
	seen := bind
	if s.SeenAs != "" {
		if seen, err = netip.ParseAddr(s.SeenAs); err != nil {
			return Source{}, wrong(member+".seenAs", "want an IP address")
		}
	}
	return Source{Bind: bind, SeenAs: seen}, nil
}

// budget returns what the file says, and the default for each member that it does not name; a target
// with an admin listener is taken for a reference, whose budget nobody has to pay.
func (f *file) budget() (Budget, error) {
	b := DefaultBudget
	if f.Admin != "" {
		b = Budget{}
	}
	if f.Budget == nil {
		return b, nil
	}
	for _, m := range []struct {
		name string
		from any
		to   *int
	}{{"keys", f.Budget.Keys, &b.Keys}, {"keysTotal", f.Budget.KeysTotal, &b.KeysTotal}, {"requests", f.Budget.Requests, &b.Requests}} {
		if m.from == nil {
			continue
		}
		n, ok := m.from.(uint64) // as the library reads whole numbers that are not below zero
		if !ok || n < 1 || n > math.MaxInt32 {
			return b, wrong("budget."+m.name, "want a whole number from 1 to %d", math.MaxInt32)
		}
		*m.to = int(n)
	}
	return b, nil
}

func (f *file) authority(t *Target, folder string) error {
	path := f.CA
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return wrong("ca", "it cannot be read: %v", err)
	}
	t.RootCAs, t.Authority = x509.NewCertPool(), text
	if !t.RootCAs.AppendCertsFromPEM(text) {
		return wrong("ca", "%s holds no PEM certificate", f.CA)
	}
	return nil
}

// Roles returns the roles that the target has credentials for, sorted.
func (t *Target) Roles() []string {
	roles := make([]string, 0, len(t.Credentials))
	for role := range t.Credentials {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	return roles
}
