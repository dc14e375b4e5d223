package mutant

// killsOfBodies names, for the mutants of bodies.go, the scenarios that must catch them.
var killsOfBodies = map[string][]string{
	"lenient-json": {
		"wire/A key creation that is no JSON is refused and changes nothing",
		"wire/A key creation that is cut off is refused and changes nothing",
		"wire/A key creation that is empty is refused and changes nothing",
		"wire/A key creation that is of wrong types is refused and changes nothing",
	},
	"lenient-token-set": {
		"wire/A token set request that is no JSON is refused and changes nothing",
		"wire/A token set request that is cut off is refused and changes nothing",
		"wire/A token set request that is a list is refused and changes nothing",
		"wire/A token set request that is followed by more is refused and changes nothing",
	},
	"lenient-acl": {
		"wire/An IP ACL change that is no JSON is refused and changes nothing",
		"wire/An IP ACL change that is cut off is refused and changes nothing",
		"wire/An IP ACL change that is empty is refused and changes nothing",
		"wire/An IP ACL change that is of wrong types is refused and changes nothing",
		"wire/An IP ACL change that is followed by more is refused and changes nothing",
	},
	"works-on-anything": {
		"wire/Without what it works on the key does not decrypt",
		"wire/Without what it works on the key does not re-encrypt",
		"wire/Without what it works on the key does not verify",
	},
	"content-type-required": {
		"wire/A request without a content type is accepted",
	},
}
