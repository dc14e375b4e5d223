package mutant

// killsOfReadings names, for the mutants of readings.go, the scenarios that must notice them.
var killsOfReadings = map[string][]string{
	"rotation-unsaid-refused": {
		"key/A key that is not said to rotate does not",
	},
	"memo-in-bytes": {
		"key/A memo of 101 characters is refused",
	},
	"idle-succeeds": {
		"key/A disabled key is not disabled again",
		"key/An enabled key is not enabled again",
		"deletion/Requested already, a deletion is not requested again",
		"deletion/What was not requested is not cancelled",
	},
	"empty-refused": {
		"cipher/An empty plaintext comes back",
	},
	"lists-of-100": {
		"cipher/A list of 500 items is answered",
	},
	"bound-by-item": {
		"cipher/The items of a list count together",
		"legacy/The items of a list count together on API 1.0: 5 of 9000 bytes are refused",
	},
	"context-refused": {
		"cipher/A context means nothing to a plain key",
	},
	"ip-list-in-capitals": {
		"acllist/Under the name that an older page has, no address is added",
	},
}
