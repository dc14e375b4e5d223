package reference

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// A State is what a state file holds: who may call, and which keys there are. It holds every secret
// of a service.
type State struct {
	Regions   Regions   `yaml:"regions,omitempty"`
	Accounts  []Account `yaml:"accounts"`
	LastKeyID int       `yaml:"lastKeyId,omitempty"` // ids up to it are not given again, though their keys may be gone
	Keys      []Key     `yaml:"keys"`
	// SpentNames are names of keys that were renamed or deleted, where the dialect does not give them back.
	SpentNames []SpentName `yaml:"spentNames,omitempty"`
}

// A SpentName is a name that no key has and none may have.
type SpentName struct {
	Home kms.Region `yaml:"home,omitempty"` // of the isolated key that had it; empty: of a global one
	Name string     `yaml:"name"`
	Tag  string     `yaml:"tag,omitempty"` // of the key that had it and may have it again; empty: that is deleted
}

// Use makes a service that is made of o begin with the state.
func (o *Options) Use(s State) {
	o.Regions, o.Accounts, o.Keys, o.LastKeyID, o.SpentNames = s.Regions, s.Accounts, s.Keys, s.LastKeyID, s.SpentNames
}

// state is what the options say of it.
func (o *Options) state() State {
	return State{Regions: o.Regions, Accounts: o.Accounts, Keys: o.Keys, LastKeyID: o.LastKeyID, SpentNames: o.SpentNames}
}

// ParseState reads a state file of the documented service, as [Dialect.ParseState] does.
func ParseState(name string, text []byte) (State, error) { return new(Dialect).ParseState(name, text) }

// ParseState reads a state file of a service that speaks the dialect, which may take what others refuse, and
// checks it against its schema, which features.StateSchema returns. What is wrong is an error that names file,
// line and member and shows no source line: it may hold a secret.
func (d *Dialect) ParseState(name string, text []byte) (State, error) {
	s, err := readState(name, text)
	if err != nil {
		return State{}, err
	}
	o := Options{Seed: 1, Dialect: *d}
	o.Use(s)
	if _, err := New(o); err != nil {
		return State{}, located(name, text, err)
	}
	return s, nil
}

func readState(name string, text []byte) (State, error) {
	if err := checkState(name, text); err != nil {
		return State{}, err
	}
	var s State
	if err := readYAML(text, &s); err != nil {
		return State{}, yamlError(name, "state", err)
	}
	return s, nil
}

// readYAML reads a text strictly.
func readYAML(text []byte, into any) (err error) {
	defer unreadable(&err)
	if err := shallow(text); err != nil {
		return err
	}
	return yaml.UnmarshalWithOptions(text, into, yaml.Strict(), yaml.DisallowUnknownField())
}

// readNamed is readYAML for what has no schema. A mapping with a name that is not a text, such as 1 or true,
// the library would pass over whole, and some numbers it would take for texts.
func readNamed(text []byte, into any) (err error) {
	defer unreadable(&err)
	if err := shallow(text); err != nil {
		return err
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return err
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		for _, node := range ast.Filter(ast.MappingValueType, doc.Body) {
			switch key := node.(*ast.MappingValueNode).Key; key.(type) {
			case *ast.StringNode, *ast.MergeKeyNode:
			default:
				return &yaml.UnknownFieldError{Message: "the name of a member is a text", Token: key.GetToken()}
			}
		}
		if n := textNumber(doc.Body); n != nil {
			return &yaml.UnknownFieldError{Message: "it is no number that can be held; write one with an exponent as 1.0e21, and a text in quotes", Token: n.GetToken()}
		}
	}
	return readYAML(text, into)
}

// textNumber returns the first number of JSON that the library would read as a text: one of an exponent alone, or
// beyond 64 bits.
func textNumber(doc ast.Node) ast.Node {
	for _, n := range ast.Filter(ast.StringType, doc) {
		if t := n.GetToken(); t.Type == token.StringType && jsonNumber.MatchString(t.Value) {
			return n
		}
	}
	return nil
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// unreadable is deferred. The library panics on some texts that are no sense, such as a sequence tag without
// a sequence; to a caller that is one more text that cannot be read.
func unreadable(err *error) {
	if recover() != nil {
		*err = errors.New("it is YAML that cannot be read")
	}
}

// yamlError says what is wrong with a file of some kind, and where, without a line of it.
func yamlError(name, kind string, err error) error {
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, quoted.ReplaceAllStringFunc(at.GetMessage(), requote))
	}
	if errors.Is(err, errDeep) {
		return fmt.Errorf("%s: %w", name, err)
	}
	return fmt.Errorf("%s: it is not a %s file", name, kind)
}

// quoted is what a message of the YAML reader takes out of the text.
var quoted = regexp.MustCompile(`(?s)".*"`)

func requote(text string) string { return strconv.Quote(harmless(text[1 : len(text)-1])) }

// State does what is due and returns the accounts and keys that there then are, with all their secrets. Times are
// relative to the service's clock. Each key is as it was at one instant; a change that is under way to
// a region counts as arrived.
func (s *Service) State() State {
	w := s.settled()
	w.store.MakeKeys()
	now := s.clock.Now()
	out := State{Regions: w.regions(), Accounts: w.standings(), LastKeyID: w.store.LastID()}
	for _, k := range w.store.List() {
		out.Keys = append(out.Keys, exported(k, now))
	}
	for _, n := range w.store.Spent() {
		out.SpentNames = append(out.SpentNames, SpentName(n))
	}
	return out
}

// SetState replaces all keys, and the accounts unless there are none in state. The error says what
// is wrong; everything then stays as it was. Journal, limits, faults and clock go on.
func (s *Service) SetState(state State) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if len(state.Accounts) == 0 {
		state.Accounts = s.Accounts()
	}
	s.stir(state)
	w, err := s.newWorld(genesis{State: state, again: true})
	if err != nil {
		return err
	}
	s.world.Store(w)
	return nil
}

// exported is the key as a state file has it.
func exported(k *kms.Key, now time.Time) Key {
	info, past, materials := k.Snapshot()
	out := Key{
		Name: info.Spec.Name, Tag: info.Tag, Type: info.Spec.Type, Protection: info.Spec.Protection, Memo: info.Spec.Memo,
		Convergent: info.Spec.Convergent, State: info.State,
		Home: info.Home, ID: past.ID, AutoRotation: info.Spec.AutoRotation, RotationPeriod: past.Period,
		Registered: since(past.Made, now), StateSince: since(past.Since, now), NextRotation: since(past.Next, now),
		Creator: exportedCreator(past.Creator, now), ACL: exportedACL(past.ACL, now),
	}
	for i, m := range materials {
		out.Versions = append(out.Versions, exportedVersion(writeMaterial(out.Type, m), past.Versions[i], now))
	}
	for _, a := range past.Activities {
		out.Activities = append(out.Activities, exportedActivity(a, now))
	}
	if past.LastUse != nil {
		out.LastUse = new(exportedActivity(*past.LastUse, now))
	}
	return out
}

// A Moment is a time in a state file: a duration since now such as -72h, or a time such as
// 2026-01-01T00:00:00Z. Empty leaves it to the service.
type Moment string

// at reads the moment; empty is the zero time.
func (m Moment) at(now time.Time) (time.Time, error) {
	if m == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(m))
	if d, since := time.ParseDuration(string(m)); since == nil {
		t, err = now.Add(d), nil
	}
	if err != nil {
		return t, fmt.Errorf("%q: want a duration since now such as -72h, or a time such as 2026-01-01T00:00:00Z", harmless(string(m)))
	}
	if t.Before(earliest) || t.After(latest.AddDate(afterwards, 0, 0)) {
		return t, fmt.Errorf("%q: it is not within %d and %d", harmless(string(m)), earliest.Year(), latest.Year()+afterwards)
	}
	return t, nil
}

// afterwards is how many years after the latest time of the clock something may be due: a rotation is at most two
// years ahead.
const afterwards = 2

// since writes t as seen from now; the zero time is empty.
func since(t, now time.Time) Moment {
	if t.IsZero() {
		return ""
	}
	return Moment(t.Sub(now).String())
}

// past reads what a key has lived through.
func (k *Key) past(rules *kms.Rules, now time.Time) (kms.Past, error) {
	p := kms.Past{ID: k.ID, Period: k.RotationPeriod}
	var err error
	for _, m := range []struct {
		name string
		from Moment
		into *time.Time
	}{{"registered", k.Registered, &p.Made}, {"stateSince", k.StateSince, &p.Since}, {"nextRotation", k.NextRotation, &p.Next}} {
		var bad error
		if *m.into, bad = m.from.at(now); bad != nil {
			err = cmp.Or(err, fmt.Errorf("%s: %w", m.name, bad))
		}
	}
	if err == nil && k.NextRotation != "" && !k.AutoRotation {
		err = fmt.Errorf("nextRotation: it needs autoRotation")
	}
	if err != nil {
		return p, err
	}
	if p.ACL, err = k.ACL.acl(rules, now); err != nil {
		return p, fmt.Errorf("acl: %w", err)
	}
	if p.Creator, err = k.Creator.office(now); err != nil {
		return p, fmt.Errorf("creator: %w", err)
	}
	return p, k.recall(&p, now)
}
