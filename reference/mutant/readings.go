package mutant

import "github.com/kmsproof/kmsproof/reference"

// readings are the other readings of what the documents leave open: the rivals of INFERRED rules, as
// the dialect has them.
func readings() []Mutant {
	return []Mutant{
		{Name: "rotation-unsaid-refused", Flaw: "A key is not created unless it is said whether it rotates.", Apply: dialect(func(d *reference.Dialect) { d.RequireAutoRotation = true })},
		{Name: "memo-in-bytes", Flaw: "A memo may have 200 bytes.", Apply: dialect(func(d *reference.Dialect) { d.MemoInBytes = true })},
		{Name: "idle-succeeds", Flaw: "A call that changes nothing succeeds.", Apply: dialect(func(d *reference.Dialect) { d.IdleSucceeds = true })},
		{Name: "empty-refused", Flaw: "An empty plaintext is refused.", Apply: dialect(func(d *reference.Dialect) { d.RefuseEmpty = true })},
		{Name: "lists-of-100", Flaw: "A list may have 100 items.", Apply: dialect(func(d *reference.Dialect) { d.MaxItems = 100 })},
		{Name: "bound-by-item", Flaw: "Each item of a list may have 32 KB.", Apply: dialect(func(d *reference.Dialect) { d.PerItem = true })},
		{Name: "context-refused", Flaw: "A plain key refuses a context.", Apply: dialect(func(d *reference.Dialect) { d.RefuseContext = true })},
		{Name: "ip-list-in-capitals", Flaw: "Addresses are listed under IpList too.", Apply: dialect(func(d *reference.Dialect) { d.CapitalIPList = true })},
	}
}

func dialect(change func(*reference.Dialect)) func(*reference.Options) {
	return func(o *reference.Options) { change(&o.Dialect) }
}
