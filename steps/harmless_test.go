package steps

import "testing"

// TestEverySentenceAboutBorrowingIsUsed keeps the lists from growing stale.
func TestEverySentenceAboutBorrowingIsUsed(t *testing.T) {
	all, err := Plan(Options{})
	if err != nil {
		t.Fatal(err)
	}
	used := func(expr string) bool {
		for _, c := range all {
			for _, s := range c.pickle.Steps {
				if sentence(expr).MatchString(s.Text) {
					return true
				}
			}
		}
		return false
	}
	pair := []string{`the key is such that the account can ` + undoing, `the account can still ` + undoing}
	for _, list := range [][]string{lendable, harmless, pair} {
		for _, expr := range list {
			if !used(expr) {
				t.Errorf("no scenario says %q", expr)
			}
		}
	}
}

func TestBorrows(t *testing.T) {
	want := map[string]bool{
		"account/A signed call is accepted":                             true,
		"token/The token of another key does not encrypt":               true,
		"forged/none as the algorithm is refused":                       true,
		"acl/An added address is allowed at once, for the access token": false, // it changes the ACL
		"token/No token lets its holder disable the key":                false, // in the end the account does
		"token/No token lets its holder read the IP ACL":                true,

		"opening/To ask about the key is refused where the key does not exist": true,
		"opening/To enable the key is refused where the key does not exist":    true,  // it was disabled for that
		"opening/To disable the key is refused where the key does not exist":   false, // in the end the account does
		"activity/The log of a key that is disabled can be read":               false, // nobody enables it again
	}
	all, err := Plan(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if expected, ok := want[c.ID]; ok {
			delete(want, c.ID)
			if borrows(c) != expected {
				t.Errorf("%s: borrows %v", c.ID, !expected)
			}
		}
		for _, tag := range c.Needs {
			if borrows(c) && (tag == "clock" || tag == "overload") {
				t.Errorf("%s needs %s and borrows", c.ID, tag)
			}
		}
	}
	for id := range want {
		t.Errorf("there is no scenario %s", id)
	}
}
