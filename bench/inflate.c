/* Inflate, with libdeflate, the streams in a file that scanner/pack's BenchmarkStreams has
 * written, on one core and from memory, and print the processor time. bench/inflate.sh runs it. */
#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void fail(const char *why)
{
	fprintf(stderr, "inflate: %s\n", why);
	exit(1);
}

static double seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static uint32_t number(const uint8_t *b)
{
	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

static void run(const char *name, const uint8_t *all, size_t size, size_t limit)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t streams = 0, bytes = 0, room = 1 << 20;
	uint8_t *text = malloc(room);
	double best = 1e9;

	for (int round = 0; round < 3; round++) {
		double start = seconds();
		streams = bytes = 0;
		for (size_t at = 0; at + 8 <= size;) {
			size_t n = number(all + at), length = number(all + at + 4), got;
			at += 8;
			if (length > room && !(text = realloc(text, room = length)))
				fail("out of memory");
			/* Without the zlib header and checksum: the other two do not check it either. */
			if (n < limit) {
				if (n < 2 || libdeflate_deflate_decompress(d, all + at + 2, n - 2, text, length, &got) != LIBDEFLATE_SUCCESS)
					fail("a stream does not inflate");
				streams++;
				bytes += got;
			}
			at += n;
		}
		double taken = seconds() - start;
		if (taken < best)
			best = taken;
	}
	printf("%s/libdeflate %.3f cpu-s/op %.1f MB/cpu-s %zu streams\n", name, best, bytes / 1e6 / best, streams);
	libdeflate_free_decompressor(d);
	free(text);
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	if (!f || fseek(f, 0, SEEK_END))
		fail("cannot open the file of streams");
	size_t size = ftell(f);
	uint8_t *all = malloc(size);
	rewind(f);
	if (!all || fread(all, 1, size, f) != size)
		fail("cannot read the file of streams");
	run("all", all, size, SIZE_MAX);
	run("small", all, size, 300);
	return 0;
}
