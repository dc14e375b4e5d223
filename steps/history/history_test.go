package history_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/steps/history"
)

const ms = time.Millisecond

// at makes a call of a client that lasts a millisecond.
func at(began time.Duration, kind history.Kind, ok bool) history.Call {
	return history.Call{Kind: kind, Began: began * ms, Ended: (began + 1) * ms, OK: ok}
}

func use(began time.Duration, ok bool) history.Call {
	c := at(began, history.Use, ok)
	if ok {
		c.Version = 1
	}
	return c
}

func in(region string, c history.Call) history.Call {
	c.Region = region
	return c
}

func long(c history.Call, d time.Duration) history.Call {
	c.Ended = c.Began + d*ms
	return c
}

func edit(began time.Duration, kind history.Kind, address int, listed uint8) history.Call {
	c := at(began, kind, true)
	c.Address, c.Listed = address, listed
	return c
}

func rotated(began time.Duration, version int) history.Call {
	c := at(began, history.Rotate, true)
	c.Version = version
	return c
}

func issued(began time.Duration, token int) history.Call {
	return of(token, at(began, history.Issue, true))
}

func of(token int, c history.Call) history.Call {
	c.Token = token
	return c
}

// begun is a key with a creator and one token.
var begun = history.State{Creator: true, Live: 1}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name  string
		calls []history.Call
		lag   time.Duration
		fits  bool
	}{
		{"a revoked token ends at once", []history.Call{at(0, history.Replace, true), use(2, false)}, 0, true},
		{"a revoked token passes", []history.Call{at(0, history.Replace, true), use(2, true)}, 0, false},
		{"while it is revoked either is right", []history.Call{long(at(0, history.Revoke, true), 9), use(2, true), use(4, false)}, 0, true},
		{"once dead it does not come back", []history.Call{long(at(0, history.Revoke, true), 9), use(2, false), use(4, true)}, 0, false},
		{"a token is refused for nothing", []history.Call{use(0, false)}, 0, false},
		{"a disabled key serves nobody", []history.Call{at(0, history.Stop, true), use(2, true)}, 0, false},
		{"the IP ACL denies who is not listed", []history.Call{at(0, history.On, true), use(2, true)}, 0, false},
		{"the IP ACL lets in who is listed", []history.Call{edit(0, history.Add, 0, 1), at(2, history.On, true), use(4, true)}, 0, true},
		{"two additions at once are both kept", []history.Call{
			long(edit(0, history.Add, 0, 1), 5), long(edit(0, history.Add, 1, 3), 5),
		}, 0, true},
		{"one of two additions is lost", []history.Call{
			long(edit(0, history.Add, 0, 1), 5), long(edit(0, history.Add, 1, 2), 5),
		}, 0, false},
		{"two rotations give two versions", []history.Call{long(rotated(0, 2), 5), long(rotated(0, 3), 5)}, 0, true},
		{"two rotations give one version", []history.Call{long(rotated(0, 2), 5), long(rotated(0, 2), 5)}, 0, false},
		{"an old version serves on", []history.Call{rotated(0, 2), use(2, true)}, 0, false},

		{"another region knows at once", []history.Call{in("KR", at(0, history.Revoke, true)), in("JPN", use(2, false))}, 0, true},
		{"another region is late without a lag", []history.Call{in("KR", at(0, history.Revoke, true)), in("JPN", use(2, true))}, 0, false},
		{"another region is late within the lag", []history.Call{in("KR", at(0, history.Revoke, true)), in("JPN", use(5, true))}, 10 * ms, true},
		{"another region is later than the lag", []history.Call{in("KR", at(0, history.Revoke, true)), in("JPN", use(12, true))}, 10 * ms, false},
		{"the lag helps no region with its own change", []history.Call{in("KR", at(0, history.Revoke, true)), in("KR", use(2, true))}, 10 * ms, false},
		{"what has come does not go again", []history.Call{
			in("KR", at(0, history.Revoke, true)), in("JPN", use(3, false)), in("JPN", use(5, true)),
		}, 10 * ms, false},
		{"two changes arrive in their order", []history.Call{
			in("KR", at(0, history.Stop, true)), in("KR", at(2, history.Start, true)), in("KR", at(4, history.Stop, true)), in("JPN", use(20, true)),
		}, 10 * ms, false},
		{"a later change takes nothing back", []history.Call{
			in("KR", at(0, history.Start, true)), in("KR", at(2, history.Stop, true)), in("JPN", use(20, true)),
		}, 10 * ms, false},
		{"of two changes at once either may be the last", []history.Call{
			in("KR", long(at(0, history.Start, true), 5)), in("KR", long(at(2, history.Stop, true), 5)), in("JPN", use(20, true)),
		}, 10 * ms, true},
		{"a refused change says nothing of what has arrived", []history.Call{
			in("KR", at(0, history.Stop, true)), in("JPN", at(2, history.Stop, false)), in("JPN", use(4, true)),
		}, 10 * ms, true},
		{"an accepted change holds at once where it was made", []history.Call{
			in("KR", at(0, history.On, true)), in("JPN", at(2, history.On, true)), in("JPN", use(4, true)),
		}, 10 * ms, false},
		{"a token of elsewhere works before anything arrives", []history.Call{
			in("KR", issued(0, 1)), in("JPN", of(1, use(2, true))),
		}, 10 * ms, true},
		{"a token of a creator that has left here is refused", []history.Call{
			in("JPN", at(0, history.Replace, true)), in("KR", issued(2, 1)), in("JPN", of(1, use(20, false))),
		}, 10 * ms, true},
		{"a token of elsewhere is revoked with the others", []history.Call{
			in("KR", issued(0, 1)), in("KR", at(2, history.Replace, true)), in("JPN", of(1, use(20, true))),
		}, 10 * ms, false},
		{"a token of elsewhere does not pass the IP ACL", []history.Call{
			in("KR", issued(0, 1)), in("JPN", at(2, history.On, true)), in("JPN", of(1, use(4, true))),
		}, 10 * ms, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := history.Check(begun, tt.calls, tt.lag, 10*time.Second)
			if v.Unknown || v.Fits != tt.fits {
				t.Errorf("fits %v, unknown %v; want %v", v.Fits, v.Unknown, tt.fits)
			}
		})
	}
}

func TestWhatDoesNotFitIsTold(t *testing.T) {
	v := history.Check(begun, []history.Call{use(0, true), at(2, history.Replace, true), use(4, true)}, 0, 10*time.Second)
	if v.Fits || v.Odd.Began != 4*ms || len(v.Before) != 1 || v.Before[0].Kind != history.Replace {
		t.Errorf("odd %v, before %v; want the use after the replacement", v.Odd, v.Before)
	}
	if want := "client 0, 4.000 to 5.000 ms: encrypt by token 0 from address 0: accepted, version 1"; v.Odd.String() != want {
		t.Errorf("got %q, want %q", v.Odd, want)
	}
	if !strings.Contains(string(v.Picture), "<html") {
		t.Error("there is no picture")
	}
}

func TestWhatHadToHaveArrivedIsTold(t *testing.T) {
	v := history.Check(begun, []history.Call{
		in("KR", at(0, history.Replace, true)), in("KR", at(7, history.Stop, true)), in("JPN", use(12, true)),
	}, 10*ms, 10*time.Second)
	if v.Fits || v.Odd.Kind != history.Use || len(v.Before) != 1 || v.Before[0].Kind != history.Replace {
		t.Errorf("odd %v, before %v; want the use in JPN and the replacement, not what was on its way", v.Odd, v.Before)
	}
}
