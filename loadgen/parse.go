package loadgen

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed profiles/*.yaml
var embedded embed.FS

// Profiles returns the embedded profiles, sorted by name.
func Profiles() []Profile {
	names, err := fs.Glob(embedded, "profiles/*.yaml")
	if err != nil {
		panic(err)
	}
	profiles := make([]Profile, 0, len(names))
	for _, name := range names {
		data, err := embedded.ReadFile(name)
		if err != nil {
			panic(err)
		}
		p, err := ParseProfile(path.Base(name), data)
		if err != nil {
			panic(err)
		}
		profiles = append(profiles, p)
	}
	return profiles
}

// Lookup returns the embedded profile with the given name. Its error lists the names there are.
func Lookup(name string) (Profile, error) {
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("there is no load profile %q; there are %s", name, strings.Join(names, ", "))
}

// ParseProfile reads a profile from YAML. What it does not say of limit, missAfter, conforming and saturating is as in
// the built-in profiles; a burst that is not said is a second's worth of the rate. Unknown fields, wrong types and impossible values are errors that name file, line (where the
// YAML gives one) and field; none quotes the file.
func ParseProfile(file string, data []byte) (Profile, error) {
	p := Profile{MissAfter: 5 * time.Millisecond,
		Conforming: Bounds{Sent: 0.99, LateP99: 2 * time.Millisecond}, Saturating: Bounds{Sent: 0.97, LateP99: 5 * time.Millisecond}}
	if err := read(data, &p); err != nil {
		return Profile{}, located(file, err)
	}
	published := publishedLimit(p.API)
	p.Limit.Scope = cmp.Or(p.Limit.Scope, published.Scope)
	p.Limit.Burst = cmp.Or(p.Limit.Burst, p.Limit.Rate, published.Burst)
	p.Limit.Rate = cmp.Or(p.Limit.Rate, published.Rate)
	if err := p.Check(); err != nil {
		return Profile{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// publishedLimit is the limit that the vendor names for an API (security-kms2-overview).
func publishedLimit(api string) Limit {
	if api == "1.0" {
		return Limit{Scope: System, Rate: 200, Burst: 200}
	}
	return Limit{Scope: PerKey, Rate: 300, Burst: 300}
}

// read reads a text strictly. The library panics on some texts that are no sense, such as an unknown
// tag in the place of a list; here that is one more text that cannot be read.
func read(data []byte, into *Profile) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is YAML that cannot be read")
		}
	}()
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
	if errors.Is(err, io.EOF) {
		return errors.New("it is empty")
	}
	return err
}

// located turns an error of the YAML reader into one line with file and position.
func located(file string, err error) error {
	if at, ok := errors.AsType[yaml.Error](err); ok {
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			return fmt.Errorf("%s:%d:%d: %s", file, tok.Position.Line, tok.Position.Column, wanted(err, at))
		}
		return fmt.Errorf("%s: %s", file, wanted(err, at))
	}
	return fmt.Errorf("%s: %w", file, err)
}

// wanted says what is wrong with a text, in words of YAML.
func wanted(err error, at yaml.Error) string {
	typed, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return at.GetMessage()
	}
	switch kind := typed.DstType.Kind(); {
	case typed.DstType == reflect.TypeFor[time.Duration]():
		return "want a duration like 8s"
	case kind == reflect.Int:
		return "want a whole number"
	case kind == reflect.Float64:
		return "want a number"
	}
	return at.GetMessage()
}
