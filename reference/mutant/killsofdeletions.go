package mutant

// killsOfDeletions names, for the mutants of deletions.go, the scenarios that must catch them.
var killsOfDeletions = map[string][]string{
	"deletion-disables": {
		"deletion/Its deletion requested, a key that was enabled is pending",
		"deletion/Its deletion requested, a key that was disabled is pending",
	},
	"cancelling-enables": {
		"deletion/A cancelled deletion leaves a key disabled that was enabled",
		"deletion/A cancelled deletion leaves a key disabled that was disabled",
	},
	"pending-decrypts": {
		"deletion/A pending key does not encrypt",
	},
	"deletes-at-once": {
		"deletion/A key that is enabled and not pending is not deleted",
	},
	"deletion-cancels": {
		"deletion/A deleted key is gone",
	},
	"deletion-pretended": {
		"deletion/A deleted key is gone",
	},
	"deletion-early": {
		"deletion/A pending key is there a minute before 72 hours after the request",
	},
	"deletion-late": {
		"deletion/A pending key is gone a minute later than 72 hours after the request",
	},
	"pending-enables": {
		"deletion/A pending key is not enabled",
	},
	"pending-changes": {
		"deletion/A pending key takes no change",
	},
	"cancelled-stays-disabled": {
		"deletion/A key whose deletion was cancelled serves again once it is enabled",
	},
	"cancelled-goes": {
		"deletion/A cancelled deletion does not come",
	},
	"deletion-tells": {
		"deletion/A deletion is answered without data",
	},
	"names-used-once": {
		"deletion/The name of a deleted key is free again",
		"naming/The old name of a renamed key is free",
	},
}
