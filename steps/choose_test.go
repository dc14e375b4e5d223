package steps

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

var few = []Case{
	{ID: "a/one", Tags: []string{"@KMS2-KEY-001", "@needs-clock"}, Rules: []string{"KMS2-KEY-001"}},
	{ID: "a/two", Tags: []string{"@KMS2-KEY-002"}, Rules: []string{"KMS2-KEY-002"}},
	{ID: "b/one", Tags: []string{"@KMS2-TOK-001", "@slow"}, Rules: []string{"KMS2-TOK-001"}},
}

func TestChoose(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    Options
		want string
	}{
		{"everything", Options{}, "a/one a/two b/one"},
		{"prefix of rules", Options{Rule: "KMS2-KEY"}, "a/one a/two"},
		{"glob", Options{IDs: []string{"*/one"}}, "a/one b/one"},
		{"two globs", Options{IDs: []string{"a/tw?", "b/*"}}, "a/two b/one"},
		{"tag", Options{Tags: "@slow"}, "b/one"},
		{"not", Options{Tags: "not @slow"}, "a/one a/two"},
		{"and binds more than or", Options{Tags: "@slow or @needs-clock and @KMS2-KEY-001"}, "a/one b/one"},
		{"parentheses", Options{Tags: "(@slow or @needs-clock) and not @KMS2-KEY-001"}, "b/one"},
		{"IDs of an earlier run", Options{Only: []string{"a/two", "b/one"}}, "a/two b/one"},
		{"IDs of an earlier run among those of a glob", Options{Only: []string{"a/two", "b/one"}, IDs: []string{"a/*"}}, "a/two"},
		{"parts that exclude each other", Options{Tags: "@slow", Rule: "KMS2-KEY"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := choose(few, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
		})
	}
}

func ids(cases []Case) (text string) {
	for i, c := range cases {
		if i > 0 {
			text += " "
		}
		text += c.ID
	}
	return text
}

func TestWhatNamesNothingIsAnError(t *testing.T) {
	for _, o := range []Options{
		{Rule: "KMS2-XYZ"}, {IDs: []string{"a/one", "c/*"}},
		{Tags: "@nowhere"}, {Tags: "@slow or @nowhere"}, {Tags: "slow"}, {Tags: "@slow and"}, {Tags: "@slow @slow"},
		{Tags: "(@slow"}, {Tags: "@slow)"}, {Tags: "not"}, {Tags: "@slow,@needs-clock or"}, {Tags: "and"},
		{Only: []string{"a/one", "a/gone"}}, {Only: []string{"a/*"}},
		{Shard: "0/2"}, {Shard: "3/2"}, {Shard: "1"}, {Shard: "1/2/3"}, {Shard: "a/b"}, {Shard: "-1/2"},
	} {
		if got, err := choose(few, o); !errors.Is(err, ErrSelection) {
			t.Errorf("%+v: got %q and error %v, want ErrSelection", o, ids(got), err)
		}
	}
}

// TestShardsPartTheSuite: each case is in one shard, and no shard has twice its share.
func TestShardsPartTheSuite(t *testing.T) {
	all, err := Plan(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := 2; n <= 8; n++ {
		seen := map[string]int{}
		for i := 1; i <= n; i++ {
			part, err := Plan(Options{Shard: fmt.Sprintf("%d/%d", i, n)})
			if err != nil {
				t.Fatal(err)
			}
			if share := len(all) / n; len(part) > 2*share || len(part) < share/2 {
				t.Errorf("shard %d/%d holds %d cases, its share is %d", i, n, len(part), share)
			}
			for _, c := range part {
				seen[c.ID]++
			}
		}
		for _, c := range all {
			if seen[c.ID] != 1 {
				t.Errorf("%s is in %d of %d shards", c.ID, seen[c.ID], n)
			}
		}
	}
}

func TestWrongSelectionsNameTheNearest(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string // empty: no hint
	}{
		{Options{IDs: []string{"a/oen"}}, `; nearest: "a/one"`},
		{Options{IDs: []string{"A/ONE"}}, `; nearest: "a/one", "b/one"`},
		{Options{IDs: []string{"two"}}, `; nearest: "a/two"`},
		{Options{IDs: []string{"nothing of the kind"}}, ""},
		{Options{Rule: "KMS2-KYE"}, `; nearest: "KMS2-KEY", "KMS2-TOK", "KMS2-KEY-001"`},
		{Options{Rule: "KMS2-TOK-0001"}, `; nearest: "KMS2-TOK-001", "KMS2-TOK", "KMS2-KEY-001"`},
		{Options{Tags: "@slwo"}, `; nearest: "@slow"`},
	} {
		_, err := choose(few, tt.o)
		if err == nil || tt.want != "" && !strings.HasSuffix(err.Error(), tt.want) || tt.want == "" && strings.Contains(err.Error(), "nearest:") {
			t.Errorf("%+v: got %v, want %q", tt.o, err, tt.want)
		}
	}
}
