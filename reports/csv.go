package reports

import (
	"encoding/csv"
	"io"
	"strconv"
)

// CSV writes the load series: a line per profile, key and second, counts in calls; of a long run the seconds are those at which longer
// steps begin. A run without load
// profiles gives the header alone.
func CSV(w io.Writer, r *Run) error {
	rows := [][]string{{"profile", "key", "api", "second", "offered", "accepted", "limited", "other"}}
	for i := range r.Loads {
		for _, k := range r.Loads[i].Keys {
			for second := range k.Offered {
				rows = append(rows, []string{
					r.Loads[i].Profile, k.Name, k.API, strconv.FormatInt(int64(second)*max(1, k.Step), 10),
					cell(k.Offered, second), cell(k.Accepted, second), cell(k.Limited, second), cell(k.Other, second),
				})
			}
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// cell is a count of a series; a series that ends early is 0 from there on.
func cell(series []int64, i int) string {
	if i >= len(series) {
		return "0"
	}
	return strconv.FormatInt(series[i], 10)
}
