#include "textflag.h"

DATA nibbles<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL nibbles<>(SB), RODATA|NOPTR, $8

// PLACE sets out to the buckets that agree with the 32 bytes at off(SI)(AX) standing
// at one place of a literal, whose tables are lo and hi. VPSHUFB yields 0 for
// an index of 0x80 and more, so the low nibble needs no masking: no literal
// has such bytes.
#define PLACE(off, lo, hi, tmp, out) \
	VMOVDQU off(SI)(AX*1), tmp   \
	VPSHUFB tmp, lo, out         \
	VPSRLW  $4, tmp, tmp         \
	VPAND   Y6, tmp, tmp         \
	VPSHUFB tmp, hi, tmp         \
	VPAND   tmp, out, out

// BLOCK sets out to the buckets that agree at all three places, for each of the 32
// bytes at off(SI)(AX).
#define BLOCK(off, out, t0, t1) \
	PLACE(off+0, Y0, Y1, t0, out) \
	PLACE(off+1, Y2, Y3, t0, t1)  \
	VPAND t1, out, out            \
	PLACE(off+2, Y4, Y5, t0, t1)  \
	VPAND t1, out, out

// func findAVX2(text *byte, n int, t *tables) int
TEXT ·findAVX2(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), SI
	MOVQ n+8(FP), DX
	MOVQ t+16(FP), DI
	VBROADCASTI128 0(DI), Y0
	VBROADCASTI128 16(DI), Y1
	VBROADCASTI128 32(DI), Y2
	VBROADCASTI128 48(DI), Y3
	VBROADCASTI128 64(DI), Y4
	VBROADCASTI128 80(DI), Y5
	VPBROADCASTQ nibbles<>(SB), Y6
	VPXOR Y15, Y15, Y15
	XORQ AX, AX
	LEAQ -66(DX), CX    // the last place for two blocks
	CMPQ AX, CX
	JGT  single

pair:
	BLOCK(0, Y7, Y9, Y10)
	BLOCK(32, Y8, Y11, Y12)
	VPOR  Y7, Y8, Y9
	VPTEST Y9, Y9
	JNZ   pairhit
	ADDQ $64, AX
	CMPQ AX, CX
	JLE  pair

single:
	LEAQ -34(DX), CX    // the last place for one block
	CMPQ AX, CX
	JGT  last
one:
	BLOCK(0, Y7, Y9, Y10)
	VPTEST Y7, Y7
	JNZ  hit
	ADDQ $32, AX
	CMPQ AX, CX
	JLE  one

last:
	// Fewer than 34 bytes are left: look at the last 34 again.
	CMPQ AX, DX
	JGE  none
	MOVQ CX, AX
	BLOCK(0, Y7, Y9, Y10)
	VPTEST Y7, Y7
	JNZ  hit
none:
	MOVQ DX, ret+24(FP)
	VZEROUPPER
	RET

pairhit:
	VPTEST Y7, Y7
	JNZ  hit
	ADDQ $32, AX
	VMOVDQA Y8, Y7
hit:
	VPCMPEQB Y15, Y7, Y7
	VPMOVMSKB Y7, BX
	NOTL BX
	BSFL BX, BX
	ADDQ BX, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
