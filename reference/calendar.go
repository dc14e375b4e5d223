package reference

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A calendar writes the Date header of answers. It remembers that of the last second, because most
// answers are of the same one. Its zero value is ready, and it is safe for concurrent use.
type calendar struct {
	last atomic.Pointer[dated]
}

// dated is a second and how it is written.
type dated struct {
	second int64
	text   []string
}

// date returns the values of the header at an instant. They are shared: replace them, never change them.
func (c *calendar) date(at time.Time) []string {
	second := at.Unix()
	if d := c.last.Load(); d != nil && d.second == second {
		return d.text
	}
	d := &dated{second, []string{at.UTC().Format(http.TimeFormat)}}
	c.last.Store(d)
	return d.text
}
