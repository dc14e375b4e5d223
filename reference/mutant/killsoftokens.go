package mutant

// killsOfTokens names, for the mutants of tokens.go, the scenarios and load claims that must catch them.
var killsOfTokens = map[string][]string{
	"expiry-late": {
		"expiry/An access token of 1 hour is refused a second after its end",
		"refresh/A refresh token of 1 hour is refused a second after its end",
	},
	"expiry-early": {
		"expiry/An access token of 1 hour is good a minute before its end",
		"expiry/An access token of 3 hours is good a minute before its end",
		"expiry/An access token of 17520 hours is good a minute before its end",
		"refresh/A refresh token of 1 hour is good a minute before its end",
		"refresh/A refresh token of 12 hours is good a minute before its end",
		"refresh/A refresh token of 17520 hours is good a minute before its end",
		"refresh/An access token renewed for 1 hour is good a minute before its end",
		"refresh/Renewed with its set for 1 hour, the access token is good a minute before its end",
		"refresh/Renewed with its set for 1 hour, the refresh token is good a minute before its end",
		"refresh/An access token renewed for 17520 hours is good a minute before its end",
		"refresh/Renewed with its set for 17520 hours, the access token is good a minute before its end",
		"refresh/Renewed with its set for 17520 hours, the refresh token is good a minute before its end",
	},
	"expiry-half-an-hour-early": {
		"load:soak/refresh",
	},
	"expiry-inclusive": {
		"expiry/An access token of 1 hour is refused exactly at its end",
		"refresh/A refresh token of 1 hour is refused exactly at its end",
	},
	"expiry-ignored": {
		"expiry/An access token of 1 hour is refused 61 seconds after its end",
		"expiry/An access token of 3 hours is refused 61 seconds after its end",
		"expiry/An access token of 17520 hours is refused 61 seconds after its end",
		"refresh/A refresh token of 1 hour is refused 61 seconds after its end",
		"refresh/A refresh token of 12 hours is refused 61 seconds after its end",
		"refresh/A refresh token of 17520 hours is refused 61 seconds after its end",
		"expiry/An access token of 1 hour is refused 10 minutes after its end",
		"refresh/A refresh token of 1 hour is refused 10 minutes after its end",
		"refresh/An access token renewed for 1 hour is refused 61 seconds after its end",
		"refresh/Renewed with its set for 1 hour, the access token is refused 61 seconds after its end",
		"refresh/Renewed with its set for 1 hour, the refresh token is refused 61 seconds after its end",
		"refresh/An access token renewed for 17520 hours is refused 61 seconds after its end",
		"refresh/Renewed with its set for 17520 hours, the access token is refused 61 seconds after its end",
		"refresh/Renewed with its set for 17520 hours, the refresh token is refused 61 seconds after its end",
		"refresh/By default the access token of a renewed set is refused 72 hours and 1 minute later",
		"refresh/By default the refresh token of a renewed set is refused 2160 hours and 1 minute later",
	},
	"unlimited-dies": {
		"expiry/An unlimited token set outlives the longest limited one",
	},
	"access-default-24": {
		"token/The access token says that it lives for 72 hours unless asked otherwise",
		"expiry/By default an access token is good 71 hours and 59 minutes after its issue",
		"refresh/By default a renewed access token is good 71 hours and 59 minutes later",
		"refresh/By default the access token of a renewed set is good 71 hours and 59 minutes later",
	},
	"refresh-default-720": {
		"token/The refresh token says that it lives for 2160 hours unless asked otherwise",
		"refresh/By default a refresh token is good 2159 hours and 59 minutes after its issue",
		"refresh/By default the refresh token of a renewed set is good 2159 hours and 59 minutes later",
	},
	"zero-hours": {
		"token/0 is refused for the hours of either token",
		"refresh/0 for the hours of a renewed token is refused, by either call",
	},
	"two-hours-least": {
		"token/1 is taken for the hours of either token",
		"refresh/1 for the hours of a renewed token is accepted, by either call",
	},
	"hours-beyond-two-years": {
		"token/17521 is refused for the hours of either token",
		"token/\"17521\" is refused for the hours of either token",
		"refresh/17521 for the hours of a renewed token is refused, by either call",
		"refresh/\"17521\" for the hours of a renewed token is refused, by either call",
	},
	"hours-below-two-years": {
		"token/17520 is taken for the hours of either token",
		"refresh/17520 for the hours of a renewed token is accepted, by either call",
	},
	"hours-guessed": {
		"refresh/\"many\" for the hours of a renewed token is refused, by either call",
		"refresh/1.5 for the hours of a renewed token is refused, by either call",
		"refresh/[24] for the hours of a renewed token is refused, by either call",
		"refresh/true for the hours of a renewed token is refused, by either call",
		"token/\"many\" is no number of hours for the access token",
		"token/1.5 is no number of hours for the access token",
		"token/true is no number of hours for the access token",
	},
	"refresh-opens-ciphers": {
		"token/A refresh token does not encrypt",
		"token/A refresh token does not decrypt",
	},
	"access-renews": {
		"refresh/An access token renews nothing: I renew the token set",
		"refresh/An access token renews nothing: I ask for an access token",
	},
	"access-opens-nothing": {
		"token/A token set is a refresh token and an access token",
	},
	"refresh-renews-nothing": {
		"refresh/A refresh token yields an access token that works",
		"refresh/A refresh token yields a token set that works",
	},
	"refresh-renews-no-set": {
		"load:soak/refresh",
		"load:soak-forced/refresh",
		"refresh/A refresh token yields a token set that works",
	},
	"foreign-token": {
		"token/The token of another key does not encrypt",
		"token/The token of another key does not decrypt",
		"refresh/The refresh token of another key renews nothing here: I renew the token set",
		"refresh/The refresh token of another key renews nothing here: I ask for an access token",
	},
	"alg-none": {
		"forged/none as the algorithm is refused",
		"forged/None as the algorithm is refused",
		"forged/NONE as the algorithm is refused",
	},
	"alg-hs256": {
		"forged/A token signed by HS256 with an empty secret is refused",
		"forged/A refresh token with HS256 and an empty secret renews nothing",
	},
	"signature-unread": {
		"forged/An access token with a later end is refused",
		"forged/An access token with no end is refused",
		"forged/An access token with an earlier start is refused",
		"forged/A token signed by HS256 with the forger's public key as secret is refused",
		"forged/A refresh token with HS256 and the forger's public key as secret renews nothing",
		"forged/A token of another signer is refused",
		"forged/A token of another signer and RS384 is refused",
		"forged/A token of another signer whose key it carries is refused",
		"forged/A refresh token with a later end renews nothing",
		"forged/A refresh token with a bit of its signature off renews nothing",
		"forged/A refresh token with no signature renews nothing",
	},
	"signature-empty": {
		"forged/An access token with no signature is refused",
		"forged/A refresh token with no signature renews nothing",
		"forged/A refresh token with the algorithm none renews nothing",
	},
	"algorithm-lost": {
		"token/The access token has the form of the published example",
		"token/The refresh token has the form of the published example",
	},
	"expiry-two-minutes-late": {
		"expiry/An access token of 1 hour is refused 61 seconds after its end",
		"expiry/An access token of 3 hours is refused 61 seconds after its end",
		"expiry/An access token of 17520 hours is refused 61 seconds after its end",
		"refresh/A refresh token of 1 hour is refused 61 seconds after its end",
		"refresh/A refresh token of 12 hours is refused 61 seconds after its end",
		"refresh/A refresh token of 17520 hours is refused 61 seconds after its end",
	},
	"renewal-ignores-hours": {
		"refresh/An access token renewed for 1 hour is refused 61 seconds after its end",
		"refresh/Renewed with its set for 1 hour, the access token is refused 61 seconds after its end",
		"refresh/Renewed with its set for 1 hour, the refresh token is refused 61 seconds after its end",
		"refresh/An access token renewed for 17520 hours is good a minute before its end",
		"refresh/Renewed with its set for 17520 hours, the access token is good a minute before its end",
		"refresh/Renewed with its set for 17520 hours, the refresh token is good a minute before its end",
	},
	"renewal-unlimited-unasked": {
		"refresh/By default a renewed access token is refused 72 hours and 1 minute later",
		"refresh/By default the access token of a renewed set is refused 72 hours and 1 minute later",
		"refresh/By default the refresh token of a renewed set is refused 2160 hours and 1 minute later",
	},
	"renewal-clamps": {
		"refresh/0 for the hours of a renewed token is refused, by either call",
		"refresh/-1 for the hours of a renewed token is refused, by either call",
		"refresh/17521 for the hours of a renewed token is refused, by either call",
	},
	"renewal-without-ul": {
		"refresh/\"UL\" for the hours of a renewed token is accepted, by either call",
	},
	"alg-hs256-key-tag": {
		"forged/A token signed by HS256 with the key tag as secret is refused",
	},
	"refresh-hours-beyond-two-years": {
		"token/17521 is refused for the hours of either token",
		"refresh/17521 for the hours of a renewed token is refused, by either call",
	},
	"refresh-zero-hours": {
		"token/0 is refused for the hours of either token",
		"refresh/0 for the hours of a renewed token is refused, by either call",
	},
	"hours-below-zero": {
		"token/-1 is refused for the hours of either token",
	},
}
