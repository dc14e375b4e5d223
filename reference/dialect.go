package reference

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A Dialect answers the questions that the published documents leave open. Its zero value is our
// best guess for each; docs/dialect.md lists them with their grounds. The names of the members in a
// file are those of the yaml tags.
type Dialect struct {
	// FlatErrors answers refusals of the service as {"code","msg","data":null} instead of
	// {"error":{"errorCode","message","details"}}.
	FlatErrors bool `yaml:"flatErrors"`
	// Answers changes what a refusal looks like. Reasons that it lacks keep their guess.
	Answers map[kms.Reason]Answer `yaml:"answers"`
	// OneName10 gives the results of an array on API 1.0 under the name of the single result
	// instead of ciphertextList, plaintextList and newCiphertextList.
	OneName10 bool `yaml:"oneName10"`
	// KeyVersion20 tells key_version with a custom key of API 2.0 too; NoKeyVersion10 does not on 1.0.
	KeyVersion20   bool `yaml:"keyVersion20"`
	NoKeyVersion10 bool `yaml:"noKeyVersion10"`
	// OuterCounters puts the counters of the key list beside data, and the list under KeyList.
	OuterCounters bool `yaml:"outerCounters"`
	// OmitNulls leaves members out that are null; data itself stays.
	OmitNulls bool `yaml:"omitNulls"`

	// RefuseUnknown refuses members of a body that the call does not have.
	RefuseUnknown bool `yaml:"refuseUnknown"`
	// CapitalIPList takes IpList for ipList as well.
	CapitalIPList bool `yaml:"capitalIpList"`
	// NumericHours refuses lifetimes that are digits in a string; UL stays.
	NumericHours bool `yaml:"numericHours"`
	// OptionalPeriod takes a new rotation period that is missing for the default.
	OptionalPeriod bool `yaml:"optionalPeriod"`
	// RequireAutoRotation refuses to create a key when isAutoRotation is missing.
	RequireAutoRotation bool `yaml:"requireAutoRotation"`
	// LenientBase64 takes plaintexts and data without padding, with line breaks and in the alphabet
	// for URLs.
	LenientBase64 bool `yaml:"lenientBase64"`
	// EmptyLists answers an empty array with one instead of refusing it; MaxItems bounds the items of
	// an array, 0 not at all.
	EmptyLists bool `yaml:"emptyLists"`
	MaxItems   int  `yaml:"maxItems"`

	// PKCS1v15 pads RSA signatures by PKCS #1 v1.5 instead of PSS; RawECDSA writes ECDSA signatures as
	// r and s in 32 bytes each instead of DER.
	PKCS1v15 bool `yaml:"pkcs1v15"`
	RawECDSA bool `yaml:"rawEcdsa"`
	// RefuseContext refuses a context for a key that is not convergent; ContextAsSent counts the 50
	// bytes of a context in base64 instead of after decoding.
	RefuseContext bool `yaml:"refuseContext"`
	ContextAsSent bool `yaml:"contextAsSent"`
	// MaxPlaintext and MaxData bound what is encrypted and what is signed, in bytes after decoding; 0
	// means 32,768 and 8,192. PerItem holds MaxPlaintext against each item of an array.
	MaxPlaintext int  `yaml:"maxPlaintext"`
	MaxData      int  `yaml:"maxData"`
	PerItem      bool `yaml:"perItem"`
	// RefuseEmpty refuses an empty plaintext.
	RefuseEmpty bool `yaml:"refuseEmpty"`
	// MemoInBytes bounds a memo to 200 bytes, two for each character that is not ASCII, instead of 100
	// characters.
	MemoInBytes bool `yaml:"memoInBytes"`
	// VersionLimit bounds the versions of a key; 0 means not at all.
	VersionLimit int `yaml:"versionLimit"`
	// IdleSucceeds answers a call that changes nothing (to enable what is enabled) with a success.
	IdleSucceeds bool `yaml:"idleSucceeds"`
	// PeriodResets switches automatic rotation on with the default period, whatever the key had before.
	PeriodResets bool `yaml:"periodResets"`
	// CountSets counts a set of tokens as one in issuedTokenCount, not as two.
	CountSets bool `yaml:"countSets"`
	// FarUnlimited gives unlimited tokens an exp a hundred years ahead instead of none.
	FarUnlimited bool `yaml:"farUnlimited"`
	// MigrationRetires takes the token creator of a key out of office when the key is migrated, so that
	// no token survives that.
	MigrationRetires bool `yaml:"migrationRetires"`
	// Leeway is how long a token lives beyond its exp.
	Leeway time.Duration `yaml:"leeway"`
}

// ParseDialect reads a dialect file. Unknown members and wrong types are errors that name the file and
// the line.
func ParseDialect(name string, text []byte) (Dialect, error) {
	var d Dialect
	err := readNamed(text, &d)
	if err != nil && !errors.Is(err, io.EOF) { // an empty file is the zero dialect
		return Dialect{}, yamlError(name, "dialect", err)
	}
	if err := d.check(); err != nil {
		return Dialect{}, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

func (d *Dialect) check() error {
	for reason, a := range d.Answers {
		if _, ok := guesses[reason]; !ok {
			return fmt.Errorf("answers: there is no reason %q; there are %v", reason, slices.Sorted(maps.Keys(guesses)))
		}
		if a.Status < 400 || a.Status > 599 || a.Code == "" {
			return fmt.Errorf("answers: %s: it needs a status from 400 to 599 and a code", reason)
		}
	}
	for member, n := range map[string]int{
		"maxItems": d.MaxItems, "maxPlaintext": d.MaxPlaintext, "maxData": d.MaxData, "versionLimit": d.VersionLimit, "leeway": int(d.Leeway),
	} {
		if n < 0 {
			return fmt.Errorf("%s: it is negative", member)
		}
	}
	return nil
}

// century is near enough to forever.
const century = 100 * 365 * 24 * time.Hour

// rules returns the rules as the dialect reads them.
func (d *Dialect) rules(r kms.Rules) kms.Rules {
	r.Signs = kms.Scheme{PKCS1v15: r.Signs.PKCS1v15 || d.PKCS1v15, RawECDSA: r.Signs.RawECDSA || d.RawECDSA}
	r.RefuseContext = r.RefuseContext || d.RefuseContext
	r.ContextAsSent = r.ContextAsSent || d.ContextAsSent
	r.MaxPlaintext = cmp.Or(d.MaxPlaintext, r.MaxPlaintext)
	r.MaxData = cmp.Or(d.MaxData, r.MaxData)
	r.PerItem = r.PerItem || d.PerItem
	r.RefuseEmpty = r.RefuseEmpty || d.RefuseEmpty
	r.MemoInBytes = r.MemoInBytes || d.MemoInBytes
	r.MaxVersions = cmp.Or(d.VersionLimit, r.MaxVersions)
	r.PeriodResets = r.PeriodResets || d.PeriodResets
	r.CountSets = r.CountSets || d.CountSets
	r.MigrationRetires = r.MigrationRetires || d.MigrationRetires
	if d.IdleSucceeds {
		r.TakeIdle()
	}
	if d.FarUnlimited {
		r.Unlimited = century
	}
	if lives := r.Lives; d.Leeway > 0 {
		r.Lives = func(now, exp time.Time) bool { return lives(now.Add(-d.Leeway), exp) }
	}
	return r
}
