package kms

import (
	"cmp"
	"regexp"
	"slices"
	"unicode/utf8"
)

// A Spec is what a key is created with.
type Spec struct {
	Name         string
	Protection   string // BASIC or COMMON_HSM
	Memo         string
	AutoRotation bool
	Period       int // days; meaningful with AutoRotation alone
	id           int

	Type       Type
	Convergent bool
}

// Seed is a key with what is otherwise left to chance. Empty members are drawn at random.
type Seed struct {
	Spec      Spec
	Tag       string
	State     State
	Home      Region   // of an isolated key; empty: the store's place decides, and that is global for no place
	Materials [][]byte // one a version, the first first: 32 bytes for AES256, PKCS #8 for other types
	Secrets   Secrets  // of a key that this one is again, in place of Materials; zero: of none
}

// Secrets are the materials of a key's versions. An RSA key among them that nobody has used so far is not made yet.
type Secrets struct{ of []secret }

// Secrets returns those of the versions that the key has now.
func (k *Key) Secrets() Secrets {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var out Secrets
	for _, v := range k.versions {
		out.of = append(out.of, apart(v.secret))
	}
	return out
}

// apart returns a secret that does not keep the key alive in which it may lie; see near.
func apart(s secret) secret {
	if a, ok := s.(*plainAES); ok {
		return new(*a)
	}
	return s
}

// check refuses a tag that no path could name, and a state or a home that does not exist.
func (s Seed) check() *Refusal {
	if s.Tag != "" && !tagForm.MatchString(s.Tag) {
		return BadField("keyTag", "it needs 1 to 128 letters, digits, - or _")
	}
	if s.State != "" && s.State != Enabled && s.State != Disabled && s.State != Pending {
		return BadField("status", "it is none of %s, %s and %s", Enabled, Disabled, Pending)
	}
	if s.Home != "" && !slices.Contains(Regions(), s.Home) {
		return BadField("home", "it is none of %v", Regions())
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func (r *Rules) checkName(name string) *Refusal {
	if !r.Name.MatchString(name) {
		return BadField("keyName", "it needs 3 to 15 letters, digits, - or _, and a letter first")
	}
	return nil
}

func (r *Rules) checkMemo(memo string) *Refusal {
	n, most, unit := utf8.RuneCountInString(memo), r.MaxMemo, "characters"
	if r.MemoInBytes {
		n, most, unit = 0, 2*r.MaxMemo, "bytes"
		for _, c := range memo {
			n += min(utf8.RuneLen(c), 2)
		}
	}
	if n > most {
		return TooLong.In("memo", "%d %s; at most %d are taken", n, unit, most)
	}
	return nil
}

func (r *Rules) checkSpec(s Spec) *Refusal {
	if !slices.Contains(r.Types, s.Type) {
		return OutOfRange.In("keyType", "it is not a type that this server makes; it makes %v", r.Types)
	}
	if !slices.Contains(r.Protections, s.Protection) {
		return OutOfRange.In("protectionType", "it is none of %v", r.Protections)
	}
	if s.Convergent && s.Type != AES256 {
		return BadField("isConvergent", "a key of type %s cannot be convergent", s.Type)
	}
	if s.AutoRotation {
		if bad := r.checkPeriod(s.Period); bad != nil {
			return bad
		}
	}
	return cmp.Or(r.checkName(s.Name), r.checkMemo(s.Memo))
}

func (r *Rules) checkPeriod(days int) *Refusal {
	if !r.PeriodDays.holds(days) {
		return OutOfRange.In("rotationPeriod", "%d is not between %d and %d days", days, r.PeriodDays.Min, r.PeriodDays.Max)
	}
	return nil
}
