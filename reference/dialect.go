package reference

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
	"github.com/kmsproof/kmsproof/reference/limit"
)

// A Dialect answers the questions that the published documents leave open. Its zero value is our
// best guess for each; docs/dialect.md lists them with their grounds. The names of the members in a
// file are those of the yaml tags.
type Dialect struct {
	// Refusals.

	// FlatErrors answers refusals of the service as {"code","msg","data":null} instead of
	// {"error":{"errorCode","message","details"}}.
	FlatErrors bool `yaml:"flatErrors"`
	// Answers changes what a refusal looks like. Reasons that it lacks keep their guess; those that are a case
	// of another (see [kms.Reason.General]) have the answer of that.
	Answers map[kms.Reason]Answer `yaml:"answers"`
	// RetryAfter tells, with the refusal of a call over the limit, after how many whole seconds it fits.
	RetryAfter bool `yaml:"retryAfter"`
	// Limit20 and Limit10 are the rate limits of each API as serve takes them: RATE or RATE/BURST in whole calls
	// a second, or off. Empty: 300 for each key, and 200 for all keys together. Those of [Options] win.
	Limit20 string `yaml:"limit20"`
	Limit10 string `yaml:"limit10"`
	// Limited are the calls that count against the rate limits, of both APIs. Empty: the cipher calls.
	Limited []kms.Op `yaml:"limited"`

	// What answers look like.

	// OneName10 gives the results of an array on API 1.0 under the name of the single result
	// instead of ciphertextList, plaintextList and newCiphertextList.
	OneName10 bool `yaml:"oneName10"`
	// PlaintextList20 gives what an array decrypts to on API 2.0 as plaintextList instead of plaintext.
	PlaintextList20 bool `yaml:"plaintextList20"`
	// SingleForOne answers an array of one item with a single text.
	SingleForOne bool `yaml:"singleForOne"`
	// PartialBatches answers the good items of an array, and null for each bad one, instead of refusing
	// it. An array of one is refused like a single text.
	PartialBatches bool `yaml:"partialBatches"`
	// KeyVersion20 tells key_version with a custom key of API 2.0 too; NoKeyVersion10 does not on 1.0.
	KeyVersion20   bool `yaml:"keyVersion20"`
	NoKeyVersion10 bool `yaml:"noKeyVersion10"`
	// OuterCounters puts the counters of the key list beside data, and the list under KeyList.
	OuterCounters bool `yaml:"outerCounters"`
	// NewestFirst lists the newest key first; ListAll lists all keys, also those of other hosts.
	NewestFirst bool `yaml:"newestFirst"`
	ListAll     bool `yaml:"listAll"`
	// ListUnpermitted lists all keys for who may list one.
	ListUnpermitted bool `yaml:"listUnpermitted"`
	// ClampPages takes a page or its size that is out of bounds for the nearest that is not;
	// RefusePastEnd refuses a page past the last instead of answering an empty one.
	ClampPages    bool `yaml:"clampPages"`
	RefusePastEnd bool `yaml:"refusePastEnd"`
	// OmitNulls leaves members out that are null; data itself stays.
	OmitNulls bool `yaml:"omitNulls"`
	// PeriodWhenOff tells the rotation period of a key that does not rotate by itself instead of null.
	PeriodWhenOff bool `yaml:"periodWhenOff"`
	// SampleTags gives new keys tags of 60 letters and digits instead of 64 hexadecimal digits.
	SampleTags bool `yaml:"sampleTags"`

	// What requests may look like.

	// RefuseUnknown refuses members of a body that the call does not have; RefuseNull those that are null
	// instead of taking them for missing.
	RefuseUnknown bool `yaml:"refuseUnknown"`
	RefuseNull    bool `yaml:"refuseNull"`
	// RequireType refuses a body without a content type; RefuseOtherTypes one of another than JSON.
	RequireType      bool `yaml:"requireType"`
	RefuseOtherTypes bool `yaml:"refuseOtherTypes"`
	// CapitalIPList takes IpList for ipList as well.
	CapitalIPList bool `yaml:"capitalIpList"`
	// NumericHours refuses lifetimes that are digits in a string; UL stays. AnyCaseUL takes it in small
	// letters too.
	NumericHours bool `yaml:"numericHours"`
	AnyCaseUL    bool `yaml:"anyCaseUl"`
	// OptionalPeriod takes a new rotation period that is missing for the default.
	OptionalPeriod bool `yaml:"optionalPeriod"`
	// RequireAutoRotation refuses to create a key when isAutoRotation is missing; RefuseIdlePeriod when
	// there is a rotationPeriod for a key that does not rotate by itself.
	RequireAutoRotation bool `yaml:"requireAutoRotation"`
	RefuseIdlePeriod    bool `yaml:"refuseIdlePeriod"`
	// PlainConvergent makes a plain key where a convergent one is asked for of a type that has none.
	PlainConvergent bool `yaml:"plainConvergent"`
	// NoProtection neither reads nor tells protectionType, as in the government zone.
	NoProtection bool `yaml:"noProtection"`
	// LenientBase64 takes plaintexts and data without padding, with line breaks and in the alphabet
	// for URLs.
	LenientBase64 bool `yaml:"lenientBase64"`
	// EmptyLists answers an empty array with one instead of refusing it; MaxItems bounds the items of
	// an array, 0 not at all.
	EmptyLists bool `yaml:"emptyLists"`
	MaxItems   int  `yaml:"maxItems"`

	// Ciphers and signatures.

	// PKCS1v15 pads RSA signatures by PKCS #1 v1.5 instead of PSS; RawECDSA writes ECDSA signatures as
	// r and s in 32 bytes each instead of DER; Prehashed takes data of 32 bytes for the SHA-256 of
	// what is signed.
	PKCS1v15  bool `yaml:"pkcs1v15"`
	RawECDSA  bool `yaml:"rawEcdsa"`
	Prehashed bool `yaml:"prehashed"`
	// RefuseContext refuses a context for a key that is not convergent; ContextAsSent counts the 50
	// bytes of a context in base64 instead of after decoding; EmptyContext takes an empty one for a context.
	RefuseContext bool `yaml:"refuseContext"`
	ContextAsSent bool `yaml:"contextAsSent"`
	EmptyContext  bool `yaml:"emptyContext"`
	// ContextNonce makes the nonce of a convergent key of the context alone instead of context and text.
	ContextNonce bool `yaml:"contextNonce"`
	// MaxPlaintext and MaxData bound what is encrypted and what is signed, in bytes after decoding; 0
	// means 32,768 and 8,192. PerItem holds MaxPlaintext against each item of an array on API 2.0; for
	// API 1.0 it is published that the bound is of all items together.
	MaxPlaintext int  `yaml:"maxPlaintext"`
	MaxData      int  `yaml:"maxData"`
	PerItem      bool `yaml:"perItem"`
	// RefuseEmpty refuses an empty plaintext.
	RefuseEmpty bool `yaml:"refuseEmpty"`
	// CustomKeysAESOnly lets no RSA key make custom keys.
	CustomKeysAESOnly bool `yaml:"customKeysAesOnly"`

	// Keys.

	// MemoInBytes bounds a memo to 200 bytes, two for each character that is not ASCII, instead of 100
	// characters.
	MemoInBytes bool `yaml:"memoInBytes"`
	// FreePendingNames frees a key's name from the request for its deletion on; SpentNames never does. Not both.
	FreePendingNames bool `yaml:"freePendingNames"`
	SpentNames       bool `yaml:"spentNames"`
	// CaseBlindNames takes names for one that differ in the case of letters; OneNamespace holds global and
	// isolated keys to different names.
	CaseBlindNames bool `yaml:"caseBlindNames"`
	OneNamespace   bool `yaml:"oneNamespace"`
	// VersionLimit bounds the versions of a key; 0 means not at all.
	VersionLimit int `yaml:"versionLimit"`
	// States says which calls keys of a state take, and which not, where that is not as in the state table.
	States map[kms.State]map[kms.Op]bool `yaml:"states"`
	// IdleSucceeds answers a call that changes nothing (to enable what is enabled) with a success.
	IdleSucceeds bool `yaml:"idleSucceeds"`
	// PeriodResets switches automatic rotation on with the default period, whatever the key had before.
	PeriodResets bool `yaml:"periodResets"`
	// MigrationRetires takes the token creator of a key out of office when the key is migrated, so that
	// no token survives that.
	MigrationRetires bool `yaml:"migrationRetires"`

	// Tokens.

	// CountSets counts a set of tokens as one in issuedTokenCount, not as two; KeepCount counts on when
	// the creator is replaced.
	CountSets bool `yaml:"countSets"`
	KeepCount bool `yaml:"keepCount"`
	// IdleCreators lets an active creator be enabled and one that is not be disabled, which changes
	// nothing, and one that is not be replaced.
	IdleCreators bool `yaml:"idleCreators"`
	// HideAbsentCreator refuses to show a creator before the first instead of showing an inactive one.
	HideAbsentCreator bool `yaml:"hideAbsentCreator"`
	// FarUnlimited gives unlimited tokens an exp a hundred years ahead instead of none.
	FarUnlimited bool `yaml:"farUnlimited"`
	// Leeway is how long a token lives beyond its exp.
	Leeway time.Duration `yaml:"leeway"`
	// LivePermissions judges a token by what its requester may do when it is used instead of when it was
	// asked for; RenewCurrent does so in renewals, and so for the tokens that come of them.
	LivePermissions bool `yaml:"livePermissions"`
	RenewCurrent    bool `yaml:"renewCurrent"`

	// IP ACLs.

	// RefuseIdleACL refuses calls that change nothing about an IP ACL: to switch it to what it is, to add
	// what it lists, to delete what it does not.
	RefuseIdleACL bool `yaml:"refuseIdleAcl"`
	// RefuseOffACL refuses to edit the list while the IP ACL is off; ACLForgets empties it when it is
	// switched off.
	RefuseOffACL bool `yaml:"refuseOffAcl"`
	ACLForgets   bool `yaml:"aclForgets"`
	// ACLIPv6 lists IPv6 addresses too, and ACLNetworks networks such as 10.0.0.0/8. MaxACLItems bounds the
	// list, 0 not at all.
	ACLIPv6     bool `yaml:"aclIpv6"`
	ACLNetworks bool `yaml:"aclNetworks"`
	MaxACLItems int  `yaml:"maxAclItems"`
	// JudgeIssue has the IP ACL judge accounts that ask for tokens; SpareRenewals has it not judge the
	// bearers of refresh tokens.
	JudgeIssue    bool `yaml:"judgeIssue"`
	SpareRenewals bool `yaml:"spareRenewals"`
	// TrustedProxies are peers whose X-Forwarded-For is believed, beside those of [Options]: addresses, and
	// networks such as 10.0.0.0/8.
	TrustedProxies []string `yaml:"trustedProxies"`
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
		if _, ok := guesses[reason.General()]; !ok {
			return fmt.Errorf("answers: there is no reason %q; there are %v", reason, slices.Sorted(slices.Values(append(kms.Cases(), slices.Collect(maps.Keys(guesses))...))))
		}
		if a.Status < 400 || a.Status > 599 || a.Code == "" {
			return fmt.Errorf("answers: %s: it needs a status from 400 to 599 and a code", reason)
		}
	}
	for member, n := range map[string]int{
		"maxItems": d.MaxItems, "maxPlaintext": d.MaxPlaintext, "maxData": d.MaxData, "maxAclItems": d.MaxACLItems,
		"versionLimit": d.VersionLimit, "leeway": int(d.Leeway),
	} {
		if n < 0 {
			return fmt.Errorf("%s: it is negative", member)
		}
	}
	if d.FreePendingNames && d.SpentNames {
		return errors.New("freePendingNames and spentNames exclude each other")
	}
	if bad := onKeys("limited", d.Limited); bad != nil {
		return bad
	}
	if _, _, err := d.limiters(); err != nil {
		return err
	}
	if _, err := d.proxies(); err != nil {
		return err
	}
	for state, calls := range d.States {
		if state != kms.Enabled && state != kms.Disabled && state != kms.Pending {
			return fmt.Errorf("states: there is no state %q", state)
		}
		if bad := onKeys("states: "+string(state), slices.Collect(maps.Keys(calls))); bad != nil {
			return bad
		}
	}
	return nil
}

// limiters are those of Limit20 and Limit10.
func (d *Dialect) limiters() (api20, api10 limit.Limiter, err error) {
	if api20, err = limit.Parse(cmp.Or(d.Limit20, "300"), limit.PerKey); err != nil {
		return nil, nil, fmt.Errorf("limit20: %w", err)
	}
	if api10, err = limit.Parse(cmp.Or(d.Limit10, "200"), limit.Shared); err != nil {
		return nil, nil, fmt.Errorf("limit10: %w", err)
	}
	return api20, api10, nil
}

// proxies are the networks of TrustedProxies.
func (d *Dialect) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range d.TrustedProxies {
		p, err := ParseProxy(text)
		if err != nil {
			return nil, fmt.Errorf("trustedProxies: %q: %w", harmless(text), err)
		}
		out = append(out, p)
	}
	return out, nil
}

// onKeys refuses what is no call on a single key.
func onKeys(member string, ops []kms.Op) error {
	for _, op := range ops {
		if !slices.Contains(kms.Ops(), op) || op == kms.CreateKey || op == kms.ListKeys {
			return fmt.Errorf("%s: there is no call %q on a key", member, op)
		}
	}
	return nil
}
