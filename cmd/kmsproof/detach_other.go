//go:build !unix

package main

import "os/exec"

// detach has no equivalent here.
func detach(*exec.Cmd) {}
