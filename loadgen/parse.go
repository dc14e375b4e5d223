package loadgen

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

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

// ParseProfile reads a profile from YAML. Unknown fields, wrong types and impossible values are
// errors that name file, line (where the YAML gives one) and field; none quotes the file.
func ParseProfile(file string, data []byte) (Profile, error) {
	var p Profile
	if err := read(data, &p); err != nil {
		return Profile{}, located(file, err)
	}
	if err := p.Check(); err != nil {
		return Profile{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// read reads a text strictly. The library panics on some texts that are no sense, such as an unknown
// tag in the place of a list; here that is one more text that cannot be read.
func read(data []byte, into *Profile) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is YAML that cannot be read")
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
}

// located turns an error of the YAML reader into one line with file and position.
func located(file string, err error) error {
	if at, ok := errors.AsType[yaml.Error](err); ok {
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			return fmt.Errorf("%s:%d:%d: %s", file, tok.Position.Line, tok.Position.Column, at.GetMessage())
		}
		return fmt.Errorf("%s: %s", file, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", file, err)
}
