package mutant

// killsOfCallers names, for the mutants of callers.go, the scenarios and load claims that must catch them.
var killsOfCallers = map[string][]string{
	"signed-reads-refused": {
		"account/A signed call is accepted",
	},
	"signatures-unread": {
		"account/A call signed with another secret key is refused",
		"account/A call signed with an empty secret key is refused",
		"account/A call signed with another method is refused",
	},
	"query-unsigned": {
		"account/The query is signed as it is sent: pageNo=1&pageSize=10",
		"account/The query is signed as it is sent: pageSize=10&pageNo=1",
		"account/The query is signed as it is sent: pageNo=1&pageSize=10&x=",
	},
	"skew-wide": {
		"account/A call from a clock 6 minutes behind is refused",
		"account/A call from a clock 6 minutes ahead is refused",
		"legacy/API 1.0 holds to the five minutes: 6 minutes behind is refused",
		"legacy/API 1.0 holds to the five minutes: 6 minutes ahead is refused",
	},
	"skew-inclusive": {
		"account/With five minutes the call is out: 5 minutes behind is refused",
		"account/With five minutes the call is out: 5 minutes ahead is refused",
	},
	"skew-narrow": {
		"account/A call from a clock 4 minutes behind is accepted",
		"account/A call from a clock 4 minutes ahead is accepted",
		"legacy/API 1.0 holds to the five minutes: 4 minutes behind is accepted",
		"legacy/API 1.0 holds to the five minutes: 4 minutes ahead is accepted",
	},
	"viewer-blind": {
		"account/A viewer may look at a key",
	},
	"viewer-manages": {
		"account/A viewer may not create a key",
		"account/A viewer may not enable the key",
		"account/A viewer may not disable the key",
		"account/A viewer may not rename the key",
		"account/A viewer may not change the memo",
		"account/A viewer may not request the deletion",
		"account/A viewer may not cancel the deletion",
		"account/A viewer may not delete the key",
		"account/A viewer may not enable the creator",
		"account/A viewer may not replace the creator",
		"account/A viewer may not disable the creator",
		"account/A viewer may not ask for a token set",
		"account/A viewer may not switch the IP ACL on",
		"account/A viewer may not switch the IP ACL off",
		"account/A viewer may not add an address to the IP ACL",
		"account/A viewer may not delete an address of the IP ACL",
	},
	"anonymous-encrypts": {
		"token/Nobody without credentials encrypts",
	},
	"tokens-manage": {
		"token/No token lets its holder create a key",
		"token/No token lets its holder list the keys",
		"token/No token lets its holder ask about the key",
		"token/No token lets its holder enable the key",
		"token/No token lets its holder disable the key",
		"token/No token lets its holder rename the key",
		"token/No token lets its holder change the memo",
		"token/No token lets its holder request the deletion",
		"token/No token lets its holder cancel the deletion",
		"token/No token lets its holder delete the key",
		"token/No token lets its holder ask about the creator",
		"token/No token lets its holder enable the creator",
		"token/No token lets its holder replace the creator",
		"token/No token lets its holder disable the creator",
		"token/No token lets its holder ask for a token set",
		"token/No token lets its holder switch the IP ACL on",
		"token/No token lets its holder switch the IP ACL off",
		"token/No token lets its holder read the IP ACL",
		"token/No token lets its holder add an address to the IP ACL",
		"token/No token lets its holder delete an address of the IP ACL",
	},
	"anything-is-a-token": {
		"forged/nothing in place of a token is refused",
		"forged/a word in place of a token is refused",
		"forged/two dots in place of a token is refused",
	},
	"published-token": {
		"forged/the published one in place of a token is refused",
	},
	"anonymous-renews": {
		"refresh/Nothing is renewed without a token: I renew the token set",
		"refresh/Nothing is renewed without a token: I ask for an access token",
	},
	"tokens-on-1.0": {
		"legacy/API 1.0 refuses the access token",
		"legacy/API 1.0 refuses the refresh token",
		"legacy/API 1.0 refuses no credentials",
	},
	"no-signature-v1": {
		"legacy/API 1.0 takes the older signature on its own path",
	},
	"viewer-issues-tokens": {
		"account/A viewer may not ask for a token set",
	},
	"viewer-disables": {
		"account/A viewer may not disable the key",
	},
	"viewer-deletes": {
		"account/A viewer may not delete the key",
	},
	"viewer-edits-acl": {
		"account/A viewer may not add an address to the IP ACL",
	},
	"viewer-replaces-creator": {
		"account/A viewer may not replace the creator",
	},
	"viewer-creates": {
		"account/A viewer may not create a key",
	},
	"viewer-decrypts": {
		"account/A viewer may not decrypt with the key",
	},
	"tokens-read": {
		"token/No token lets its holder list the keys",
		"token/No token lets its holder ask about the key",
		"token/No token lets its holder ask about the creator",
		"token/No token lets its holder read the IP ACL",
	},
	"refresh-tokens-manage": {
		"token/No token lets its holder create a key",
		"token/No token lets its holder list the keys",
		"token/No token lets its holder ask about the key",
		"token/No token lets its holder enable the key",
		"token/No token lets its holder disable the key",
		"token/No token lets its holder rename the key",
		"token/No token lets its holder change the memo",
		"token/No token lets its holder request the deletion",
		"token/No token lets its holder cancel the deletion",
		"token/No token lets its holder delete the key",
		"token/No token lets its holder ask about the creator",
		"token/No token lets its holder enable the creator",
		"token/No token lets its holder replace the creator",
		"token/No token lets its holder disable the creator",
		"token/No token lets its holder ask for a token set",
		"token/No token lets its holder switch the IP ACL on",
		"token/No token lets its holder switch the IP ACL off",
		"token/No token lets its holder read the IP ACL",
		"token/No token lets its holder add an address to the IP ACL",
		"token/No token lets its holder delete an address of the IP ACL",
	},
}
