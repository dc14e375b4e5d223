package loadgen

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// A File is a piece of a recording as it is kept.
type File struct {
	Name  string
	Write func(io.Writer) error
}

// The endings of a recording's files, after its profile's name.
const (
	planEnding  = ".plan.json"
	callsEnding = ".calls"
	hlogEnding  = ".hlog"
)

// callsMagic begins a file of calls.
const callsMagic = "kmsproof calls 2\n"

// stem begins the names of a profile's files.
func stem(profile string) string {
	return "load-" + strings.Map(func(c rune) rune {
		if c < '-' || c == '/' || c > 'z' {
			return '-'
		}
		return c
	}, profile)
}

// Files returns what a recording is kept as: its plan, as JSON, with all that is known besides the
// calls; the fate of every planned call; and the latencies as HDR interval logs. The first two are what
// [ReadRecording] reads; the third is made from them, for other tools. The recording must be complete,
// and not closed.
func (r Recording) Files() []File {
	name := stem(r.Profile.Name)
	return []File{{name + planEnding, r.writePlan}, {name + callsEnding, r.writeCalls}, {name + hlogEnding, func(w io.Writer) error { return HistogramLog(w, r) }}}
}

func (r Recording) writePlan(to io.Writer) error {
	w := json.NewEncoder(to)
	w.SetIndent("", "  ")
	return w.Encode(r)
}

// writeCalls writes the log of each key of each attempt, its length in bytes before it.
func (r Recording) writeCalls(to io.Writer) error {
	w := bufio.NewWriter(to)
	_, _ = w.WriteString(callsMagic) // Flush tells
	for _, a := range r.Played {
		for i := range a.tracks {
			l := &a.tracks[i].log
			l.seal()
			_, _ = w.Write(binary.AppendUvarint(nil, uint64(l.bytes)))
			if err := l.chunks(func(data []byte) bool { _, err := w.Write(data); return err == nil }); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

// ReadRecording reads the recording of a profile from the files that [Recording.Files] wrote: [Judge]
// says of it what it said of that one, to the byte. The caller closes it. Its error names the file.
func ReadRecording(files fs.FS, profile string) (Recording, error) {
	name := stem(profile)
	r, err := readPlan(files, name+planEnding)
	if err != nil {
		return Recording{}, err
	}
	if r.Profile.Name != profile {
		return Recording{}, fmt.Errorf("%s: it is of profile %q", name+planEnding, r.Profile.Name)
	}
	if err := r.readCalls(files, name+callsEnding); err != nil {
		r.Close()
		return Recording{}, err
	}
	return r, nil
}

func readPlan(files fs.FS, name string) (r Recording, err error) {
	f, err := files.Open(name)
	if err != nil {
		return r, err
	}
	defer func() { _ = f.Close() }() // it was read
	from := json.NewDecoder(f)
	from.DisallowUnknownFields()
	if err := from.Decode(&r); err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	for i, a := range r.Played {
		if a == nil || a.Phase.Keys < 0 || a.Phase.Keys > len(r.Keys) || a.Phase.Hot > a.Phase.Keys {
			return r, fmt.Errorf("%s: attempt %d is of no phase of %d keys", name, i+1, len(r.Keys))
		}
	}
	return r, nil
}

// readCalls notes again what the attempts saw.
func (r *Recording) readCalls(files fs.FS, name string) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was read
	from := bufio.NewReader(f)
	if err := r.noteAgain(from); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := from.ReadByte(); err != io.EOF {
		return fmt.Errorf("%s: more follows the last call of the plan", name)
	}
	return r.spool.failed()
}

func (r *Recording) noteAgain(from *bufio.Reader) error {
	magic := make([]byte, len(callsMagic))
	if _, err := io.ReadFull(from, magic); err != nil || string(magic) != callsMagic {
		return errors.New("it is no file of calls of this version")
	}
	r.spool = &spool{}
	for _, a := range r.Played {
		a.empty()
		a.blur()
		a.recorded(r)
		for key := range a.tracks {
			if err := a.noteKey(key, from); err != nil {
				return fmt.Errorf("%s, attempt %d, %s: %w", a.Phase.Name, a.Attempt, r.Keys[key], err)
			}
		}
	}
	return nil
}

// noteKey notes the calls of one key again.
func (p *Played) noteKey(key int, from *bufio.Reader) error {
	length, err := binary.ReadUvarint(from)
	if err != nil {
		return errors.New("the calls end early")
	}
	var r fateReader
	for number := 0; length > 0; number++ {
		data, _ := from.Peek(int(min(length, longestFate)))
		var f fate
		n := r.next(data, &f)
		switch {
		case n == 0:
			return fmt.Errorf("call %d cannot be read", number+1)
		case number >= p.Phase.of(key).planned():
			return errors.New("it has more calls than its phase plans")
		}
		if f.what != fateOpen {
			p.note(key, number, f)
		}
		_, _ = from.Discard(n) // it was peeked at
		length -= uint64(n)
	}
	return nil
}

// Close gives back what the recording holds beside memory. Nothing can be read from it afterwards.
func (r Recording) Close() { r.spool.close() }
