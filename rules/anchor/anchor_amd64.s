#include "textflag.h"

DATA nibbles<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL nibbles<>(SB), RODATA|NOPTR, $8

// NIBBLES sets lo to the 32 bytes at off(SI)(AX) and hi to their high nibbles. VPSHUFB
// yields 0 for an index of 0x80 and more, so the low nibble needs no masking: no literal
// has such bytes.
#define NIBBLES(off, lo, hi) \
	VMOVDQU off(SI)(AX*1), lo \
	VPSRLW  $4, lo, hi        \
	VPAND   Y8, hi, hi

// FIRST sets out to the first eight buckets that agree with lo and hi standing at a place
// of a window, whose tables are tlo and thi.
#define FIRST(lo, hi, tlo, thi, tmp, out) \
	VPSHUFB lo, tlo, out \
	VPSHUFB hi, thi, tmp \
	VPAND   tmp, out, out

// SECOND does so for the other eight buckets, whose tables are in memory at at(DI).
#define SECOND(lo, hi, at, tmp, out) \
	VBROADCASTI128 at(DI), out       \
	VPSHUFB lo, out, out             \
	VBROADCASTI128 (at+16)(DI), tmp  \
	VPSHUFB hi, tmp, tmp             \
	VPAND   tmp, out, out

// BLOCK sets out to what is not zero where some bucket agrees at all four places, for each
// of the 32 bytes at off(SI)(AX). It uses Y9 to Y14.
#define BLOCK(off, out) \
	NIBBLES(off+0, Y9, Y10)                 \
	FIRST(Y9, Y10, Y0, Y1, Y13, Y11)        \
	SECOND(Y9, Y10, 128, Y13, Y12)          \
	NIBBLES(off+1, Y9, Y10)                 \
	FIRST(Y9, Y10, Y2, Y3, Y13, Y14)        \
	VPAND Y14, Y11, Y11                     \
	SECOND(Y9, Y10, 160, Y13, Y14)          \
	VPAND Y14, Y12, Y12                     \
	NIBBLES(off+2, Y9, Y10)                 \
	FIRST(Y9, Y10, Y4, Y5, Y13, Y14)        \
	VPAND Y14, Y11, Y11                     \
	SECOND(Y9, Y10, 192, Y13, Y14)          \
	VPAND Y14, Y12, Y12                     \
	NIBBLES(off+3, Y9, Y10)                 \
	FIRST(Y9, Y10, Y6, Y7, Y13, Y14)        \
	VPAND Y14, Y11, Y11                     \
	SECOND(Y9, Y10, 224, Y13, Y14)          \
	VPAND Y14, Y12, Y12                     \
	VPOR  Y11, Y12, out

// PASSES sets R9 to -1 if the hash of the text at the first place in set is that of a window, and to 0 if not.
// For an empty set it looks at the last place of the block, which is the bit in R13. It uses R10 and R11.
#define PASSES(set) \
	MOVQ set, R9                \
	ORQ  R13, R9                \
	TZCNTQ R9, R9               \
	MOVL (R8)(R9*1), R10        \
	ORL  $0x20202020, R10       \
	IMULL $0x9e3779b1, R10      \
	SHRL $17, R10               \
	MOVL R10, R11               \
	SHRL $5, R11                \
	MOVL 256(DI)(R11*4), R11    \
	BTL  R10, R11               \
	SBBQ R9, R9

// CHECK sets the flags for JNZ to jump if one of the first two candidates in BX, which are places in the block
// at (SI)(AX), passes, or if there are more than two. A third of the blocks of text have one or two. The
// processor cannot guess which, so it is faster to look at two always than to jump where there are any.
#define CHECK \
	LEAQ (SI)(AX*1), R8 \
	PASSES(BX)         \
	MOVQ R9, R14       \
	BLSRQ BX, R12      \
	PASSES(R12)        \
	BLSRQ R12, R12     \
	ORQ  R9, R14       \
	ORQ  R12, R14

// CANDIDATES sets BX to which bytes of block are not zero. Y15 is zero.
#define CANDIDATES(block) \
	VPCMPEQB Y15, block, block \
	VPMOVMSKB block, BX        \
	NOTL BX

// func findAVX2(text *byte, n int, s *firstStage) int
TEXT ·findAVX2(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), SI
	MOVQ n+8(FP), DX
	MOVQ s+16(FP), DI
	VBROADCASTI128 0(DI), Y0
	VBROADCASTI128 16(DI), Y1
	VBROADCASTI128 32(DI), Y2
	VBROADCASTI128 48(DI), Y3
	VBROADCASTI128 64(DI), Y4
	VBROADCASTI128 80(DI), Y5
	VBROADCASTI128 96(DI), Y6
	VBROADCASTI128 112(DI), Y7
	VPBROADCASTQ nibbles<>(SB), Y8
	VPXOR Y15, Y15, Y15
	MOVQ $(1<<31), R13
	XORQ AX, AX
	LEAQ -35(DX), CX    // the last place for a block
	CMPQ AX, CX
	JGT  last

one:
	BLOCK(0, Y12)
	CANDIDATES(Y12)
	CHECK
	JNZ  hit
next:
	ADDQ $32, AX
	CMPQ AX, CX
	JLE  one

last:
	// Fewer than 35 bytes are left: look at the last 35 again.
	CMPQ AX, DX
	JGE  none
	MOVQ CX, AX
	MOVQ DX, CX         // so that this is the last
	BLOCK(0, Y12)
	CANDIDATES(Y12)
	CHECK
	JNZ  hit
none:
	MOVQ DX, ret+24(FP)
	VZEROUPPER
	RET

hit:
	// One candidate after another: is its hash that of a window?
	TESTQ BX, BX
	JZ   passed
candidate:
	BSFL BX, R9
	MOVL (R8)(R9*1), R10
	ORL  $0x20202020, R10
	IMULL $0x9e3779b1, R10
	SHRL $17, R10
	MOVL R10, R11
	SHRL $5, R11
	MOVL 256(DI)(R11*4), R11
	BTL  R10, R11
	JCS  found
	LEAL -1(BX), R9     // drop the lowest bit
	ANDL R9, BX
	JNZ  candidate
passed:
	CMPQ CX, DX
	JEQ  none
	JMP  next

found:
	ADDQ R9, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// LOOKUP sets out and out2 to the two halves of the bucket sets that agree with the 64 bytes at
// off(SI)(AX) standing at a place of a window, whose tables are in lo and hi, and lo2 and hi2. It leaves
// the bytes in raw. A byte beyond ASCII is looked up as the one without its highest bit.
#define LOOKUP(off, lo, hi, lo2, hi2, raw, out, out2) \
	VMOVDQU64 off(SI)(AX*1), raw \
	VMOVDQA64 raw, out           \
	VPERMI2B  hi, lo, out        \
	VMOVDQA64 raw, out2          \
	VPERMI2B  hi2, lo2, out2

// WIDEBLOCK sets K1 to which of the 64 bytes at (SI)(AX) some bucket agrees with at all four places.
// It uses Z17 to Z28.
#define WIDEBLOCK \
	LOOKUP(0, Z0, Z1, Z2, Z3, Z17, Z18, Z19)     \
	LOOKUP(1, Z4, Z5, Z6, Z7, Z20, Z21, Z22)     \
	LOOKUP(2, Z8, Z9, Z10, Z11, Z23, Z24, Z25)   \
	VPTERNLOGQ $0xfe, Z20, Z23, Z17 /* or */     \
	VPTERNLOGQ $0x80, Z21, Z24, Z18 /* and */    \
	VPTERNLOGQ $0x80, Z22, Z25, Z19              \
	LOOKUP(3, Z12, Z13, Z14, Z15, Z26, Z27, Z28) \
	VPORQ Z26, Z17, Z17                          \
	VPTESTNMB Z16, Z17, K2 /* all four are ASCII */ \
	VPANDQ Z27, Z18, Z18                         \
	VPTERNLOGQ $0xf8, Z28, Z19, Z18 /* first or (second and third) */ \
	VPTESTMB Z18, Z18, K2, K1

DATA highBits<>+0(SB)/8, $0x8080808080808080
GLOBL highBits<>(SB), RODATA|NOPTR, $8

// func findAVX512(text *byte, n int, s *firstStage) int
TEXT ·findAVX512(SB), NOSPLIT, $0-32
	MOVQ text+0(FP), SI
	MOVQ n+8(FP), DX
	MOVQ s+16(FP), DI
	LEAQ 4352(DI), R8   // s.whole
	VMOVDQU64 0(R8), Z0
	VMOVDQU64 64(R8), Z1
	VMOVDQU64 512(R8), Z2
	VMOVDQU64 576(R8), Z3
	VMOVDQU64 128(R8), Z4
	VMOVDQU64 192(R8), Z5
	VMOVDQU64 640(R8), Z6
	VMOVDQU64 704(R8), Z7
	VMOVDQU64 256(R8), Z8
	VMOVDQU64 320(R8), Z9
	VMOVDQU64 768(R8), Z10
	VMOVDQU64 832(R8), Z11
	VMOVDQU64 384(R8), Z12
	VMOVDQU64 448(R8), Z13
	VMOVDQU64 896(R8), Z14
	VMOVDQU64 960(R8), Z15
	VPBROADCASTQ highBits<>(SB), Z16
	MOVQ $(1<<63), R13
	XORQ AX, AX
	LEAQ -67(DX), CX    // the last place for a block
	CMPQ AX, CX
	JGT  last

one:
	WIDEBLOCK
	KMOVQ K1, BX
	CHECK
	JNZ  hit
next:
	ADDQ $64, AX
	CMPQ AX, CX
	JLE  one

last:
	// Fewer than 67 bytes are left: look at the last 67 again.
	CMPQ AX, DX
	JGE  none
	MOVQ CX, AX
	MOVQ DX, CX         // so that this is the last
	WIDEBLOCK
	KMOVQ K1, BX
	CHECK
	JNZ  hit
none:
	MOVQ DX, ret+24(FP)
	VZEROUPPER
	RET

hit:
	// One candidate after another: is its hash that of a window?
	TESTQ BX, BX
	JZ   passed
candidate:
	BSFQ BX, R9
	MOVL (R8)(R9*1), R10
	ORL  $0x20202020, R10
	IMULL $0x9e3779b1, R10
	SHRL $17, R10
	MOVL R10, R11
	SHRL $5, R11
	MOVL 256(DI)(R11*4), R11
	BTL  R10, R11
	JCS  found
	LEAQ -1(BX), R9     // drop the lowest bit
	ANDQ R9, BX
	JNZ  candidate
passed:
	CMPQ CX, DX
	JEQ  none
	JMP  next

found:
	ADDQ R9, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET
