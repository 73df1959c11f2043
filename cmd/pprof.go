package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/spf13/cobra"
)

// profiled gives a command --pprof: where profiles of this process can be fetched while
// it runs. It is for whoever works on flashwave, and no help names it.
func (p *program) profiled(cmd *cobra.Command) *cobra.Command {
	addr := cmd.Flags().String("pprof", "", "serve profiles of this process at HOST:PORT, on this machine alone")
	_ = cmd.Flags().MarkHidden("pprof") // it is there
	act := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *addr == "" {
			return act(cmd, args)
		}
		stop, err := p.serveProfiles(cmd.Context(), *addr)
		if err != nil {
			return usage(fmt.Errorf("--pprof %s: %w", *addr, err), "profiles are served on this machine alone, such as at 127.0.0.1:6060")
		}
		defer stop()
		return act(cmd, args)
	}
	return cmd
}

// serveProfiles serves profiles until stop is called.
func (p *program) serveProfiles(ctx context.Context, addr string) (stop func(), err error) {
	listener, err := listenHere(ctx, addr)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: profiles(), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // it ends with stop
	}()
	fmt.Fprintf(p.stderr, "profiles: http://%s/debug/pprof/\n", listener.Addr())
	return func() {
		_ = server.Close()
		<-served
	}, nil
}

// listenHere listens on a loopback address, and on no other: a profile tells of what a
// process does and holds.
func listenHere(ctx context.Context, addr string) (net.Listener, error) {
	at, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, err
	}
	if !at.IP.IsLoopback() {
		return nil, errors.New("that is no loopback address")
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", at.String())
}

// profiles are the pages of net/http/pprof.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
