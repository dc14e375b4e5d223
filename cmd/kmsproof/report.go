package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kmsproof/kmsproof/reports"
)

func newReport() *cobra.Command {
	var format, out, lang string
	c := &cobra.Command{
		Use: "report RUN.json", Short: "Makes any report from a run file", Args: cobra.ExactArgs(1),
		Example: `  kmsproof report kmsproof-out/run.json --format text
  kmsproof report kmsproof-out/run.json --format html -o report.html
  kmsproof report kmsproof-out/run.json --format html --lang ko -o report.ko.html`,
		RunE: func(c *cobra.Command, args []string) error {
			run, err := reports.Read(args[0])
			if err != nil {
				return err
			}
			write, err := reports.FormatIn(format, lang)
			if err != nil {
				return err
			}
			if out != "-" {
				return render(run, format, write, out)
			}
			return write(c.OutOrStdout(), run)
		},
	}
	c.Flags().StringVar(&format, "format", "text", fmt.Sprintf("one of %v", reports.Formats()))
	c.Flags().StringVarP(&out, "output", "o", "-", "file to write; - is stdout")
	c.Flags().StringVar(&lang, "lang", "auto", fmt.Sprintf("language in which an html page opens, one of %v; auto is the browser's", reports.Languages()))
	return c
}
