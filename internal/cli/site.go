package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/site"
)

func newSite(env *environment) *cobra.Command {
	var f flags
	var s siteFlags
	cmd := &cobra.Command{
		Use:   "site URL|DIR|FILE.har ...",
		Short: "Find keys in what a web server gives to browsers",
		Long: `Find Neo API keys in a deployed front end: its pages, all scripts and chunks that these
load or name, its source maps, its configuration files and its response headers. No
script is run, and only GET requests are sent, only to the hosts that are named.

A finding names the address, and the line in the source where a source map shows it. Links
between pages of the site are followed to a depth of 1. Requests carry no cookies unless
--header gives them; links are then followed only if --depth is given, as one may end
the session.

Private and loopback addresses are connected to only for a host that is named here.

A folder that --save wrote, any other folder of files for a web server, and a HAR file that a
browser saved are searched without a network.`,
		Example: `  neokeys site https://app.example.com
  neokeys site http://localhost:4173 -f github -f text=neokeys.txt
  neokeys site https://app.example.com --header "Cookie: session=..." --depth 1
  neokeys site https://app.example.com --save app && neokeys site app`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := s.options(cmd, args)
			if err != nil {
				return err
			}
			return f.run(cmd, env, func() (*target, error) { return siteTarget(o), nil })
		},
	}
	f.register(cmd)
	s.register(cmd)
	cmd.Flags().Lookup("jobs").Usage = "send `N` requests at a time (default 16)"
	return cmd
}

// siteFlags say what to fetch.
type siteFlags struct {
	depth       int
	assets      bool
	rate        float64
	header      []string
	proxy       string
	save        string
	maxRequests int
	maxBytes    string
	maxTime     time.Duration
}

func (s *siteFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVar(&s.depth, "depth", 1, "follow links between pages to a depth of `N`")
	f.BoolVar(&s.assets, "follow-assets", false, "also fetch what a page loads from other hosts, such as scripts")
	f.Float64Var(&s.rate, "rate", 0, "send at most `N` requests a second (default no limit)")
	f.StringArrayVar(&s.header, "header", nil, "send `\"NAME: VALUE\"` with each request to the hosts that are named (repeatable)")
	f.StringVar(&s.proxy, "proxy", "", proxyUsage)
	f.StringVar(&s.save, "save", "", "keep what is fetched in the new folder `DIR`")
	f.IntVar(&s.maxRequests, "max-requests", site.DefaultLimits.Requests, "send at most `N` requests")
	f.StringVar(&s.maxBytes, "max-bytes", "1GiB", "fetch at most `SIZE`, as it is after decompression")
	f.DurationVar(&s.maxTime, "max-time", site.DefaultLimits.Time, maxTimeUsage)
}

// options returns what the flags say.
func (s *siteFlags) options(cmd *cobra.Command, args []string) (site.Options, error) {
	o := site.Options{
		Targets: args, Depth: s.depth, FollowAssets: s.assets, Rate: s.rate, Save: s.save, Limits: site.DefaultLimits,
		Agent: "neokeys/" + version() + " (+https://github.com/neokeys/neokeys)",
	}
	if s.depth < 0 {
		return o, fmt.Errorf("--depth: %d is negative; 0 follows no links", s.depth)
	}
	if s.rate < 0 {
		return o, fmt.Errorf("--rate: %g is negative; 0 is no limit", s.rate)
	}
	if s.maxRequests <= 0 {
		return o, fmt.Errorf("--max-requests: %d is no number of requests", s.maxRequests)
	}
	if s.maxTime <= 0 {
		return o, fmt.Errorf("--max-time: %s is no time; write 5m or 30s", s.maxTime)
	}
	size, err := humanize.ParseBytes(s.maxBytes)
	if err != nil || size == 0 || size > 1<<62 {
		return o, fmt.Errorf("--max-bytes: %q is not a size; write 500KB, 10MB or 1GiB", s.maxBytes)
	}
	o.Requests, o.Bytes, o.Time = s.maxRequests, int64(size), s.maxTime
	if o.Header, err = headers(s.header); err != nil {
		return o, err
	}
	if len(o.Header) > 0 && !cmd.Flags().Changed("depth") {
		o.Depth = 0
	}
	if s.proxy != "" {
		o.Proxy, err = url.Parse(s.proxy)
		if err != nil || o.Proxy.Host == "" {
			return o, errors.New("--proxy: write the address of the proxy as in http://proxy.example.com:3128 or socks5://localhost:1080")
		}
	}
	return o, nil
}

// headers reads the values of --header. What is wrong with one is said without it: it may be
// a secret.
func headers(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		name = textproto.TrimString(name)
		value = textproto.TrimString(value)
		if !ok || name == "" || strings.ContainsAny(name, " \t\r\n") || strings.ContainsAny(value, "\r\n\x00") {
			return nil, errors.New("--header: write it as in --header \"Cookie: session=...\"")
		}
		h.Add(name, value)
	}
	return h, nil
}

// siteTarget returns what web servers give to browsers.
func siteTarget(o site.Options) *target {
	t := &target{name: strings.Join(o.Targets, ", "), partly: true}
	for _, name := range o.Targets {
		if !site.IsURL(name) {
			t.tops = append(t.tops, absolute(name))
		}
	}
	t.empty = func(r *finding.Result) bool { return r.Summary.Files == 0 }
	t.policies = func(said policy.Flags) (*policy.Policies, error) { return policy.OnDisk(said, []string{"."}) }
	t.files = func(ctx context.Context, p *plan) (*finding.Result, error) {
		project := p.policies.ProjectAt(absolute("."))
		o.Rules, o.MaxArchiveDepth = project.Rules, p.search.archiveDepth
		const usual = 16
		if o.Jobs = p.search.jobs; o.Jobs == 0 {
			o.Jobs = usual
		}
		o.Progress = new(scanner.Progress)
		defer p.showProgress(o.Progress)()
		return site.Run(ctx, o)
	}
	return t
}
