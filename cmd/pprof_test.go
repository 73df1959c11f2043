package cmd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Profiles are served at a loopback address and nowhere else.
func TestProfiles(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "nowhere", ""} {
		if l, err := listenHere(t.Context(), addr); err == nil {
			_ = l.Close()
			t.Errorf("%q is listened on", addr)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "127.1.2.3:0", "localhost:0"} {
		l, err := listenHere(t.Context(), addr)
		if err != nil {
			t.Errorf("%q: %v", addr, err)
			continue
		}
		_ = l.Close()
	}
	page := httptest.NewRecorder()
	profiles().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/debug/pprof/goroutine?debug=1", nil))
	if text, err := io.ReadAll(page.Body); page.Code != http.StatusOK || len(text) == 0 {
		t.Errorf("%d, %d bytes, %v", page.Code, len(text), err)
	}
}
