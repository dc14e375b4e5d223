package mutant

// killsOfActivities names, for the mutants of activities.go, the scenarios and load claims that must catch them.
var killsOfActivities = map[string][]string{
	"log-empty": {
		"activity/The log tells of a call to change the memo",
		"activity/The log tells of a call to disable the key",
		"activity/The log tells that the key was used",
	},
	"log-names-another-key": {
		"activity/The log tells of a call to change the memo",
		"activity/The log tells of a call to disable the key",
		"activity/The log tells that the key was used",
		"activity/The log begins with the making of the key",
	},
	"log-in-milliseconds": {
		"activity/The log tells of a call to change the memo",
		"activity/The log tells of a call to disable the key",
		"activity/The log tells that the key was used",
	},
	"log-says-console": {
		"activity/The log tells of a call to change the memo",
		"activity/The log tells of a call to disable the key",
		"activity/The log tells that the key was used",
		"activity/What a token does is told of the account that asked for it",
	},
	"log-without-changes": {
		"activity/The log tells of a call to change the memo",
		"activity/The log tells of a call to disable the key",
		"activity/To rename the key and to change the memo are two entries",
		"activity/To disable the key and to enable the key are two entries",
		"activity/To request the deletion and to cancel the deletion are two entries",
		"activity/To rotate the key and to disable a version are two entries",
		"activity/To switch automatic rotation on and to change the rotation period are two entries",
		"activity/To enable the creator and to ask for a token set are two entries",
		"activity/To switch the IP ACL on and to add an address to the IP ACL are two entries",
		"activity/To switch the IP ACL off and to delete an address of the IP ACL are two entries",
		"activity/The log begins with the making of the key",
	},
	"log-without-uses": {
		"activity/The log tells that the key was used",
		"activity/Each use is an entry",
		"activity/Each use of a signing key is an entry",
		"activity/A use over API 1.0 is an entry",
	},
	"log-without-making": {
		"activity/The log begins with the making of the key",
	},
	"log-one-action": {
		"activity/To rename the key and to change the memo are two entries",
		"activity/To disable the key and to enable the key are two entries",
		"activity/To request the deletion and to cancel the deletion are two entries",
		"activity/To rotate the key and to disable a version are two entries",
		"activity/To switch automatic rotation on and to change the rotation period are two entries",
		"activity/To enable the creator and to ask for a token set are two entries",
		"activity/To switch the IP ACL on and to add an address to the IP ACL are two entries",
		"activity/To switch the IP ACL off and to delete an address of the IP ACL are two entries",
		"activity/Each use is an entry",
		"activity/Each use of a signing key is an entry",
	},
	"log-without-1.0": {
		"activity/A use over API 1.0 is an entry",
	},
	"log-tells-looks": {
		"activity/Looking at a key is no entry",
	},
	"log-of-all-keys": {
		"activity/The log of a key tells of no other",
	},
	"log-hides-addresses": {
		"activity/An entry names the address of its caller",
	},
	"log-without-bearers": {
		"refresh/A renewed token carries the holder and the permissions of the refresh token",
		"activity/What a token does is told of the account that asked for it",
		"activity/What a refresh token gets is told of the account that asked for it",
	},
	"log-without-refusals": {
		"activity/A refused use is an entry with another result",
	},
	"log-of-successes": {
		"activity/A refused use is an entry with another result",
	},
	"log-hides-system": {
		"activity/A rotation by period is told as the service's own",
	},
	"log-names-no-system": {
		"activity/A rotation by period is told as the service's own",
	},
	"log-in-one-page": {
		"activity/A page holds as many entries as asked for",
	},
	"log-page-of-50": {
		"activity/A page has 100 entries unless asked otherwise",
	},
	"log-page-up-to-100": {
		"activity/A page may have 200 entries",
	},
	"log-page-clamped": {
		"activity/A page of 0 entries is refused",
		"activity/A page of 201 entries is refused",
	},
	"log-from-ignored": {
		"activity/The time after the entries holds no entry",
		"activity/The time from a minute before the newest entry holds that alone",
	},
	"log-to-ignored": {
		"activity/The time before the entries holds no entry",
		"activity/The time up to a minute before the entries holds no entry",
	},
	"log-spans-empty": {
		"activity/The time around the entries holds every entry",
		"activity/What is older than a day is told when asked for",
	},
	"log-of-all-times": {
		"activity/Without a span the log tells of the last day: 24 hours and 1 minute later it tells no entry",
	},
	"log-of-an-hour": {
		"activity/Without a span the log tells of the last day: 23 hours and 59 minutes later it tells every entry",
	},
	"log-forgets": {
		"activity/What is older than a day is told when asked for",
	},
	"log-span-half-open": {
		"activity/The ends of a span belong to it",
	},
	"log-spans-mended": {
		"activity/A span from \"yesterday\" to \"1767603600000\" is refused",
		"activity/A span from \"0\" to \"now\" is refused",
		"activity/A span from \"2\" to \"1\" is refused",
	},
	"log-oldest-first": {
		"activity/The newest entry comes first",
	},
	"log-keyword-ignored": {
		"activity/A word that no entry has finds nothing",
		"activity/The action of an entry finds it and no other action",
	},
	"log-keyword-blind": {
		"activity/The action of an entry finds it and no other action",
	},
	"log-needs-enabled": {
		"activity/The log of a key that is disabled can be read",
		"activity/The log of a key that is pending deletion can be read",
	},
	"last-use-first": {
		"activity/The last use is the newest use",
	},
	"last-use-counts-changes": {
		"activity/A change of the key is no use",
	},
	"last-use-counts-refusals": {
		"activity/A refused use is no use",
	},
	"last-use-of-nobody": {
		"activity/Before the first use there is none to tell",
	},
	"log-without-resource": {
		"activity/An entry tells more of the key and of the call",
	},
	"log-without-types": {
		"activity/An entry tells more of the key and of the call",
	},
	"log-without-results": {
		"activity/An entry tells more of the key and of the call",
		"activity/A refused use is an entry with another result",
	},
	"log-without-callers": {
		"activity/The log tells of a call to change the memo",
		"activity/The log tells of a call to disable the key",
		"activity/The log tells that the key was used",
		"activity/What a token does is told of the account that asked for it",
		"activity/What a refresh token gets is told of the account that asked for it",
	},
	"log-without-messages": {
		"activity/An entry tells more of the key and of the call",
	},
}
