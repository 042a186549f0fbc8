package inflate

// careful decodes the rest of a block, and may come as near to the ends of input and text as
// there are bytes.
func (d *Decoder) careful() error {
	for d.consumed() <= d.limit {
		d.refill()
		e := d.lookup(d.code.literal[:], d.code.literalMask)
		if e&(literal|exceptional) == 0 {
			if err := d.match(e); err != nil {
				return err
			}
			continue
		}
		d.skip(uint(e & 0xff))
		switch {
		case e&exceptional != 0 && isEnd(e):
			return nil
		case e&exceptional != 0:
			return ErrCorrupt
		case d.to >= d.end: // fast may have gone on into what is left of the capacity
			return ErrTooLong
		}
		d.out[d.to] = byte(e >> 16)
		d.to++
	}
	return ErrTruncated
}

// lookup returns the entry for the next bits. If that is in a subtable, it removes the bits of
// the main table.
func (d *Decoder) lookup(table []entry, mask uint64) entry {
	e := table[d.bits&mask]
	if e&subtable != 0 {
		d.skip(uint(e & 0xff))
		e = table[inSubtable(e, d.bits)]
	}
	return e
}

// match appends what a match stands for whose length has the entry e.
func (d *Decoder) match(e entry) error {
	length := value(e, d.bits)
	d.skip(uint(e & 0xff))
	d.refill()
	e = d.lookup(d.code.distance[:], 1<<distanceBits-1)
	distance := value(e, d.bits)
	d.skip(uint(e & 0xff))
	switch {
	case e&exceptional != 0 || distance > d.to-d.start:
		return ErrCorrupt
	case length > d.end-d.to:
		return ErrTooLong
	}
	for i := d.to; i < d.to+length; i++ { // what is copied may be there only now
		d.out[i] = d.out[i-distance]
	}
	d.to += length
	return nil
}
