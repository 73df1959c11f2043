//go:build !linux

package http1

import "testing"

func wantResting(*testing.T, []*Poller) {}
