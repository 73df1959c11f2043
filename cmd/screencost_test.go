package cmd

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/tui"
)

// BenchmarkScreenCost says how much of this process's CPU the live screen takes
// while the engine drives 2,000 requests a second at an endpoint in another
// process: percent more than without a screen. Stretches with and without it take
// turns within one run; the median difference of neighbours counts. It is to be
// under 3 %, on a machine that does nothing else.
//
// One round lasts a minute: run it with -benchtime 1x.
func BenchmarkScreenCost(b *testing.B) {
	for _, size := range []struct{ w, h int }{{120, 36}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(b *testing.B) {
			for b.Loop() {
				screenCost(b, size.w, size.h)
			}
		})
	}
}

const (
	costRounds  = 12
	costStretch = 1500 * time.Millisecond
)

func screenCost(b *testing.B, width, height int) {
	run := loadAtFullSpeed(b, 2*costRounds*(costStretch+time.Second)+10*time.Second)
	time.Sleep(4 * time.Second)
	var without, more []float64
	for range costRounds {
		off := spent(costStretch)
		leave := discarded(b, run, width, height)
		time.Sleep(500 * time.Millisecond) // its start is not its pace
		on := spent(costStretch)
		leave()
		without, more = append(without, off), append(more, on-off)
	}
	run.Stop()
	run.Stop()
	doc := run.Wait()
	b.ReportMetric(100*median(more)/median(without), "%more")
	b.ReportMetric(100*median(without), "%cpu-without")
	b.ReportMetric(*doc.Total.Rate.Succeeded, "req/s")
	b.ReportMetric(0, "ns/op")
}

func median(list []float64) float64 {
	slices.Sort(list)
	return (list[(len(list)-1)/2] + list[len(list)/2]) / 2
}

// spent is the CPU that this process uses over a stretch, in cores.
func spent(stretch time.Duration) float64 {
	cpu := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before, start := cpu(), time.Now()
	time.Sleep(stretch)
	return float64(cpu()-before) / float64(time.Since(start))
}

// discarded shows a run on a terminal that nobody sees.
func discarded(b *testing.B, run tui.Source, width, height int) (leave func()) {
	p := tea.NewProgram(tui.New(run, tui.Options{}), tea.WithoutSignalHandler(), tea.WithFPS(15),
		tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.TrueColor))
	done := make(chan error, 1)
	go func() {
		_, err := p.Run()
		done <- err
	}()
	return func() {
		p.Quit()
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

// freePort is an address on which nobody listens now.
func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// loadAtFullSpeed begins a run against an endpoint of its own process.
func loadAtFullSpeed(b *testing.B, length time.Duration) *bench.Run {
	address := freePort()
	endpoint := exec.Command("flashwave", "mock", "--addr", address, "--batch", "4000", "--step", "1ms", "--tokens", "24", "--prefill-tps", "10000000")
	endpoint.Stderr = os.Stderr
	if err := endpoint.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = endpoint.Process.Kill()
		_ = endpoint.Wait()
	})
	for range 100 {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	sc, err := scenario.Parse("load.yaml", fmt.Appendf(nil, `
name: full-speed
target: {url: "http://%s/v1", model: deepseek-v3.2}
workload: {prompt: "hello", max_tokens: 24}
arrivals: poisson
waves: [{name: flat, rate: 2000/s, for: %s}]
slo: ["ttft.p95 < 800ms", "e2e.p99 < 8s", "error_rate < 1%%"]
`, address, length))
	if err != nil {
		b.Fatal(err)
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		b.Fatal(err)
	}
	setup, err := bench.Prepare(context.Background(), sc, func(string) string { return "" })
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(setup.Close)
	setup.Machine = true
	run, err := bench.Start(setup.Options)
	if err != nil {
		b.Fatal(err)
	}
	return run
}
