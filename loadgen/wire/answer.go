package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Answer is what came back. It can be used again for the next call: its slices keep their room.
type Answer struct {
	Status int
	Head   []byte        // the header fields as they came, a line each
	Body   []byte        // without its framing
	Server time.Duration // what the server says it needed (Server-Timing, the largest dur); negative when it does not say
}

// maxHead bounds the header fields of an answer, in bytes, and those behind a chunked body.
const maxHead = 64 << 10

// A framing is what the head of an answer says about its body.
type framing struct {
	length  int64 // -1: not said
	chunked bool
	close   bool // the connection ends with it
	old     bool // HTTP/1.0
}

// read reads one whole answer. keep says that another may follow on the same connection.
func (a *Answer) read(in *bufio.Reader, head bool, maxBody int64) (keep bool, err error) {
	var f framing
	for {
		if f, err = a.readHead(in); err != nil {
			return false, err
		}
		if a.Status >= 200 {
			break
		}
		if a.Status == 101 {
			return false, errors.New("the answer changes the protocol, which was not asked for")
		}
	}
	a.Body = a.Body[:0]
	switch {
	case head || a.Status == 204 || a.Status == 304:
		return !f.close, nil
	case f.chunked:
		err = a.readChunks(in, maxBody)
	case f.length >= 0:
		err = a.readExactly(in, f.length, maxBody)
	default:
		return false, a.readToEnd(in, maxBody)
	}
	return !f.close, err
}

// readHead reads a status line and the header fields behind it.
func (a *Answer) readHead(in *bufio.Reader) (framing, error) {
	a.Head, a.Server = a.Head[:0], -1
	f := framing{length: -1}
	first, err := line(in)
	if err != nil {
		return f, err
	}
	if a.Status, f.old, err = statusLine(first); err != nil {
		return f, err
	}
	f.close = f.old
	for {
		field, err := line(in)
		if err != nil {
			return f, broke(err)
		}
		if len(field) == 0 {
			return f, f.check()
		}
		if len(a.Head)+len(field) > maxHead {
			return f, fmt.Errorf("the head of the answer is longer than %d bytes", maxHead)
		}
		a.Head = append(append(a.Head, field...), '\n')
		if err := a.field(&f, field); err != nil {
			return f, err
		}
	}
}

// statusLine reads "HTTP/1.1 200 OK".
func statusLine(s []byte) (status int, old bool, err error) {
	const form = "HTTP/1.1 200"
	if len(s) < len(form) || string(s[:7]) != form[:7] || s[7] != '0' && s[7] != '1' || s[8] != ' ' || len(s) > len(form) && s[len(form)] != ' ' {
		return 0, false, fmt.Errorf("the answer is not HTTP/1.1: it begins with %.16q", s)
	}
	for _, digit := range s[9:12] {
		if digit < '0' || digit > '9' {
			return 0, false, fmt.Errorf("the answer has no status: it begins with %.16q", s)
		}
		status = 10*status + int(digit-'0')
	}
	if status < 100 {
		return 0, false, fmt.Errorf("the answer has the impossible status %d", status)
	}
	return status, s[7] == '0', nil
}

// field takes from one header field what the framing needs.
func (a *Answer) field(f *framing, line []byte) error {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || bytes.ContainsAny(line[:colon], " \t") {
		return fmt.Errorf("the head of the answer holds a line that is no field: %.16q", line)
	}
	name, value := line[:colon], bytes.Trim(line[colon+1:], " \t")
	switch {
	case is(name, "Content-Length"):
		return f.setLength(value)
	case is(name, "Transfer-Encoding"):
		if !is(value, "chunked") || f.chunked {
			return fmt.Errorf("the answer has the transfer encoding %.16q, only chunked is known here", value)
		}
		f.chunked = true
	case is(name, "Connection"):
		f.setConnection(value)
	case is(name, "Server-Timing"):
		a.Server = max(a.Server, serverTime(string(value)))
	}
	return nil
}

func is(b []byte, name string) bool { return len(b) == len(name) && strings.EqualFold(string(b), name) }

func (f *framing) setLength(value []byte) error {
	n, err := strconv.ParseUint(string(value), 10, 63)
	if err != nil || value[0] == '+' || f.length >= 0 && f.length != int64(n) {
		return fmt.Errorf("the answer has the impossible content length %.32q", value)
	}
	f.length = int64(n)
	return nil
}

func (f *framing) setConnection(value []byte) {
	for option := range bytes.SplitSeq(value, []byte(",")) {
		switch option = bytes.Trim(option, " \t"); {
		case is(option, "close"):
			f.close = true
		case is(option, "keep-alive") && f.old:
			f.close = false
		}
	}
}

// check refuses a framing that two readers could understand in two ways (RFC 9112, 6.3).
func (f *framing) check() error {
	if f.chunked && (f.length >= 0 || f.old) {
		return errors.New("the answer gives its length in two ways")
	}
	return nil
}

// serverTime returns the largest dur, in milliseconds, of a Server-Timing field; -1 when none has one.
func serverTime(value string) time.Duration {
	longest := time.Duration(-1)
	for metric := range strings.SplitSeq(value, ",") {
		for param := range strings.SplitSeq(metric, ";") {
			name, said, _ := strings.Cut(strings.TrimSpace(param), "=")
			ms, err := strconv.ParseFloat(strings.Trim(said, `"`), 64)
			if strings.EqualFold(name, "dur") && err == nil && ms >= 0 && ms < math.MaxInt32 {
				longest = max(longest, time.Duration(ms*float64(time.Millisecond)))
			}
		}
	}
	return longest
}

// line returns the next line without its end. It is good until the next read.
func line(in *bufio.Reader) ([]byte, error) {
	s, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, fmt.Errorf("the head of the answer holds a line longer than %d bytes", in.Size())
	}
	if err != nil {
		if len(s) > 0 {
			err = broke(err)
		}
		return nil, err
	}
	return bytes.TrimSuffix(s[:len(s)-1], []byte("\r")), nil
}

// broke tells an answer that ended too early from one that never began.
func broke(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func tooLong(maxBody int64) error {
	return fmt.Errorf("the body of the answer is longer than %d bytes", maxBody)
}

// readExactly appends n bytes to the body.
func (a *Answer) readExactly(in *bufio.Reader, n, maxBody int64) error {
	have := len(a.Body)
	if n > maxBody-int64(have) {
		return tooLong(maxBody)
	}
	a.Body = slices.Grow(a.Body, int(n))[:have+int(n)]
	_, err := io.ReadFull(in, a.Body[have:])
	return broke(err)
}

func (a *Answer) readToEnd(in *bufio.Reader, maxBody int64) error {
	for {
		a.Body = slices.Grow(a.Body, 512)
		n, err := in.Read(a.Body[len(a.Body):cap(a.Body)])
		a.Body = a.Body[:len(a.Body)+n]
		if int64(len(a.Body)) > maxBody {
			return tooLong(maxBody)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readChunks reads a chunked body and the trailer behind it, which is passed over.
func (a *Answer) readChunks(in *bufio.Reader, maxBody int64) error {
	for {
		size, err := chunkSize(in)
		if err != nil {
			return err
		}
		if size == 0 {
			return passTrailer(in)
		}
		if err := a.readExactly(in, size, maxBody); err != nil {
			return err
		}
		end, err := line(in)
		if err != nil {
			return broke(err)
		}
		if len(end) != 0 {
			return errors.New("a chunk of the answer is longer than it says")
		}
	}
}

func chunkSize(in *bufio.Reader) (int64, error) {
	s, err := line(in)
	if err != nil {
		return 0, broke(err)
	}
	digits, _, _ := bytes.Cut(s, []byte(";"))
	size, err := strconv.ParseUint(string(bytes.Trim(digits, " \t")), 16, 63)
	if err != nil {
		return 0, fmt.Errorf("a chunk of the answer has the impossible size %.16q", s)
	}
	return int64(size), nil
}

func passTrailer(in *bufio.Reader) error {
	for passed := 0; passed <= maxHead; {
		s, err := line(in)
		if err != nil {
			return broke(err)
		}
		if len(s) == 0 {
			return nil
		}
		passed += len(s)
	}
	return fmt.Errorf("the trailer of the answer is longer than %d bytes", maxHead)
}
