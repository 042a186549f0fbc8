package verify

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

// Every test runs with HTTPS_PROXY set to theProxy, so that nothing can reach a
// real host by mistake: what is not on loopback goes to the proxy, which knows
// only the test's own servers. At the end no key that any test used may have got
// into the log.
func TestMain(m *testing.M) {
	// These tests wait more than they compute.
	flag.Parse()
	_ = flag.Set("test.parallel", "32")
	var logged lockedBuffer
	log.SetOutput(&logged)
	theProxy = startProxy()
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"} {
		_ = os.Setenv(name, "http://"+theProxy.listener.Addr().String())
	}
	_ = os.Unsetenv("NO_PROXY")
	_ = os.Unsetenv("no_proxy")
	status := m.Run()
	if found := keysWithin(logged.String()); found != "" {
		fmt.Fprintln(os.Stderr, "FAIL: the log holds", found)
		status = 1
	}
	os.Exit(status)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var (
	madeMu sync.Mutex
	made   []*finding.Key
)

// random returns n random letters and digits.
func random(n int) string { return testkey.Fresh(n) }

func remembering(k *finding.Key) *finding.Key {
	madeMu.Lock()
	defer madeMu.Unlock()
	made = append(made, k)
	return k
}

func newKey() *finding.Key   { return remembering(finding.NewAPIKey("prod", random(24))) }
func newToken() *finding.Key { return remembering(finding.NewLegacyToken(random(40))) }

func newKeys(n int) []*finding.Key {
	keys := make([]*finding.Key, n)
	for i := range keys {
		keys[i] = newKey()
	}
	return keys
}

// keysWithin returns the id of a test's key that text holds, or of its secret
// part.
func keysWithin(text string) string {
	madeMu.Lock()
	defer madeMu.Unlock()
	for _, k := range made {
		secret := k.Secret.Reveal()
		if strings.Contains(text, secret[len(secret)-24:]) {
			return "the key " + k.ID
		}
	}
	return ""
}

func assertNoKey(t *testing.T, what, text string) {
	t.Helper()
	if found := keysWithin(text); found != "" {
		t.Errorf("%s holds %s", what, found)
	}
}

// An authority signs the test servers' certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

var ourCA = newAuthority()

func newAuthority() *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "neokeys tests"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &authority{cert, key, pool}
}

// issue returns a certificate for this machine and the documented hosts, changed
// by change.
func (ca *authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		NotBefore:    time.Now().Add(-2 * time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:     []string{"localhost", "api.neoagent.io", "app.neoagent.co"},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, &ca.key.PublicKey, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: ca.key}
}

// serve starts a TLS server of ourCA's.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	return serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ourCA.issue(t, nil)}}, handler)
}

func serveTLS(t *testing.T, config *tls.Config, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.TLS = config
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// neo answers with a status and a body as Neo does for it.
func neo(status int) http.HandlerFunc {
	body := `{"error":{"code":"SOME_CODE","message":"no"},"meta":{"request_id":"req-err"}}`
	if status < 300 {
		body = `{"data":[{},{}],"meta":{"request_id":"req-ok","pagination":{"has_more":false,"next_cursor":null}}}`
	}
	return jsonBody(status, body)
}

// options sends keys of both kinds to s.
func options(s *httptest.Server) Options {
	return Options{
		APIURL: s.URL + "/public-api/agents", LegacyAPIURL: s.URL + "/api/endpoint",
		Rate: 1000, Version: "1.2.3",
		// Its tests turn it on; in others it would be one request more.
		NoControl: true,
	}
}

// newVerifier returns one that trusts ourCA and does not wait long.
func newVerifier(t *testing.T, o Options) *Verifier {
	t.Helper()
	v, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	v.transport.TLSClientConfig.RootCAs = ourCA.pool
	v.client.RetryWaitMin = time.Millisecond
	v.client.RetryWaitMax = time.Millisecond
	return v
}

// check asks about one key.
func check(t *testing.T, v *Verifier, k *finding.Key) Answer {
	t.Helper()
	a := v.Check(t.Context(), []*finding.Key{k}, nil)[k.ID]
	assertNoKey(t, "the answer", fmt.Sprintf("%+v", a))
	return a
}

func wantAnswer(t *testing.T, a Answer, l finding.Liveness, reason string) {
	t.Helper()
	if a.Liveness != l || !strings.Contains(a.Reason, reason) {
		t.Errorf("got %s (%s), want %s with %q in the reason", a.Liveness, a.Reason, l, reason)
	}
}

// A proxy does CONNECT for the hosts in routes, and keeps all that it sees.
type proxy struct {
	listener net.Listener
	seen     lockedBuffer

	mu     sync.Mutex
	routes map[string]string // host:port to the address of a test's server
	refuse string            // the status line to answer with instead
}

var theProxy *proxy

func startProxy() *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	p := &proxy{listener: l, routes: map[string]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *proxy) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(io.TeeReader(c, &p.seen))
	req, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	p.mu.Lock()
	to, refuse := p.routes[req.Host], p.refuse
	p.mu.Unlock()
	if refuse == "" && (to == "" || req.Method != http.MethodConnect) {
		refuse = "502 No Such Host"
	}
	if refuse != "" {
		_, _ = fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\n<html>blocked</html", refuse)
		return
	}
	up, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = up.Close() }()
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(up, in) }()
	_, _ = io.Copy(c, up)
}

// route makes the proxy take hosts to s, and refuse all with a status line if
// one is given.
func (p *proxy) route(t *testing.T, s *httptest.Server, refuse string, hosts ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.routes = map[string]string{}
	for _, h := range hosts {
		p.routes[h] = s.Listener.Addr().String()
	}
	p.refuse = refuse
}

func matches(t *testing.T, form, text string) {
	t.Helper()
	if !regexp.MustCompile(form).MatchString(text) {
		t.Errorf("nothing matches %s", form)
	}
}
