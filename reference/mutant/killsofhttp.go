package mutant

// killsOfHttp names, for the mutants of http.go, the scenarios and load claims that must catch them.
var killsOfHttp = map[string][]string{
	"http-fails": {
		"http/A request with a request line that lacks the path is refused and changes nothing",
		"http/A request with a space in its path is refused and changes nothing",
		"http/A request with a version that does not exist is refused and changes nothing",
		"http/A request with a method that is no word is refused and changes nothing",
		"http/A request with no Host is refused and changes nothing",
		"http/A request with two Hosts is refused and changes nothing",
		"http/A request with a header that has no colon is refused and changes nothing",
		"http/A request with a header name that is no word is refused and changes nothing",
		"http/A request with a null byte in a header is refused and changes nothing",
		"http/A request with two Content-Lengths that differ is refused and changes nothing",
		"http/A request with a Content-Length that is no number is refused and changes nothing",
		"http/A request with a Content-Length below zero is refused and changes nothing",
		"http/A request with a Content-Length with a plus sign is refused and changes nothing",
		"http/A request with a body that ends too early is refused and changes nothing",
		"http/A request with a chunk size that is no number is refused and changes nothing",
		"http/A request with a chunk that is longer than it says is refused and changes nothing",
	},
	"http-host-optional": {
		"http/A request with no Host is refused and changes nothing",
	},
	"http-first-length": {
		"http/A request with two Content-Lengths that differ is refused and changes nothing",
		"http/A request with another change hidden in it is refused and changes nothing",
	},
	"http-headers-mended": {
		"http/A request with a header that has no colon is refused and changes nothing",
		"http/A request with a space before a header's colon is refused and changes nothing",
	},
	"http-lines-mended": {
		"http/A request with a request line that lacks the version is refused and changes nothing",
	},
	"http-half-bodies": {
		"http/A request with a body that ends too early is refused and changes nothing",
		"http/A request with chunks that end too early is refused and changes nothing",
	},
	"http-without-bounds": {
		"http/A request with a header of a million bytes is refused and changes nothing",
		"http/A request with ten thousand headers is refused and changes nothing",
	},
	"http-without-chunks": {
		"http/A request with a body in chunks is understood",
	},
	"http-case-matters": {
		"http/A request with header names in capitals is understood",
	},
	"http-one-call": {
		"http/Two calls that are sent without waiting are answered in order",
	},
	"http-1.0-refused": {
		"http/A request with HTTP/1.0 is understood",
	},
}
