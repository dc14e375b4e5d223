package mutant

// killsOfLists names, for the mutants of lists.go, the scenarios that must catch them.
var killsOfLists = map[string][]string{
	"list-loses-one": {
		"keylist/The list holds the keys of the account",
	},
	"ten-keys": {
		"keylist/Another dozen of keys is created",
	},
	"list-without-names": {
		"keylist/The list describes each key",
	},
	"list-counts-a-page": {
		"keylist/A list counts its pages and all keys",
	},
	"list-stays-on-a-page": {
		"keylist/The next page holds other keys",
	},
	"list-of-one": {
		"keylist/Unless asked otherwise the list is its first page, with 100 keys a page",
	},
	"list-newest-first": {
		"keylist/The list is in the order of creation",
	},
	"list-without-end": {
		"keylist/A page beyond the last holds no keys",
	},
	"list-from-page-0": {
		"keylist/A page below the first is refused",
	},
	"list-destroys-all": {
		"deletion/The list says when a pending key goes",
	},
	"list-up-to-100": {
		"keylist/A page size of 200 is taken",
	},
	"list-from-2": {
		"keylist/A page size of 1 is taken",
	},
}
