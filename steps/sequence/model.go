package sequence

import "time"

// The states of a key (key-info).
type state string

const (
	enabled  state = "ENABLE"
	disabled state = "DISABLE"
	pending  state = "REVOKE"
	gone     state = "gone"
)

// The lives that are asked for (security-kms2-token-set gives the first two by default). The lives of
// new tokens differ from them: two tokens of one second with the same claims are one text.
const (
	accessLife     = 72 * time.Hour
	refreshLife    = 2160 * time.Hour
	newAccessLife  = 71 * time.Hour
	newRefreshLife = 2159 * time.Hour
	renewedLife    = 70 * time.Hour
)

// deletionTakes is how long a deletion is pending (request-key-deletion).
const deletionTakes = 72 * time.Hour

// day is the period of the keys that rotate by themselves.
const day = 24 * time.Hour

// margin is the distance from an end within which nothing is asked: the documents give no leeway, and
// clocks may differ.
const margin = time.Minute

// key is what the model knows of one key.
type key struct {
	state   state
	goesAt  time.Duration // while pending
	creator int           // which creator is in office; 0: none
	acl     bool
	listed  map[string]bool // addresses, by ordinal
	wasOff  bool            // the IP ACL was switched off with addresses on its list: open whether it keeps them
	version int
	off     map[int]bool  // versions
	auto    bool          // it rotates by itself, every day
	wasAuto bool          // it did: with which period it would again is open
	due     time.Duration // when it next does
	rotated time.Duration // when it last got a version
	unclear bool          // it was due while not enabled: open whether it rotated
	made    int           // version of the kept ciphertext; 0: there is none
}

// token is what the model knows of one token.
type token struct {
	of      string // the key
	creator int
	ends    time.Duration
}

// model is the published service as far as sequences go. Time counts from where the clock stands still.
type model struct {
	now    time.Duration
	keys   map[string]*key
	tokens map[string]token
	office int // creators that have been in office, of all keys

	has      map[string]bool // capabilities
	sequence Sequence
}

func newModel(has []string) *model {
	m := &model{keys: map[string]*key{}, tokens: map[string]token{}, has: map[string]bool{}}
	for _, c := range has {
		m.has[c] = true
	}
	if m.has["clock"] {
		m.given(standsStill)
	}
	m.given("a key with a token set")
	m.add("the key", "the ")
	return m
}

// standsStill begins each sequence that lets time pass.
const standsStill = "the clock stands still"

// done returns the sequence. One that lets no time pass does without a clock that can be set.
func (m *model) done() Sequence {
	s := m.sequence
	if m.has["clock"] && m.now == 0 {
		s = s[1:]
	}
	return s
}

// add adds a key that has a creator and a token set.
func (m *model) add(name, prefix string) {
	m.office++
	m.keys[name] = &key{state: enabled, creator: m.office, listed: map[string]bool{}, version: 1, off: map[int]bool{}}
	m.tokens[prefix+"access token"] = token{name, m.office, m.now + accessLife}
	m.tokens[prefix+"refresh token"] = token{name, m.office, m.now + refreshLife}
}

func (m *model) given(text string) { m.say("Given", text) }
func (m *model) when(text string)  { m.say("When", text) }

// then adds a check that rests on rules.
func (m *model) then(text string, rules ...string) { m.say("Then", text, rules...) }

func (m *model) say(keyword, text string, rules ...string) {
	m.sequence = append(m.sequence, Sentence{keyword, text, rules})
}

// pass lets time pass: what is pending goes when its time has come, and what is due rotates.
func (m *model) pass(d time.Duration) {
	m.now += d
	for _, k := range m.keys {
		for k.auto && k.due <= m.now {
			k.turn()
		}
		if k.state == pending && m.now >= k.goesAt {
			k.state = gone
		}
	}
}

// turn rotates a key by itself.
func (k *key) turn() {
	if k.state == enabled {
		k.version, k.rotated = k.version+1, k.due
	} else {
		k.unclear = true
	}
	k.due += day
}

// near reports whether at is so close to an end that nothing may be asked then.
func (m *model) near(at time.Duration) bool {
	for _, k := range m.keys {
		if k.state == pending && (at-k.goesAt).Abs() < margin || k.nearTurn(at) {
			return true
		}
	}
	return false
}

// nearTurn reports whether at is close to an automatic rotation.
func (k *key) nearTurn(at time.Duration) bool {
	if !k.auto {
		return false
	}
	off := (at - k.due).Abs() % day
	return min(off, day-off) < margin
}

// admits reports whether the IP ACL of k lets an address in; "" is any address.
func (k *key) admits(from string) bool { return !k.acl || k.listed[from] }

// verdict says what is documented of the use of a token from an address: that it works, or is refused,
// and by which rules; known is false where the documents do not say.
func (m *model) verdict(name, from string) (works, known bool, rules []string) {
	t := m.tokens[name]
	k := m.keys[t.of]
	refresh := isRefresh(name)
	reasons := m.reasons(t, k, refresh, from)
	switch {
	case len(reasons) > 0:
		return false, true, reasons
	case k.state != enabled, m.now > t.ends-margin && m.now < t.ends+margin+time.Second:
		return false, false, nil
	}
	return true, true, m.grounds(t, k, refresh)
}

func isRefresh(token string) bool { return token[len(token)-len("refresh token"):] == "refresh token" }

// reasons are the rules by which a token is refused.
func (m *model) reasons(t token, k *key, refresh bool, from string) (rules []string) {
	pick := func(condition bool, access, renewal string) {
		if rule := map[bool]string{false: access, true: renewal}[refresh]; condition && rule != "" {
			rules = append(rules, rule)
		}
	}
	pick(t.creator != k.creator, "KMS2-CRE-004", "KMS2-CRE-005")
	pick(t.creator != k.creator, "KMS2-CRE-006", "KMS2-CRE-006")
	pick(m.now >= t.ends+margin+time.Second, "KMS2-TOK-030", "KMS2-REN-011")
	pick(!k.admits(from), "KMS2-ACL-002", "KMS2-ACL-003")
	pick(!k.admits(from) && len(k.listed) > 0, "KMS2-ACL-006", "KMS2-ACL-006")
	pick(k.state == disabled, "KMS2-KEY-016", "")
	pick(k.state == gone, "KMS2-KEY-011", "KMS2-KEY-011")
	return rules
}

// grounds are the rules by which a token works.
func (m *model) grounds(t token, k *key, refresh bool) []string {
	rules := []string{"KMS2-TOK-001", "KMS2-TOK-010", "KMS2-TOK-030"}
	if refresh {
		rules = []string{"KMS2-REN-001", "KMS2-REN-003", "KMS2-REN-011"}
	}
	if k.creator > 1 && t.of == "the key" {
		rules = append(rules, "KMS2-CRE-007")
	}
	if k.acl {
		rules = append(rules, "KMS2-ACL-004", "KMS2-ACL-008")
	}
	return rules
}
