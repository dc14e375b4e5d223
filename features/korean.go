package features

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml"
)

// KoreanFile is the name of the register's Korean in a file system of features, which may lack it.
const KoreanFile = "rules.ko.yaml"

// A Translation is a rule in another language.
type Translation struct {
	ID        string `yaml:"id"`
	Of        string `yaml:"of"` // Rule.Digest of the English that was translated
	Statement string `yaml:"statement"`
	Rival     string `yaml:"rival"`
}

// Digest stands for the English of a rule: its statement and its rival.
func (r Rule) Digest() string {
	sum := sha256.Sum256([]byte(r.Statement + "\x00" + r.Rival))
	return hex.EncodeToString(sum[:6])
}

// Translations reads the Korean of the register in fsys; none where there is no such file.
func Translations(fsys fs.FS) ([]Translation, error) {
	text, err := fs.ReadFile(fsys, KoreanFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		Rules []Translation `yaml:"rules"`
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", KoreanFile, err)
	}
	return file.Rules, nil
}

// translate gives each rule its Korean. One that was made from another English stays away: no page shows it.
func translate(rules []Rule, korean []Translation) {
	byID := map[string]Translation{}
	for _, t := range korean {
		byID[t.ID] = t
	}
	for i, r := range rules {
		if t := byID[r.ID]; t.Of == r.Digest() {
			rules[i].Korean = t
		}
	}
}
