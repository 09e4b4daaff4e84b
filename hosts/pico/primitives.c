/* primitives: hashes and AES-CCM by mbedTLS. What may be secret is overwritten after use. */

#include "primitives.h"

#include "mbedtls/ccm.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"

#include <stdlib.h>
#include <string.h>

enum { hashSize = 32, blockSize = 64 };

/* SHA-256 */

typedef struct {
	mbedtls_sha256_context state;
	bool closed;
} Hash;

void xs_sha256_delete(void* data)
{
	if (!data) return;
	mbedtls_platform_zeroize(data, sizeof(Hash));
	free(data);
}

static Hash* hashThis(xsMachine* the)
{
	Hash* hash = xsmcGetHostDataValidate(xsThis, (void*)xs_sha256_delete);
	if (!hash || hash->closed) xsUnknownError("SHA256: closed");
	return hash;
}

/* These cannot fail without hardware that does them. */
static void begin(mbedtls_sha256_context* state)
{
	mbedtls_sha256_init(state);
	(void)mbedtls_sha256_starts(state, 0);
}

static void add(mbedtls_sha256_context* state, Bytes bytes)
{
	(void)mbedtls_sha256_update(state, bytes.data, bytes.size);
}

static void end(mbedtls_sha256_context* state, uint8_t* digest)
{
	(void)mbedtls_sha256_finish(state, digest);
	mbedtls_sha256_free(state);
}

void xs_sha256(xsMachine* the)
{
	Hash* hash = calloc(1, sizeof(Hash));
	if (!hash) xsUnknownError("SHA256: out of memory");
	begin(&hash->state);
	xsmcSetHostData(xsThis, hash);
}

void xs_sha256_write(xsMachine* the)
{
	Hash* hash = hashThis(the);
	add(&hash->state, bytesAt(the, 0));
}

void xs_sha256_close(xsMachine* the)
{
	Hash* hash = hashThis(the);
	uint8_t digest[hashSize];
	end(&hash->state, digest);
	hash->closed = true;
	xsmcSetArrayBuffer(xsResult, digest, sizeof(digest));
	mbedtls_platform_zeroize(digest, sizeof(digest));
}

/* HMAC: the states after the padded key, ready for any number of messages. */

typedef struct {
	mbedtls_sha256_context inner, outer;
} Mac;

static void macKey(Mac* mac, Bytes key)
{
	uint8_t block[blockSize] = { 0 };
	if (key.size > sizeof(block)) {
		begin(&mac->inner);
		add(&mac->inner, key);
		end(&mac->inner, block);
	}
	else memcpy(block, key.data, key.size);
	for (size_t i = 0; i < sizeof(block); i++) block[i] ^= 0x36;
	begin(&mac->inner);
	add(&mac->inner, (Bytes){ block, sizeof(block) });
	for (size_t i = 0; i < sizeof(block); i++) block[i] ^= 0x36 ^ 0x5C;
	begin(&mac->outer);
	add(&mac->outer, (Bytes){ block, sizeof(block) });
	mbedtls_platform_zeroize(block, sizeof(block));
}

/* The message in two parts; `result` may be one of them. */
static void macOf(const Mac* mac, Bytes head, Bytes tail, uint8_t* result)
{
	mbedtls_sha256_context state = mac->inner;
	add(&state, head);
	add(&state, tail);
	end(&state, result);
	state = mac->outer;
	add(&state, (Bytes){ result, hashSize });
	end(&state, result);
}

static const Bytes nothing = { (const uint8_t*)"", 0 };

void xs_hmac(xsMachine* the)
{
	Mac mac;
	uint8_t result[hashSize];
	Bytes key = bytesAt(the, 0), message = bytesAt(the, 1);
	macKey(&mac, key);
	macOf(&mac, message, nothing, result);
	xsmcSetArrayBuffer(xsResult, result, sizeof(result));
	mbedtls_platform_zeroize(&mac, sizeof(mac));
	mbedtls_platform_zeroize(result, sizeof(result));
}

/* PBKDF2 */

enum { roundsPerStep = 1000, longestKey = 128 };

typedef struct {
	Mac mac;
	uint8_t u[hashSize], t[hashSize], key[longestKey];
	size_t length, done; /* bytes of the key */
	int rounds, round;
	size_t saltSize;
	uint8_t salt[];
} Derivation;

void xs_pbkdf2_delete(void* data)
{
	Derivation* it = data;
	if (!it) return;
	mbedtls_platform_zeroize(it, sizeof(Derivation) + it->saltSize);
	free(it);
}

void xs_pbkdf2(xsMachine* the)
{
	int rounds = numberAt(the, 2, 1, INT32_MAX);
	int length = numberAt(the, 3, 1, longestKey);
	Bytes password = bytesAt(the, 0), salt = bytesAt(the, 1);
	Derivation* it = calloc(1, sizeof(Derivation) + salt.size);
	if (!it) xsUnknownError("PBKDF2: out of memory");
	it->rounds = rounds;
	it->length = (size_t)length;
	it->saltSize = salt.size;
	memcpy(it->salt, salt.data, salt.size);
	macKey(&it->mac, password);
	xsmcSetHostData(xsThis, it);
}

static void deriveRound(Derivation* it)
{
	if (it->round == 0) {
		uint8_t block[4] = { 0, 0, 0, (uint8_t)(it->done / hashSize + 1) };
		macOf(&it->mac, (Bytes){ it->salt, it->saltSize }, (Bytes){ block, sizeof(block) }, it->u);
		memcpy(it->t, it->u, sizeof(it->t));
	}
	else {
		macOf(&it->mac, (Bytes){ it->u, sizeof(it->u) }, nothing, it->u);
		for (size_t i = 0; i < sizeof(it->t); i++) it->t[i] ^= it->u[i];
	}
	if (++it->round < it->rounds) return;
	size_t part = it->length - it->done < sizeof(it->t) ? it->length - it->done : sizeof(it->t);
	memcpy(it->key + it->done, it->t, part);
	it->done += part;
	it->round = 0;
}

void xs_pbkdf2_step(xsMachine* the)
{
	Derivation* it = xsmcGetHostDataValidate(xsThis, (void*)xs_pbkdf2_delete);
	if (!it) xsUnknownError("PBKDF2: no derivation");
	for (int i = 0; i < roundsPerStep && it->done < it->length; i++) deriveRound(it);
	if (it->done == it->length) xsmcSetArrayBuffer(xsResult, it->key, (xsIntegerValue)it->length);
}

/* AES-128-CCM */

typedef struct {
	Bytes key, nonce, aad, text;
	int tag;
} Ccm;

/* Both read their arguments twice: for the sizes, and again once the result is allocated. */
static Ccm ccmArguments(xsMachine* the)
{
	int tag = numberAt(the, 4, 4, 16); /* first: it may call JavaScript */
	Ccm it = {
		.tag = tag,
		.key = { exactly(the, 0, 16), 16 },
		.nonce = bytesAt(the, 1),
		.aad = bytesAt(the, 2),
		.text = bytesAt(the, 3)
	};
	if (tag % 2) xsRangeError("primitives: bad tag length");
	if (it.nonce.size < 7 || it.nonce.size > 13) xsRangeError("primitives: nonce is not 7 to 13 bytes long");
	/* mbedTLS has only the short form of their length (RFC 3610 section 2.2). */
	if (it.aad.size >= 0xFF00) xsRangeError("primitives: additional data too long");
	if (it.nonce.size == 13 && it.text.size > 65535 + (size_t)it.tag) xsRangeError("primitives: text too long");
	return it;
}

void xs_ccm_seal(xsMachine* the)
{
	Ccm it = ccmArguments(the);
	if (it.nonce.size == 13 && it.text.size > 65535) xsRangeError("primitives: text too long");
	size_t size = it.text.size;
	uint8_t* out = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)(size + (size_t)it.tag));
	it = ccmArguments(the);
	mbedtls_ccm_context context;
	mbedtls_ccm_init(&context);
	bool done = !mbedtls_ccm_setkey(&context, MBEDTLS_CIPHER_ID_AES, it.key.data, 128)
		&& !mbedtls_ccm_encrypt_and_tag(&context, size, it.nonce.data, it.nonce.size, it.aad.data, it.aad.size,
			it.text.data, out, out + size, (size_t)it.tag);
	mbedtls_ccm_free(&context);
	if (!done) xsUnknownError("primitives: AES-CCM failed");
}

void xs_ccm_open(xsMachine* the)
{
	Ccm it = ccmArguments(the);
	if (it.text.size < (size_t)it.tag) return;
	size_t size = it.text.size - (size_t)it.tag;
	uint8_t* out = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)size);
	it = ccmArguments(the);
	mbedtls_ccm_context context;
	mbedtls_ccm_init(&context);
	bool fits = !mbedtls_ccm_setkey(&context, MBEDTLS_CIPHER_ID_AES, it.key.data, 128)
		&& !mbedtls_ccm_auth_decrypt(&context, size, it.nonce.data, it.nonce.size, it.aad.data, it.aad.size,
			it.text.data, out, it.text.data + size, (size_t)it.tag);
	mbedtls_ccm_free(&context);
	if (fits) return;
	mbedtls_platform_zeroize(out, size);
	xsmcSetUndefined(xsResult);
}
