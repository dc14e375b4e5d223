package mutant

// killsOfCreators names, for the mutants of creators.go, the scenarios and load claims that must catch them.
var killsOfCreators = map[string][]string{
	"replaced-refresh-lives": {
		"creator/Replacing the creator ends its refresh tokens at once",
		"isolated/In Korea a token of the key ends when the creator is replaced",
		"isolated/In Japan a token of the key ends when the creator is replaced",
	},
	"replaced-access-lives": {
		"creator/Replacing the creator ends its access tokens at once",
		"isolated/In Korea a token of the key ends when the creator is replaced",
		"isolated/In Japan a token of the key ends when the creator is replaced",
	},
	"disabling-ends-tokens": {
		"key/A key that is enabled again serves its tokens as before",
	},
	"disabled-creator": {
		"creator/Disabling the creator ends its access tokens at once",
		"creator/Disabling the creator ends its refresh tokens at once",
		"isolated/In Korea a token of the key ends when the creator is disabled",
		"isolated/In Japan a token of the key ends when the creator is disabled",
	},
	"revived-tokens": {
		"creator/The access tokens of a disabled creator stay dead when a creator is enabled again",
		"creator/The refresh tokens of a disabled creator stay dead when a creator is enabled again",
	},
	"same-creator": {
		"creator/Replacing the creator gives another ID",
	},
	"one-signing-key": {
		"creator/The tokens of another key notice nothing when a creator is replaced",
	},
	"new-creator-mute": {
		"creator/Tokens of the new creator work after two replacements",
		"creator/Tokens of the new creator work after a new start",
	},
	"creator-revived": {
		"creator/A creator that is enabled again has another ID",
	},
	"tokens-without-creator": {
		"creator/Without a creator no tokens are issued",
		"creator/With the creator disabled no tokens are issued",
	},
	"creator-shown-inactive": {
		"creator/An enabled creator is active and has an ID",
	},
	"creator-shown-active": {
		"creator/Before the first creator there is an inactive one",
		"creator/A disabled creator says so, and since when",
	},
	"creator-without-date": {
		"creator/A creator says since when it is enabled",
	},
	"disabling-locks-account": {
		"creator/The account goes on without a creator",
	},
	"only-the-last-set": {
		"token/A new token set leaves the earlier one alone",
		"refresh/Renewing the set leaves the old set alone",
		"refresh/A new access token leaves the old set alone",
	},
	"renewal-ages": {
		"refresh/A renewed set lives from its own issue on",
	},
	"no-tokens-after-the-end": {
		"refresh/When the refresh token has ended, the account still gets new tokens",
		"refresh/When the access token has ended, the refresh token gets another that works",
	},
	"count-goes-on": {
		"creator/A replaced creator counts from zero",
	},
}
