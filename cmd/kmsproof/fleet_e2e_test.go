//go:build e2e

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kmsproof/kmsproof/reports"
)

// natsServer starts Debian's NATS server on an address and waits until it answers.
func natsServer(t *testing.T, address string) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// Debian keeps it where only root's path leads.
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
	cmd := exec.Command("nats-server", "-a", address, "-p", port, "-js", "-sd", t.TempDir(), "--user", "kmsproof", "--pass", "notshown")
	if err := cmd.Start(); err != nil {
		t.Fatalf("nats-server (Debian: apt-get install nats-server): %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		c, err := net.DialTimeout("tcp", net.JoinHostPort(address, port), time.Second)
		if err == nil {
			_ = c.Close()
			return fmt.Sprintf("nats://kmsproof:notshown@%s", net.JoinHostPort(address, port))
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

func TestFourWorkersOnDebiansNATS(t *testing.T) {
	_, l, code := played(t, natsServer(t, "127.0.0.1"), 4, 2)
	balanced(t, l, 4)
	if code != exitPass && code != exitNothing || l.Verdict == reports.LoadFail {
		t.Errorf("exit %d, %s: %s", code, l.Verdict, l.Why)
	}
}

// ip runs a command of iproute2.
func ip(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s", program, strings.Join(args, " "), err, out)
	}
}

// Two workers behind a line with 20 ms and a lost packet in a hundred, each way: the clocks are known less
// well, and nothing is lost.
func TestWorkersBehindABadLine(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may make network namespaces")
	}
	const space, here, there = "kmsprooftest", "10.199.7.1", "10.199.7.2"
	ip(t, "ip", "netns", "add", space)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", space).Run() })
	ip(t, "ip", "link", "add", "kptest0", "type", "veth", "peer", "name", "kptest1", "netns", space)
	t.Cleanup(func() { _ = exec.Command("ip", "link", "del", "kptest0").Run() })
	ip(t, "ip", "addr", "add", here+"/30", "dev", "kptest0")
	ip(t, "ip", "link", "set", "kptest0", "up")
	for _, args := range [][]string{{"ip", "addr", "add", there + "/30", "dev", "kptest1"}, {"ip", "link", "set", "kptest1", "up"}, {"ip", "link", "set", "lo", "up"}} {
		ip(t, "ip", append([]string{"netns", "exec", space}, args...)...)
	}
	worsen(t, "tc", "qdisc", "add", "dev", "kptest0", "root", "netem", "delay", "20ms", "loss", "1%")
	worsen(t, "ip", "netns", "exec", space, "tc", "qdisc", "add", "dev", "kptest1", "root", "netem", "delay", "20ms", "loss", "1%")

	server := serve(t, "--listen", here+":0", "--write-target", filepath.Join(t.TempDir(), "target.yaml"))
	url := natsServer(t, here)
	env := []string{"KMSPROOF_NATS=" + url}
	r := &fleetRig{url: url, out: t.TempDir()}
	for range 2 {
		w := telling(t, env, exec.Command("ip", "netns", "exec", space, "kmsproof", "worker"))
		w.says(t, "waiting for a coordinator")
		r.workers = append(r.workers, w)
	}
	profile := filepath.Join(r.out, "brief.yaml")
	if err := os.WriteFile(profile, []byte(strings.Replace(brief, "SECONDS", "4", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	r.load = tell(t, env, "load", profile, "--workers", "2", "--target", server.cmd.Args[len(server.cmd.Args)-1], "--out", filepath.Join(r.out, "run"))
	l, _ := r.run(t)
	balanced(t, l, 2)
	for _, w := range l.Workers {
		if w.Error < 20 || w.Error > 100 || w.Lost != "" {
			t.Errorf("%+v", w)
		}
		t.Log(w.String())
	}
}

// worsen makes a line bad, where the kernel can.
func worsen(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Skipf("this kernel makes no bad lines: %s", out)
	}
}
