package cli

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

// An api stands in for Neo's API in a script, over TLS with an authority of its own.
type api struct {
	ts    *testscript.TestScript
	certs tls.Certificate
	here  *httptest.Server

	neo mock.Server // answers for the keys that are live or refused

	mu        sync.Mutex
	answers   map[string]string // by key
	controls  int               // questions about keys that do not exist
	since     time.Time         // of the last "asked", or the start
	arrivals  []time.Time       // of requests since then
	perKey    map[string]int
	now, most int // requests under way
	elsewhere int // requests that reached where a redirect leads
	proxied   []string
	exposed   []string // processes that showed a key
	processes int      // of neokeys, among those that were looked at
}

const (
	apiPath    = mock.AgentsPath
	legacyPath = "/legacy" // not the documented sample, which serves nothing here
)

// controlForm is the form of a key that neokeys makes up, if the script did not make it.
var controlForm = regexp.MustCompile(`^(neo_sk_[a-z]+_[A-Za-z0-9]{24}|[A-Za-z0-9]{40})$`)

// startAPI is the command "api": it leads neokeys to the stand-in by the environment,
// and keeps it from any other host.
func startAPI(ts *testscript.TestScript, neg bool, args []string) {
	a := &api{ts: ts, answers: map[string]string{}, perKey: map[string]int{}, since: time.Now()}
	a.makeCertificate()
	a.here = a.serve(a.answer)
	ts.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	ts.Setenv("API_HOST", a.here.Listener.Addr().String())
	ts.Setenv("NEO_API_URL", a.here.URL+apiPath)
	ts.Setenv("NEO_LEGACY_API_URL", a.here.URL+legacyPath)
	apis.Store(ts, a)
	plays(ts, neg, args)
}

var apis sync.Map // by script

func apiOf(ts *testscript.TestScript) *api {
	a, ok := apis.Load(ts)
	if !ok {
		ts.Fatalf("no api has been started")
	}
	return a.(*api)
}

// makeCertificate makes one for this machine and the documented hosts, and has the
// script's programs trust it.
func (a *api) makeCertificate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.ts.Check(err)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "neokeys tests"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:              []string{"api.neoagent.io", "app.neoagent.co"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	a.ts.Check(err)
	a.certs = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	file := a.ts.MkAbs("ca.pem")
	a.ts.Check(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o666))
	a.ts.Setenv("SSL_CERT_FILE", file)
}

func (a *api) serve(handler http.HandlerFunc) *httptest.Server {
	s := httptest.NewUnstartedServer(handler)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{a.certs}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	a.ts.Defer(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func (a *api) answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case legacyPath:
		r.URL.Path = mock.LegacyPath
	case mock.LegacyPath:
		r.URL.Path = "/nothing"
	}
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	if _, known := a.answers[key]; !known && controlForm.MatchString(key) {
		a.controls++
		a.mu.Unlock()
		a.neo.ServeHTTP(w, r)
		return
	}
	a.arrivals = append(a.arrivals, time.Now())
	a.perKey[key]++
	a.now++
	a.most = max(a.most, a.now)
	answer := a.answers[key]
	if len(a.arrivals)%10 == 1 {
		a.listProcesses(key)
	}
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.now--
	}()

	switch answer {
	case "slow":
		time.Sleep(20 * time.Millisecond)
		a.neo.ServeHTTP(w, r)
	case "hang":
		<-r.Context().Done()
		// To return would be to answer 200, which may come through to a client that is
		// still closing the connection.
		panic(http.ErrAbortHandler)
	case "page":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>Sign in</html>")
	case "redirect":
		there := a.serve(func(http.ResponseWriter, *http.Request) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.elsewhere++
		})
		http.Redirect(w, r, there.URL+apiPath, http.StatusTemporaryRedirect)
	default:
		if status, err := strconv.Atoi(answer); err == nil {
			mock.Fail(w, status, "SOME_CODE", "The script wants it so.")
			return
		}
		a.neo.ServeHTTP(w, r)
	}
}

// listProcesses does what ps does, and looks for key.
func (a *api) listProcesses(key string) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		command, _ := os.ReadFile(file)
		environment, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "environ"))
		name, _, _ := strings.Cut(string(command), "\x00")
		if filepath.Base(name) == "neokeys" {
			a.processes++
		}
		if strings.Contains(string(command), key) || strings.Contains(string(environment), key) {
			a.exposed = append(a.exposed, name)
		}
	}
}

// states are what the stand-in makes of a key by itself; of any other answer, nothing.
var states = map[string]mock.State{"live": mock.Live, "slow": mock.Live, "403": mock.Restricted}

// plays is the command that changes what is answered.
func plays(ts *testscript.TestScript, _ bool, args []string) {
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, arg := range args {
		name, answer, ok := strings.Cut(arg, "=")
		if key := ts.Getenv(name); ok && key != "" {
			a.answers[key] = answer
			a.neo.Set(key, states[answer])
		} else {
			ts.Fatalf("%s: want VAR=ANSWER", arg)
		}
	}
}

// asked is the command that checks how many requests there were about keys of the script,
// and, with a second number, how many about keys that were made up.
func asked(ts *testscript.TestScript, _ bool, args []string) {
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if len(a.arrivals) != want {
		ts.Fatalf("%d requests, want %d", len(a.arrivals), want)
	}
	if a.elsewhere > 0 {
		ts.Fatalf("a redirect was followed")
	}
	if len(args) > 1 {
		if got := strconv.Itoa(a.controls); got != args[1] {
			ts.Fatalf("%s controls, want %s", got, args[1])
		}
	}
	a.controls = 0
	a.arrivals, a.since = nil, time.Now()
}

// paced is the command that checks when the requests came, before "asked" forgets.
func paced(ts *testscript.TestScript, _ bool, args []string) {
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	perSecond, err := strconv.Atoi(args[0])
	ts.Check(err)
	concurrency, err := strconv.Atoi(args[1])
	ts.Check(err)
	if a.most > concurrency {
		ts.Fatalf("%d requests at a time, want %d at most", a.most, concurrency)
	}
	// No request can come before the rate lets it be sent, however fast or slow the
	// machine is.
	for i, at := range a.arrivals {
		if soonest := a.since.Add(time.Duration(i) * time.Second / time.Duration(perSecond)); at.Before(soonest) {
			ts.Fatalf("request %d came %v too early", i, soonest.Sub(at))
		}
	}
	for _, n := range a.perKey {
		if n > 1 {
			ts.Fatalf("a key was asked about %d times", n)
		}
	}
}

// unlisted is the command that checks that no list of processes showed a key.
func unlisted(ts *testscript.TestScript, _ bool, _ []string) {
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.processes == 0 {
		ts.Fatalf("the lists of processes held no neokeys")
	}
	if len(a.exposed) > 0 {
		ts.Fatalf("lists of processes showed a key: %s", a.exposed)
	}
}

// nokey is the command that looks for every key that was asked about in files.
func nokey(ts *testscript.TestScript, _ bool, args []string) {
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.perKey) == 0 {
		ts.Fatalf("no key has been asked about")
	}
	for _, file := range args {
		text := ts.ReadFile(file)
		for key := range a.perKey {
			if strings.Contains(text, key) {
				ts.Fatalf("%s holds a key", file)
			}
		}
	}
}

// places is the command that writes N files which hold the same K keys in turn, and
// which no variable names.
func places(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	k, err := strconv.Atoi(args[1])
	ts.Check(err)
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	keys := make([]string, k)
	for i := range keys {
		keys[i] = newKey()
		a.answers[keys[i]] = "slow"
		a.neo.Set(keys[i], mock.Live)
	}
	for i := range n {
		text := fmt.Sprintf("key %d = %q\n", i, keys[i%k])
		ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[2]), fmt.Sprintf("file%04d.txt", i)), []byte(text), 0o666))
	}
	a.since = time.Now()
}

// interrupt is the command that waits for N requests and then does what Ctrl-C, or
// Ctrl-\, does to what runs in the background.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	signal := os.Interrupt
	if len(args) > 1 && args[1] == "quit" {
		signal = syscall.SIGQUIT
	}
	a := apiOf(ts)
	for range 1000 {
		a.mu.Lock()
		n := len(a.arrivals)
		a.mu.Unlock()
		if n >= want {
			for _, cmd := range ts.BackgroundCmds() {
				ts.Check(cmd.Process.Signal(signal))
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("there were no %d requests", want)
}

// startProxy is the command "proxy": it starts a proxy that takes connections for the
// documented hosts to the stand-in, and has neokeys use it.
func startProxy(ts *testscript.TestScript, _ bool, _ []string) {
	a := apiOf(ts)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv("HTTPS_PROXY", "http://"+l.Addr().String())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go a.proxy(c)
		}
	}()
}

func (a *api) proxy(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	r, err := http.ReadRequest(in)
	if err != nil || r.Method != http.MethodConnect {
		return
	}
	a.mu.Lock()
	a.proxied = append(a.proxied, r.Host)
	a.mu.Unlock()
	up, err := net.Dial("tcp", a.here.Listener.Addr().String())
	if err != nil {
		return
	}
	defer func() { _ = up.Close() }()
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(up, in) }()
	_, _ = io.Copy(c, up)
}

// proxied is the command that checks which hosts the proxy connected to, in this order.
func proxied(ts *testscript.TestScript, _ bool, args []string) {
	a := apiOf(ts)
	a.mu.Lock()
	defer a.mu.Unlock()
	if got := strings.Join(slices.Compact(slices.Clone(a.proxied)), " "); got != strings.Join(args, " ") {
		ts.Fatalf("the proxy was led to %q", got)
	}
}

func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%#o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s", args[0], got)
	}
}
