package fleet

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The stream is there before the bucket, whatever becomes of that: by the stream a sweep finds both.
func TestAnOpeningThatFailsCanBeSwept(t *testing.T) {
	t.Parallel()
	c := begun(t, 1, func(string) {})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.link.js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "KMSPROOF_killed", History: 9}); err != nil {
		t.Fatal(err)
	}
	c.run = "killed"
	if err := c.open(t.Context()); err == nil {
		t.Fatal("a bucket of another's is taken")
	}
	c.run = ""
	if c.sweep(t.Context(), time.Now().Add(keeping+time.Minute)); len(streams(t, c.link.js)) > 0 {
		t.Errorf("%v are left", streams(t, c.link.js))
	}
}
