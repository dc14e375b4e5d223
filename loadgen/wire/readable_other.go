//go:build !unix

package wire

// readable cannot be told here without blocking: a connection that its server has closed is found
// when a call fails on it.
func readable(uintptr) bool { return false }
