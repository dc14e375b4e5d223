package reference

import (
	"context"
	"log/slog"
	"time"
)

// An observer tells the journal, the metrics and the log of each call.
type observer struct {
	journal *Journal
	metrics *metrics
	log     *slog.Logger
}

// note records a call whose answer is ready and not yet sent: who has the answer finds the call in
// the journal.
func (o *observer) note(c *call, a *answer) {
	took := time.Since(c.began)
	e := c.entry(a)
	e.Micros = took.Microseconds()
	o.journal.add(&e)
	o.metrics.note(c.op, &e, took)
	if o.log.Enabled(context.Background(), slog.LevelInfo) {
		o.log.LogAttrs(context.Background(), slog.LevelInfo, "call", e.attrs()...)
	}
}

// entry is what there is to tell of a call, but its number and its duration.
func (c *call) entry(a *answer) Entry {
	e := Entry{
		Time: c.now, API: c.api, Region: c.region, Key: c.toldTag(), From: c.from(),
		Status: a.status, Reason: a.reason, Detail: clip(a.detail), Fault: a.fault, Unknown: c.body.unknown,
	}
	if c.op == nil {
		e.Path = harmlessMethod(c.request.Method) + " " + harmlessPath(c.request.URL.EscapedPath())
	} else {
		e.Op = c.op.op
	}
	e.Caller, e.Kind = c.whose()
	return e
}

// whose returns who calls and by what, once that is known.
func (c *call) whose() (name, kind string) {
	if a := c.caller.Account; a != nil {
		return a.Name, "account"
	}
	claims := c.caller.Claims
	if a := c.ids[claims.Subject]; a != nil {
		return a.Name, string(claims.Kind)
	}
	return clip(claims.Subject), string(claims.Kind)
}

// attrs are the members of a line of the log: those of the journal.
func (e *Entry) attrs() []slog.Attr {
	attrs := []slog.Attr{
		slog.Uint64("seq", e.Seq), slog.Time("clock", e.Time), slog.String("api", e.API), slog.Int("status", e.Status),
		slog.String("from", e.From.String()), slog.Int64("micros", e.Micros),
	}
	for _, a := range []slog.Attr{
		slog.String("region", string(e.Region)), slog.String("op", string(e.Op)), slog.String("path", e.Path), slog.String("key", e.Key),
		slog.String("caller", e.Caller), slog.String("callerKind", e.Kind),
		slog.String("reason", string(e.Reason)), slog.String("detail", e.Detail), slog.String("fault", e.Fault),
	} {
		if a.Value.String() != "" {
			attrs = append(attrs, a)
		}
	}
	if len(e.Unknown) > 0 {
		attrs = append(attrs, slog.Any("unknown", e.Unknown))
	}
	return attrs
}
