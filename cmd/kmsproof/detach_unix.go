//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// detach keeps a worker from hearing the interrupt that a terminal sends to all it runs: the coordinator
// ends it, when the run is cleaned up.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
