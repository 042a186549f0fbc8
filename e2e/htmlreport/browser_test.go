package htmlreport

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// SCREENSHOTS=FOLDER go test ./e2e/htmlreport keeps what the page looks like.
var screenshots = os.Getenv("SCREENSHOTS")

// A browser is a tab, with all that it asked for and complained of.
type browser struct {
	context.Context
	t        *testing.T
	mu       sync.Mutex
	requests []string
	errors   []string
}

func open(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start: go test without -short")
	}
	name := ""
	for _, known := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(known); err == nil {
			name = path
			break
		}
	}
	if name == "" {
		t.Skip("there is no chromium here: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(name),
		chromedp.WindowSize(1000, 1400), chromedp.WSURLReadTimeout(time.Minute), chromedp.Flag("disable-dev-shm-usage", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stopped := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(stopped)
	ctx, stopAll := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopAll)
	ctx, stop := chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &browser{Context: ctx, t: t}
	b.do(chromedp.Navigate("about:blank")) // starts it
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.do(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}), call(accessibility.Enable, cdp.Empty{}))
	return b
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		b.errors = append(b.errors, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// get returns what an action gives.
func get[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	value, err := chromedp.Run(b, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// call is a command of the protocol whose answer does not matter.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// ask returns what a JavaScript expression gives.
func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	return get(b, chromedp.Evaluate[T](expression))
}

// keys returns the ids of the keys that are shown, in their order.
func (b *browser) keys() []string {
	b.t.Helper()
	return ask[[]string](b, `[...document.querySelectorAll('.key')].filter((e) => e.checkVisibility()).map((e) => e.id.slice(4))`)
}

// shot keeps a picture of the whole page, if that is wanted.
func (b *browser) shot(name string) {
	b.t.Helper()
	if screenshots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(screenshots, name+".png"), get(b, chromedp.FullScreenshot(100)), 0o666); err != nil {
		b.t.Fatal(err)
	}
}

// quiet fails the test if the page asked for anything but itself, or anything went wrong in it.
func (b *browser) quiet(address string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, url := range b.requests {
		if before, _, _ := strings.Cut(url, "#"); before != address {
			b.t.Errorf("the page asks for %s", url)
		}
	}
	if len(b.errors) > 0 {
		b.t.Errorf("the page has errors: %s", b.errors)
	}
}

// processTime returns how many seconds of a processor the page's process has taken.
func (b *browser) processTime() float64 {
	b.t.Helper()
	got := get(b, func(ctx context.Context, t *chromedp.Target) (performance.GetMetricsResult, error) {
		return cdp.Call(ctx, t, performance.GetMetrics, cdp.Empty{})
	})
	for _, m := range got.Metrics {
		if m.Name == "ProcessTime" {
			return m.Value
		}
	}
	b.t.Fatal("the browser does not say how much time the page took")
	return 0
}
