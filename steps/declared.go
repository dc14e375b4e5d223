package steps

import (
	"slices"

	"github.com/kmsproof/kmsproof/features"
	"github.com/kmsproof/kmsproof/target"
)

// capabilities lists what a target declares that it can be asked, in the order of the features package.
func capabilities(t *target.Target, o Options) []string {
	owner, viewer, manager := t.Credentials["owner"], t.Credentials["viewer"], t.Credentials[governed]
	encryptor := t.Credentials[permitted].AccessKey != ""
	found := map[string]bool{
		features.Clock:         t.CanSetClock(),
		features.API10:         t.Offers(target.API10),
		features.APIKey:        owner.APIKey != "",
		features.Viewer:        viewer.AccessKey != "",
		features.Sources:       len(t.Sources) >= 2,
		features.Overload:      o.AllowOverload || t.Offers(target.Admin),
		features.Isolated:      t.Offers(target.API20KR) && t.Offers(target.API20JP),
		features.Regions:       t.CanSetRegions(),
		features.Policies:      manager.AccessKey != "" && t.Credentials["infra"].AccessKey != "" && t.Credentials["finance"].AccessKey != "",
		features.Administrator: t.Credentials["administrator"].AccessKey != "",
		features.Encryptor:     encryptor,
		features.Rights:        encryptor && t.CanSetStanding(),
		features.Access:        manager.AccessKey != "" && t.Offers(target.SubAccount),
	}
	var has []string
	for _, c := range features.Capabilities() {
		if found[c] || slices.Contains(o.Has, c) {
			has = append(has, c)
		}
	}
	return has
}
