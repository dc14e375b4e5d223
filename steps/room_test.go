package steps

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/kmsproof/kmsproof/target"
)

var (
	wantsAES = wish{kind: "AES256", home: target.API20}
	wantsRSA = wish{kind: "RSA2048", home: target.API20}
)

// idling returns a lender with an idle key for each of the wishes, whose tag is its kind.
func idling(wishes ...wish) *lender {
	l := &lender{}
	for _, w := range wishes {
		l.idle = append(l.idle, &loan{wish: w, key: &key{tag: w.kind}})
	}
	return l
}

// TestIdleKeysThatACaseBorrowsStay: to remove one, only to make another like it, costs money.
func TestIdleKeysThatACaseBorrowsStay(t *testing.T) {
	withTokens := wish{kind: "AES256", home: target.API20, tokens: true}
	for _, tt := range []struct {
		what    string
		limit   int
		inside  int
		idle    []wish
		need    int
		wishes  []wish
		removed []string
	}{
		{"the only one", 1, 0, []wish{wantsAES}, 1, []wish{wantsAES}, nil},
		{"of another kind", 1, 0, []wish{wantsRSA}, 1, []wish{wantsAES}, []string{"RSA2048"}},
		{"with a creator", 1, 0, []wish{withTokens}, 1, []wish{wantsAES}, []string{"AES256"}},
		{"at another host", 1, 0, []wish{{kind: "AES256", home: target.API20KR}}, 1, []wish{wantsAES}, []string{"AES256"}},
		{"idle longer than the other", 2, 0, []wish{wantsAES, wantsRSA}, 2, []wish{wantsAES}, []string{"RSA2048"}},
		{"two of a kind", 2, 0, []wish{wantsAES, wantsAES}, 2, []wish{wantsAES}, []string{"AES256"}},
		{"both", 2, 0, []wish{wantsRSA, wantsAES}, 2, []wish{wantsAES, wantsRSA}, nil},
		{"nothing is borrowed", 2, 0, []wish{wantsAES, wantsRSA}, 1, nil, []string{"AES256"}},
		{"fewer are held than wished for", 2, 1, []wish{wantsRSA, wantsAES}, 1, []wish{wantsRSA, wantsAES}, []string{"AES256"}},
		{"there is room", 3, 0, []wish{wantsRSA, wantsRSA}, 1, []wish{wantsAES}, nil},
		{"no bound", 0, 0, []wish{wantsRSA}, 1, []wish{wantsAES}, nil},
	} {
		t.Run(tt.what, func(t *testing.T) {
			var removed []string
			m := newRoom(tt.limit, map[string]int{"a": tt.need})
			m.inside = tt.inside
			m.enter(t.Context(), "a", tt.wishes, idling(tt.idle...), func(tag string) { removed = append(removed, tag) })
			if !slices.Equal(removed, tt.removed) {
				t.Errorf("removed %v, want %v", removed, tt.removed)
			}
		})
	}
}

// TestAnIdleKeyThatACaseInsideCountsOnIsNotRemoved: it would have to make another while this one is still there.
func TestAnIdleKeyThatACaseInsideCountsOnIsNotRemoved(t *testing.T) {
	m, idle := newRoom(2, map[string]int{"first": 1, "second": 1}), idling(wantsAES, wantsRSA)
	kept := m.enter(t.Context(), "first", []wish{wantsAES}, idle, func(tag string) { t.Errorf("%s was removed for the first", tag) })
	m.enter(t.Context(), "second", []wish{wantsRSA}, idle, func(tag string) { t.Errorf("%s was removed for the second", tag) })
	if kept.take(wantsAES) == nil {
		t.Error("the key that the first wished for is gone")
	}
}

// TestARemovalHoldsUpOnlyWhoNeedsItsRoom: it takes as long as the target likes.
func TestARemovalHoldsUpOnlyWhoNeedsItsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, idle := newRoom(2, map[string]int{"first": 1, "makes room": 1, "waits": 1}), idling(wantsRSA)
		gone, entered := make(chan bool), make(chan string, 3)
		enter := func(id string) {
			m.enter(t.Context(), id, nil, idle, func(string) { <-gone })
			entered <- id
		}
		enter("first")
		go enter("makes room")
		synctest.Wait()
		go enter("waits")
		synctest.Wait()
		if len(entered) != 1 {
			t.Fatalf("%d are inside while the key of two that is to make room is still there, want 1", len(entered))
		}
		m.leave("first")
		synctest.Wait()
		if len(entered) != 2 || m.inside+m.leaving > m.limit {
			t.Fatalf("%d have entered beside a key that is being removed, want 2; there are %d keys of %d", len(entered), m.inside+m.leaving, m.limit)
		}
		close(gone)
		synctest.Wait()
		if len(entered) != 3 || m.inside != 2 || m.leaving != 0 {
			t.Fatalf("%d have entered, %d keys are inside and %d leave; want 3, 2 and 0", len(entered), m.inside, m.leaving)
		}
	})
}

// TestWishesAreWhatABorrowingCaseGets holds the sentences of every case that borrows against their form.
func TestWishesAreWhatABorrowingCaseGets(t *testing.T) {
	all, err := Plan(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		asked := 0
		for _, s := range c.pickle.Steps {
			if asksForKey().MatchString(s.Text) {
				asked++
			}
		}
		if !borrows(c) {
			asked = 0
		}
		if got := len(wishes(c)); got != asked {
			t.Errorf("%s asks for %d keys that may be lent, and wishes for %d", c.ID, asked, got)
		}
	}
}
