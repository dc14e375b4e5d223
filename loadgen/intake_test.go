package loadgen

import (
	"strings"
	"testing"
	"time"
)

func TestWhatCannotHaveBeenPlayedIsRefused(t *testing.T) {
	ph := Phase{Name: "P", Role: Conform, Keys: 2, Rate: 2, Length: time.Second}
	log := func(fates ...fate) []byte {
		l := callLog{}
		for i, f := range fates {
			l.note(i, f)
		}
		return l.tail
	}
	fine := log(fate{}, fate{})
	counted := func(n int64) []int64 { c := make([]int64, classes); c[Accepted] = n; return c }
	for name, tt := range map[string]struct {
		r    Report
		want string
	}{
		"a lane that is not ours":   {Report{Fates: []Fates{{Lane: 2, Log: fine}}}, "lane 2 of 2"},
		"more calls than planned":   {Report{Fates: []Fates{{Log: log(fate{}, fate{}, fate{})}}}, "more calls than the 2"},
		"a log that is cut off":     {Report{Fates: []Fates{{Log: fine[:len(fine)-1]}}}, "from call 2 on"},
		"an unknown fate":           {Report{Fates: []Fates{{Log: []byte{15}}}}, "from call 1 on"},
		"an answer before its call": {Report{Fates: []Fates{{Log: []byte{0, 1}}}}, "from call 1 on"},
		"books that do not balance": {Report{Fates: []Fates{{Log: fine}}, Books: []Book{{Counts: counted(1)}}}, "do not balance"},
		"an end without books":      {Report{Fates: []Fates{{Log: fine}}, End: &End{}}, "key 1: it came to its end without books"},
		"an end with one book less": {Report{Fates: []Fates{{Log: fine}}, Books: []Book{{Counts: counted(2)}}, End: &End{}}, "key 2: it came to its end without books"},
		"books that come twice":     {Report{Books: []Book{{Counts: counted(0)}, {Counts: counted(0)}}}, "key 1: its books came twice"},
	} {
		a := newPlayed(ph, 1, 0)
		a.recorded(&Recording{})
		in := a.intake("w1", ph.lanes(), nil)
		if err := in.Take(tt.r); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// After its books a key has nothing more to tell.
func TestNoCallComesAfterTheBooks(t *testing.T) {
	ph := Phase{Name: "P", Role: Conform, Keys: 1, Rate: 2, Length: time.Second}
	a := newPlayed(ph, 1, 0)
	a.recorded(&Recording{})
	in := a.intake("w1", ph.lanes(), nil)
	if err := in.Take(Report{Books: []Book{{Counts: make([]int64, classes)}}}); err != nil {
		t.Fatal(err)
	}
	if err := in.Take(Report{Fates: []Fates{{Log: []byte{0, 0}}}}); err == nil || !strings.Contains(err.Error(), "after its books") {
		t.Error(err)
	}
}
