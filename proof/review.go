package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/kmsproof/kmsproof/features"
)

// A Review is the digest of each rule as it was when somebody last held its scenarios against it.
type Review map[string]string

// digest stands for what a rule says: its level, statement and rival.
func digest(r features.Rule) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(r.Level), r.Statement, r.Rival}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// ReadReview reads lines of a rule's ID and its digest.
func ReadReview(text string) (Review, error) {
	review := Review{}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 2 || review[fields[0]] != "" {
			return nil, fmt.Errorf("review: %q is not one rule with its digest", strings.TrimSpace(line))
		}
		review[fields[0]] = fields[1]
	}
	return review, nil
}

// ReviewText is what the file of reviews says once every rule has been looked at.
func ReviewText(traces []Trace) string {
	var b strings.Builder
	for _, t := range traces {
		fmt.Fprintln(&b, t.Rule.ID, digest(t.Rule))
	}
	return b.String()
}

// Unreviewed returns the rules that say something else than when they were reviewed, or never were, with
// the scenarios to look at again; and the IDs of rules that are reviewed and gone.
func (r Review) Unreviewed(traces []Trace) (changed []Trace, gone []string) {
	left := map[string]bool{}
	for id := range r {
		left[id] = true
	}
	for _, t := range traces {
		delete(left, t.Rule.ID)
		if r[t.Rule.ID] != digest(t.Rule) {
			changed = append(changed, t)
		}
	}
	for id := range left {
		gone = append(gone, id)
	}
	return changed, gone
}
