package mutant

// kills names, for each mutant, the scenarios and load claims that must catch it.
var kills = map[string][]string{
	"created-disabled": {
		"key/A new key is as it was asked for, and enabled",
	},
	"names-of-four": {
		"key/A name of three characters is taken",
	},
	"names-of-two": {
		"key/A name with two characters is refused",
	},
	"names-of-sixteen": {
		"key/A name with sixteen characters is refused",
	},
	"names-with-digits-first": {
		"key/A name with a digit at its head is refused",
	},
	"names-without-dash": {
		"key/A name of fifteen characters is taken",
		"key/A name of letters, digits, dash and underline is taken",
	},
	"shared-names": {
		"migration/A key is not migrated to where an isolated key has its name",
		"key/A name that is taken is refused",
	},
	"short-memos": {
		"key/A memo of 100 characters is kept",
	},
	"long-memos": {
		"key/A memo of 201 characters is refused",
	},
	"any-type": {
		"key/A key of type \"AES128\" is refused",
		"key/A key of type \"\" is refused",
		"key/A key type in small letters is refused",
	},
	"any-protection": {
		"key/A key with protection \"NONE\" is refused",
		"key/A key with protection \"basic\" is refused",
		"key/A key with protection true is refused",
	},
	"defaults-for-missing": {
		"key/A key without its name is refused",
		"key/A key without its type is refused",
		"key/A key without its protection type is refused",
	},
	"version-zero": {
		"key/Key info describes the key",
	},
	"list-loses-one": {
		"key/The list holds the keys of the account",
	},
	"enabling-disables": {
		"key/A disabled key can be enabled",
	},
	"disabling-revokes": {
		"key/A disabled key says so",
	},
	"deletion-disables": {
		"key/A key whose deletion was requested is pending",
	},
	"cancelling-enables": {
		"key/A cancelled deletion leaves the key disabled",
	},
	"state-since-in-seconds": {
		"key/To enable the key is answered with the key, its state and the time",
		"key/To disable the key is answered with the key, its state and the time",
		"key/To request the deletion is answered with the key, its state and the time",
		"key/To cancel the deletion is answered with the key, its state and the time",
	},
	"rotates-monthly": {
		"key/A key that rotates does so every 90 days unless asked otherwise",
	},
	"rotates-within-a-year": {
		"key/A rotation period of 730 days is taken",
	},
	"rotates-after-a-week": {
		"key/A rotation period of 1 day is taken",
	},
	"rotates-after-three-years": {
		"key/A rotation period of 731 days is refused",
	},
	"rotates-at-once": {
		"key/A rotation period of -1 days is refused",
		"key/A rotation period of 0 days is refused",
	},
	"disabled-encrypts": {
		"key/A disabled key does not encrypt",
		"key/A disabled key does not decrypt",
	},
	"pending-decrypts": {
		"key/A pending key does not encrypt",
	},
	"deletes-at-once": {
		"key/Only a pending key is deleted",
	},
	"deletion-pretended": {
		"key/A deleted key is gone",
	},
	"deletion-early": {
		"key/A pending key is there a minute before 72 hours after the request",
	},
	"deletion-late": {
		"key/A pending key is gone a minute later than 72 hours after the request",
	},
	"success-as-created": {
		"key/A new key is as it was asked for, and enabled",
	},
	"success-as-ok": {
		"key/A new key is as it was asked for, and enabled",
	},
	"lenient-json": {
		"wire/A key creation that is no JSON is refused and changes nothing",
		"wire/A key creation that is cut off is refused and changes nothing",
		"wire/A key creation that is empty is refused and changes nothing",
	},
	"other-prefix": {
		"cipher/A ciphertext names the version that made it, for the account",
		"cipher/A ciphertext names the version that made it, for the access token",
		"legacy/A ciphertext of API 1.0 carries the prefix too",
	},
	"lists-reversed": {
		"cipher/A list of 7 is answered by a list, item by item, for the account",
		"cipher/A list of 7 is answered by a list, item by item, for the access token",
	},
	"small-plaintexts": {
		"cipher/32 KB are 32768 bytes before base64: 32768 bytes are accepted",
	},
	"huge-plaintexts": {
		"cipher/A plaintext of 40000 bytes is refused, for the account",
		"cipher/A plaintext of 40000 bytes is refused, for the access token",
	},
	"anything-is-plaintext": {
		"cipher/A plaintext that is no base64 is refused",
		"cipher/A plaintext that is a number is refused",
		"cipher/A plaintext that is an object is refused",
	},
	"wrong-plaintext": {
		"cipher/A plaintext of 1 byte comes back, for the account",
		"cipher/A plaintext of 32 bytes comes back, for the account",
		"cipher/A plaintext of 24000 bytes comes back, for the account",
	},
	"prefix-mended": {
		"cipher/A ciphertext without its prefix is refused",
		"cipher/A ciphertext with half of its prefix is refused",
		"cipher/A ciphertext with the prefix of version 9 is refused",
	},
	"wrong-plaintext-1.0": {
		"legacy/What API 1.0 encrypts, it decrypts",
	},
	"no-message-1.0": {
		"legacy/A success of API 1.0 carries an empty message",
	},
	"lists-reversed-1.0": {
		"legacy/A list comes back item by item from API 1.0",
	},
	"replaced-refresh-lives": {
		"creator/Replacing the creator ends its refresh tokens at once",
	},
	"replaced-access-lives": {
		"creator/Replacing the creator ends its access tokens at once",
	},
	"disabled-creator": {
		"creator/Disabling the creator ends its access tokens at once",
		"creator/Disabling the creator ends its refresh tokens at once",
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
	},
	"unlimited-dies": {
		"expiry/An unlimited token set outlives the longest limited one",
	},
	"access-default-24": {
		"expiry/By default an access token is good 71 hours and 59 minutes after its issue",
		"refresh/By default a renewed access token is good 71 hours and 59 minutes later",
	},
	"refresh-default-720": {
		"refresh/By default a refresh token is good 2159 hours and 59 minutes after its issue",
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
		"cipher/What the account encrypts, the access token decrypts",
	},
	"refresh-renews-nothing": {
		"refresh/A refresh token yields an access token that works",
		"refresh/A refresh token yields a token set that works",
	},
	"refresh-renews-no-set": {
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
	"acl-default-allow": {
		"acl/Switched on, it denies the access token to everybody",
		"acl/Switched on, it denies the refresh token to everybody",
	},
	"acl-ignored": {
		"acl/Switched on, it denies the access token to everybody",
		"acl/Only a listed address is allowed, for the access token",
		"acl/Only a listed address is allowed, for the refresh token",
	},
	"acl-spares-older-tokens": {
		"acl/Issued before the IP ACL was switched on, the access token is checked",
		"acl/Issued before the IP ACL was switched on, the refresh token is checked",
	},
	"acl-spares-renewal": {
		"acl/Switched on, it denies the refresh token to everybody",
	},
	"acl-deletion-late": {
		"acl/A deleted address is denied at once, for the access token",
		"acl/A deleted address is denied at once, for the refresh token",
	},
	"acl-addition-late": {
		"acl/An added address is allowed at once, for the access token",
		"acl/An added address is allowed at once, for the refresh token",
	},
	"acl-one-for-all": {
		"acl/An address that another key allows is not allowed here",
	},
	"acl-on-for-all": {
		"acl/The tokens of another key are not denied",
	},
	"acl-deny-when-off": {
		"acl/Switched off, it lets everybody in again",
	},
	"acl-prefix": {
		"acl/Only a listed address is allowed, for the access token",
		"acl/Only a listed address is allowed, for the refresh token",
	},
	"acl-first-only": {
		"acl/Several addresses are allowed, each by itself",
	},
	"acl-on-at-first": {
		"acl/At first the IP ACL is off and empty, and tokens work from anywhere",
	},
	"acl-judges-accounts": {
		"acl/The account may encrypt from an address that is not listed",
		"acl/The account may decrypt from an address that is not listed",
	},
	"acl-takes-networks": {
		"acl/a network is no address: \"192.0.2.0/24\"",
	},
	"acl-answers-nothing": {
		"acl/Adding and deleting answer with the list that is left",
	},
	"forwarded-for-believed": {
		"acl/A denied caller gains nothing by X-Forwarded-For",
	},
	"real-ip-believed": {
		"acl/A denied caller gains nothing by X-Real-IP",
	},
	"forwarded-believed": {
		"acl/A denied caller gains nothing by Forwarded",
	},
	"client-ip-believed": {
		"acl/A denied caller gains nothing by X-Client-IP",
	},
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
	"shared-limiter": {
		"limits/A key that is used up takes nothing from another key",
		"load:per-key-300/independence",
		"load:isolation/isolation",
	},
	"shared-limiter-300": {
		"limits/A key that is used up takes nothing from another key",
		"load:per-key-300/independence",
	},
	"slow-limiter": {
		"limits/A key gets its 300 calls at one instant, with the account",
		"limits/A key gets its 300 calls at one instant, with the access token",
		"load:per-key-300/rate",
	},
	"lax-limiter": {
		"limits/One call more than 300 is over the limit",
	},
	"small-burst": {
		"limits/A key gets its 300 calls at one instant, with the account",
		"limits/A key gets its 300 calls at one instant, with the access token",
	},
	"no-limiter": {
		"limits/One call more than 300 is over the limit",
		"load:per-key-300/limit",
	},
	"private-limiter-1.0": {
		"limits/When one key has used up API 1.0, the other has nothing left either",
		"load:shared-200/shared",
	},
	"slow-limiter-1.0": {
		"limits/API 1.0 serves its 200 calls at one instant",
		"load:shared-200/shared",
	},
	"small-burst-1.0": {
		"limits/API 1.0 serves its 200 calls at one instant",
	},
	"no-limiter-1.0": {
		"limits/One call more than 200 is over the limit of API 1.0, whatever the key",
		"limits/Two keys use up API 1.0 together, 100 calls each",
		"load:shared-200/limit",
	},
	"one-limit-for-both-apis": {
		"limits/API 2.0 keeps its 300 for a key while API 1.0 is used up",
	},
	"key-on-demand": {
		"key/A key that does not exist is refused",
	},
	"deletion-cancels": {
		"key/A deleted key is gone",
	},
	"tag-unread": {
		"cipher/A ciphertext with a bit of its head off does not decrypt, for the account",
		"cipher/A ciphertext with a bit of its text off does not decrypt, for the account",
		"cipher/A ciphertext with a bit of its tail off does not decrypt, for the account",
		"cipher/A ciphertext without its last byte does not decrypt, for the account",
		"cipher/A ciphertext with a byte more does not decrypt, for the account",
		"cipher/A ciphertext with a bit of its text off does not decrypt, for the access token",
	},
	"one-material": {
		"cipher/The ciphertext of another key does not decrypt",
	},
	"wrong-when-busy": {
		"load:gentle/answers",
		"load:per-key-300/answers",
	},
	"expiry-two-minutes-late": {
		"expiry/An access token of 1 hour is refused 61 seconds after its end",
		"expiry/An access token of 3 hours is refused 61 seconds after its end",
		"expiry/An access token of 17520 hours is refused 61 seconds after its end",
		"refresh/A refresh token of 1 hour is refused 61 seconds after its end",
		"refresh/A refresh token of 12 hours is refused 61 seconds after its end",
		"refresh/A refresh token of 17520 hours is refused 61 seconds after its end",
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
	"acl-goes-off": {
		"acl/It stays on, however long nobody touches it, for the access token",
		"acl/It stays on, however long nobody touches it, for the refresh token",
	},
	"acl-takes-ipv6": {
		"acl/IPv6 is no address: \"2001:db8::1\"",
		"acl/a mapped address is no address: \"::ffff:192.0.2.1\"",
	},
	"acl-takes-hosts": {
		"acl/a host name is no address: \"localhost\"",
		"acl/a word is no address: \"any\"",
		"acl/a wildcard is no address: \"192.0.2.*\"",
		"acl/three bytes is no address: \"192.0.2\"",
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
	"slow-limiter-small-burst": {
		"limits/A key gets 300 calls in a second, with the account",
		"limits/A key gets 300 calls in a second, with the access token",
		"load:per-key-300/rate",
	},
	"choosy-limiter": {
		"load:per-key-300/guarantee",
		"limits/A key gets 300 calls in a second, with the account",
	},
	"slow-limiter-small-burst-1.0": {
		"limits/API 1.0 serves 200 calls in a second",
	},
	"one-limit-of-the-system": {
		"limits/API 1.0 keeps its 200 while a key is used up in API 2.0",
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
	"refresh-hours-beyond-two-years": {
		"token/17521 is refused for the hours of either token",
		"refresh/17521 for the hours of a renewed token is refused, by either call",
	},
	"refresh-zero-hours": {
		"token/0 is refused for the hours of either token",
		"refresh/0 for the hours of a renewed token is refused, by either call",
	},
	"outage-loses-calls": {
		"region/With Korea down a global key loses no call of the account",
		"region/With Korea down a global key loses no call of the access token",
		"region/What one region encrypted, the other decrypts",
	},
	"outage-of-japan-counts": {
		"region/With Japan down a global key loses no call of the account",
		"region/With Japan down a global key loses no call of the access token",
		"region/A region that is back is as good as before",
		"region/With Japan down an isolated key of Korea goes on",
		"region/With Japan down API 1.0 goes on",
	},
	"isolated-needs-korea": {
		"region/With Korea down an isolated key of Japan goes on",
	},
	"korea-an-hour-behind": {
		"region/What is done during an outage holds when it is over: the creator is replaced",
		"region/What is done during an outage holds when it is over: the creator is disabled",
		"region/What is done during an outage holds when it is over: the key is disabled",
		"region/What is done during an outage holds when it is over: the IP ACL is switched on",
	},
	"lag-doubled": {
		"region/What shuts a token out reaches the other region within its lag: the creator is replaced",
		"region/What shuts a token out reaches the other region within its lag: the key is disabled",
		"region/What shuts a token out reaches the other region within its lag: the IP ACL is switched on",
	},
	"never-replicates": {
		"region/What shuts a token out reaches the other region within its lag: the creator is replaced",
		"region/What shuts a token out reaches the other region within its lag: the key is disabled",
		"region/What shuts a token out reaches the other region within its lag: the IP ACL is switched on",
	},
	"isolated-fails-over": {
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of Korea",
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of Japan",
		"region/With Japan down an isolated key of Japan is used nowhere, not at the host of Japan",
	},
	"hosts-see-all": {
		"region/A global key is not found at the host of Korea",
		"region/A global key is not found at the host of Japan",
		"migration/A migrated key is no global key any more",
	},
	"global-host-sees-all": {
		"region/With Korea down an isolated key of Korea is used nowhere, not at the host of the global keys",
		"region/An isolated key of Korea is not found at the host of the global keys",
		"region/An isolated key of Japan is not found at the host of the global keys",
		"migration/A migrated key is no global key any more",
	},
	"hosts-swapped": {
		"region/An isolated key of Korea is not found at the host of Japan",
		"region/An isolated key of Japan is not found at the host of Korea",
	},
	"1.0-fails-over": {
		"region/With Korea down API 1.0 serves nobody",
	},
	"migrates-enabled": {
		"migration/An enabled key is not migrated",
	},
	"migrates-pending": {
		"migration/A key whose deletion is pending is not migrated",
	},
	"migrates-again": {
		"migration/An isolated key is not migrated on to Korea",
		"migration/An isolated key is not migrated on to Japan",
	},
	"migrates-anywhere": {
		"migration/A key is not migrated to \"US\"",
		"migration/A key is not migrated to \"GLOBAL\"",
	},
	"migrates-to-korea": {
		"migration/A disabled key is migrated to Japan",
	},
	"never-migrates": {
		"migration/A disabled key is migrated to Korea",
		"migration/A disabled key is migrated to Japan",
	},
	"japan-decrypts-nothing": {
		"region/With Korea down an isolated key of Japan goes on",
		"migration/A migrated key decrypts at its region's host what it encrypted before",
	},
	"http-fails": {
		"http/A request with a request line that lacks the path is refused and changes nothing",
		"http/A request with a space in its path is refused and changes nothing",
		"http/A request with a version that does not exist is refused and changes nothing",
		"http/A request with a method that is no word is refused and changes nothing",
		"http/A request with no Host is refused and changes nothing",
		"http/A request with two Hosts is refused and changes nothing",
		"http/A request with a header that has no colon is refused and changes nothing",
		"http/A request with a header name that is no word is refused and changes nothing",
		"http/A request with a null byte in a header is refused and changes nothing",
		"http/A request with two Content-Lengths that differ is refused and changes nothing",
		"http/A request with a Content-Length that is no number is refused and changes nothing",
		"http/A request with a Content-Length below zero is refused and changes nothing",
		"http/A request with a Content-Length with a plus sign is refused and changes nothing",
		"http/A request with a body that ends too early is refused and changes nothing",
		"http/A request with a chunk size that is no number is refused and changes nothing",
		"http/A request with a chunk that is longer than it says is refused and changes nothing",
	},
	"http-host-optional": {
		"http/A request with no Host is refused and changes nothing",
	},
	"http-first-length": {
		"http/A request with two Content-Lengths that differ is refused and changes nothing",
		"http/A request with another change hidden in it is refused and changes nothing",
	},
	"http-headers-mended": {
		"http/A request with a header that has no colon is refused and changes nothing",
		"http/A request with a space before a header's colon is refused and changes nothing",
	},
	"http-lines-mended": {
		"http/A request with a request line that lacks the version is refused and changes nothing",
	},
	"http-half-bodies": {
		"http/A request with a body that ends too early is refused and changes nothing",
		"http/A request with chunks that end too early is refused and changes nothing",
	},
	"http-without-bounds": {
		"http/A request with a header of a million bytes is refused and changes nothing",
		"http/A request with ten thousand headers is refused and changes nothing",
	},
	"http-without-chunks": {
		"http/A request with a body in chunks is understood",
	},
	"http-case-matters": {
		"http/A request with header names in capitals is understood",
	},
	"http-one-call": {
		"http/Two calls that are sent without waiting are answered in order",
	},
	"http-1.0-refused": {
		"http/A request with HTTP/1.0 is understood",
	},
	"token-cached": {
		"creator/Replacing the creator ends its access tokens at once",
		"creator/Disabling the creator ends its access tokens at once",
		"clients:4",
	},
	"acl-cached": {
		"clients:4",
	},
	"acl-update-lost": {
		"clients:4",
	},
	"token-cached-when-busy": {
		"under-load:creator/Replacing the creator ends its access tokens at once",
		"under-load:creator/Disabling the creator ends its access tokens at once",
	},
}
