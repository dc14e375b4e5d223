package mutant

// killsOfSubAccounts names, for the mutants of subaccounts.go, the scenarios and load claims that must catch them.
var killsOfSubAccounts = map[string][]string{
	"manager-looks-only": {
		"subaccount/The manager may do everything with keys",
		"subaccount/The manager uses a key in every way",
	},
	"infra-looks-only": {
		"subaccount/The infrastructure manager may do everything with keys",
		"subaccount/The infrastructure manager uses a key in every way",
	},
	"administrator-looks-only": {
		"subaccount/The administrator may do everything with keys",
		"subaccount/The administrator uses a key in every way",
	},
	"finance-looks": {
		"subaccount/The finance manager may do nothing with keys",
		"subaccount/Who may do nothing with keys sees none",
	},
	"finance-manages": {
		"subaccount/The finance manager may do nothing with keys",
		"subaccount/The finance manager uses a key in no way",
		"subaccount/Who may do nothing with keys sees none",
	},
	"access-rule-ignored": {
		"subaccount/Who calls from outside its access rule is refused: I encrypt with the manager",
		"subaccount/Who calls from outside its access rule is refused: I ask about the key as the manager",
		"subaccount/Who calls from outside its access rule is refused: I encrypt over API 1.0 with the manager",
		"subaccount/Who may call from one address is not let in from another",
		"subaccount/A new access rule takes the place of the old one",
	},
	"access-rule-without-ranges": {
		"subaccount/Who may call from the range of the first address alone is let in from there",
	},
	"access-rule-of-networks": {
		"subaccount/Who may call from one address is not let in from another",
	},
	"access-rule-adds": {
		"subaccount/A new access rule takes the place of the old one",
	},
	"access-rule-stays-on": {
		"subaccount/An access rule that is off shuts nobody out",
	},
	"access-rule-for-all": {
		"subaccount/The access rule of one account is none of another's",
	},
	"access-rule-judges-tokens": {
		"subaccount/Tokens of an account are not judged by its access rule",
	},
	"access-rule-mended": {
		"subaccount/An access rule with no switch is refused and changes nothing",
		"subaccount/An access rule with another type is refused and changes nothing",
		"subaccount/An access rule with no address is refused and changes nothing",
	},
	"access-rule-of-nobody": {
		"subaccount/An access rule that lists nobody is refused",
	},
	"access-rule-told-off": {
		"subaccount/The access rule is told as it was set",
	},
	"access-rule-forbids": {
		"subaccount/Who is shut out by its access rule is unauthorized",
	},
	"access-rule-by-anybody": {
		"subaccount/Who administers no accounts sets no access rule",
	},
	"access-rule-shuts-all-out": {
		"subaccount/Who may call from the first address alone is let in from there",
	},
	"access-rule-of-addresses": {
		"subaccount/An access rule may list sources that are no addresses",
	},
}
