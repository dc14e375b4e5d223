package reference

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A Creator is a key's token creator in a state file. The empty one is in office, with all that it
// needs drawn at random.
type Creator struct {
	ID       string `yaml:"id,omitempty"`
	Enabled  Moment `yaml:"enabled,omitempty"`  // empty: now
	Disabled Moment `yaml:"disabled,omitempty"` // empty: it is in office
	Issued   int    `yaml:"issued,omitempty"`   // tokens so far
	Key      string `yaml:"key,omitempty"`      // RSA key of 2048 bits, PKCS #8 in PEM; none out of office
}

// An ACL is a key's IP ACL in a state file.
type ACL struct {
	Enabled   bool     `yaml:"enabled"`
	EnabledAt Moment   `yaml:"enabledAt,omitempty"` // empty: now
	Allowed   []string `yaml:"allowed,omitempty"`   // single IPv4 addresses, and what else the dialect lists
}

// office reads a creator; nil is none.
func (c *Creator) office(now time.Time) (*kms.Office, error) {
	if c == nil {
		return nil, nil
	}
	o := &kms.Office{ID: c.ID, Issued: c.Issued}
	var err error
	if o.EnabledAt, err = c.Enabled.at(now); err != nil {
		return nil, fmt.Errorf("enabled: %w", err)
	}
	if o.DisabledAt, err = c.Disabled.at(now); err != nil {
		return nil, fmt.Errorf("disabled: %w", err)
	}
	switch {
	case c.Issued < 0:
		return nil, fmt.Errorf("issued: want a number from 0")
	case c.Key == "":
		return o, nil
	case !o.DisabledAt.IsZero():
		return nil, fmt.Errorf("key: one out of office has none")
	case o.EnabledAt.IsZero():
		o.EnabledAt = now
	}
	if o.Key, err = readRSA(c.Key); err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return o, nil
}

func exportedCreator(o *kms.Office, now time.Time) *Creator {
	if o == nil {
		return nil
	}
	c := &Creator{ID: o.ID, Enabled: since(o.EnabledAt, now), Disabled: since(o.DisabledAt, now), Issued: o.Issued}
	if o.Key != nil {
		c.Key = writeRSA(o.Key)
	}
	return c
}

// readRSA reads an RSA key of 2048 bits.
func readRSA(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("it is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("it is no PKCS #8")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() != 2048 {
		return nil, fmt.Errorf("it is no RSA key of 2048 bits")
	}
	return key, nil
}

func writeRSA(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil { // it takes every RSA key
		panic("reference: " + err.Error())
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// acl reads an IP ACL; nil is one that is off and empty.
func (a *ACL) acl(rules *kms.Rules, now time.Time) (kms.ACL, error) {
	if a == nil {
		return kms.ACL{}, nil
	}
	at, err := a.EnabledAt.at(now)
	if err != nil {
		return kms.ACL{}, fmt.Errorf("enabledAt: %w", err)
	}
	if a.Enabled && at.IsZero() {
		at = now
	}
	out := kms.ACL{Enabled: a.Enabled, EnabledAt: at}
	for _, text := range a.Allowed {
		p, err := rules.Address(text)
		if err != nil {
			return out, fmt.Errorf("allowed: %q: %w", harmless(text), err)
		}
		out.Allowed = append(out.Allowed, p)
	}
	return out, nil
}

func exportedACL(a kms.ACL, now time.Time) *ACL {
	if !a.Enabled && len(a.Allowed) == 0 && a.EnabledAt.IsZero() {
		return nil
	}
	return &ACL{Enabled: a.Enabled, EnabledAt: since(a.EnabledAt, now), Allowed: allowed(a)}
}
