package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// shares is a flag of shares of a limit, 0.8 or 80%.
type shares struct{ pflag.Value }

// Set implements pflag.Value.
func (s shares) Set(text string) error {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		number, percent := strings.CutSuffix(strings.TrimSpace(part), "%")
		share, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return errors.New("want shares of the limit such as 0.8,1 or 80%,100%")
		}
		if percent {
			share /= 100
		}
		parts[i] = strconv.FormatFloat(share, 'g', -1, 64)
	}
	return s.Value.Set(strings.Join(parts, ","))
}
