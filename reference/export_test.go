package reference

// Blind stops the observing of calls, for the benchmark that measures what it costs.
func (s *Service) Blind() { s.observer = nil }

// Sole reads a body as encrypt does before it turns to the general reader.
func Sole(body, name string) (string, bool) { return (&payload{text: []byte(body)}).sole(name) }
