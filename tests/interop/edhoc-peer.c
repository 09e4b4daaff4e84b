/*
 * One side of an EDHOC run by libedhoc (github.com/kamil-kielbasa/libedhoc), cipher suite 2, for edhoc.test.mjs:
 *
 *   edhoc-peer initiator|responder METHOD KID CREDENTIAL PRIVATE-KEY PEER-KID PEER-CREDENTIAL PEER-PUBLIC-KEY C_X [SUITE]...
 *
 * All in hexadecimal but the method and the suites; KID and PEER-KID of 2 to 16 bytes, PRIVATE-KEY of 32,
 * PEER-PUBLIC-KEY of 64, C_X of one byte that is a CBOR integer, or of 2 to 7. Of the suites only 2 is known; others
 * before it are what the initiator would rather have. Messages come in and go out as a line of hexadecimal each. At
 * the end it prints `done SECRET SALT SENDER-ID RECIPIENT-ID`; what goes wrong it prints as `failed STEP ERROR CODE`,
 * after the error message that it would send, and exits with 1. An error message that comes it prints as
 * `told CODE [SUITE]...`.
 */
#include <edhoc.h>
#include <edhoc_cipher_suite_2.h>
#include <psa/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SUITES 3

struct bytes {
	uint8_t data[512];
	size_t length;
};

struct side {
	enum edhoc_method method;
	bool isInitiator;
	struct bytes kid, credential, privateKey;
	struct bytes peerKid, peerCredential, peerKey;
};

static void die(const char *reason)
{
	fprintf(stderr, "%s\n", reason);
	exit(2);
}

static struct bytes parsed(const char *text)
{
	struct bytes bytes = { .length = 0 };
	for (; text[0] != '\0' && text[0] != '\n'; text += 2) {
		unsigned value;
		if (bytes.length == sizeof bytes.data || sscanf(text, "%2x", &value) != 1) die("no hexadecimal");
		bytes.data[bytes.length++] = (uint8_t)value;
	}
	return bytes;
}

static void printHex(const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length; i += 1) printf("%02x", data[i]);
}

static void say(const uint8_t *data, size_t length)
{
	printHex(data, length);
	printf("\n");
	fflush(stdout);
}

static struct bytes hear(void)
{
	static char line[2048];
	if (fgets(line, sizeof line, stdin) == NULL) exit(0);
	return parsed(line);
}

/* In method 0 both sign, in method 1 the initiator alone, in method 2 the responder alone, in method 3 neither. */
static bool isSigning(const struct side *side, bool isInitiator)
{
	return side->method == EDHOC_METHOD_0 ||
	       side->method == (isInitiator ? EDHOC_METHOD_1 : EDHOC_METHOD_2);
}

/*
 * With a kid of its own kind the library sends one of more than a byte without the head of its byte string, so we
 * hand it ID_CRED_x = {4: kid} and the shortened form encoded.
 */
static int fetch(void *context, struct edhoc_auth_creds *own)
{
	static uint8_t encoded[3 + 16] = { 0xa1, 0x04 };
	const struct side *side = context;
	const enum edhoc_key_type type =
		isSigning(side, side->isInitiator) ? EDHOC_KT_SIGNATURE : EDHOC_KT_KEY_AGREEMENT;
	encoded[2] = (uint8_t)(0x40 | side->kid.length);
	memcpy(encoded + 3, side->kid.data, side->kid.length);
	own->label = EDHOC_COSE_ANY;
	own->any.id_cred = encoded;
	own->any.id_cred_len = 3 + side->kid.length;
	own->any.is_id_cred_comp_enc = true;
	own->any.encode_type = EDHOC_ENCODE_TYPE_BYTE_STRING;
	own->any.id_cred_comp_enc = encoded + 2;
	own->any.id_cred_comp_enc_length = 1 + side->kid.length;
	own->any.cred = side->credential.data;
	own->any.cred_len = side->credential.length;
	return edhoc_cipher_suite_2_key_import(NULL, type, side->privateKey.data, side->privateKey.length,
					       own->priv_key_id);
}

static int verify(void *context, struct edhoc_auth_creds *peer, const uint8_t **key, size_t *keyLength)
{
	static uint8_t point[65] = { 0x04 };
	const struct side *side = context;
	if (peer->label != EDHOC_COSE_HEADER_KID || peer->key_id.encode_type != EDHOC_ENCODE_TYPE_BYTE_STRING ||
	    peer->key_id.key_id_bstr_length != side->peerKid.length ||
	    memcmp(peer->key_id.key_id_bstr, side->peerKid.data, side->peerKid.length) != 0)
		return EDHOC_ERROR_CREDENTIALS_FAILURE;
	peer->key_id.cred = side->peerCredential.data;
	peer->key_id.cred_len = side->peerCredential.length;
	peer->key_id.cred_is_cbor = true;
	memcpy(point + 1, side->peerKey.data, 64);
	/* A key that verifies is an uncompressed point, one for key agreement its x. */
	const bool isPoint = isSigning(side, !side->isInitiator);
	*key = isPoint ? point : point + 1;
	*keyLength = isPoint ? sizeof point : 32;
	return EDHOC_SUCCESS;
}

static void expect(struct edhoc_context *edhoc, const char *step, int result)
{
	if (result == EDHOC_SUCCESS) return;
	enum edhoc_error_code code = EDHOC_ERROR_CODE_UNSPECIFIED_ERROR;
	edhoc_error_get_code(edhoc, &code);
	uint8_t message[64];
	size_t length = 0;
	int32_t own[MAX_SUITES], peers[MAX_SUITES];
	size_t ownCount = 0, peersCount = 0;
	char text[] = "refused";
	struct edhoc_error_info info = { .text_string = text, .total_entries = 7, .written_entries = 7 };
	if (code == EDHOC_ERROR_CODE_WRONG_SELECTED_CIPHER_SUITE &&
	    edhoc_error_get_cipher_suites(edhoc, own, MAX_SUITES, &ownCount, peers, MAX_SUITES, &peersCount) ==
		    EDHOC_SUCCESS) {
		info.cipher_suites = own;
		info.total_entries = info.written_entries = ownCount;
	}
	if (code == EDHOC_ERROR_CODE_SUCCESS) code = EDHOC_ERROR_CODE_UNSPECIFIED_ERROR;
	if (edhoc_message_error_compose(message, sizeof message, &length, code, &info) == EDHOC_SUCCESS)
		say(message, length);
	printf("failed %s %d %d\n", step, result, (int)code);
	exit(1);
}

static void sendMessage(struct edhoc_context *edhoc, const char *step,
			int (*compose)(struct edhoc_context *, uint8_t *, size_t, size_t *))
{
	uint8_t message[512];
	size_t length = 0;
	expect(edhoc, step, compose(edhoc, message, sizeof message, &length));
	say(message, length);
}

/* An error message begins with its code; message_2 to 4, with the head of a byte string. */
static void listenForError(const struct bytes *message)
{
	enum edhoc_error_code code;
	int32_t suites[8];
	struct edhoc_error_info info = { .cipher_suites = suites, .total_entries = 8 };
	if (message->length == 0 || message->data[0] > 3) return;
	/* message_1 begins with an integer too, but is longer. */
	if (message->length > 32) return;
	if (edhoc_message_error_process(message->data, message->length, &code, &info) != EDHOC_SUCCESS) return;
	printf("told %d", (int)code);
	for (size_t i = 0; code == EDHOC_ERROR_CODE_WRONG_SELECTED_CIPHER_SUITE && i < info.written_entries; i += 1)
		printf(" %d", (int)suites[i]);
	printf("\n");
	exit(1);
}

static void receiveMessage(struct edhoc_context *edhoc, const char *step,
			   int (*process)(struct edhoc_context *, const uint8_t *, size_t))
{
	const struct bytes message = hear();
	listenForError(&message);
	expect(edhoc, step, process(edhoc, message.data, message.length));
}

static struct edhoc_connection_id connectionId(const char *text)
{
	const struct bytes bytes = parsed(text);
	struct edhoc_connection_id id = { .encode_type = EDHOC_CID_TYPE_BYTE_STRING };
	if (bytes.length == 1) {
		const uint8_t byte = bytes.data[0];
		id.encode_type = EDHOC_CID_TYPE_ONE_BYTE_INTEGER;
		id.int_value = (int8_t)(byte < 0x20 ? byte : 0x1f - byte);
	} else {
		memcpy(id.bstr_value, bytes.data, bytes.length);
		id.bstr_length = bytes.length;
	}
	return id;
}

int main(int count, char **arguments)
{
	if (count < 10 || count > 10 + MAX_SUITES) die("see the comment in edhoc-peer.c");
	struct side side = {
		.isInitiator = strcmp(arguments[1], "initiator") == 0,
		.method = (enum edhoc_method)atoi(arguments[2]),
		.kid = parsed(arguments[3]),
		.credential = parsed(arguments[4]),
		.privateKey = parsed(arguments[5]),
		.peerKid = parsed(arguments[6]),
		.peerCredential = parsed(arguments[7]),
		.peerKey = parsed(arguments[8])
	};
	const struct edhoc_connection_id id = connectionId(arguments[9]);
	struct edhoc_cipher_suite suites[MAX_SUITES];
	size_t suiteCount = 0;
	for (int i = 10; i < count; i += 1) {
		suites[suiteCount] = *edhoc_cipher_suite_2_get_suite();
		suites[suiteCount++].value = atoi(arguments[i]);
	}
	if (suiteCount == 0) suites[suiteCount++] = *edhoc_cipher_suite_2_get_suite();
	if (side.kid.length < 2 || side.kid.length > 16) die("a kid of another length");
	if (side.peerKey.length != 64) die("a public key of another length");
	if (psa_crypto_init() != PSA_SUCCESS) die("psa_crypto_init failed");

	struct edhoc_context context = { 0 };
	struct edhoc_context *edhoc = &context;
	const struct edhoc_credentials credentials = { .fetch = fetch, .verify = verify };
	expect(edhoc, "init", edhoc_context_init(edhoc));
	expect(edhoc, "methods", edhoc_set_methods(edhoc, &side.method, 1));
	expect(edhoc, "suites", edhoc_set_cipher_suites(edhoc, suites, suiteCount));
	expect(edhoc, "id", edhoc_set_connection_id(edhoc, &id));
	expect(edhoc, "user", edhoc_set_user_context(edhoc, &side));
	expect(edhoc, "keys", edhoc_bind_keys(edhoc, edhoc_cipher_suite_2_get_keys()));
	expect(edhoc, "crypto", edhoc_bind_crypto(edhoc, edhoc_cipher_suite_2_get_crypto()));
	expect(edhoc, "credentials", edhoc_bind_credentials(edhoc, &credentials));

	if (side.isInitiator) {
		sendMessage(edhoc, "message_1", edhoc_message_1_compose);
		receiveMessage(edhoc, "message_2", edhoc_message_2_process);
		sendMessage(edhoc, "message_3", edhoc_message_3_compose);
		receiveMessage(edhoc, "message_4", edhoc_message_4_process);
	} else {
		receiveMessage(edhoc, "message_1", edhoc_message_1_process);
		sendMessage(edhoc, "message_2", edhoc_message_2_compose);
		receiveMessage(edhoc, "message_3", edhoc_message_3_process);
		sendMessage(edhoc, "message_4", edhoc_message_4_compose);
	}

	uint8_t secret[16], salt[8], sender[7], recipient[7];
	size_t senderLength = 0, recipientLength = 0;
	expect(edhoc, "export",
	       edhoc_export_oscore_session(edhoc, secret, sizeof secret, salt, sizeof salt, sender, sizeof sender,
					   &senderLength, recipient, sizeof recipient, &recipientLength));
	printf("done ");
	printHex(secret, sizeof secret);
	printf(" ");
	printHex(salt, sizeof salt);
	printf(" ");
	printHex(sender, senderLength);
	printf(" ");
	say(recipient, recipientLength);
	return 0;
}
