package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/kmsproof/kmsproof/loadgen"
)

// aDay is 300 calls per second on each of 16 keys for 24 hours, as a profile.
func aDay() (loadgen.Profile, error) {
	p, err := loadgen.Lookup("soak")
	if err != nil {
		return p, err
	}
	p.Name, p.Keys = "day", 16
	ph := &p.Phases[0]
	ph.Rate, ph.Length, ph.Blocks = p.Limit.Rate, time.Hour, 24
	return p, nil
}

// dayFigures plays and judges a day on virtual time in a process of its own, so that its memory is nobody else's.
func dayFigures(ctx context.Context, _ *options) ([]figure, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, self, "-day").Output()
	if err != nil {
		return nil, fmt.Errorf("a day: %w", err)
	}
	var calls int64
	var megabytes, took float64
	if _, err := fmt.Sscan(string(out), &calls, &megabytes, &took); err != nil {
		return nil, fmt.Errorf("a day: %q: %w", out, err)
	}
	return []figure{atMost("memory at its peak while a day at 300 calls a second on 16 keys is recorded and judged", "%.0f MB", megabytes, 200,
		fmt.Sprintf("resident; %d calls, played and judged in %.0f s", calls, took))}, nil
}

// playDay is the process of its own: it prints the calls, the most memory that it held, in MB, and its seconds.
func playDay(context.Context) error {
	p, err := aDay()
	if err != nil {
		return err
	}
	began := time.Now()
	r, err := loadgen.Simulate(p, loadgen.Options{Seed: 1}, loadgen.Conditions{Late: 200 * time.Microsecond, Travel: 300 * time.Microsecond},
		func(loadgen.Call) loadgen.Answer { return loadgen.Answer{} })
	if err != nil {
		return err
	}
	defer r.Close()
	load := loadgen.Judge(r)
	peak, err := residentPeak()
	if err != nil {
		return err
	}
	_, err = fmt.Println(load.Generator.Sent, peak, time.Since(began).Seconds())
	return err
}

// residentPeak returns the most memory that this process ever held, in MB.
func residentPeak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); err == nil {
			return kilobytes / 1e3 * 1.024, nil
		}
	}
	return 0, fmt.Errorf("/proc/self/status: it has no VmHWM")
}
