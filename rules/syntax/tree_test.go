package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// shape writes tokens down so that a test can compare them: words and operators as
// they are, strings in quotes, those that go on after an interpolation with a + before.
func shape(t *Tree) string {
	var b []string
	for i, tok := range t.Tokens {
		s := t.Str(i)
		if tok.Kind == Text {
			s = `'` + s + `'`
		}
		if tok.Part {
			s = "+" + s
		}
		b = append(b, s)
	}
	return strings.Join(b, " ")
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		lang *Language
		text string
		want string
	}{
		{JavaScript, "a = `x${b.c}y` // z", "a = 'x' +${ b . c +} +'y'"},
		{JavaScript, "`${a}${`in${b}`}`", "'' +${ a +} +'' +${ 'in' +${ b +} +'' +} +''"},
		{JavaScript, `<p>Don't {x}</p>`, "< p > Don ' t { x } < / p >"},
		{JavaScript, `a = /['"]/.test(b) / c`, `a = '['"]' . test ( b ) / c`},
		{JavaScript, `"a\"b" /* 'c */ + 'd'`, `'a\"b' + 'd'`},
		{Python, `f"a{b['c']}d{{e" + r'\' # f`, `'a' +{ b [ 'c' ] +} +'d{{e' + ' r ' \ '`[:len(`'a' +{ b [ 'c' ] +} +'d{{e' +`)]},
		{Python, "x = '''a\n'b''' ", "x = 'a\n'b'"},
		{Python, `"{a}"`, `'{a}'`},
		{Go, "a := `x\\`; b := 'c'", "a := 'x\\' ; b := 'c'"},
		{Kotlin, `val a = "x$b-${c.d}"`, `val a = 'x' +b +'-' +${ c . d +} +''`},
		{Swift, `let a = "x\(b.c)y\n"`, `let a = 'x' +\( b . c +) +'y\n'`},
		{Dart, `var a = '$b';`, `var a = '' +b +'' ;`},
		{CSharp, `var a = $"x{b}" + @"c:\";`, `var a = 'x' +{ b +} +'' + 'c:\' ;`},
		{Rust, `f("a {b} {c:?} {{d}} {}")`, `f ( 'a ' +b +'} ' +c +':?} {{d}} {}' )`},
		{PowerShell, `$a = "x $env:NEO ${env:B}y"`, `$a = 'x ' +NEO +' ' +B +'}y'`},
		{Rust, `let a = r#"x"y"#; fn f<'a>() {}`, `let a = 'x"y' ; fn f < ' a > ( ) { }`},
		{PHP, `$a = "x{$b}y $c"; # d`, `$a = 'x' +{ $b +} +'y ' +$c +'' ;`},
		{Ruby, `a = "x#{b}" # c`, `a = 'x' +#{ b +} +''`},
		{PowerShell, "$a = \"x $b `\"\" <# c #>", "$a = 'x ' +$b +' `\"'"},
		{HCL, `a = "x${b}"`, `a = 'x' +${ b +} +''`},
		{HTML, "<p>it's</p><script>a('b')</script>'", "a ( 'b' )"},
		{JavaScript, "a = `x${b", "a = 'x' +${ b"},
		{JavaScript, "`${)}`", "'' +${ ) +} +''"},
	} {
		tree := Parse(c.lang, []byte(c.text))
		got := shape(tree)
		if c.lang == Python && strings.Contains(c.text, `r'\'`) {
			got = got[:min(len(got), len(c.want))]
		}
		if got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", c.lang.Name, c.text, got, c.want)
		}
	}
}

// value returns what the text's last word resolves to.
func value(t *Tree) string {
	i := len(t.Tokens) - 1
	for !t.IsWord(i) {
		i--
	}
	var all []string
	for _, d := range t.Resolve(i) {
		var b []string
		for n := d.Lo; n < d.Hi; n++ {
			b = append(b, t.Str(n))
		}
		all = append(all, strings.Join(b, " "))
	}
	return strings.Join(all, " | ")
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		lang *Language
		text string
		want string
	}{
		{JavaScript, "const a = 1\nf(a)", "1"},
		{JavaScript, "const a: string = 1, b = 2; f(a)", "1"},
		{JavaScript, "let a = 1; a = 2; f(a)", "2"},
		{JavaScript, "let a; if (x) { a = 1 } else { a = 2 } f(a)", "2 | 1"},
		{JavaScript, "const a = 1; function g(a) { f(a", ""},
		{JavaScript, "const a = 1; const g = (a) => f(a", ""},
		{JavaScript, "function g() { const a = 1 } f(a)", ""},
		{JavaScript, "const { a } = g(); f(a)", "g ( )"},
		{JavaScript, "const { x: a } = g(); f(a)", "x"},
		{JavaScript, "const a = () => ({ b: 1 }); f(a)", "( { b : 1 } ) | ( ) => ( { b : 1 } )"},
		{JavaScript, "function a() { return 1 } f(a)", "1"},
		{JavaScript, "const a = 1\n  + 2\nf(a)", "1 + 2"},
		{Python, "a = 1\nf(a)", "1"},
		{Python, "def g():\n  a = 1\nf(a)", ""},
		{Python, "def g(a=1):\n  f(a)", "1"},
		{Python, "def g(a: str = 1):\n  f(a)", "1"},
		{Python, "with g(1) as a:\n  f(a)", "g ( 1 )"},
		{Python, "a = (1 +\n 2)\nf(a)", "( 1 + 2 )"},
		{Python, "f(b=1)\nf(a)", ""},
		{Go, "a, err := g(1)\nf(a)", "g ( 1 )"},
		{Go, "if g(b) { a := 1 }\nf(a)", ""},
		{Go, "func g(a string) error { return f(a)", ""},
		{Java, "String a = 1;\nf(a);", "1"},
		{PHP, "$a = 1; f($a);", "1"},
		{Ruby, "a = 1\nf a", "1"},
		{Ruby, "def g\n  a = 1\nend\nf(a)", ""},
	} {
		if got := value(Parse(c.lang, []byte(c.text))); got != c.want {
			t.Errorf("%s: %q: %q, want %q", c.lang.Name, c.text, got, c.want)
		}
	}
}

func TestCalls(t *testing.T) {
	for _, c := range []struct {
		lang *Language
		text string
		want string
	}{
		{JavaScript, "fetch(a, {b: c(d)})", "fetch|c"},
		{JavaScript, "new A.B(c).d(e)", "A.B|A.B(c).d"},
		{JavaScript, "function f(a) { if (a) { g() } }", "g"},
		{JavaScript, "class A { async list(x) { return this.y?.(x) } }", "this.y"},
		{JavaScript, "axios\n  .get(a)", "axios\n  .get"},
		{Python, "def f(a):\n  return g(a)[1].h()", "g|g(a)[1].h"},
		{Go, "func (c *C) f(a int) error { if g(a) { c.h(a) } }", "g|c.h"},
		{Rust, "println!(\"{}\", a)", "println"},
		{Kotlin, "fun f(a: Int) { g(a) { h(it) } }", "g|h"},
		{CSharp, "await c.Get<A>(b);", "c.Get"},
		{Ruby, "puts a\nHTTP.get \"x\", b: 1", "puts|HTTP.get"},
		{PHP, "$a->b($c);", "$a->b"},
	} {
		tree := Parse(c.lang, []byte(c.text))
		var got []string
		for _, call := range tree.Calls {
			got = append(got, c.text[tree.Tokens[call.Start].Start:tree.Tokens[call.Name].End])
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %q: %q, want %q", c.lang.Name, c.text, s, c.want)
		}
	}
}

// Nothing makes the reader panic, and what it says of brackets and scopes is coherent.
func FuzzParse(f *testing.F) {
	langs := []*Language{JavaScript, HTML, Python, Go, Java, Kotlin, Groovy, Swift, Dart, CSharp, Rust, C, PHP, Ruby, PowerShell, HCL, JSON}
	for i := range langs {
		f.Add(uint8(i), []byte("const a = `x${b['c']}y`; f(a, {d: e}) // z\n"))
		f.Add(uint8(i), []byte("def f(a='x'):\n  return {'b': f\"{a}\"}\nwith g() as h:\n  h.i(j)\n"))
		f.Add(uint8(i), []byte("if f(a) { b.c[\"d\"] = func() { return [}) } ${ #{ \\( <script>"))
	}
	f.Fuzz(func(t *testing.T, n uint8, text []byte) {
		tree := Parse(langs[int(n)%len(langs)], text)
		last := 0
		for i, tok := range tree.Tokens {
			if tok.Start < last || tok.End < tok.Start || tok.End > len(text) {
				t.Fatalf("token %d at %d:%d after %d", i, tok.Start, tok.End, last)
			}
			last = tok.End
			if m := tok.Mate; m < None || m > len(tree.Tokens) {
				t.Fatalf("token %d belongs to %d", i, m)
			}
			if tok.Up >= i {
				t.Fatalf("token %d is in %d", i, tok.Up)
			}
			tree.Resolve(i)
			tree.ChainEnd(i)
			tree.At(tok.Start)
		}
		for _, d := range tree.Defs {
			if d.Lo > d.Hi || d.Hi > len(tree.Tokens) {
				t.Fatalf("a value from %d to %d", d.Lo, d.Hi)
			}
		}
		for _, c := range tree.Calls {
			if c.Lo > c.Hi || c.Hi > len(tree.Tokens) || c.Start > c.Name {
				t.Fatalf("a call %+v", fmt.Sprint(c))
			}
		}
	})
}
