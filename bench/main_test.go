package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheCertificateIsTheSameForEverySender(t *testing.T) {
	for name, tt := range map[string]struct {
		result
		want bool
	}{
		"just held":     {result{planned: 1000, sent: 999, lateP99: 5}, true},
		"a call short":  {result{planned: 1000, sent: 998, lateP99: 5}, false},
		"a trifle late": {result{planned: 1000, sent: 1000, lateP99: 5.001}, false},
		"nothing asked": {result{}, false},
	} {
		if tt.held() != tt.want {
			t.Errorf("%s: held %v, want %v", name, tt.held(), tt.want)
		}
	}
}

func TestARunFileIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"loads":[{"phases":[{"planned":10,"sent":9,"late":{"p99":1.5,"p999":2},"send":{"p99":0.5}}],"generator":{"machine":[{"cpu":0.25,"waited":0.5}]}}]}`)
	r, err := read(file)
	if err != nil || r.planned != 10 || r.sent != 9 || r.lateP99 != 1.5 || r.sendP99 != 0.5 {
		t.Errorf("%+v, %v", r, err)
	}
	write(`{"loads":[]}`)
	if _, err := read(file); err == nil {
		t.Error("a run without a load is read")
	}
}
