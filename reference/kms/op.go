package kms

import "slices"

// Op is an operation of the API. Its value is the name in journals, metrics and fault scripts.
type Op string

// The operations. API 1.0 offers the ciphers alone.
const (
	CreateKey        Op = "create-key"
	ListKeys         Op = "list-keys"
	KeyInfo          Op = "key-info"
	EnableKey        Op = "enable-key"
	DisableKey       Op = "disable-key"
	RenameKey        Op = "update-key-name"
	UpdateMemo       Op = "update-memo"
	RequestDeletion  Op = "request-key-deletion"
	CancelDeletion   Op = "cancel-key-deletion"
	DeleteKey        Op = "delete-key"
	RotateKey        Op = "rotate-key"
	Encrypt          Op = "encrypt"
	Decrypt          Op = "decrypt"
	EnableCreator    Op = "create-token-generator"
	GetCreator       Op = "get-token-generator"
	ReplaceCreator   Op = "update-token-generator"
	DisableCreator   Op = "delete-token-generator"
	CreateTokenSet   Op = "create-token-set"
	RenewTokenSet    Op = "renew-token-set"
	RenewAccessToken Op = "create-access-token"
	EnableACL        Op = "enable-ip-acl"
	DisableACL       Op = "disable-ip-acl"
	ListACL          Op = "acl-rule-list"
	AddACL           Op = "add-acl-rule"
	DeleteACL        Op = "delete-acl-rule"
)

// Ops returns every operation.
func Ops() []Op {
	return []Op{
		CreateKey, ListKeys, KeyInfo, EnableKey, DisableKey, RenameKey, UpdateMemo,
		RequestDeletion, CancelDeletion, DeleteKey, RotateKey, Encrypt, Decrypt,
		EnableCreator, GetCreator, ReplaceCreator, DisableCreator,
		CreateTokenSet, RenewTokenSet, RenewAccessToken,
		EnableACL, DisableACL, ListACL, AddACL, DeleteACL,
	}
}

// Ciphers returns the operations that use a key's material: those that tokens open and that the
// rate limits count.
func Ciphers() []Op { return []Op{Encrypt, Decrypt} }

// Permission is a permission code as tokens carry it in claim "4". The guide's example shows which
// codes a full manager's token has; what each code means is not published, so the meanings here are
// ours.
type Permission int

// example is the permission list of the guide's example token, in its order (kms-token).
var example = []Permission{
	33, 34, 4, 14, 25, 20, 10, 11, 12, 13, 6, 7, 8, 9, 21, 23, 24, 22, 26, 16,
	18, 19, 15, 17, 31, 30, 32, 28, 29, 27, 1, 2, 0, 39, 35, 36, 37, 38,
}

// Manager returns the permissions of a full manager, in the order in which tokens carry them.
func Manager() []Permission { return slices.Clone(example) }

// Viewer returns the permissions that read and change nothing, in the same order.
func Viewer() []Permission {
	return slices.DeleteFunc(Manager(), func(p Permission) bool { return p > viewing })
}

// viewing is the last of the codes that we give to operations that only read.
const viewing Permission = 4

// permissions gives each operation its code: 0 to 4 read, 3 and 5 are in no token, from 6 on they
// change or use something.
var permissions = map[Op]Permission{
	ListKeys: 0, KeyInfo: 1, GetCreator: 2, ListACL: 4,
	CreateKey: 6, EnableKey: 7, DisableKey: 8, RenameKey: 9, UpdateMemo: 10,
	RequestDeletion: 11, CancelDeletion: 12, DeleteKey: 13,
	Encrypt: 14, Decrypt: 15,
	EnableCreator: 20, ReplaceCreator: 21, DisableCreator: 22,
	CreateTokenSet: 23, RenewTokenSet: 24, RenewAccessToken: 25,
	EnableACL: 26, DisableACL: 27, AddACL: 28, DeleteACL: 29,
}

// Permits reports whether the permissions cover op.
func Permits(have []Permission, op Op) bool {
	return slices.Contains(have, permissions[op])
}
