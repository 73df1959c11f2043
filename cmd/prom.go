package cmd

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"flashwave/bench"
	"flashwave/bench/export"
)

// exported gives a command --prom: a page for Prometheus while it runs.
func (p *program) exported(cmd *cobra.Command) *cobra.Command {
	fs := cmd.Flags()
	addr := fs.String("prom", "", "serve metrics for Prometheus at [HOST]:PORT/metrics until the end; without a host on this machine alone")
	linger := fs.Duration("prom-linger", 0, "keep that page so long after the end, so that whoever scrapes it sees the final figures")
	act := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case *linger < 0 || *linger > 0 && *addr == "":
			return usage(fmt.Errorf("--prom-linger %s: it is how long the page of --prom stays", fs.Lookup("prom-linger").Value), "such as --prom :9090 --prom-linger 20s")
		case *addr == "":
			return act(cmd, args)
		}
		server, err := export.Serve(cmd.Context(), export.NewPage(version()), *addr)
		if err != nil {
			return usage(fmt.Errorf("--prom %s: %w", *addr, err), "such as --prom 127.0.0.1:9090, or :9090 for the same")
		}
		defer server.Close()
		p.page = server.Page
		fmt.Fprintf(p.stderr, "metrics: http://%s/metrics\n", server.Addr)
		if server.Addr.IP.IsUnspecified() {
			p.warn("it listens on every interface: whoever reaches this machine can read the metrics")
		}
		err = act(cmd, args)
		select {
		case <-time.After(*linger):
		case <-cmd.Context().Done(): // an interrupt ends that, too
		}
		return err
	}
	return cmd
}

// shown has the page, if there is one, follow the runs of these options.
func (p *program) shown(o *bench.Options) {
	if page := p.page; page != nil {
		o.Began = func(r *bench.Run) { page.Follow(r) }
	}
}
