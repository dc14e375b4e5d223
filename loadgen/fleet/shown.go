package fleet

import (
	"net/url"
	"strings"
)

// Shown returns the URLs of a cluster without passwords, for people and for reports.
func Shown(urls string) string {
	var out []string
	for one := range strings.SplitSeq(urls, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		switch {
		case one == "":
			continue
		case err != nil:
			out = append(out, "(a URL that cannot be read)")
		case u.User != nil:
			u.User = url.User("xxxxx")
			out = append(out, u.String())
		default:
			out = append(out, u.String())
		}
	}
	return strings.Join(out, ",")
}
