package rules

import (
	"math"
	"slices"
	"strings"
)

// A description of a secret is a list of parts, each of which adds characters to those
// before it. There are four kinds:
//
//   - a literal: one character;
//   - a word of placeholderWords, in lower case, in upper case, or with a capital;
//   - a repetition of what stands some characters before, each character itself,
//     its successor or its predecessor, or a few further on: xxxx, abcabc, 3210, a1b2c3,
//     abc123def456;
//   - a stretch of one of orders.
//
// What is counted here is only how long the description would be; nobody needs it.
// Whoever knows the length of the whole and the alphabet could read it, and each
// choice below has at least as many bits as the number of its cases asks for, so Kraft's
// inequality holds.

// A partCode is the bits that it takes to say of which kind the next part is.
type partCode struct{ literal, word, repetition, order float64 }

// One bit says which of these a description uses: one for secrets with little that
// can be compressed, such as a single word, one for those made up of many parts.
var partCodes = [2]partCode{newPartCode(0.91, 0.03), newPartCode(0.4, 0.2)}

// newPartCode returns the code for parts of which the share literal are literals, and
// the share other is of each other kind.
func newPartCode(literal, other float64) partCode {
	bits := -math.Log2(other)
	return partCode{-math.Log2(literal), bits, bits, bits}
}

// A description stands for the list of parts that a secret, or the rest of one, is made of.
type description struct {
	bits     float64 // its length
	literals int     // how many of the characters are literals
	telling  bool    // whether it holds one of tellingWords or a run of x
}

// describe returns the shortest description of secret.
func describe(secret string) description {
	a, b := describeIn(&partCodes[0], secret), describeIn(&partCodes[1], secret)
	if b.bits < a.bits {
		a = b
	}
	a.bits++
	return a
}

// maxDistance is how far back repetitions reach.
const maxDistance = 64

// wordForms is how many ways there are to write a word: example, EXAMPLE, Example.
const wordForms = 3

var (
	wordBits  = math.Log2(float64(wordForms * len(placeholderWords)))
	orderBits = math.Log2(float64(2 * len(orders))) // forwards or backwards
)

// describeIn is describe with a given code. It goes through the secret from its end:
// rest[i] is the shortest description of secret[i:], given what stands before.
func describeIn(code *partCode, secret string) description {
	n := len(secret)
	literal := code.literal + math.Log2(alphabet(secret))
	rest := make([]description, n+1)
	var repeats [maxDistance + 1]repetition // of what stands so far before, by secret[i:]
	var inOrder [len(orders)][2]int         // how long secret[i:] follows an order
	for i := n - 1; i >= 0; i-- {
		c := secret[i]
		length := math.Log2(float64(n - i))
		best := rest[i+1]
		best.bits += literal
		best.literals++
		part := func(k int, bits float64, telling bool) {
			if r := rest[i+k]; bits+r.bits < best.bits {
				best = description{bits + r.bits, r.literals, r.telling || telling}
			}
		}

		for _, w := range wordsByFirst[lower(c)] {
			if isWord(secret[i:], w.text) {
				part(len(w.text), code.word+wordBits, w.telling)
			}
		}
		for d := 1; d <= min(i, maxDistance); d++ {
			step, ok := stepFrom(secret[i-d], c)
			r := &repeats[d]
			if !ok || step != r.step {
				*r = repetition{step: step}
			}
			if !ok {
				continue
			}
			r.length++
			crossedOut := d == 1 && step == 0 && c|0x20 == 'x'
			part(r.length, code.repetition+distanceBits[d]+stepBits[step]+length, crossedOut)
		}
		for o := range orders {
			place := orders[o].place[c]
			for dir := range 2 {
				k := &inOrder[o][dir]
				switch {
				case place == 0:
					*k = 0
				case *k > 0 && orders[o].next(place, dir) == secret[i+1]:
					*k++
					part(*k, code.order+orderBits+orders[o].startBits+length, false)
				default:
					*k = 1
				}
			}
		}
		rest[i] = best
	}
	return rest[0]
}

// A repetition is how long one with the same step goes on.
type repetition struct{ step, length int }

// steps are how far a character of a repetition may be from the one that it repeats,
// among the ten digits or the 26 letters.
var steps = [...]int{0, 1, -1, 2, 3, 4}

// stepBits says which of steps it is. The first three share most of the probability.
var stepBits = func() (bits [len(steps)]float64) {
	const usual, rare = 15.0 / 16 / 3, 1.0 / 16 / float64(len(steps)-3)
	for i := range bits {
		bits[i] = -math.Log2(rare)
		if i < 3 {
			bits[i] = -math.Log2(usual)
		}
	}
	return bits
}()

// distanceBits is Elias-like: the sum of 1/(d*(d+1)) over all d is 1.
var distanceBits = func() (bits [maxDistance + 1]float64) {
	for d := 1; d <= maxDistance; d++ {
		bits[d] = math.Log2(float64(d * (d + 1)))
	}
	return bits
}()

// stepFrom returns which of steps c is from another character of its kind, with the
// first after the last.
func stepFrom(from, c byte) (step int, ok bool) {
	table := &letterSteps
	switch {
	case isDigit(c) && isDigit(from):
		table = &digitSteps
	case isLower(c) && isLower(from), isUpper(c) && isUpper(from):
	case c == from:
		return 0, true
	default:
		return 0, false
	}
	step = int(table[25+int(c)-int(from)])
	return max(0, step), step >= 0
}

// digitSteps and letterSteps hold, for each distance from -25 up, which of steps it is,
// or -1.
var digitSteps, letterSteps = newStepTable(10), newStepTable(26)

func newStepTable(size int) (table [51]int8) {
	for i := range table {
		table[i] = -1
		for step, s := range steps {
			if (i-25-s)%size == 0 {
				table[i] = int8(step)
			}
		}
	}
	return table
}

// An order is characters in the sequence in which people count or type them, with the first
// after the last.
type order struct {
	chars     string
	place     [256]uint8 // in chars, from 1; 0 for those that are not in it
	startBits float64    // says where in it to begin
}

func (o *order) next(place uint8, dir int) byte {
	at, n := int(place)-1, len(o.chars)
	if dir == 0 {
		return o.chars[(at+1)%n]
	}
	return o.chars[(at+n-1)%n]
}

// orders are those in which a character's neighbour is not simply the next of its
// kind, which is a repetition.
var orders = [...]order{
	newOrder("0123456789abcdef"),
	newOrder("0123456789ABCDEF"),
	newOrder("abcdefghijklmnopqrstuvwxyz0123456789"),
	newOrder("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
	newOrder("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
	newOrder("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
	newOrder("AbCdEfGhIjKlMnOpQrStUvWxYz"),
	newOrder("aBcDeFgHiJkLmNoPqRsTuVwXyZ"),
	newOrder("1234567890qwertyuiopasdfghjklzxcvbnm"),
	newOrder("1234567890QWERTYUIOPASDFGHJKLZXCVBNM"),
	newOrder("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"),
	newOrder("AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz"),
}

func newOrder(chars string) order {
	o := order{chars: chars, startBits: math.Log2(float64(len(chars)))}
	for i := range len(chars) {
		o.place[chars[i]] = uint8(i + 1)
	}
	return o
}

// isWord reports whether s begins with word in one of its forms.
func isWord(s, word string) bool {
	if len(s) < len(word) || lower(s[0]) != word[0] {
		return false
	}
	upper := isUpper(s[0]) && isUpper(s[1])
	for i := 1; i < len(word); i++ {
		if isUpper(s[i]) != upper || lower(s[i]) != word[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if isUpper(c) {
		c |= 0x20
	}
	return c
}

// tellingWords are those that nobody gives a real key; a key may have any of otherWords
// in its name. More words make each of them say less.
var (
	tellingWords = strings.Fields(`
		example sample placeholder changeme change redacted dummy fake mock mocked invalid insert replace
		replaceme your yours here goes put paste enter fill not real never masked removed censored sanitized
		scrubbed obfuscated omitted undefined unset todo fixme tbd foo bar baz foobar qux quux lorem ipsum
		dolor deadbeef snippet tutorial pretend stub stubbed`)
	otherWords = strings.Fields(`
		test testing tests tester demo template default this that with type add use only just like some
		something thing random generated string value token tokens secret secrets key keys apikey api password
		passwd pass auth bearer credential credentials access private public hidden filtered hide stripped blank
		empty none null unknown missing the and for from into neo neoagent agent neokeys prod production live staging
		development sandbox local env environment var variable config setting settings admin user username company name
		account tenant project app service client server customer hello world old new expired revoked rotated rotate
		leaked leak good bad wrong valid super long short char chars character characters letters digits alphanumeric
		number numbers documentation docs readme doc dashboard copy copied ignore ignored`)
	placeholderWords = slices.Concat(tellingWords, otherWords)
)

type word struct {
	text    string
	telling bool
}

// wordsByFirst lists the words by their first letter.
var wordsByFirst = func() (words [256][]word) {
	for i, w := range placeholderWords {
		words[w[0]] = append(words[w[0]], word{w, i < len(tellingWords)})
	}
	return words
}()
