package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// mostLoans bounds how often a key is lent: what one key has come to carry stays far below its limit
// of calls in a second, and a key that went bad unseen spoils no more.
const mostLoans = 30

// lendable are the sentences that ask for a key that may be somebody's who has done with it.
var lendable = []string{`a key`, `another key`, `a key with a token set`, `another key with a token set`,
	`an? {kind} key`, `another {kind} key`, `an? {kind} key with a token set`}

// harmless are the sentences after which every key that was lent is as it was before: they ask, they
// use, or what they try is refused by a target that keeps the rules. A sentence that is not listed
// gets a key of its own; so do those that measure a limit and those that move the clock.
var harmless = []string{
	`calls go to the host of {host}`,
	`its base URL is noted`,
	`I create (?:a key(?: .+)?|{n} keys)`,
	`I ask about .+`,
	`I list (?:keys?|page {n} of the keys) .+`,
	`I encrypt(?:,| with| a list| an empty list| without| the raw text| under the raw context| the same| over API 1.0,?| {n} bytes?| {n} texts| two texts| twice)(?: .+)?`,
	`I decrypt .+`,
	`I {use} {way}{from}`,
	`I {use} .+ and leave out (?:what it works on|the data)`,
	`I (?:sign|re-encrypt|encrypt the text) .+`,
	`I create a custom key .+`,
	`I verify the (?:signature|raw text) .+`,
	`each ciphertext decrypts to its own plaintext .+`,
	`I ask for the public key .+`,
	`the context (?:is|has) .+`,
	`there is no context`,
	`the (?:custom key|signature|public key|data|new ciphertext) .+`,
	`its (?:nonce|validity) is .+`,
	`I ask for (?:a token set|an access token)(?: .+)?`,
	`I renew the token set .+`,
	`I call (?:GET|POST|PUT|DELETE) .+`,
	`I send (?:a key creation|a token set request|an IP ACL change|an encryption|a new name|a new memo|a renewal of .+) that is .+`,
	`I delete (?:nothing|{text}) from the IP ACL`, // what was added makes the case its own key's
	`I (?:rename the key to .+|give the key the name of the other key|change the (?:name|memo) and say no other)`,
	`version {n} is "(?:ENABLE|DISABLE)"`,
	`I try to .+`, // what the rule says is refused
	`the request is refused and nothing fails`,
	`I read the IP ACL .+`,
	`I list the keys .+`,
	`I (?:list the versions|read the activity log|ask for the last use) (?:as|with) .+`,
	`(?:a|a new|an unlimited) token set is issued(?: .+)?`,
	`the key is such that the account can ` + lookingOn,
	`the account can still ` + lookingOn,
	`I .+ as the account where the key does not exist`,
	`{key} is "(?:ENABLE|DISABLE|REVOKE)"`,
	`a key that does not exist`,
	opener + ` opens (?:every|no|any) use of .+`,
	`{key} serves the account(?: over API 1.0)?`,
	`{token} (?:works|is refused|is a|holds|is of|says|names|carries|comes back)(?: .+)?`,
	`the forged token is refused .+`,
	`the creator (?:is "(?:ACTIVE|INACTIVE)"|has an ID)`,
	`the IP ACL (?:is (?:on|off|empty)|lists .+)`,
	`its (?:current version|rotation period|tag) is .+`,
	`it (?:names|says) .+`,
	`its resource name .+`,
	`the (?:plaintexts?|ciphertexts?|list|pages?|answer|call|refusal) .+`,
	`the encryptor (?:is served|may .+|has no access by API Gateway)`,
	`the key pair of the encryptor is disabled`,
	`the gateway answers that its endpoint failed`,
	`the other key can be used to encrypt with the encryptor`,
	`the (?:state of the key|list of keys) is (?:as )?noted`,
}

// lookingOn are the deeds that change no key.
const lookingOn = `(?:create a key|list the keys|ask about the key|ask about the creator|list the versions|read the activity log|ask for the last use|read the IP ACL|ask for a token set)`

// undoing are the deeds that undo what makes a key ready for them: a key is as it was once both are done.
const undoing = `(?:enable the key|switch automatic rotation off|switch the IP ACL off|delete an address of the IP ACL)`

var (
	asksForKey = sync.OnceValue(func() *regexp.Regexp { return anyOf(lendable) })
	leavesKey  = sync.OnceValue(func() *regexp.Regexp { return anyOf(harmless) })
	readiesKey = sync.OnceValue(func() *regexp.Regexp { return sentence(`the key is such that the account can ` + undoing) })
	undoesThat = sync.OnceValue(func() *regexp.Regexp { return sentence(`the account can still ` + undoing) })
)

func anyOf(exprs []string) *regexp.Regexp {
	return sentence("(?:" + strings.Join(exprs, "|") + ")")
}

// borrows reports whether a case leaves each key that it asks for as it got it, so that it may get one
// that another has used, and another may get it next.
func borrows(c Case) bool {
	asks, changed := false, false
	for _, s := range c.pickle.Steps {
		switch {
		case asksForKey().MatchString(s.Text):
			asks = true
		case readiesKey().MatchString(s.Text):
			changed = true
		case undoesThat().MatchString(s.Text):
			changed = false
		case !leavesKey().MatchString(s.Text):
			return false
		}
	}
	return asks && !changed
}

// A loan is a key that cases use one after the other, never two at once.
type loan struct {
	wish  // that it fulfils
	key   *key
	as    string // what the target showed of it when it was made; empty: it is not lent
	times int    // that it was lent
}

// lender keeps the keys that nobody uses just now.
type lender struct {
	mu   sync.Mutex
	idle []*loan
}

// take returns an idle key, or nil when none is as it is wished for.
func (l *lender) take(asked wish) *loan {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.idle, func(n *loan) bool { return n.wish == asked })
	if i < 0 {
		return nil
	}
	n := l.idle[i]
	l.idle = slices.Delete(l.idle, i, i+1)
	return n
}

// keep parts from the idle keys those that fulfil the wishes.
func (l *lender) keep(wishes []wish) *lender {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept, others := fitting(l.idle, wishes)
	l.idle = others
	return &lender{idle: kept}
}

// rejoin makes the keys idle again that were kept for a case and that it did not take.
func (l *lender) rejoin(kept *lender) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.idle = append(l.idle, kept.idle...)
}

// giveBack makes a key idle again; false when it was lent often enough.
func (l *lender) giveBack(n *loan) bool {
	if n.times >= mostLoans {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.idle = append(l.idle, n)
	return true
}

// unwished is how many idle keys fulfil none of the wishes.
func (l *lender) unwished(wishes []wish) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, others := fitting(l.idle, wishes)
	return len(others)
}

// drop returns the tag of the key that has been idle longest of those that fulfil none of the wishes, and forgets
// it; false when there is none.
func (l *lender) drop(wishes []wish) (tag string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, others := fitting(l.idle, wishes)
	if len(others) == 0 {
		return "", false
	}
	l.idle = slices.DeleteFunc(l.idle, func(n *loan) bool { return n == others[0] })
	return others[0].key.tag, true
}

// close returns the tags of the idle keys and forgets them.
func (l *lender) close() (tags []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.idle {
		tags = append(tags, n.key.tag)
	}
	l.idle = nil
	return tags
}

// borrow gets a key under a name of the sentences, with an active creator or none: one that was kept for the case,
// an idle one, or else a new one that others get afterwards. The target must make it.
func (w *world) borrow(ctx context.Context, as, kind string, tokens bool) error {
	asked := wish{kind, orAPI20(w.home), tokens}
	n := w.kept.take(asked)
	if n == nil {
		n = w.lender.take(asked)
	}
	if n == nil {
		var err error
		if n, err = w.makeLoan(ctx, as, kind, tokens); err != nil {
			return err
		}
	}
	n.times++
	w.keys[as] = n.key
	if n.as != "" {
		w.loans = append(w.loans, n)
	}
	return nil
}

// makeLoan makes a key that is to be lent. It stays the case's own when the target does not show it: to
// complain of that is not for a case that does not ask.
func (w *world) makeLoan(ctx context.Context, as, kind string, tokens bool) (*loan, error) {
	if err := w.makeKey(ctx, as, kind); err != nil {
		return nil, err
	}
	n := &loan{wish: wish{kind, orAPI20(w.home), tokens}, key: w.keys[as]}
	if tokens {
		if err := w.enableCreator(ctx, as); err != nil {
			return nil, err
		}
	}
	var err error
	if n.as, err = w.shownOf(ctx, n.key); err != nil {
		_, refused := errors.AsType[*Mismatch](err)
		if refused {
			return n, nil
		}
		return nil, err
	}
	w.made = slices.DeleteFunc(w.made, func(tag string) bool { return tag == n.key.tag })
	return n, nil
}

// settled are the members of a key, its creator and its IP ACL that its mere use does not change.
var settled = []struct {
	rest    string
	members []string
}{
	{"", []string{"keyName", "keyType", "status", "memo", "protectionType", "isAutoRotation", "rotationPeriod", "currentVersion"}},
	{creatorPath, []string{"status", "tokenGeneratorId"}},
	{"/acl", []string{"isAclEnabled", "allowedIpList"}},
}

// shownOf is what the target shows of a key, as far as its use must not change it.
func (w *world) shownOf(ctx context.Context, k *key) (string, error) {
	var b strings.Builder
	for _, part := range settled {
		r, err := w.demand(ctx, call{method: "GET", path: k.path(part.rest), by: w.owner()})
		if err != nil {
			return "", err
		}
		for _, m := range part.members {
			fmt.Fprintf(&b, "%s %s\n", m, compact(r.Data[m]))
		}
	}
	return b.String(), nil
}

func compact(raw json.RawMessage) string {
	if raw == nil {
		return "absent"
	}
	return string(raw)
}

// firstChange returns the first line in which two showings differ, before and after.
func firstChange(before, after string) (was, is string) {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i], b[i]
		}
	}
	return "", ""
}
