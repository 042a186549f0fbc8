package secret

import (
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
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

// A partCode is the bits that it takes to say of which kind the next part is: a literal,
// or one of the three others, which are equally likely.
type partCode struct{ literal, other float64 }

// One bit says which of these a description uses: one for secrets with little that
// can be compressed, such as a single word, one for those made up of many parts.
var partCodes = [2]partCode{newPartCode(0.91, 0.03), newPartCode(0.4, 0.2)}

// newPartCode returns the code for parts of which the share literal are literals, and
// the share other is of each other kind.
func newPartCode(literal, other float64) partCode {
	return partCode{-math.Log2(literal), -math.Log2(other)}
}

// A description stands for the list of parts that a secret, or the rest of one, is made of.
type description struct {
	bits     float64 // its length
	literals int     // how many of the characters are literals
	telling  bool    // whether it holds one of tellingWords or a run of x
}

// descriptions are those in each of partCodes.
type descriptions [len(partCodes)]description

// maxDistance is how far back repetitions reach.
const maxDistance = 64

// wordForms is how many ways there are to write a word: example, EXAMPLE, Example.
const wordForms = 3

var (
	wordBits  = math.Log2(float64(wordForms * len(placeholderWords)))
	orderBits = math.Log2(float64(2 * len(orders))) // forwards or backwards
)

// describe returns the shortest description of secret.
func describe(secret string) description {
	var room [finding.MaxSecretLen + 1]descriptions
	d := describer{secret: secret, literal: math.Log2(alphabet(secret)), rest: room[:]}
	if n := len(secret) + 1; n > len(room) {
		d.rest = make([]descriptions, n)
	}
	// What follows is known first.
	for d.at = len(secret) - 1; d.at >= 0; d.at-- {
		d.length = lengthBits(len(secret) - d.at)
		for c, code := range partCodes {
			r := d.rest[d.at+1][c]
			d.rest[d.at][c] = description{r.bits + code.literal + d.literal, r.literals + 1, r.telling}
		}
		d.words()
		d.repetitions()
		d.stretches()
	}
	best := d.rest[0][0]
	if other := d.rest[0][1]; other.bits < best.bits {
		best = other
	}
	best.bits++
	return best
}

// A describer looks for the shortest descriptions of secret[at:], given those of what
// follows and what stands before. Random secrets have hardly any parts but literals, so
// the cost is in seeing that there are none.
type describer struct {
	secret  string
	at      int
	literal float64        // bits to say which character a literal is
	length  float64        // bits to say how long a part is that begins here
	rest    []descriptions // rest[i] is those of secret[i:]

	repeats [maxDistance + 1]repetition // of what stands so far before, by secret[at:]
	follows orderSet                    // the orders that secret[at+1:] goes on in
	along   [2 * len(orders)]int        // and for how long
}

// part considers a part of n characters that takes so many bits, besides what it takes to say
// of which kind it is.
func (d *describer) part(n int, bits float64, telling bool) {
	for c, code := range partCodes {
		r, best := &d.rest[d.at+n][c], &d.rest[d.at][c]
		if bits := code.other + bits + r.bits; bits < best.bits {
			*best = description{bits, r.literals, r.telling || telling}
		}
	}
}

func (d *describer) words() {
	s := d.secret[d.at:]
	if len(s) < 2 {
		return
	}
	for _, w := range wordsByPair()[charIndex[text.Lower(s[0])]][charIndex[text.Lower(s[1])]] {
		if isWord(s, w.text) {
			d.part(len(w.text), wordBits, w.telling)
		}
	}
}

// A repetition is how long one with the same step goes on.
type repetition struct{ step, length int }

func (d *describer) repetitions() {
	c := d.secret[d.at]
	for dist := 1; dist <= min(d.at, maxDistance); dist++ {
		step, ok := stepFrom(d.secret[d.at-dist], c)
		r := &d.repeats[dist]
		if !ok {
			r.length = 0
			continue
		}
		if step != r.step {
			*r = repetition{step: step}
		}
		r.length++
		crossedOut := dist == 1 && step == 0 && c|0x20 == 'x'
		d.part(r.length, distanceBits[dist]+stepBits[step]+d.length, crossedOut)
	}
}

// stretches considers those of orders. One character alone is cheaper as a literal.
func (d *describer) stretches() {
	if d.at+1 == len(d.secret) {
		return
	}
	goesOn := successions()[charIndex[d.secret[d.at]]][charIndex[d.secret[d.at+1]]]
	for set := goesOn; set != 0; set &= set - 1 {
		o := bits.TrailingZeros32(uint32(set))
		if d.follows>>o&1 == 0 {
			d.along[o] = 1
		}
		d.along[o]++
		d.part(d.along[o], orderBits+orders[o/2].startBits+d.length, false)
	}
	d.follows = goesOn
}

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

// lengthBits says which of n lengths it is.
func lengthBits(n int) float64 {
	if n < len(logs) {
		return logs[n]
	}
	return math.Log2(float64(n))
}

var logs = func() (logs [finding.MaxSecretLen + 1]float64) {
	for i := range logs {
		logs[i] = math.Log2(float64(i))
	}
	return logs
}()

// charIndex numbers the letters and digits from 1.
var charIndex = func() (index [256]uint8) {
	n := uint8(0)
	for c := range index {
		if text.IsAlnum(byte(c)) {
			n++
			index[c] = n
		}
	}
	return index
}()

// A charPairs holds something of each pair of letters and digits, by their charIndex. It is made
// when it is first used: most runs meet no secret.
type charPairs[T any] [63][63]T

// stepFrom returns which of steps c is from another character of its kind, with the
// first after the last.
func stepFrom(from, c byte) (step int, ok bool) {
	if c == from {
		return 0, true
	}
	step = int(stepsBetween()[charIndex[from]][charIndex[c]])
	return step, step > 0
}

// stepsBetween says which of steps lies between two characters; 0 stands for none.
var stepsBetween = sync.OnceValue(func() *charPairs[uint8] {
	table := new(charPairs[uint8])
	for _, kind := range []string{"0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
		for i := range kind {
			for step, s := range steps {
				to := kind[(i+s+len(kind))%len(kind)]
				table[charIndex[kind[i]]][charIndex[to]] = uint8(step)
			}
		}
	}
	return table
})

// An order is characters in the sequence in which people count or type them, with the first
// after the last.
type order struct {
	chars     string
	startBits float64 // says where in it to begin
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

func newOrder(chars string) order { return order{chars, math.Log2(float64(len(chars)))} }

// An orderSet is a set of orders: bit 2*i is orders[i] forwards, the next backwards.
type orderSet uint32

var _ [32 - 2*len(orders)]struct{} // does not compile where a set has no room for all orders

// successions says in which orders one character follows another.
var successions = sync.OnceValue(func() *charPairs[orderSet] {
	table := new(charPairs[orderSet])
	for o, order := range orders {
		last := charIndex[order.chars[len(order.chars)-1]]
		for i := range order.chars {
			next := charIndex[order.chars[i]]
			table[last][next] |= 1 << (2 * o)
			table[next][last] |= 2 << (2 * o)
			last = next
		}
	}
	return table
})

// isWord reports whether s begins with word in one of its forms.
func isWord(s, word string) bool {
	if len(s) < len(word) || text.Lower(s[0]) != word[0] {
		return false
	}
	upper := text.IsUpper(s[0]) && text.IsUpper(s[1])
	for i := 1; i < len(word); i++ {
		if text.IsUpper(s[i]) != upper || text.Lower(s[i]) != word[i] {
			return false
		}
	}
	return true
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

// wordsByPair lists the words by their first two letters.
var wordsByPair = sync.OnceValue(func() *charPairs[[]word] {
	words := new(charPairs[[]word])
	for i, w := range placeholderWords {
		list := &words[charIndex[w[0]]][charIndex[w[1]]]
		*list = append(*list, word{w, i < len(tellingWords)})
	}
	return words
})
