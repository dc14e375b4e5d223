package mutant

// killsOfForgeries names, for the mutants of forgeries.go, the scenarios that must catch them.
var killsOfForgeries = map[string][]string{
	"key-claim-unread": {
		"forged/An access token with another key's name is refused",
		"token/The token of another key does not encrypt",
	},
	"permission-claim-unread": {
		"forged/An access token with other permissions is refused",
		"forged/A refresh token with other permissions renews nothing",
	},
	"claims-added": {
		"forged/An access token with a claim more is refused",
	},
	"payload-optional": {
		"forged/An access token with no payload is refused",
	},
	"scheme-words-passed-over": {
		"forged/A token behind a scheme word is none",
	},
	"permission-left-out": {
		"token/A full manager's access token carries the 38 published permissions",
		"token/A full manager's refresh token carries the 38 published permissions",
	},
}
