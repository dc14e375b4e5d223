// Package kms holds the rules of the Key Management Service as a pure model: keys, versions,
// states, token creators, tokens, permissions. It knows no HTTP and reads no clock: the instant of a
// call is an argument.
package kms

import (
	"crypto/cipher"
	"errors"
	"io"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"time"
)

// State is a key's state, by its name on the wire (security-kms2-key-info).
type State string

// The states of a key.
const (
	Enabled  State = "ENABLE"  // usable
	Disabled State = "DISABLE" // stopped
	Pending  State = "REVOKE"  // its deletion was requested
)

// Type is a key's type, by its name on the wire (security-kms2-create-key).
type Type string

// The types of keys.
const (
	AES256  Type = "AES256"
	RSA2048 Type = "RSA2048"
	ECDSA   Type = "ECDSA"
)

// Bounds are the bounds of a whole number, and its value where none is given.
type Bounds struct {
	Default, Min, Max int
}

// holds reports whether n is within the bounds.
func (b Bounds) holds(n int) bool { return n >= b.Min && n <= b.Max }

// Rules are the rules that can be said as data or as one decision. A server that breaks one of them
// on purpose gets a changed copy.
type Rules struct {
	// States lists what may be called on a key in each state (section "status" of
	// security-kms2-key-info, kms-info).
	States map[State][]Op
	// Serves lists which uses of its material a key of each type has (security-kms2-create-key).
	Serves map[Type][]Op
	// Opens lists what each kind of token may be presented for (kms-token, "Token structure").
	Opens map[Kind][]Op
	// AccessHours and RefreshHours bound lifetimes (kms-token, "Create token").
	AccessHours, RefreshHours Bounds
	// Lives reports whether a token with these times is alive at now. A zero exp never ends.
	Lives func(now, exp time.Time) bool
	// OwnKey reports whether a genuine token with these claims may be used on the key with this tag.
	OwnKey func(c Claims, tag string) bool
	// Admits decides about a token call by the key's IP ACL (kms-token, "IP ACL settings").
	Admits func(acl ACL, c Claims, from netip.Addr, now time.Time) bool
	// Judged reports whether the key's IP ACL judges the caller of op at all.
	Judged func(c Caller, op Op) bool
	// RefuseIdleACL refuses what would change nothing about an IP ACL, and RefuseOffACL to edit the list
	// while it is off. ACLForgets empties the list when it is switched off.
	RefuseIdleACL, RefuseOffACL, ACLForgets bool
	// MaxAllowed bounds the items of an IP ACL; 0 means no bound.
	MaxAllowed int
	// AdmitsSource decides about an account call by the account's access rule
	// (management-subaccount-putapiaccessrule).
	AdmitsSource func(rule AccessRule, from netip.Addr) bool
	// ByGateway reports whether an account may call at all (management-subaccount-createsubaccount).
	ByGateway func(s Standing) bool
	// Policies gives each policy of the system its permissions (kms-subaccount).
	Policies map[Policy][]Permission
	// Granted is what a user-defined policy permits on the key with the tag; the tag of a key that is yet
	// to be made is empty (kms-subaccount).
	Granted func(g Grant, tag string) []Permission
	// Authenticates reports whether a key pair still does (common-ncpapi).
	Authenticates func(p *KeyPair) bool
	// SignedText is what an account signs (common-ncpapi; security-kms for version 1).
	SignedText func(s Signature) string
	// SameSignature compares a signature with the right one, in constant time.
	SameSignature func(right, got string) bool
	// Moves is the state that a call leads to (security-kms2-enable-key and its siblings).
	Moves map[Op]State
	// Name is the form of key names, and SharedNames says whether two keys may have the same one
	// (security-kms2-create-key).
	Name        *regexp.Regexp
	SharedNames bool
	// CaseBlindNames takes names for one that differ in the case of letters, and OneNamespace those of
	// global and of isolated keys for names of one kind.
	CaseBlindNames, OneNamespace bool
	// FreePendingNames frees a name from the request for the key's deletion on, and SpentNames never. Not both.
	FreePendingNames, SpentNames bool
	// SampleTags draws key tags of 60 letters and digits, as the samples have them, instead of 64
	// hexadecimal digits.
	SampleTags bool
	// MaxMemo bounds a memo, in characters, or with MemoInBytes to twice as many bytes, where each
	// character that is not ASCII counts as two.
	MaxMemo     int
	MemoInBytes bool
	// Types and Protections are what a key may be created with.
	Types       []Type
	Protections []string
	// PeriodDays bounds the time between two rotations, in days (kms-version).
	PeriodDays Bounds
	// PeriodResets switches automatic rotation on with the default period, whatever the key had before.
	PeriodResets bool
	// MaxVersions bounds a key's versions; 0 means no bound (kms-version).
	MaxVersions int
	// NewestStops lets the newest version be disabled like any other.
	NewestStops bool
	// IdleSucceeds lets calls succeed that would change nothing. See [Rules.TakeIdle].
	IdleSucceeds bool
	// IdleCreators lets an active creator be enabled and one that is not be disabled, which changes
	// nothing, and one that is not be replaced.
	IdleCreators bool
	// KeepCount lets a new creator count its tokens on from those of the one before.
	KeepCount bool
	// Unlimited is the life of an unlimited token; 0 means that it has no end (kms-token).
	Unlimited time.Duration
	// CountSets counts a set of tokens as one issued token, not as two.
	CountSets bool
	// Material draws the 32 bytes of a new version from random (security-kms2-create-key).
	Material func(random io.Reader) ([]byte, error)
	// Unseal opens nonce and sealed text of a ciphertext: AES-256-GCM (security-kms2-create-key).
	// aead holds the material already.
	Unseal func(aead cipher.AEAD, material, nonce, sealed []byte) ([]byte, error)
	// Address reads an item of an IP ACL: a single IPv4 address (security-kms2-add-acl). Its error says what
	// would be one, and shows no more of the text than an address in it.
	Address func(text string) (netip.Prefix, error)
	// Prefix begins every ciphertext, before the version (security-kms2-encrypt).
	Prefix string
	// MaxPlaintext bounds the plaintext of one call, in bytes after decoding, all items of an array
	// together (security-kms2-encrypt, security-kms-encrypt).
	MaxPlaintext int
	// PerItem holds MaxPlaintext against each item of an array instead of all together.
	PerItem bool
	// PartialBatches passes over the bad items of an array instead of refusing all of it.
	PartialBatches bool
	// RefuseEmpty refuses an empty plaintext.
	RefuseEmpty bool
	// MaxOAEP bounds each plaintext of an RSA key, in bytes (security-kms2-create-key).
	MaxOAEP int
	// MaxContext bounds the context of a convergent key, in bytes after decoding (kms-create-delete).
	MaxContext int
	// ContextAsSent holds MaxContext against the base64 instead.
	ContextAsSent bool
	// RefuseContext refuses a context for a key that is not convergent; otherwise it is passed over.
	RefuseContext bool
	// EmptyContext takes an empty context for one like any other; otherwise it is none.
	EmptyContext bool
	// ContextNonce makes the nonce of a convergent key of the context alone.
	ContextNonce bool
	// Derive returns the secret that a convergent key uses for a context instead of its own
	// (kms-create-delete).
	Derive func(material, context []byte) []byte
	// MaxData bounds what is signed or verified, in bytes after decoding (security-kms2-sign).
	MaxData int
	// Signs makes signatures and checks them.
	Signs Scheme
	// CustomBits lists the sizes of custom keys, and UsualBits is the one where none is asked for
	// (security-kms2-custom-key).
	CustomBits []int
	UsualBits  int
	// Pending is how long a key waits for its deletion (security-kms2-request-key-deletion).
	Pending time.Duration
	// Sees reports whether a place has the keys of a home; that of global keys is empty (security-kms).
	Sees func(at Place, home Region) bool
	// Arrives says when a change reaches the other region, which lags behind by so much.
	Arrives func(made time.Time, lag time.Duration) time.Time
	// Migrates reports whether a key of that home may be migrated (migrate-key, kms-migrate).
	Migrates func(home Region) bool
	// MigrationRetires takes the token creator of a key out of office when the key is migrated.
	MigrationRetires bool
	// Skew is how far a signature's timestamp may be from the clock, exclusive (common-ncpapi).
	Skew time.Duration
}

// keyNames is what a key may be called. It is compiled once: every server has rules of its own.
var keyNames = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{2,14}$`)

// Documented returns the rules as they are published.
func Documented() Rules {
	return Rules{
		States: map[State][]Op{
			Enabled: slices.DeleteFunc(Ops(), func(op Op) bool {
				return op == EnableKey || op == CancelDeletion || op == DeleteKey || op == MigrateKey
			}),
			Disabled: {
				ListKeys, KeyInfo, EnableKey, RenameKey, UpdateMemo, RequestDeletion, MigrateKey,
				UpdatePeriod, EnableAuto, DisableAuto, ListVersions, ListActivities, LastUse,
				GetCreator, EnableCreator, ReplaceCreator, DisableCreator, CreateTokenSet,
				EnableACL, DisableACL, ListACL, AddACL, DeleteACL,
			},
			Pending: {
				ListKeys, KeyInfo, CancelDeletion, DeleteKey, ListVersions, ListActivities, LastUse,
				GetCreator, DisableCreator,
				EnableACL, DisableACL, ListACL, AddACL, DeleteACL,
			},
		},
		Opens: map[Kind][]Op{
			Access:  Uses(),
			Refresh: {RenewTokenSet, RenewAccessToken},
		},
		Serves: map[Type][]Op{
			AES256:  {Encrypt, Decrypt, CreateCustomKey, Reencrypt, ReencryptUnhyphen},
			RSA2048: Uses(),
			ECDSA:   {Sign, Verify, GetPublicKey},
		},
		AccessHours:  Bounds{Default: 72, Min: 1, Max: 17520},
		RefreshHours: Bounds{Default: 2160, Min: 1, Max: 17520},
		Lives:        func(now, exp time.Time) bool { return exp.IsZero() || now.Before(exp) },
		OwnKey:       func(c Claims, tag string) bool { return c.KeyTag == tag },
		Admits: func(acl ACL, _ Claims, from netip.Addr, _ time.Time) bool {
			return !acl.Enabled || acl.Lists(from)
		},
		Judged:        func(c Caller, _ Op) bool { return c.Account == nil },
		AdmitsSource:  AccessRule.admits,
		ByGateway:     func(s Standing) bool { return !s.NoGateway },
		Policies:      Policies(),
		Granted:       Grant.on,
		Authenticates: func(p *KeyPair) bool { return !p.Disabled() },
		SignedText:    Signature.text,
		SameSignature: sameSignature,
		Moves: map[Op]State{
			EnableKey: Enabled, DisableKey: Disabled, RequestDeletion: Pending, CancelDeletion: Disabled,
		},
		Name:        keyNames,
		MaxMemo:     100,
		Types:       []Type{AES256, RSA2048, ECDSA},
		Protections: []string{"BASIC", "COMMON_HSM"},
		PeriodDays:  Bounds{Default: 90, Min: 1, Max: 730},
		Material:    drawMaterial,
		Unseal: func(aead cipher.AEAD, _, nonce, sealed []byte) ([]byte, error) {
			return aead.Open(nil, nonce, sealed, nil)
		},
		Address: func(text string) (netip.Prefix, error) {
			a, err := netip.ParseAddr(text)
			if err != nil || !a.Is4() {
				return netip.Prefix{}, errors.New("it is not a single IPv4 address")
			}
			return Single(a), nil
		},
		Prefix:       "ncpkms:v",
		MaxPlaintext: 32 << 10,
		MaxOAEP:      190,
		MaxContext:   50,
		Derive:       derive,
		MaxData:      8 << 10,
		CustomBits:   []int{128, 256, 512},
		UsualBits:    256,
		Pending:      72 * time.Hour,
		Sees:         sees,
		Arrives:      func(made time.Time, lag time.Duration) time.Time { return made.Add(lag) },
		Migrates:     func(home Region) bool { return home == "" },
		Skew:         5 * time.Minute,
	}
}

// Allowed refuses an operation that a key in state s does not take.
func (r *Rules) Allowed(s State, op Op) *Refusal {
	if !slices.Contains(r.States[s], op) {
		return refuse(WrongState, "a key in state %s does not take %s", s, op)
	}
	return nil
}

// TakeIdle lets calls succeed that would change nothing: enabling what is enabled and the like.
func (r *Rules) TakeIdle() {
	r.IdleSucceeds = true
	r.States = maps.Clone(r.States)
	for s, ops := range map[State][]Op{
		Enabled: {EnableKey, CancelDeletion}, Disabled: {DisableKey, CancelDeletion}, Pending: {RequestDeletion},
	} {
		r.States[s] = append(slices.Clone(r.States[s]), ops...)
	}
}

// span turns the hours that a call asked for into an expiry. Zero hours mean the default.
func (r *Rules) span(b Bounds, field string, asked Lifetime, now time.Time) (time.Time, *Refusal) {
	if asked.Unlimited && r.Unlimited == 0 {
		return time.Time{}, nil
	}
	if asked.Unlimited {
		return now.Add(r.Unlimited), nil
	}
	hours := asked.Hours
	if !asked.Given {
		hours = b.Default
	}
	if !b.holds(hours) {
		return time.Time{}, OutOfRange.In(field, "%d is not between %d and %d hours", hours, b.Min, b.Max)
	}
	return now.Add(time.Duration(hours) * time.Hour), nil
}

// Lifetime is what a call asks of a token's life. The zero value asks for the default.
type Lifetime struct {
	Given     bool
	Hours     int
	Unlimited bool // "UL"
}
