package export

import (
	"context"
	"net"
	"net/http"
	"time"
)

// A Server serves a page over HTTP.
type Server struct {
	*Page
	Addr *net.TCPAddr // where it listens

	http   *http.Server
	served chan struct{}
}

// Serve serves a page at HOST:PORT until the server is closed; without a host it is
// served on this machine alone. Its one goroutine ends with Close.
func Serve(ctx context.Context, page *Page, addr string) (*Server, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	s := &Server{
		Page: page, Addr: listener.Addr().(*net.TCPAddr), served: make(chan struct{}),
		http: &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 64 << 10},
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // it ends with Close
	}()
	return s, nil
}

// Close ends the page. A scrape that is under way has a moment to end.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.served
}
