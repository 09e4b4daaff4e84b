/*
 * The work on points that mbedTLS spends most of its time on, by micro-ecc, whose arithmetic modulo p is in the chip's own
 * instructions. mbedTLS's comb, blinding and checks stay as they are: see ecp_internal_alt.h there. Points are doubled
 * and added as in micro-ecc's uECC_verify. The time of that depends a little on the coordinates, as of mbedTLS's own; those
 * in a product by a secret scalar have a random Z.
 */

#include "p256-points.h"

#include "mbedtls/ecp.h"
#include "ecp_internal_alt.h"
#include "mbedtls/platform_util.h"

/* micro-ecc declares no functions of points, so its source is a part of this file. */
#define uECC_WORD_SIZE 4
#define uECC_ASM uECC_asm_fast
#define uECC_SQUARE_FUNC 1
/* Square roots, and the count of bits that they need, which is between these other two in BTstack's edition. */
#define ENABLE_MICRO_ECC_COMPRESSION
#define ENABLE_MICRO_ECC_ECDSA
#define ENABLE_MICO_ECC_ECDSA
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "uECC.c"
#pragma GCC diagnostic pop

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words and mbedTLS's limbs lie the same way");

/* Below p, the lowest word first. */
typedef uECC_word_t Number[uECC_WORDS];

/* Jacobian: x = X / Z^2, y = Y / Z^3. */
typedef struct {
	Number x, y, z;
} Point;

static void numberFrom(Number number, const mbedtls_mpi* from)
{
	size_t size = from->MBEDTLS_PRIVATE(n) * sizeof(mbedtls_mpi_uint);
	vli_clear(number);
	if (size > 0) memcpy(number, from->MBEDTLS_PRIVATE(p), size < sizeof(Number) ? size : sizeof(Number));
}

static int numberTo(mbedtls_mpi* to, const Number number)
{
	int failure = mbedtls_mpi_grow(to, sizeof(Number) / sizeof(mbedtls_mpi_uint));
	if (failure) return failure;
	memset(to->MBEDTLS_PRIVATE(p), 0, to->MBEDTLS_PRIVATE(n) * sizeof(mbedtls_mpi_uint));
	memcpy(to->MBEDTLS_PRIVATE(p), number, sizeof(Number));
	to->MBEDTLS_PRIVATE(s) = 1;
	return 0;
}

static void pointFrom(Point* point, const mbedtls_ecp_point* from)
{
	numberFrom(point->x, &from->MBEDTLS_PRIVATE(X));
	numberFrom(point->y, &from->MBEDTLS_PRIVATE(Y));
	numberFrom(point->z, &from->MBEDTLS_PRIVATE(Z));
}

static int pointTo(mbedtls_ecp_point* to, Point* point)
{
	int failure = numberTo(&to->MBEDTLS_PRIVATE(X), point->x);
	if (!failure) failure = numberTo(&to->MBEDTLS_PRIVATE(Y), point->y);
	if (!failure) failure = numberTo(&to->MBEDTLS_PRIVATE(Z), point->z);
	mbedtls_platform_zeroize(point, sizeof(*point));
	return failure;
}

/* No other curve is built. */
unsigned char mbedtls_internal_ecp_grp_capable(const mbedtls_ecp_group* curve)
{
	return curve->id == MBEDTLS_ECP_DP_SECP256R1;
}

int mbedtls_internal_ecp_init(const mbedtls_ecp_group* curve)
{
	(void)curve;
	return 0;
}

void mbedtls_internal_ecp_free(const mbedtls_ecp_group* curve)
{
	(void)curve;
}

int mbedtls_internal_ecp_double_jac(
	const mbedtls_ecp_group* curve, mbedtls_ecp_point* result, const mbedtls_ecp_point* p)
{
	Point point;
	(void)curve;
	pointFrom(&point, p);
	EccPoint_double_jacobian(point.x, point.y, point.z);
	return pointTo(result, &point);
}

/* q has the Z 1. The branches are never taken within a product: see `ecp_add_mixed` in mbedTLS's ecp.c. */
int mbedtls_internal_ecp_add_mixed(const mbedtls_ecp_group* curve, mbedtls_ecp_point* result,
	const mbedtls_ecp_point* p, const mbedtls_ecp_point* q)
{
	static const Number one = { 1 };
	Point sum, other;
	Number difference;
	(void)curve;
	pointFrom(&sum, p);
	pointFrom(&other, q);
	if (vli_isZero(sum.z)) return mbedtls_ecp_copy(result, q);
	if (vli_isZero(other.z)) return mbedtls_ecp_copy(result, p);
	if (vli_cmp(other.z, one)) return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
	apply_z(other.x, other.y, sum.z);
	vli_modSub_fast(difference, sum.x, other.x);
	if (!vli_isZero(difference)) {
		XYcZ_add(other.x, other.y, sum.x, sum.y);
		vli_modMult_fast(sum.z, sum.z, difference);
	}
	else if (!vli_cmp(sum.y, other.y)) EccPoint_double_jacobian(sum.x, sum.y, sum.z);
	else vli_clear(sum.z); /* one is the other's opposite */
	mbedtls_platform_zeroize(&other, sizeof(other));
	return pointTo(result, &sum);
}

int mbedtls_internal_ecp_normalize_jac(const mbedtls_ecp_group* curve, mbedtls_ecp_point* point)
{
	Point plain;
	(void)curve;
	pointFrom(&plain, point);
	vli_modInv(plain.z, plain.z, curve_p);
	apply_z(plain.x, plain.y, plain.z);
	vli_clear(plain.z);
	plain.z[0] = 1;
	return pointTo(point, &plain);
}

/* Of a product's table, which is no secret. */
int mbedtls_internal_ecp_normalize_jac_many(const mbedtls_ecp_group* curve, mbedtls_ecp_point* points[], size_t count)
{
	int failure = 0;
	for (size_t i = 0; i < count && !failure; i++) failure = mbedtls_internal_ecp_normalize_jac(curve, points[i]);
	return failure;
}

bool pointOf(const uint8_t* compressed, uint8_t* pair)
{
	/* The root is one only where there is a point: hence the check, which is one of x as well. */
	uECC_decompress(compressed, pair);
	return uECC_valid_public_key(pair);
}
