package mutant

import "github.com/kmsproof/kmsproof/reference"

// readings are the other readings of what the documents leave open: the rivals of INFERRED rules, as
// the dialect has them.
func readings() []Mutant {
	return []Mutant{
		{Name: "rotation-unsaid-refused", Flaw: "A key is not created unless it is said whether it rotates.", Apply: dialect(func(d *reference.Dialect) { d.RequireAutoRotation = true })},
		{Name: "memo-in-bytes", Flaw: "A memo may have 200 bytes.", Apply: dialect(func(d *reference.Dialect) { d.MemoInBytes = true })},
		{Name: "idle-succeeds", Flaw: "A call that changes nothing succeeds.", Apply: dialect(func(d *reference.Dialect) { d.IdleSucceeds = true })},
	}
}

func dialect(change func(*reference.Dialect)) func(*reference.Options) {
	return func(o *reference.Options) { change(&o.Dialect) }
}
