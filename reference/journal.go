package reference

import (
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// An Entry is what the journal keeps of one call. It never holds a secret, a plaintext, a
// ciphertext, a token or a signature: of what a caller made up it holds words, numbers and key tags, and of
// anything else how long it is.
type Entry struct {
	Seq     uint64     `json:"seq"`                 // from 1, without gaps; goes on after [Journal.Clear]
	Time    time.Time  `json:"time"`                // by the server's clock
	API     string     `json:"api"`                 // any but admin
	Region  kms.Region `json:"region,omitzero"`     // that answered; empty: none did, or the API has none
	Op      kms.Op     `json:"op,omitzero"`         // empty: there is no such call
	Path    string     `json:"path,omitzero"`       // method and path of a call that there is not
	Key     string     `json:"key,omitzero"`        // tag in the path; where no key has it, told as what is made up; on subaccount the account's id
	Caller  string     `json:"caller,omitzero"`     // name of the account, or of the one that a token was issued to; empty: unknown
	Kind    string     `json:"callerKind,omitzero"` // account, ACCESS or REFRESH
	From    netip.Addr `json:"from,omitzero"`       // source address
	Status  int        `json:"status"`              // 0: the connection was reset
	Reason  kms.Reason `json:"reason,omitzero"`     // of a refusal
	Detail  string     `json:"detail,omitzero"`     // of a refusal
	Unknown []string   `json:"unknown,omitempty"`   // members of the body that the call does not have: eight, and how many more
	Fault   string     `json:"fault,omitzero"`      // the fault of the script that struck
	Micros  int64      `json:"micros"`              // until the answer was ready, in microseconds of the machine
}

// A Filter selects entries. Zero members select all.
type Filter struct {
	Op     kms.Op
	Region kms.Region
	Key    string
	Caller string // name of an account, for its calls and those by its tokens
	Status int
	Reason kms.Reason
	After  uint64    // sequence number: only those after it
	Since  time.Time // by the server's clock: only those at it or later
	Limit  int       // only the newest so many
}

func (f *Filter) takes(e *Entry) bool {
	return (f.Op == "" || f.Op == e.Op) && (f.Region == "" || f.Region == e.Region) && (f.Key == "" || f.Key == e.Key) &&
		(f.Caller == "" || f.Caller == e.Caller) && (f.Status == 0 || f.Status == e.Status) && (f.Reason == "" || f.Reason == e.Reason || f.Reason == e.Reason.General()) &&
		e.Seq > f.After && !e.Time.Before(f.Since)
}

// A Journal keeps the latest calls of a service. It is safe for concurrent use.
type Journal struct {
	mu   sync.Mutex
	size int
	seq  uint64
	ring []Entry // grows to size, then goes round
	next int     // where the next entry goes once the ring is full: at the oldest
}

// defaultJournal is how many calls a journal keeps unless told otherwise.
const defaultJournal = 1000

// newJournal returns a journal of size entries: 0 means 1000, below 0 none at all.
func newJournal(size int) *Journal {
	if size == 0 {
		size = defaultJournal
	}
	return &Journal{size: max(size, 0)}
}

// add appends e and gives it its number.
func (j *Journal) add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	e.Seq = j.seq
	switch {
	case j.size == 0:
	case len(j.ring) < j.size:
		j.ring = append(j.ring, *e)
	default:
		j.ring[j.next] = *e
		j.next = (j.next + 1) % j.size
	}
}

// Entries returns the entries that f selects, the oldest first.
func (j *Journal) Entries(f Filter) []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := []Entry{}
	for _, part := range [][]Entry{j.ring[j.next:], j.ring[:j.next]} {
		for _, e := range part {
			if f.takes(&e) {
				out = append(out, e)
			}
		}
	}
	if f.Limit > 0 && len(out) > f.Limit {
		out = out[len(out)-f.Limit:]
	}
	return out
}

// Last returns the number of the latest call; 0 before the first.
func (j *Journal) Last() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

// Clear forgets the entries. The numbers go on.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.next = nil, 0
}

// misplaced is a token or a ciphertext where a caller should not have put one, such as in a path.
var misplaced = regexp.MustCompile(`eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*|ncpkms:v[0-9]+:[A-Za-z0-9+/=_-]*`)

// clip bounds a text that a caller chose, and takes tokens and ciphertexts out of it.
func clip(text string) string {
	const most = 200
	if strings.Contains(text, "eyJ") || strings.Contains(text, "ncpkms:") {
		text = misplaced.ReplaceAllString(text, "(secret)")
	}
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
