//go:build unix

package wire

import "syscall"

// readable reports whether a read from the socket would return at once. The byte that it may take is
// lost: the connection is of no use then.
func readable(fd uintptr) bool {
	var one [1]byte
	_, err := syscall.Read(int(fd), one[:])
	return err != syscall.EAGAIN
}
