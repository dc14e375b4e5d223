package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/reports"
)

func newReport() *cobra.Command {
	var format, out string
	c := &cobra.Command{
		Use: "report RUN.json", Short: "Makes any report from a run file", Args: cobra.ExactArgs(1),
		Example: `  kmsproof report kmsproof-out/run.json --format text
  kmsproof report kmsproof-out/run.json --format html -o report.html`,
		RunE: func(c *cobra.Command, args []string) error {
			run, err := reports.Read(args[0])
			if err != nil {
				return err
			}
			if out != "-" {
				return render(run, format, out)
			}
			write, err := reports.Format(format)
			if err != nil {
				return err
			}
			return write(c.OutOrStdout(), run)
		},
	}
	c.Flags().StringVar(&format, "format", "text", fmt.Sprintf("one of %v", reports.Formats()))
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write; - is stdout")
	return c
}
