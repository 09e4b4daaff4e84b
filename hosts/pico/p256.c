/*
 * primitives: P-256 by mbedTLS, over micro-ecc's arithmetic (p256-points.c). Its products are in constant time but for that
 * arithmetic's last steps, with random projective coordinates; a sum of two is made of two products and an addition
 * (mbedTLS's own way to a sum of products is no faster, and not meant for secrets). A signature's arithmetic modulo n is
 * blinded by a random factor.
 */

#include "primitives.h"

#include "mbedtls/ecp.h"
#include "mbedtls/platform_util.h"
#include "p256-points.h"
#include "random.h"

#include <string.h>

enum { numberSize = 32, pointSize = 64 };

static mbedtls_ecp_group curve;

static int fill(void* data, unsigned char* bytes, size_t size)
{
	(void)data;
	return randomFill(bytes, size) ? 0 : MBEDTLS_ERR_ECP_RANDOM_FAILED;
}

static void prepare(xsMachine* the)
{
	if (curve.id == MBEDTLS_ECP_DP_SECP256R1) return;
	mbedtls_ecp_group_init(&curve);
	if (!mbedtls_ecp_group_load(&curve, MBEDTLS_ECP_DP_SECP256R1)) return;
	mbedtls_ecp_group_free(&curve);
	xsUnknownError("primitives: out of memory");
}

typedef enum { fine, badScalar, badPoint, atInfinity, broken } Outcome;

static void throwUnless(xsMachine* the, Outcome outcome)
{
	if (outcome == badScalar) xsRangeError("primitives: scalar out of range");
	if (outcome == badPoint) xsRangeError("primitives: no point of the curve");
	if (outcome != fine) xsUnknownError("primitives: P-256 failed");
}

/* Both libraries leave numbers on the stack, mbedTLS the digits of a scalar. To be called where theirs was in use. */
static __attribute__((noinline)) void wipeStack(void)
{
	uint8_t used[1024];
	mbedtls_platform_zeroize(used, sizeof(used));
}

/* Whether it is a number from 1, or 0 where `zero`, to below the order. */
static bool readScalar(mbedtls_mpi* number, const uint8_t* bytes, bool zero)
{
	if (mbedtls_mpi_read_binary(number, bytes, numberSize)) return false;
	return (zero && !mbedtls_mpi_cmp_int(number, 0)) || !mbedtls_ecp_check_privkey(&curve, number);
}

/* Whether it is a point of the curve, with coordinates below p. */
static bool readPoint(mbedtls_ecp_point* point, const uint8_t* bytes)
{
	uint8_t plain[1 + pointSize] = { 4 };
	memcpy(plain + 1, bytes, pointSize);
	return !mbedtls_ecp_point_read_binary(&curve, point, plain, sizeof(plain))
		&& !mbedtls_ecp_check_pubkey(&curve, point);
}

static Outcome writePoint(const mbedtls_ecp_point* point, uint8_t* result)
{
	uint8_t plain[1 + pointSize];
	size_t size;
	if (!mbedtls_mpi_cmp_int(&point->MBEDTLS_PRIVATE(Z), 0)) return atInfinity;
	if (mbedtls_ecp_point_write_binary(&curve, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &size, plain, sizeof(plain)))
		return broken;
	memcpy(result, plain + 1, pointSize);
	mbedtls_platform_zeroize(plain, sizeof(plain));
	return fine;
}

static bool product(mbedtls_ecp_point* result, const mbedtls_mpi* k, const mbedtls_ecp_point* point)
{
	return !mbedtls_ecp_mul(&curve, result, k, point, fill, NULL);
}

/* k * P, or k * G without `p`. */
static Outcome multiplied(const uint8_t* k, const uint8_t* p, uint8_t* result)
{
	mbedtls_mpi scalar;
	mbedtls_ecp_point point, sum;
	mbedtls_mpi_init(&scalar);
	mbedtls_ecp_point_init(&point);
	mbedtls_ecp_point_init(&sum);
	Outcome outcome = broken;
	if (!readScalar(&scalar, k, false)) outcome = badScalar;
	else if (p && !readPoint(&point, p)) outcome = badPoint;
	else if (product(&sum, &scalar, p ? &point : &curve.G)) outcome = writePoint(&sum, result);
	mbedtls_mpi_free(&scalar);
	mbedtls_ecp_point_free(&point);
	mbedtls_ecp_point_free(&sum);
	wipeStack();
	return outcome;
}

/* As `product`, but for the 1 of a plain sum, which is no secret, without the work. */
static bool term(mbedtls_ecp_point* result, const mbedtls_mpi* k, const mbedtls_ecp_point* point)
{
	if (!mbedtls_mpi_cmp_int(k, 1)) return !mbedtls_ecp_copy(result, point);
	return product(result, k, point);
}

/* result = a * P + b * Q. */
static bool sumOf(mbedtls_ecp_point* result, const mbedtls_mpi* a, const mbedtls_ecp_point* p, const mbedtls_mpi* b,
	const mbedtls_ecp_point* q)
{
	mbedtls_ecp_point left, right;
	mbedtls_mpi one;
	mbedtls_ecp_point_init(&left);
	mbedtls_ecp_point_init(&right);
	mbedtls_mpi_init(&one);
	bool noLeft = !mbedtls_mpi_cmp_int(a, 0), noRight = !mbedtls_mpi_cmp_int(b, 0);
	bool done = (noLeft || term(&left, a, p)) && (noRight || term(&right, b, q));
	if (!done) (void)0;
	else if (noLeft && noRight) done = !mbedtls_ecp_set_zero(result);
	else if (noLeft || noRight) done = !mbedtls_ecp_copy(result, noLeft ? &right : &left);
	else done = !mbedtls_mpi_lset(&one, 1) && !mbedtls_ecp_muladd(&curve, result, &one, &left, &one, &right);
	mbedtls_ecp_point_free(&left);
	mbedtls_ecp_point_free(&right);
	mbedtls_mpi_free(&one);
	return done;
}

static Outcome summed(const uint8_t* a, const uint8_t* p, const uint8_t* b, const uint8_t* q, uint8_t* result)
{
	mbedtls_mpi first, second;
	mbedtls_ecp_point one, two, sum;
	mbedtls_mpi_init(&first);
	mbedtls_mpi_init(&second);
	mbedtls_ecp_point_init(&one);
	mbedtls_ecp_point_init(&two);
	mbedtls_ecp_point_init(&sum);
	Outcome outcome = broken;
	if (!readScalar(&first, a, true) || !readScalar(&second, b, true)) outcome = badScalar;
	else if (!readPoint(&one, p) || !readPoint(&two, q)) outcome = badPoint;
	else if (sumOf(&sum, &first, &one, &second, &two)) outcome = writePoint(&sum, result);
	mbedtls_mpi_free(&first);
	mbedtls_mpi_free(&second);
	mbedtls_ecp_point_free(&one);
	mbedtls_ecp_point_free(&two);
	mbedtls_ecp_point_free(&sum);
	wipeStack();
	return outcome;
}

static bool timesModulo(mbedtls_mpi* result, const mbedtls_mpi* a, const mbedtls_mpi* b)
{
	return !mbedtls_mpi_mul_mpi(result, a, b) && !mbedtls_mpi_mod_mpi(result, result, &curve.N);
}

/*
 * r and s; atInfinity when one of them is 0. s = (k b)^-1 (b z + b r d) with a random b: the inverse and the products,
 * whose time depends on their numbers, never see k or d alone.
 */
static Outcome signedWith(const uint8_t* privateKey, const uint8_t* hash, const uint8_t* nonce, uint8_t* result)
{
	mbedtls_mpi d, k, b, z, r, s, t;
	mbedtls_mpi* numbers[] = { &d, &k, &b, &z, &r, &s, &t };
	mbedtls_ecp_point point;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) mbedtls_mpi_init(numbers[i]);
	mbedtls_ecp_point_init(&point);
	Outcome outcome = broken;
	if (!readScalar(&d, privateKey, false) || !readScalar(&k, nonce, false)) outcome = badScalar;
	else if (product(&point, &k, &curve.G)
		&& !mbedtls_mpi_mod_mpi(&r, &point.MBEDTLS_PRIVATE(X), &curve.N)
		&& !mbedtls_ecp_gen_privkey(&curve, &b, fill, NULL)
		&& !mbedtls_mpi_read_binary(&z, hash, numberSize)
		&& timesModulo(&t, &b, &d) && timesModulo(&t, &t, &r) && timesModulo(&z, &z, &b)
		&& !mbedtls_mpi_add_mpi(&t, &t, &z)
		&& timesModulo(&k, &k, &b) && !mbedtls_mpi_inv_mod(&s, &k, &curve.N) && timesModulo(&s, &s, &t)) {
		bool zero = !mbedtls_mpi_cmp_int(&r, 0) || !mbedtls_mpi_cmp_int(&s, 0);
		if (zero) outcome = atInfinity;
		else if (!mbedtls_mpi_write_binary(&r, result, numberSize)
			&& !mbedtls_mpi_write_binary(&s, result + numberSize, numberSize)) outcome = fine;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) mbedtls_mpi_free(numbers[i]);
	mbedtls_ecp_point_free(&point);
	wipeStack();
	return outcome;
}

/* Whether (z/s) G + (r/s) Q has the x coordinate r. All of it is public. */
static Outcome verified(const uint8_t* publicKey, const uint8_t* hash, const uint8_t* signature, bool* right)
{
	mbedtls_mpi r, s, z, u, v;
	mbedtls_mpi* numbers[] = { &r, &s, &z, &u, &v };
	mbedtls_ecp_point point, sum;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) mbedtls_mpi_init(numbers[i]);
	mbedtls_ecp_point_init(&point);
	mbedtls_ecp_point_init(&sum);
	Outcome outcome = broken;
	*right = false;
	if (!readPoint(&point, publicKey)) outcome = badPoint;
	else if (!readScalar(&r, signature, false) || !readScalar(&s, signature + numberSize, false)) outcome = fine;
	else if (!mbedtls_mpi_read_binary(&z, hash, numberSize) && !mbedtls_mpi_inv_mod(&s, &s, &curve.N)
		&& timesModulo(&u, &z, &s) && timesModulo(&v, &r, &s) && sumOf(&sum, &u, &curve.G, &v, &point)) {
		outcome = fine;
		*right = !mbedtls_ecp_is_zero(&sum) && !mbedtls_mpi_mod_mpi(&u, &sum.MBEDTLS_PRIVATE(X), &curve.N)
			&& !mbedtls_mpi_cmp_mpi(&u, &r);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) mbedtls_mpi_free(numbers[i]);
	mbedtls_ecp_point_free(&point);
	mbedtls_ecp_point_free(&sum);
	return outcome;
}

static void returnPair(xsMachine* the, uint8_t* pair)
{
	xsmcSetArrayBuffer(xsResult, pair, pointSize);
	mbedtls_platform_zeroize(pair, pointSize);
}

void xs_p256_base_multiply(xsMachine* the)
{
	uint8_t point[pointSize];
	prepare(the);
	throwUnless(the, multiplied(exactly(the, 0, numberSize), NULL, point));
	returnPair(the, point);
}

void xs_p256_multiply(xsMachine* the)
{
	uint8_t point[pointSize];
	prepare(the);
	throwUnless(the, multiplied(exactly(the, 0, numberSize), exactly(the, 1, pointSize), point));
	returnPair(the, point);
}

void xs_p256_multiply_sum(xsMachine* the)
{
	uint8_t point[pointSize];
	prepare(the);
	Outcome outcome = summed(exactly(the, 0, numberSize), exactly(the, 1, pointSize), exactly(the, 2, numberSize),
		exactly(the, 3, pointSize), point);
	if (outcome == atInfinity) return;
	throwUnless(the, outcome);
	returnPair(the, point);
}

void xs_p256_is_on_curve(xsMachine* the)
{
	mbedtls_ecp_point point;
	prepare(the);
	const uint8_t* bytes = exactly(the, 0, pointSize);
	mbedtls_ecp_point_init(&point);
	bool isRight = readPoint(&point, bytes);
	mbedtls_ecp_point_free(&point);
	xsmcSetBoolean(xsResult, isRight);
}

void xs_p256_decompress(xsMachine* the)
{
	uint8_t pair[pointSize];
	const uint8_t* bytes = exactly(the, 0, 1 + numberSize);
	if (bytes[0] != 2 && bytes[0] != 3) return;
	bool isRight = pointOf(bytes, pair);
	if (isRight) returnPair(the, pair);
}

void xs_p256_sign(xsMachine* the)
{
	uint8_t signature[pointSize];
	prepare(the);
	Outcome outcome = signedWith(exactly(the, 0, numberSize), exactly(the, 1, numberSize), exactly(the, 2, numberSize),
		signature);
	if (outcome == atInfinity) return;
	throwUnless(the, outcome);
	returnPair(the, signature);
}

void xs_p256_verify(xsMachine* the)
{
	bool right;
	prepare(the);
	Outcome outcome = verified(exactly(the, 0, pointSize), exactly(the, 1, numberSize), exactly(the, 2, pointSize),
		&right);
	throwUnless(the, outcome);
	xsmcSetBoolean(xsResult, right);
}
