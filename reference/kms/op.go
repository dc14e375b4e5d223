package kms

import "slices"

// Op is an operation of the API. Its value is the name in journals, metrics and fault scripts.
type Op string

// The operations of API 2.0. API 1.0 offers encrypt, decrypt, create-custom-key, re-encrypt, sign and
// verify.
const (
	CreateKey         Op = "create-key"
	ListKeys          Op = "list-keys"
	KeyInfo           Op = "key-info"
	EnableKey         Op = "enable-key"
	DisableKey        Op = "disable-key"
	RenameKey         Op = "update-key-name"
	UpdateMemo        Op = "update-memo"
	RotateKey         Op = "rotate-key"
	UpdatePeriod      Op = "update-rotation-period"
	EnableAuto        Op = "enable-auto-rotation"
	DisableAuto       Op = "disable-auto-rotation"
	ListVersions      Op = "key-version-list"
	EnableVersion     Op = "enable-key-version"
	DisableVersion    Op = "disable-key-version"
	RequestDeletion   Op = "request-key-deletion"
	CancelDeletion    Op = "cancel-key-deletion"
	DeleteKey         Op = "delete-key"
	MigrateKey        Op = "migrate-key"
	ListActivities    Op = "key-activity-logs"
	LastUse           Op = "latest-use-info"
	Encrypt           Op = "encrypt"
	Decrypt           Op = "decrypt"
	CreateCustomKey   Op = "create-custom-key"
	Reencrypt         Op = "re-encrypt"
	ReencryptUnhyphen Op = "reencrypt" // the second path of Reencrypt on API 2.0, with a permission of its own
	Sign              Op = "sign"
	Verify            Op = "verify"
	GetPublicKey      Op = "get-pub-key"
	EnableCreator     Op = "create-token-generator"
	GetCreator        Op = "get-token-generator"
	ReplaceCreator    Op = "update-token-generator"
	DisableCreator    Op = "delete-token-generator"
	CreateTokenSet    Op = "create-token-set"
	RenewTokenSet     Op = "renew-token-set"
	RenewAccessToken  Op = "create-access-token"
	EnableACL         Op = "enable-ip-acl"
	DisableACL        Op = "disable-ip-acl"
	ListACL           Op = "acl-rule-list"
	AddACL            Op = "add-acl-rule"
	DeleteACL         Op = "delete-acl-rule"
)

// Ops returns every operation.
func Ops() []Op {
	return []Op{
		CreateKey, ListKeys, KeyInfo, EnableKey, DisableKey, RenameKey, UpdateMemo,
		RotateKey, UpdatePeriod, EnableAuto, DisableAuto, ListVersions, EnableVersion, DisableVersion,
		RequestDeletion, CancelDeletion, DeleteKey, MigrateKey, ListActivities, LastUse,
		Encrypt, Decrypt, CreateCustomKey, Reencrypt, ReencryptUnhyphen, Sign, Verify, GetPublicKey,
		EnableCreator, GetCreator, ReplaceCreator, DisableCreator,
		CreateTokenSet, RenewTokenSet, RenewAccessToken,
		EnableACL, DisableACL, ListACL, AddACL, DeleteACL,
	}
}

// Ciphers returns the operations that the rate limits count.
func Ciphers() []Op {
	return []Op{Encrypt, Decrypt, CreateCustomKey, Reencrypt, ReencryptUnhyphen, Sign, Verify}
}

// Uses returns the operations that use a key's material, which access tokens open.
func Uses() []Op { return append(Ciphers(), GetPublicKey) }

// Reads returns the operations that change and use nothing.
func Reads() []Op {
	return []Op{ListKeys, KeyInfo, ListVersions, ListActivities, LastUse, GetCreator, ListACL}
}

// Permission is a permission code as tokens carry it in claim "4". The guide's example shows which
// codes a full manager's token has; what each code means is not published, so the meanings here are
// ours.
type Permission int

// example is the permission list of the guide's example token, in its order (kms-token).
var example = []Permission{
	33, 34, 4, 14, 25, 20, 10, 11, 12, 13, 6, 7, 8, 9, 21, 23, 24, 22, 26, 16,
	18, 19, 15, 17, 31, 30, 32, 28, 29, 27, 1, 2, 0, 39, 35, 36, 37, 38,
}

// Manager returns the permissions of a full manager: first those of the guide's example, in the order
// in which tokens carry them, then the two that it lacks.
func Manager() []Permission {
	return append(slices.Clone(example), permissions[ListKeys], permissions[CreateKey])
}

// Viewer returns the permissions that read and change nothing, in the same order.
func Viewer() []Permission {
	reads := make([]Permission, 0, len(Reads()))
	for _, op := range Reads() {
		reads = append(reads, permissions[op])
	}
	return slices.DeleteFunc(Manager(), func(p Permission) bool { return !slices.Contains(reads, p) })
}

// permissions gives each operation its code. The example lacks 3 and 5: we take them for the two calls
// that are about no single key, since a token is always one key's.
var permissions = map[Op]Permission{
	ListVersions: 0, KeyInfo: 1, GetCreator: 2, ListKeys: 3, ListACL: 4, CreateKey: 5,
	RotateKey: 6, EnableKey: 7, DisableKey: 8, RenameKey: 9, UpdateMemo: 10,
	RequestDeletion: 11, CancelDeletion: 12, DeleteKey: 13,
	Encrypt: 14, Decrypt: 15, ListActivities: 16, LastUse: 17, UpdatePeriod: 18, EnableAuto: 19,
	EnableCreator: 20, ReplaceCreator: 21, DisableCreator: 22,
	CreateTokenSet: 23, RenewTokenSet: 24, RenewAccessToken: 25,
	EnableACL: 26, DisableACL: 27, AddACL: 28, DeleteACL: 29,
	DisableAuto: 30, EnableVersion: 31, DisableVersion: 32, CreateCustomKey: 33, Reencrypt: 34,
	ReencryptUnhyphen: 35, Sign: 36, Verify: 37, GetPublicKey: 38, MigrateKey: 39,
}

// Carried returns what of an account's permissions goes into its tokens.
func Carried(have []Permission) []Permission {
	return slices.DeleteFunc(slices.Clone(have), func(p Permission) bool {
		return p == permissions[ListKeys] || p == permissions[CreateKey]
	})
}

// Permits reports whether the permissions cover op.
func Permits(have []Permission, op Op) bool {
	return slices.Contains(have, permissions[op])
}
