package mutant

import (
	"slices"
	"sync"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// remembering keeps the creators that left office and honours some of their tokens.
type remembering struct {
	kms.Authority
	enabled, disabled, revived bool // after a replacement, while disabled, after enabling again
	kinds                      []kms.Kind

	mu   sync.Mutex
	last map[string]*kms.Creator // by the id of the one who came after
}

func (r *remembering) keep(id string, old *kms.Creator) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[string]*kms.Creator{}
	}
	r.last[id] = old
}

func (r *remembering) before(by *kms.Creator) *kms.Creator {
	if by == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if by.Active() {
		return r.last[by.ID]
	}
	return r.last["disabled "+by.ID]
}

func (r *remembering) Enable(line *kms.Line, old *kms.Creator, now time.Time) (*kms.Creator, error) {
	next, err := r.Authority.Enable(line, old, now)
	if err != nil || old == nil {
		return next, err
	}
	if r.enabled && old.Active() {
		r.keep(next.ID, old)
	}
	if r.revived && !old.Active() {
		r.keep(next.ID, r.before(old))
	}
	return next, nil
}

func (r *remembering) Disable(c *kms.Creator, now time.Time) *kms.Creator {
	if r.disabled || r.revived {
		r.keep("disabled "+c.ID, c)
	}
	return r.Authority.Disable(c, now)
}

func (r *remembering) Verify(by *kms.Creator, token string) (kms.Claims, error) {
	c, err := r.Authority.Verify(by, token)
	if err == nil || by != nil && !by.Active() && !r.disabled {
		return c, err
	}
	old := r.before(by)
	if old == nil {
		return c, err
	}
	claims, late := r.Authority.Verify(old, token)
	if late != nil {
		return c, err
	}
	if slices.Contains(r.kinds, claims.Kind) {
		return claims, nil
	}
	return c, err
}

func (r *remembering) Issue(by *kms.Creator, c kms.Claims) (string, error) {
	if old := r.before(by); !by.Active() && old != nil {
		by = old
	}
	return r.Authority.Issue(by, c)
}
