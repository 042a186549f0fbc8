package pack

import (
	"container/list"
	"sync"
)

// cacheSize is how many bytes of text a store remembers between calls of Object. Objects
// that are asked for together are often made of the same bases.
const cacheSize = 24 << 20

// innerCacheSize is cacheSize for a pack that is in no file of its own: several may be open at once, beside what
// they were found in.
const innerCacheSize = 4 << 20

// A cache remembers the texts used last.
type cache struct {
	mu    sync.Mutex
	inner bool
	size  int
	order list.List // of *cached, used last first
	at    map[cacheKey]*list.Element
}

type cacheKey struct {
	p      *packFile
	offset int64
}

type cached struct {
	key  cacheKey
	kind Kind
	text []byte
}

func (c *cache) get(p *packFile, offset int64) (Kind, []byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.at[cacheKey{p, offset}]
	if e == nil {
		return 0, nil, false
	}
	c.order.MoveToFront(e)
	v := e.Value.(*cached)
	return v.kind, v.text, true
}

func (c *cache) put(p *packFile, offset int64, kind Kind, text []byte) {
	if len(text) > c.most()/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cacheKey{p, offset}
	if c.at[key] != nil {
		return
	}
	if c.at == nil {
		c.at = map[cacheKey]*list.Element{}
	}
	v := &cached{key, kind, text}
	c.at[key] = c.order.PushFront(v)
	c.size += v.cost()
	for c.size > c.most() {
		last := c.order.Remove(c.order.Back()).(*cached)
		delete(c.at, last.key)
		c.size -= last.cost()
	}
}

func (c *cache) most() int {
	if c.inner {
		return innerCacheSize
	}
	return cacheSize
}

// cost is what remembering v takes, the bookkeeping included.
func (v *cached) cost() int { return cap(v.text) + 200 }
