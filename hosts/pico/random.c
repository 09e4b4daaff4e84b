/*
 * Random bytes of the RP2040, which has no generator of its own. The source is the random bit of its ring oscillator,
 * beside what pico_rand makes of that bit, the timer, a bus counter and the memory's contents at power-on. SHA-256
 * gathers all of it in a pool; what is given out is a hash of the pool, which is changed before anything else is given
 * (as in Hash_DRBG, NIST SP 800-90A section 10.1.1).
 *
 * The first use takes 2048 bits of the oscillator, 10 us apart, which is longer than pico_rand waits by far, and
 * checks them as NIST SP 800-90B section 4.4 asks of a source (no long run of one value, no value far too often).
 * A source that fails that is taken for broken: no key is ever made from it.
 */

#include "random.h"

#include "hardware/structs/rosc.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"
#include "pico/rand.h"
#include "pico/time.h"

#include <string.h>

enum {
	hashSize = 32,
	startBits = 2048,
	longestRun = 64,
	/* Of 512 bits: a source with half a bit of entropy each does not come near either end. */
	window = 512,
	fewest = 64
};

static uint8_t pool[hashSize];
static bool isSeeded;

static uint8_t oscillatorBit(void)
{
	busy_wait_us_32(10);
	return rosc_hw->randombit & 1;
}

/* Hashes a source of that size into the pool; `purpose` keeps the uses of the hash apart. */
static bool stir(uint8_t purpose, const void* source, size_t size)
{
	mbedtls_sha256_context hash;
	mbedtls_sha256_init(&hash);
	bool done = !mbedtls_sha256_starts(&hash, 0) && !mbedtls_sha256_update(&hash, &purpose, 1)
		&& !mbedtls_sha256_update(&hash, pool, sizeof(pool)) && !mbedtls_sha256_update(&hash, source, size)
		&& !mbedtls_sha256_finish(&hash, pool);
	mbedtls_sha256_free(&hash);
	return done;
}

/* The first bits of the oscillator, checked. */
static bool seed(void)
{
	uint8_t bits[startBits / 8] = { 0 };
	int run = 0, ones = 0, last = -1;
	bool isRight = true;
	for (int i = 0; i < startBits; i++) {
		int bit = oscillatorBit();
		bits[i / 8] |= (uint8_t)(bit << i % 8);
		run = bit == last ? run + 1 : 1;
		last = bit;
		ones += bit;
		if (run > longestRun) isRight = false;
		if (i % window != window - 1) continue;
		if (ones < fewest || ones > window - fewest) isRight = false;
		ones = 0;
	}
	isRight = isRight && stir(0, bits, sizeof(bits));
	mbedtls_platform_zeroize(bits, sizeof(bits));
	return isRight;
}

bool randomFill(uint8_t* bytes, size_t size)
{
	struct {
		uint64_t time;
		rng_128_t more;
		uint8_t bits;
	} fresh;
	if (!isSeeded) isSeeded = seed();
	if (!isSeeded) return false;
	memset(&fresh, 0, sizeof(fresh));
	fresh.time = time_us_64();
	get_rand_128(&fresh.more);
	fresh.bits = oscillatorBit();
	bool done = stir(1, &fresh, sizeof(fresh));
	mbedtls_platform_zeroize(&fresh, sizeof(fresh));
	for (uint8_t block = 0; done && size; block++) {
		uint8_t input[hashSize + 2], output[hashSize];
		size_t part = size < sizeof(output) ? size : sizeof(output);
		input[0] = 2;
		input[1] = block;
		memcpy(input + 2, pool, sizeof(pool));
		done = !mbedtls_sha256(input, sizeof(input), output, 0);
		if (done) memcpy(bytes, output, part);
		mbedtls_platform_zeroize(input, sizeof(input));
		mbedtls_platform_zeroize(output, sizeof(output));
		bytes += part;
		size -= part;
	}
	return done && stir(3, NULL, 0);
}
