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
}
