package reference

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// keystore is the number of the one key store that the service has.
const keystore = 1

// createKey is POST /kms/v1/keys (security-kms2-create-key).
func createKey(c *call) (any, error) {
	var in struct {
		Name       *string `json:"keyName"`
		Type       *string `json:"keyType"`
		Protection *string `json:"protectionType"`
		Auto       *bool   `json:"isAutoRotation"`
		Period     *int    `json:"rotationPeriod"`
		Memo       string  `json:"memo"`
		Convergent bool    `json:"isConvergent"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	d := c.dialect()
	if d.NoProtection {
		in.Protection = new("BASIC")
	}
	if bad := cmp.Or(given("keyName", in.Name), given("keyType", in.Type), given("protectionType", in.Protection)); bad != nil {
		return nil, bad
	}
	if in.Auto == nil && d.RequireAutoRotation {
		return nil, kms.MissingField("isAutoRotation")
	}
	if in.Period != nil && (in.Auto == nil || !*in.Auto) && d.RefuseIdlePeriod {
		return nil, kms.BadField("rotationPeriod", "the key does not rotate by itself")
	}
	if kms.Type(*in.Type) != kms.AES256 && d.PlainConvergent {
		in.Convergent = false
	}
	spec := kms.Spec{
		Name: *in.Name, Type: kms.Type(*in.Type), Protection: *in.Protection, Memo: in.Memo,
		Convergent: in.Convergent, AutoRotation: in.Auto != nil && *in.Auto, Period: c.service.rules.PeriodDays.Default,
	}
	if in.Period != nil {
		spec.Period = *in.Period
	}
	info, err := c.store.Create(spec, c.now)
	if err != nil {
		return nil, err
	}
	if k, gone := c.store.Key(info.Tag); gone == nil {
		c.key = k // so that its making is noted
	}
	return d.created(info), nil
}

type rotation struct {
	Auto   bool   `json:"isAutoRotation"`
	Period *int   `json:"rotationPeriod"`
	Next   *int64 `json:"nextRotationDate"`
}

func (d *Dialect) rotation(i kms.Info) rotation {
	if !i.Spec.AutoRotation && d.PeriodWhenOff {
		return rotation{Period: &i.Spec.Period}
	}
	if !i.Spec.AutoRotation {
		return rotation{}
	}
	return rotation{Auto: true, Period: &i.Spec.Period, Next: millis(i.NextRotation)}
}

type created struct {
	ID         int    `json:"keyId"`
	Tag        string `json:"keyTag"`
	Name       string `json:"keyName"`
	Type       string `json:"keyType"`
	Status     string `json:"status"`
	Keystore   int    `json:"keystoreId"`
	Protection string `json:"protectionType,omitempty"`
	Memo       string `json:"memo"`
	Convergent bool   `json:"isConvergent"`
	rotation   `json:",inline"`
	Registered int64 `json:"registerDate"`
}

func (d *Dialect) created(i kms.Info) created {
	return created{
		ID: i.ID, Tag: i.Tag, Name: i.Spec.Name, Type: string(i.Spec.Type), Status: string(i.State), Keystore: keystore,
		Protection: d.protection(i), Memo: i.Spec.Memo, Convergent: i.Spec.Convergent,
		rotation: d.rotation(i), Registered: i.Registered.UnixMilli(),
	}
}

// protection is what is told of a key's protection.
func (d *Dialect) protection(i kms.Info) string {
	if d.NoProtection {
		return ""
	}
	return i.Spec.Protection
}

// keyInfo is GET /kms/v1/keys/{keyTag} (security-kms2-key-info).
func keyInfo(c *call) (any, error) {
	i := c.key.Info()
	return struct {
		created `json:",inline"`
		NRN     string `json:"nrn"`
		BaseURL string `json:"baseUrl"`
		Version int    `json:"currentVersion"`
	}{c.dialect().created(i), nrn(i), c.service.url(hostOf(i.Home)), i.CurrentVersion}, nil
}

// nrn is the key's resource name. The guide gives the pattern; which id it ends in is our guess.
func nrn(i kms.Info) string {
	return fmt.Sprintf("nrn:PUB:KMS:%s:1000000:Key/%s", cmp.Or(i.Home, kms.KR), i.Tag)
}

// hostOf returns the API that serves the keys of a home.
func hostOf(home kms.Region) string {
	switch home {
	case kms.KR:
		return API20KR
	case kms.JPN:
		return API20JP
	}
	return API20
}

// listKeys is GET /kms/v1/keys (security-kms2-key-list). It shows the keys that the account may see. A page
// past the last is empty.
func listKeys(c *call) (any, error) {
	_, page, bad := c.page()
	if bad != nil {
		return nil, bad
	}
	d, store := c.dialect(), c.store
	if d.ListAll {
		store = c.world.store
	}
	keys := slices.DeleteFunc(store.List(), func(k *kms.Key) bool {
		return !d.ListUnpermitted && !c.service.rules.May(c.caller.Account, kms.ListKeys, k.Tag())
	})
	if d.NewestFirst {
		slices.Reverse(keys)
	}
	first, last, pages, bad := d.within(len(keys), page)
	if bad != nil {
		return nil, bad
	}
	list := make([]any, 0, last-first)
	for _, k := range keys[first:last] {
		list = append(list, d.listed(k.Info()))
	}
	found := keyList{list, page.no, pages, len(keys)}
	if d.OuterCounters {
		return outerKeyList(found), nil
	}
	return found, nil
}

// keyList is what the key list answers with, and outerKeyList the same for an envelope that has the
// counters in itself.
type (
	keyList struct {
		Keys  []any `json:"keyList"`
		Page  int   `json:"currentPageNo"`
		Pages int   `json:"totalPageNo"`
		Total int   `json:"totalCount"`
	}
	outerKeyList keyList
)

func (d *Dialect) listed(i kms.Info) any {
	return struct {
		ID         int    `json:"keyId"`
		Tag        string `json:"keyTag"`
		Name       string `json:"keyName"`
		Type       string `json:"keyType"`
		Status     string `json:"status"`
		Protection string `json:"protectionType,omitempty"`
		Convergent bool   `json:"isConvergent"`
		Registered int64  `json:"registerDate"`
		Destroyed  *int64 `json:"destroyDate"`
	}{
		i.ID, i.Tag, i.Spec.Name, string(i.Spec.Type), string(i.State), d.protection(i), i.Spec.Convergent,
		i.Registered.UnixMilli(), millis(i.Destroyed),
	}
}

// moveKey is enable, disable, request-deletion and cancel-deletion.
func moveKey(c *call) (any, error) {
	i, bad := c.key.Move(c.op.op, c.now)
	if bad != nil {
		return nil, bad
	}
	return struct {
		Tag    string `json:"keyTag"`
		Status string `json:"status"`
		Since  int64  `json:"statusDate"`
	}{i.Tag, string(i.State), i.StateSince.UnixMilli()}, nil
}

// renameKey is PUT /kms/v1/keys/{keyTag}/name (update-key-name).
func renameKey(c *call) (any, error) {
	var in struct {
		Name *string `json:"keyName"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if bad := given("keyName", in.Name); bad != nil {
		return nil, bad
	}
	if bad := c.store.Rename(c.key, *in.Name, c.now); bad != nil {
		return nil, bad
	}
	return struct {
		Tag  string `json:"keyTag"`
		Name string `json:"keyName"`
	}{c.key.Tag(), *in.Name}, nil
}

// updateMemo is PUT /kms/v1/keys/{keyTag}/memo (security-kms2-update-memo).
func updateMemo(c *call) (any, error) {
	var in struct {
		Memo *string `json:"memo"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if bad := given("memo", in.Memo); bad != nil {
		return nil, bad
	}
	if bad := c.key.SetMemo(*in.Memo, c.now); bad != nil {
		return nil, bad
	}
	return struct {
		Tag  string `json:"keyTag"`
		Memo string `json:"memo"`
	}{c.key.Tag(), *in.Memo}, nil
}

// deleteKey is DELETE /kms/v1/keys/{keyTag} (security-kms2-delete-key).
func deleteKey(c *call) (any, error) {
	if bad := c.store.Delete(c.key, c.now); bad != nil {
		return nil, bad
	}
	return nil, nil
}

// given refuses a member that is missing or null.
func given(field string, value *string) *kms.Refusal {
	if value == nil {
		return kms.MissingField(field)
	}
	return nil
}

// millis is a time on the wire; a zero time is null.
func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}
