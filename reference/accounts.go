package reference

import (
	"bytes"
	"cmp"
	"encoding/base32"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// An Account may call the service. Name is also its role in a target file.
type Account struct {
	Name      string       `yaml:"name"`
	ID        string       `yaml:"id,omitempty"` // claim "sub" of its tokens; empty: drawn at random
	AccessKey string       `yaml:"accessKey,omitempty"`
	SecretKey string       `yaml:"secretKey,omitempty"`
	KeyPairs  []KeyPair    `yaml:"keyPairs,omitempty"`            // one or two in place of AccessKey and SecretKey
	APIKey    string       `yaml:"apiKey,omitempty"`              // for signature v1; may be empty
	Policy    kms.Policy   `yaml:"policy,omitempty"`              // of the system; empty: NCP_KMS_MANAGER, or NONE where there are Policies
	Policies  []UserPolicy `yaml:"policies,omitempty"`            // what it may do beside Policy
	Gateway   *bool        `yaml:"canAPIGatewayAccess,omitempty"` // false: no call of it is let in; nil: true
	Access    *AccessRule  `yaml:"access,omitempty"`              // from where it may call; nil: from anywhere
}

// A KeyPair is what an account signs with.
type KeyPair struct {
	AccessKey string `yaml:"accessKey"`
	SecretKey string `yaml:"secretKey"`
	Disabled  bool   `yaml:"disabled,omitempty"` // it no longer authenticates
}

// Pair returns the key pair to call with: the first that is not disabled, or the first where all are.
func (a Account) Pair() KeyPair {
	pairs := a.pairs()
	if i := slices.IndexFunc(pairs, func(p KeyPair) bool { return !p.Disabled }); i > 0 {
		return pairs[i]
	}
	return pairs[0]
}

// pairs returns the key pairs in whichever way they were given: at least one, which may be empty.
func (a Account) pairs() []KeyPair {
	if len(a.KeyPairs) > 0 {
		return a.KeyPairs
	}
	return []KeyPair{{AccessKey: a.AccessKey, SecretKey: a.SecretKey}}
}

// A Key exists from the start. Empty members are drawn at random, or are what a new key has.
type Key struct {
	Name       string     `yaml:"name"`
	Tag        string     `yaml:"tag,omitempty"`
	Type       kms.Type   `yaml:"type,omitempty"`       // empty: AES256
	Protection string     `yaml:"protection,omitempty"` // empty: BASIC
	Memo       string     `yaml:"memo,omitempty"`
	Convergent bool       `yaml:"convergent,omitempty"`
	Home       kms.Region `yaml:"home,omitempty"`     // of an isolated key; empty: the key is global
	State      kms.State  `yaml:"state,omitempty"`    // empty: ENABLE
	Versions   []Version  `yaml:"versions,omitempty"` // the first first; empty: one at random

	ID             int      `yaml:"id,omitempty"`             // keyId; 0: the next free one
	AutoRotation   bool     `yaml:"autoRotation,omitempty"`   // it rotates by itself
	RotationPeriod int      `yaml:"rotationPeriod,omitempty"` // days; 0: 90
	NextRotation   Moment   `yaml:"nextRotation,omitempty"`   // empty: a period from now
	Registered     Moment   `yaml:"registered,omitempty"`     // empty: now
	StateSince     Moment   `yaml:"stateSince,omitempty"`     // empty: now
	Creator        *Creator `yaml:"creator,omitempty"`        // nil: none so far
	ACL            *ACL     `yaml:"acl,omitempty"`            // nil: off and empty

	Activities []Activity `yaml:"activities,omitempty"` // the oldest first
	LastUse    *Activity  `yaml:"lastUse,omitempty"`    // the newest use that succeeded; nil: none, or the newest among the activities
}

// defaultAccounts are an owner who may do everything, a viewer who may only look, an account of each
// policy of the system, and one that may encrypt and ask for tokens.
func defaultAccounts(random io.Reader) ([]Account, error) {
	accounts := []Account{
		{Name: "owner", Policy: kms.PolicyAdministrator}, {Name: "viewer", Policy: kms.PolicyKMSViewer},
		{Name: "manager", Policy: kms.PolicyKMSManager}, {Name: "infra", Policy: kms.PolicyInfraManager},
		{Name: "finance", Policy: kms.PolicyFinanceManager}, {Name: "encryptor", Policies: Encryptor()},
		{Name: "administrator", Policy: kms.PolicyAdministrator},
	}
	for i := range accounts {
		for _, part := range []*string{&accounts[i].AccessKey, &accounts[i].SecretKey, &accounts[i].APIKey} {
			text, err := randomText(random)
			if err != nil {
				return nil, err
			}
			*part = text
		}
	}
	return accounts, nil
}

// randomText returns 32 letters and digits.
func randomText(random io.Reader) (string, error) {
	raw := make([]byte, 20)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("credential: %w", err)
	}
	return base32.StdEncoding.EncodeToString(raw), nil
}

// account checks a and makes the model's account of it, with its key pairs.
func (a Account) account(rules *kms.Rules, random io.Reader) (*kms.Account, []*kms.KeyPair, error) {
	standing, err := a.standing(rules)
	if err != nil {
		return nil, nil, fmt.Errorf("account %s: %w", harmless(a.Name), err)
	}
	if a.ID == "" {
		id, err := uuid.NewRandomFromReader(random)
		if err != nil {
			return nil, nil, fmt.Errorf("account %s: %w", harmless(a.Name), err)
		}
		a.ID = id.String()
	}
	out := kms.NewAccount(a.ID, a.Name, standing)
	out.APIKey = a.APIKey
	pairs, err := a.signing(out)
	if err != nil {
		return nil, nil, fmt.Errorf("account %s: %w", harmless(a.Name), err)
	}
	if a.Access != nil {
		rule, bad := a.Access.rule()
		if bad != nil {
			return nil, nil, fmt.Errorf("account %s: access: %s: %s", harmless(a.Name), bad.Field, bad.Detail)
		}
		out.SetAccess(rule)
	}
	return out, pairs, nil
}

// mostPairs is how many key pairs an account has at most (common-ncpapi).
const mostPairs = 2

// signing makes the model's key pairs of the account.
func (a Account) signing(of *kms.Account) ([]*kms.KeyPair, error) {
	if len(a.KeyPairs) > 0 && (a.AccessKey != "" || a.SecretKey != "") {
		return nil, errors.New("accessKey and secretKey are given beside keyPairs")
	}
	if len(a.KeyPairs) > mostPairs {
		return nil, fmt.Errorf("keyPairs: %d are given, and an account has at most %d", len(a.KeyPairs), mostPairs)
	}
	var out []*kms.KeyPair
	for _, p := range a.pairs() {
		if p.AccessKey == "" || p.SecretKey == "" {
			return nil, errors.New("it needs accessKey and secretKey")
		}
		pair := &kms.KeyPair{Account: of, AccessKey: p.AccessKey, SecretKey: p.SecretKey}
		pair.Disable(p.Disabled)
		out = append(out, pair)
	}
	return out, nil
}

// parseMaterial reads the material of a version: 64 hexadecimal digits for AES256, PKCS #8 in PEM for
// the others.
func parseMaterial(of kms.Type, text string) ([]byte, error) {
	if of == kms.AES256 {
		material, err := hex.DecodeString(text)
		if err != nil || len(material) != 32 {
			return nil, errors.New("want 64 hexadecimal digits")
		}
		return material, nil
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != pemKey || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("want a private key in PKCS #8, as PEM")
	}
	return block.Bytes, nil
}

// pemKey is the kind of PEM block that holds a private key in PKCS #8.
const pemKey = "PRIVATE KEY"

// writeMaterial is what parseMaterial reads.
func writeMaterial(of kms.Type, material []byte) string {
	if of == kms.AES256 {
		return hex.EncodeToString(material)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: material}))
}

// A planting is how a key comes into a store.
type planting struct {
	now     time.Time
	secrets kms.Secrets // in place of materials; zero: none
	line    *kms.Line   // that its creators go on; nil: a new one
}

// plant puts the key into a store.
func (k Key) plant(store *kms.Store, how planting) error {
	seed := kms.Seed{
		Spec: kms.Spec{
			Name: k.Name, Type: k.Type, Protection: k.Protection, Memo: k.Memo, Convergent: k.Convergent,
			AutoRotation: k.AutoRotation, Period: cmp.Or(k.RotationPeriod, store.Rules().PeriodDays.Default),
		},
		Tag: k.Tag, State: k.State, Home: k.Home, Secrets: how.secrets,
	}
	if seed.Spec.Type == "" {
		seed.Spec.Type = kms.AES256
	}
	if seed.Spec.Protection == "" {
		seed.Spec.Protection = "BASIC"
	}
	for i, v := range k.Versions {
		if v.Material == "" { // it is drawn
			seed.Materials = append(seed.Materials, nil)
			continue
		}
		material, err := parseMaterial(seed.Spec.Type, v.Material)
		if err != nil {
			return fmt.Errorf("versions[%d]: %w", i, err)
		}
		seed.Materials = append(seed.Materials, material)
	}
	past, err := k.past(store.Rules(), how.now)
	if err != nil {
		return err
	}
	past.Line = how.line
	info, err := store.Plant(seed, how.now)
	if err != nil {
		return err
	}
	return store.Recall(info.Tag, past, how.now)
}
