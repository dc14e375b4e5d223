package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/kmsproof/kmsproof/steps"
)

// A selection are the flags that choose among scenarios, for what runs them and for what lists them.
type selection struct{ tags, rule, shard string }

func (s *selection) register(f *pflag.FlagSet) {
	f.StringVar(&s.tags, "tags", "", "tag expression, such as '@KMS2-TOK-011 and not @needs-clock'")
	f.StringVar(&s.rule, "rule", "", "what checks rules whose ID begins so, such as KMS2-ACL")
	f.StringVar(&s.shard, "shard", "", "part I of N, as I/N; a scenario's part depends on its ID alone")
}

// options select among the scenarios that arguments name, or of the files that they name.
func (s *selection) options(args []string) steps.Options {
	ids, files := parted(args)
	return steps.Options{Files: files, IDs: ids, Tags: s.tags, Rule: s.rule, Shard: s.shard}
}

// parted tells the feature files among arguments from the IDs.
func parted(args []string) (ids, files []string) {
	for _, a := range args {
		if strings.HasSuffix(a, ".feature") {
			files = append(files, a)
		} else {
			ids = append(ids, a)
		}
	}
	return ids, files
}
