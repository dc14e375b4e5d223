package mutant

// killsOfAbsent names, for the mutants of absent.go, the scenarios that must catch them.
var killsOfAbsent = map[string][]string{
	"changes-on-demand": {
		"opening/To migrate the key is refused where the key does not exist",
		"opening/To enable the key is refused where the key does not exist",
		"opening/To disable the key is refused where the key does not exist",
		"opening/To rename the key is refused where the key does not exist",
		"opening/To request the deletion is refused where the key does not exist",
		"opening/To cancel the deletion is refused where the key does not exist",
		"opening/To delete the key is refused where the key does not exist",
		"opening/To change the rotation period is refused where the key does not exist",
		"opening/To switch automatic rotation on is refused where the key does not exist",
		"opening/To switch automatic rotation off is refused where the key does not exist",
		"opening/To enable a version is refused where the key does not exist",
		"opening/To disable a version is refused where the key does not exist",
		"opening/To enable the creator is refused where the key does not exist",
		"opening/To replace the creator is refused where the key does not exist",
		"opening/To disable the creator is refused where the key does not exist",
		"opening/To ask for a token set is refused where the key does not exist",
		"opening/To switch the IP ACL on is refused where the key does not exist",
		"opening/To switch the IP ACL off is refused where the key does not exist",
	},
}
