/*
 * primitives: P-256 by OpenSSL's libcrypto. Secret scalars go one at a time, which is OpenSSL's constant-time path; what
 * may be secret is cleansed after use.
 */

#include "primitives.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <string.h>
#include <sys/random.h>

static EC_GROUP* group;
static BN_CTX* numbers;
static const BIGNUM* order;
static BIGNUM* orderLess2;

static void preparePoints(xsMachine* the)
{
	if (orderLess2) return;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	numbers = BN_CTX_new();
	group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	order = group ? EC_GROUP_get0_order(group) : NULL;
	BIGNUM* less = order ? BN_dup(order) : NULL;
	if (!numbers || !less || !BN_sub_word(less, 2)) failed(the, "P-256");
	orderLess2 = less;
}

typedef enum { fine, badScalar, badPoint, atInfinity, broken } Outcome;

static void throwUnless(xsMachine* the, Outcome outcome)
{
	ERR_clear_error();
	if (outcome == badScalar) xsRangeError("primitives: scalar out of range");
	if (outcome == badPoint) xsRangeError("primitives: no point of the curve");
	if (outcome != fine) failed(the, "P-256");
}

/* A number from 1, or 0 where `zero`, to below the order; NULL when it is not. To be freed by BN_clear_free. */
static BIGNUM* scalarFrom(const uint8_t* bytes, bool zero)
{
	BIGNUM* number = BN_bin2bn(bytes, 32, NULL);
	if (!number) return NULL;
	BN_set_flags(number, BN_FLG_CONSTTIME);
	if (BN_cmp(number, order) < 0 && (zero || !BN_is_zero(number))) return number;
	BN_clear_free(number);
	return NULL;
}

/* NULL when it is not on the curve. To be freed by EC_POINT_clear_free. */
static EC_POINT* pointFrom(const uint8_t* bytes)
{
	uint8_t plain[65] = { 4 };
	EC_POINT* point = EC_POINT_new(group);
	memcpy(plain + 1, bytes, 64);
	if (point && EC_POINT_oct2point(group, point, plain, sizeof(plain), numbers)) return point;
	EC_POINT_free(point);
	return NULL;
}

static Outcome pointTo(const EC_POINT* point, uint8_t* result)
{
	uint8_t plain[65];
	if (EC_POINT_is_at_infinity(group, point)) return atInfinity;
	if (EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, plain, sizeof(plain), numbers) != 65)
		return broken;
	memcpy(result, plain + 1, 64);
	OPENSSL_cleanse(plain, sizeof(plain));
	return fine;
}

/* k * P, or k * G without `point`. One scalar at a time is OpenSSL's constant-time path. */
static EC_POINT* product(const BIGNUM* k, const EC_POINT* point)
{
	EC_POINT* result = EC_POINT_new(group);
	if (result && EC_POINT_mul(group, result, point ? NULL : k, point, point ? k : NULL, numbers)) return result;
	EC_POINT_free(result);
	return NULL;
}

static Outcome multiplied(const uint8_t* k, const uint8_t* p, uint8_t* result)
{
	BIGNUM* scalar = scalarFrom(k, false);
	EC_POINT* point = scalar && p ? pointFrom(p) : NULL;
	EC_POINT* sum = scalar && (point || !p) ? product(scalar, point) : NULL;
	Outcome outcome = !scalar ? badScalar : p && !point ? badPoint : !sum ? broken : pointTo(sum, result);
	BN_clear_free(scalar);
	EC_POINT_clear_free(point);
	EC_POINT_clear_free(sum);
	return outcome;
}

static Outcome summed(const uint8_t* a, const uint8_t* p, const uint8_t* b, const uint8_t* q, uint8_t* result)
{
	BIGNUM *first = scalarFrom(a, true), *second = scalarFrom(b, true);
	EC_POINT *one = pointFrom(p), *two = pointFrom(q), *left = NULL, *right = NULL;
	Outcome outcome = !first || !second ? badScalar : !one || !two ? badPoint : broken;
	if (first && second && one && two) {
		left = product(first, one);
		right = product(second, two);
		if (left && right && EC_POINT_add(group, left, left, right, numbers)) outcome = pointTo(left, result);
	}
	BN_clear_free(first);
	BN_clear_free(second);
	EC_POINT_clear_free(one);
	EC_POINT_clear_free(two);
	EC_POINT_clear_free(left);
	EC_POINT_clear_free(right);
	return outcome;
}

/*
 * r and s; atInfinity when one of them is 0. s = (k b)^-1 (b z + b r d) with a random b, and the inverse as the
 * power n - 2 in constant time, so that neither k nor d shows in the time the arithmetic takes.
 */
static Outcome signedWith(const uint8_t* privateKey, const uint8_t* hash, const uint8_t* nonce, uint8_t* result)
{
	BIGNUM *d = scalarFrom(privateKey, false), *k = scalarFrom(nonce, false), *b = NULL;
	BIGNUM *z = BN_bin2bn(hash, 32, NULL), *r = BN_new(), *s = BN_new(), *t = BN_new();
	EC_POINT* point = NULL;
	Outcome outcome = !d || !k ? badScalar : broken;
	uint8_t random[32];
	while (outcome == broken && !b) {
		if (getrandom(random, sizeof(random), 0) != sizeof(random)) break;
		b = scalarFrom(random, false);
	}
	OPENSSL_cleanse(random, sizeof(random));
	if (b && z && r && s && t && (point = product(k, NULL))
		&& EC_POINT_get_affine_coordinates(group, point, r, NULL, numbers)
		&& BN_nnmod(r, r, order, numbers)
		&& BN_mod_mul(t, b, d, order, numbers)
		&& BN_mod_mul(t, t, r, order, numbers)
		&& BN_mod_mul(z, z, b, order, numbers)
		&& BN_mod_add(t, t, z, order, numbers)
		&& BN_mod_mul(k, k, b, order, numbers)
		&& BN_mod_exp_mont_consttime(s, k, orderLess2, order, numbers, NULL)
		&& BN_mod_mul(s, s, t, order, numbers)) {
		bool zero = BN_is_zero(r) || BN_is_zero(s);
		if (zero) outcome = atInfinity;
		else if (BN_bn2binpad(r, result, 32) == 32 && BN_bn2binpad(s, result + 32, 32) == 32) outcome = fine;
	}
	BN_clear_free(d);
	BN_clear_free(k);
	BN_clear_free(b);
	BN_clear_free(z);
	BN_clear_free(r);
	BN_clear_free(s);
	BN_clear_free(t);
	EC_POINT_clear_free(point);
	return outcome;
}

/* Whether (z/s) G + (r/s) Q has the x coordinate r. All of it is public. */
static Outcome verified(const uint8_t* publicKey, const uint8_t* hash, const uint8_t* signature, bool* right)
{
	EC_POINT *point = pointFrom(publicKey), *sum = EC_POINT_new(group);
	BIGNUM *r = scalarFrom(signature, false), *s = scalarFrom(signature + 32, false);
	BIGNUM *z = BN_bin2bn(hash, 32, NULL), *u = BN_new(), *v = BN_new();
	Outcome outcome = !point ? badPoint : !r || !s ? fine : broken;
	*right = false;
	if (point && r && s && sum && z && u && v
		&& BN_mod_inverse(s, s, order, numbers)
		&& BN_mod_mul(u, z, s, order, numbers)
		&& BN_mod_mul(v, r, s, order, numbers)
		&& EC_POINT_mul(group, sum, u, point, v, numbers)) {
		outcome = fine;
		*right = !EC_POINT_is_at_infinity(group, sum)
			&& EC_POINT_get_affine_coordinates(group, sum, u, NULL, numbers)
			&& BN_nnmod(u, u, order, numbers) && !BN_cmp(u, r);
	}
	EC_POINT_free(point);
	EC_POINT_free(sum);
	BN_free(r);
	BN_free(s);
	BN_free(z);
	BN_free(u);
	BN_free(v);
	return outcome;
}

static void returnPair(xsMachine* the, uint8_t* pair)
{
	xsmcSetArrayBuffer(xsResult, pair, 64);
	OPENSSL_cleanse(pair, 64);
}

void xs_p256_base_multiply(xsMachine* the)
{
	uint8_t point[64];
	preparePoints(the);
	throwUnless(the, multiplied(exactly(the, 0, 32), NULL, point));
	returnPair(the, point);
}

void xs_p256_multiply(xsMachine* the)
{
	uint8_t point[64];
	preparePoints(the);
	throwUnless(the, multiplied(exactly(the, 0, 32), exactly(the, 1, 64), point));
	returnPair(the, point);
}

void xs_p256_multiply_sum(xsMachine* the)
{
	uint8_t point[64];
	preparePoints(the);
	Outcome outcome = summed(exactly(the, 0, 32), exactly(the, 1, 64), exactly(the, 2, 32), exactly(the, 3, 64), point);
	if (outcome == atInfinity) return;
	throwUnless(the, outcome);
	returnPair(the, point);
}

void xs_p256_is_on_curve(xsMachine* the)
{
	preparePoints(the);
	EC_POINT* point = pointFrom(exactly(the, 0, 64));
	xsmcSetBoolean(xsResult, point != NULL);
	EC_POINT_free(point);
	ERR_clear_error();
}

void xs_p256_decompress(xsMachine* the)
{
	uint8_t pair[64];
	preparePoints(the);
	const uint8_t* bytes = exactly(the, 0, 33);
	EC_POINT* point = bytes[0] == 2 || bytes[0] == 3 ? EC_POINT_new(group) : NULL;
	bool found = point && EC_POINT_oct2point(group, point, bytes, 33, numbers) && pointTo(point, pair) == fine;
	EC_POINT_free(point);
	ERR_clear_error();
	if (found) returnPair(the, pair);
}

void xs_p256_sign(xsMachine* the)
{
	uint8_t signature[64];
	preparePoints(the);
	Outcome outcome = signedWith(exactly(the, 0, 32), exactly(the, 1, 32), exactly(the, 2, 32), signature);
	if (outcome == atInfinity) return;
	throwUnless(the, outcome);
	returnPair(the, signature);
}

void xs_p256_verify(xsMachine* the)
{
	bool right;
	preparePoints(the);
	throwUnless(the, verified(exactly(the, 0, 64), exactly(the, 1, 32), exactly(the, 2, 64), &right));
	xsmcSetBoolean(xsResult, right);
}
