package steps

import (
	"fmt"
	"slices"
	"strings"
)

// compare counts a comparison and returns a Mismatch unless ok. Every Then goes through it: a Then
// that compares nothing is refused by the runner.
func (w *world) compare(ok bool, want, got string) error {
	w.checks++
	if ok {
		return nil
	}
	return &Mismatch{Want: want, Got: got}
}

// equal compares two values of what.
func equal[T comparable](w *world, what string, got, want T) error {
	return w.compare(got == want, fmt.Sprintf("%s to be %v", what, want), fmt.Sprintf("%v", got))
}

// comparesTo compares a text with an earlier one, which it is to be or not to be. Where either is missing they are
// neither the same nor different.
func (w *world) comparesTo(what, now, before string, same bool) error {
	switch {
	case before == "":
		return w.compare(false, what+" and one before it", "none before")
	case now == "" && w.last != nil && !w.last.ok():
		return w.compare(false, what, w.last.String())
	case now == "":
		return w.compare(false, what, "none")
	}
	want := map[bool]string{true: "the same as before", false: "another than before"}
	return w.compare((now == before) == same, what+" to be "+want[same], want[now == before])
}

// accepted compares an answer with a success. Anything else is a finding, also when the target says that
// it failed itself: where a rule grants a call, a failure is as good as a refusal.
func (w *world) accepted(r *reply) error {
	return w.compare(r.ok(), "the call to be accepted", r.String())
}

// refused compares an answer with a refusal of any kind. Accepting is the finding; an answer by which
// the target says that it failed itself decides nothing.
func (w *world) refused(r *reply) error {
	if r.Status >= 500 {
		w.checks++
		return &unclear{fmt.Sprintf("the target failed with status %d, so whether it would refuse is not known", r.Status)}
	}
	return w.compare(r.refused(), "the call to be refused", r.String())
}

// refusals are the ways in which sentences say why a call is refused, with the statuses that mean it.
// The table of the vendor's sibling service gives them (secretmanager-api-overview,
// api-call-lgc-errorhandling), so rules that use them are INFERRED.
var refusals = map[string]int{
	"a bad request":  400,
	"unauthorized":   401,
	"forbidden":      403,
	"not found":      404,
	"a broken rule":  422,
	"over the limit": 429,
}

// refusedAs compares an answer with a refusal of one kind.
func (w *world) refusedAs(r *reply, kind string) error {
	status, ok := refusals[kind]
	if !ok {
		return fmt.Errorf("no refusal is called %q", kind)
	}
	w.reading(fmt.Sprintf("refused as %s with status %d, code %s", kind, r.Status, r.Fault.Code))
	return w.compare(r.refused() && r.Status == status,
		fmt.Sprintf("the call to be refused as %s (%d)", kind, status), r.String())
}

func (w *world) answerSteps(add func(string, any)) {
	add(`the call is (accepted|refused)`, func(how string) error {
		if how == "accepted" {
			return w.accepted(w.last)
		}
		return w.refused(w.last)
	})
	add(`the call is refused as (.+)`, func(kind string) error { return w.refusedAs(w.last, kind) })
	add(`the refusal carries the code (\S+)`, func(code string) error {
		w.reading(fmt.Sprintf("refused with status %d, code %s", w.last.Status, w.last.Fault.Code))
		return w.compare(w.last.refused() && w.last.Fault.Code == code, "a refusal with the code "+code, w.last.String())
	})
	add(`the refusal has the status {n}`, func(status int) error {
		return w.compare(w.last.refused() && w.last.Status == status, fmt.Sprintf("a refusal with the status %d", status), w.last.String())
	})
	add(`the refusal does not say when to come again`, func() error {
		when := w.last.Header.Get("Retry-After")
		return w.compare(w.last.refused() && when == "", "a refusal without Retry-After", w.last.String()+", Retry-After: "+when)
	})
	add(`the answer has a message within its data`, func() error {
		_, within := w.last.str("message")
		return w.compare(w.last.ok() && within, "a message in data", w.last.String()+", members "+memberNames(w.last))
	})
	add(`the answer is a success with its data`, func() error {
		return w.compare(w.last.ok() && len(w.last.Data) > 0, "status 200, code SUCCESS and data", w.last.String())
	})
	add(`the answer is a success without data`, func() error {
		return w.compare(w.last.ok() && w.last.Data == nil, "status 200, code SUCCESS and data: null", w.last.String())
	})
	add(`the answer carries an empty message`, func() error {
		return w.compare(w.last.Msg != nil && *w.last.Msg == "", "an empty msg", short(redact(string(w.last.Body)), 200))
	})
	add(`the refusal has a code and a message`, func() error {
		f := w.last.Fault
		w.reading("refusals have the shape " + f.Shape)
		return w.compare(f.Shape != "" && f.Code != "" && f.Message != "",
			"a refusal as "+shapeGateway+" or as "+shapeEnvelope, w.last.String())
	})
}

// sameList compares two lists without regard to order.
func (w *world) sameList(what string, got, want []string) error {
	g, x := slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	return w.compare(slices.Equal(g, x), what+" to be "+listed(x), listed(g))
}

func listed(l []string) string {
	if len(l) == 0 {
		return "nothing"
	}
	return strings.Join(l, ", ")
}
