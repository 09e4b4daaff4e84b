/*
 * primitives: OpenSSL's libcrypto. Hashing uses its low-level functions, which need no initialisation; the rest is
 * set up at first use, and OpenSSL's configuration file is never read. What may be secret is cleansed after use.
 */

#define OPENSSL_SUPPRESS_DEPRECATED

#include "primitives.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 */

typedef struct {
	SHA256_CTX state;
	bool closed;
} Hash;

void xs_sha256_delete(void* data)
{
	if (!data) return;
	OPENSSL_cleanse(data, sizeof(Hash));
	free(data);
}

static Hash* hashThis(xsMachine* the)
{
	Hash* hash = xsmcGetHostDataValidate(xsThis, (void*)xs_sha256_delete);
	if (!hash || hash->closed) xsUnknownError("SHA256: closed");
	return hash;
}

void xs_sha256(xsMachine* the)
{
	Hash* hash = calloc(1, sizeof(Hash));
	if (!hash) xsUnknownError("SHA256: out of memory");
	SHA256_Init(&hash->state);
	xsmcSetHostData(xsThis, hash);
}

void xs_sha256_write(xsMachine* the)
{
	Hash* hash = hashThis(the);
	Bytes bytes = bytesAt(the, 0);
	SHA256_Update(&hash->state, bytes.data, bytes.size);
}

void xs_sha256_close(xsMachine* the)
{
	Hash* hash = hashThis(the);
	uint8_t digest[32];
	SHA256_Final(digest, &hash->state);
	OPENSSL_cleanse(&hash->state, sizeof(hash->state));
	hash->closed = true;
	xsmcSetArrayBuffer(xsResult, digest, sizeof(digest));
	OPENSSL_cleanse(digest, sizeof(digest));
}

/* HMAC: the states after the padded key, ready for any number of messages. */

typedef struct {
	SHA256_CTX inner, outer;
} Mac;

static void macKey(Mac* mac, Bytes key)
{
	uint8_t block[64] = { 0 };
	if (key.size > sizeof(block)) SHA256(key.data, key.size, block);
	else memcpy(block, key.data, key.size);
	for (size_t i = 0; i < sizeof(block); i++) block[i] ^= 0x36;
	SHA256_Init(&mac->inner);
	SHA256_Update(&mac->inner, block, sizeof(block));
	for (size_t i = 0; i < sizeof(block); i++) block[i] ^= 0x36 ^ 0x5C;
	SHA256_Init(&mac->outer);
	SHA256_Update(&mac->outer, block, sizeof(block));
	OPENSSL_cleanse(block, sizeof(block));
}

/* The message in two parts. */
static void macOf(const Mac* mac, Bytes head, Bytes tail, uint8_t* result)
{
	SHA256_CTX state = mac->inner;
	SHA256_Update(&state, head.data, head.size);
	SHA256_Update(&state, tail.data, tail.size);
	SHA256_Final(result, &state);
	state = mac->outer;
	SHA256_Update(&state, result, 32);
	SHA256_Final(result, &state);
	OPENSSL_cleanse(&state, sizeof(state));
}

static const Bytes nothing = { (const uint8_t*)"", 0 };

void xs_hmac(xsMachine* the)
{
	Mac mac;
	uint8_t result[32];
	Bytes key = bytesAt(the, 0), message = bytesAt(the, 1);
	macKey(&mac, key);
	macOf(&mac, message, nothing, result);
	xsmcSetArrayBuffer(xsResult, result, sizeof(result));
	OPENSSL_cleanse(&mac, sizeof(mac));
	OPENSSL_cleanse(result, sizeof(result));
}

/* PBKDF2 */

enum { roundsPerStep = 1000, longestKey = 128 };

typedef struct {
	Mac mac;
	uint8_t u[32], t[32], key[longestKey];
	size_t length, done; /* bytes of the key */
	int rounds, round;
	size_t saltSize;
	uint8_t salt[];
} Derivation;

void xs_pbkdf2_delete(void* data)
{
	Derivation* it = data;
	if (!it) return;
	OPENSSL_cleanse(it, sizeof(Derivation) + it->saltSize);
	free(it);
}

void xs_pbkdf2(xsMachine* the)
{
	int rounds = numberAt(the, 2, 1, INT32_MAX, "rounds");
	int length = numberAt(the, 3, 1, longestKey, "length");
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
		uint8_t block[4] = { 0, 0, 0, (uint8_t)(it->done / 32 + 1) };
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

static EVP_CIPHER* ccmCipher;
static EVP_CIPHER_CTX* ccmContext;

static void prepareCcm(xsMachine* the)
{
	if (ccmContext) return;
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ccmCipher = EVP_CIPHER_fetch(NULL, "AES-128-CCM", NULL);
	if (ccmCipher) ccmContext = EVP_CIPHER_CTX_new();
	if (!ccmContext) failed(the, "AES-CCM");
}

typedef struct {
	Bytes key, nonce, aad, text;
	int tag;
} Ccm;

/* Both read their arguments twice: for the sizes, and again once the result is allocated. */
static Ccm ccmArguments(xsMachine* the)
{
	int tag = numberAt(the, 4, 4, 16, "tag length"); /* first: it may call JavaScript */
	Ccm it = {
		.tag = tag,
		.key = { exactly(the, 0, 16), 16 },
		.nonce = bytesAt(the, 1),
		.aad = bytesAt(the, 2),
		.text = bytesAt(the, 3)
	};
	if (tag % 2) xsRangeError("primitives: bad tag length");
	if (it.nonce.size < 7 || it.nonce.size > 13) xsRangeError("primitives: nonce is not 7 to 13 bytes long");
	if (it.nonce.size == 13 && it.text.size > 65535 + (size_t)it.tag) xsRangeError("primitives: text too long");
	return it;
}

/* All that comes before the text; `size` is the text's without the tag. */
static bool ccmStart(const Ccm* it, int size, const uint8_t* tag, int sealing)
{
	int count;
	EVP_CIPHER_CTX* context = ccmContext;
	return EVP_CipherInit_ex(context, ccmCipher, NULL, NULL, NULL, sealing)
		&& EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, (int)it->nonce.size, NULL)
		&& EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, it->tag, (void*)(uintptr_t)tag)
		&& EVP_CipherInit_ex(context, NULL, NULL, it->key.data, it->nonce.data, sealing)
		&& EVP_CipherUpdate(context, NULL, &count, NULL, size)
		&& (!it->aad.size || EVP_CipherUpdate(context, NULL, &count, it->aad.data, (int)it->aad.size));
}

static void ccmEnd(void)
{
	EVP_CIPHER_CTX_reset(ccmContext);
	ERR_clear_error();
}

void xs_ccm_seal(xsMachine* the)
{
	prepareCcm(the);
	Ccm it = ccmArguments(the);
	if (it.text.size > 65535 && it.nonce.size == 13) xsRangeError("primitives: text too long");
	int size = (int)it.text.size, count;
	uint8_t* out = xsmcSetArrayBuffer(xsResult, NULL, size + it.tag);
	it = ccmArguments(the);
	bool done = ccmStart(&it, size, NULL, 1)
		&& EVP_CipherUpdate(ccmContext, out, &count, it.text.data, size)
		&& EVP_CIPHER_CTX_ctrl(ccmContext, EVP_CTRL_AEAD_GET_TAG, it.tag, out + size);
	ccmEnd();
	if (!done) failed(the, "AES-CCM");
}

void xs_ccm_open(xsMachine* the)
{
	prepareCcm(the);
	Ccm it = ccmArguments(the);
	int size = (int)it.text.size - it.tag, count;
	if (size < 0) return;
	uint8_t* out = xsmcSetArrayBuffer(xsResult, NULL, size);
	uint8_t none;
	it = ccmArguments(the);
	bool fits = ccmStart(&it, size, it.text.data + size, 0)
		&& EVP_CipherUpdate(ccmContext, size ? out : &none, &count, it.text.data, size) > 0;
	ccmEnd();
	if (fits) return;
	OPENSSL_cleanse(out, (size_t)size);
	xsmcSetUndefined(xsResult);
}
