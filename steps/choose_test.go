package steps

import (
	"errors"
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
		{Shard: "0/2"}, {Shard: "3/2"}, {Shard: "1"}, {Shard: "1/2/3"}, {Shard: "a/b"}, {Shard: "-1/2"},
	} {
		if got, err := choose(few, o); !errors.Is(err, ErrSelection) {
			t.Errorf("%+v: got %q and error %v, want ErrSelection", o, ids(got), err)
		}
	}
}

func TestShardsPartTheSuite(t *testing.T) {
	all, err := Plan(Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, shard := range []string{"1/3", "2/3", "3/3"} {
		part, err := Plan(Options{Shard: shard})
		if err != nil {
			t.Fatal(err)
		}
		if len(part) < len(all)/6 {
			t.Errorf("shard %s holds %d of %d cases", shard, len(part), len(all))
		}
		for _, c := range part {
			seen[c.ID]++
		}
	}
	for _, c := range all {
		if seen[c.ID] != 1 {
			t.Errorf("%s is in %d shards", c.ID, seen[c.ID])
		}
	}
}
