package mutant

// killsOfNaming names, for the mutants of naming.go, the scenarios that must catch them.
var killsOfNaming = map[string][]string{
	"renamed-in-capitals": {
		"naming/A key is renamed",
	},
	"renamed-somehow": {
		"naming/A key is not renamed to a name with no character",
		"naming/A key is not renamed to a name with two characters",
		"naming/A key is not renamed to a name with sixteen characters",
		"naming/A key is not renamed to a name with a digit at its head",
		"naming/A key is not renamed to a name with a dot",
		"naming/A change that says no other name is refused",
	},
	"memo-of-50": {
		"naming/A memo of 100 characters is taken in place of another",
		"naming/A memo of 201 characters is not taken in place of another",
	},
	"memo-never-empty": {
		"naming/A memo of no character is taken in place of another",
	},
	"memo-without-a-memo": {
		"naming/A change that says no other memo is refused",
	},
	"creator-tells": {
		"creator/To enable the creator is answered without data",
		"creator/To replace the creator is answered without data",
		"creator/To disable the creator is answered without data",
	},
}
