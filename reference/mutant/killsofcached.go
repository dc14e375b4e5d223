package mutant

// killsOfCached names, for the mutants of cached.go, the scenarios and load claims that must catch them.
var killsOfCached = map[string][]string{
	"token-cached": {
		"creator/Replacing the creator ends its access tokens at once",
		"creator/Disabling the creator ends its access tokens at once",
		"clients:4",
	},
	"token-cached-now-and-then": {
		"beside:creator/Replacing the creator ends its access tokens at once",
		"beside:creator/Disabling the creator ends its access tokens at once",
	},
	"acl-cached": {
		"clients:4",
	},
	"acl-cached-when-busy": {
		"under-load:acl/A deleted address is denied at once, for the access token",
	},
	"stop-cached": {
		"key/A key that is enabled again serves its tokens as before",
	},
	"stop-cached-when-busy": {
		"under-load:key/A key that is enabled again serves its tokens as before",
	},
	"stop-lost-when-busy": {
		"under-load:key/A disabled key serves no token either",
		"under-load:key/A disabled key that has served its tokens does not encrypt for the account",
	},
	"acl-update-lost": {
		"clients:4",
	},
	"rotations-counted-alike": {
		"clients:4",
	},
	"token-cached-when-busy": {
		"under-load:creator/Replacing the creator ends its access tokens at once",
		"under-load:creator/Disabling the creator ends its access tokens at once",
	},
}
