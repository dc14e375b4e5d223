package reference

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A Version is a version of a key in a state file. A file may give the material alone.
type Version struct {
	Material string    `yaml:"material,omitempty"` // 64 hexadecimal digits for AES256, else PKCS #8 in PEM
	State    kms.State `yaml:"state,omitempty"`    // empty: ENABLE
	Since    Moment    `yaml:"since,omitempty"`    // of the state; empty: since it was made
	Made     Moment    `yaml:"made,omitempty"`     // when it became the newest; empty: when the key was made
}

// UnmarshalYAML takes both spellings.
func (v *Version) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&v.Material) == nil {
		return nil
	}
	type whole Version
	return unmarshal((*whole)(v))
}

func exportedVersion(material string, v kms.VersionInfo, now time.Time) Version {
	return Version{Material: material, State: v.State, Since: since(v.Since, now), Made: since(v.Rotated, now)}
}

func (v Version) info(now time.Time) (kms.VersionInfo, error) {
	out := kms.VersionInfo{State: v.State}
	var err error
	if v.State != "" && v.State != kms.Enabled && v.State != kms.Disabled {
		return out, fmt.Errorf("state: it is neither %s nor %s", kms.Enabled, kms.Disabled)
	}
	if out.Since, err = v.Since.at(now); err != nil {
		return out, fmt.Errorf("since: %w", err)
	}
	if out.Rotated, err = v.Made.at(now); err != nil {
		return out, fmt.Errorf("made: %w", err)
	}
	return out, nil
}

// An Activity is what a key remembers of a call, in a state file.
type Activity struct {
	At     Moment     `yaml:"at"`
	Op     kms.Op     `yaml:"op"`
	By     string     `yaml:"by,omitempty"`     // id of the account, or of the one whom the token was issued to
	From   string     `yaml:"from,omitempty"`   // address; empty for what the service did by itself
	System bool       `yaml:"system,omitempty"` // the service did it by itself
	Failed kms.Reason `yaml:"failed,omitempty"` // empty for a success
}

func exportedActivity(a kms.Activity, now time.Time) Activity {
	out := Activity{At: since(a.At, now), Op: a.Op, By: a.By, System: a.System, Failed: a.Failed}
	if a.From.IsValid() {
		out.From = a.From.String()
	}
	return out
}

func (a Activity) activity(now time.Time) (kms.Activity, error) {
	out := kms.Activity{Op: a.Op, By: a.By, System: a.System, Failed: a.Failed}
	var err error
	if out.At, err = a.At.at(now); err != nil {
		return out, fmt.Errorf("at: %w", err)
	}
	if !slices.Contains(kms.Ops(), a.Op) {
		return out, fmt.Errorf("op: there is no operation %q", harmless(string(a.Op)))
	}
	if a.From != "" {
		if out.From, err = netip.ParseAddr(a.From); err != nil {
			return out, fmt.Errorf("from: %q is no address", harmless(a.From))
		}
	}
	return out, nil
}

// recall reads what a key's versions and its memory were.
func (k *Key) recall(p *kms.Past, now time.Time) error {
	for i, v := range k.Versions {
		info, err := v.info(now)
		if err != nil {
			return fmt.Errorf("versions[%d].%w", i, err)
		}
		p.Versions = append(p.Versions, info)
	}
	for i, a := range k.Activities {
		activity, err := a.activity(now)
		if err != nil {
			return fmt.Errorf("activities[%d].%w", i, err)
		}
		p.Activities = append(p.Activities, activity)
	}
	if k.LastUse == nil {
		return nil
	}
	last, err := k.LastUse.activity(now)
	if err != nil {
		return fmt.Errorf("lastUse.%w", err)
	}
	p.LastUse = &last
	return nil
}
