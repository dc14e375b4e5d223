package reference

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/reference/kms"
)

// note remembers what became of a call on a key. What the service itself failed at is no activity.
func (c *call) note(err error) {
	a := kms.Activity{At: c.now.Truncate(time.Millisecond), Op: c.op.op, By: c.caller.Claims.Subject, From: c.caller.From}
	if c.caller.Account != nil {
		a.By = c.caller.Account.ID
	}
	if refused, ok := errors.AsType[*kms.Refusal](err); ok {
		a.Failed = refused.Reason
	} else if err != nil {
		return
	}
	c.key.Note(a)
}

// activity is a kms.Activity on the wire. The values of result, type and message are our guess.
type activity struct {
	Timestamp string       `json:"timestamp"`
	Data      activityData `json:"data"`
	Message   string       `json:"message"`
}

type activityData struct {
	Key struct {
		Tag  string `json:"keyTag"`
		Name string `json:"keyName"`
		NRN  string `json:"nrn"`
	} `json:"kmsKey"`
	Requestor struct {
		Type string `json:"requestType"` // API or SYSTEM
		ID   string `json:"id"`
		IP   string `json:"ip"`
	} `json:"requestor"`
	API struct {
		Result string `json:"result"` // SUCCESS or FAIL
		Action string `json:"action"`
		Type   string `json:"type"` // CRYPTO or MANAGEMENT
	} `json:"api"`
}

func activityOf(a kms.Activity, of kms.Info) activity {
	out := activity{Timestamp: a.At.UTC().Format("2006-01-02T15:04:05.000Z07:00")}
	d := &out.Data
	d.Key.Tag, d.Key.Name, d.Key.NRN = of.Tag, of.Spec.Name, nrn(of)
	d.Requestor.Type, d.Requestor.ID = "API", a.By
	if a.From.IsValid() {
		d.Requestor.IP = a.From.String()
	}
	if a.System {
		d.Requestor.Type = "SYSTEM"
	}
	d.API.Result, d.API.Action, d.API.Type = "SUCCESS", string(a.Op), "MANAGEMENT"
	if slices.Contains(kms.Uses(), a.Op) {
		d.API.Type = "CRYPTO"
	}
	out.Message = d.API.Action + " succeeded"
	if a.Failed != "" {
		d.API.Result, out.Message = "FAIL", d.API.Action+" was refused: "+string(a.Failed)
	}
	return out
}

// lastUse is GET /kms/v1/keys/{keyTag}/last-use-info (security-kms2-latest-use-info). It answers null
// before the first use.
func lastUse(c *call) (any, error) {
	a, ok := c.key.LastUse()
	if !ok {
		return nil, nil
	}
	return activityOf(a, c.key.Info()), nil
}

// listActivities is GET /kms/v1/keys/{keyTag}/activities (security-kms2-key-activity-logs).
func listActivities(c *call) (any, error) {
	query, page, bad := c.page("keyword", "timestampFrom", "timestampTo")
	if bad != nil {
		return nil, bad
	}
	from, to, bad := span(query, c.now)
	if bad != nil {
		return nil, bad
	}
	info, keyword := c.key.Info(), strings.ToLower(query.Get("keyword"))
	found := c.key.Activities(from, to, func(a kms.Activity) bool { return keyword == "" || mentions(activityOf(a, info), keyword) })
	first, last, pages, bad := c.dialect().within(len(found), page)
	if bad != nil {
		return nil, bad
	}
	list := make([]activity, 0, last-first)
	for _, a := range found[first:last] {
		list = append(list, activityOf(a, info))
	}
	return struct {
		List  []activity `json:"activityLogList"`
		Size  int        `json:"pageSize"`
		Page  int        `json:"currentPageNo"`
		Pages int        `json:"totalPageNo"`
		Total int        `json:"totalCount"`
	}{list, page.size, page.no, pages, len(found)}, nil
}

// mentions reports whether an activity has the keyword, in small letters, in one of its texts.
func mentions(a activity, keyword string) bool {
	r, api := a.Data.Requestor, a.Data.API
	return slices.ContainsFunc([]string{a.Message, a.Data.Key.Name, r.Type, r.ID, r.IP, api.Action, api.Result, api.Type}, func(text string) bool {
		return strings.Contains(strings.ToLower(text), keyword)
	})
}

// span reads the time that a list is about: by default the day before now. Two times in the wrong order
// are refused; one that lies on the wrong side of the other's default finds nothing.
func span(query url.Values, now time.Time) (from, to time.Time, bad *kms.Refusal) {
	to, badTo := instant("timestampTo", query, now)
	from, badFrom := instant("timestampFrom", query, now.AddDate(0, 0, -1))
	if bad := cmp.Or(badFrom, badTo); bad != nil {
		return from, to, bad
	}
	if from.After(to) && query.Has("timestampFrom") && query.Has("timestampTo") {
		return from, to, kms.BadField("timestampFrom", "it is after timestampTo")
	}
	return from, to, nil
}

// instant reads Unix milliseconds of a query.
func instant(field string, query url.Values, fallback time.Time) (time.Time, *kms.Refusal) {
	text := query.Get(field)
	if text == "" {
		return fallback, nil
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < 0 || strconv.FormatInt(ms, 10) != text {
		return time.Time{}, kms.BadField(field, "it is no time in Unix milliseconds")
	}
	return time.UnixMilli(ms), nil
}
