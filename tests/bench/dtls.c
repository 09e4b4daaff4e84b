/*
 * What a task costs by libcoap over DTLS with a pre-shared key, client and server in C: dtls PORT COUNT.
 * A child serves POST /tasks on 127.0.0.1; the parent asks COUNT times in one session, 6 bytes each, answered with one.
 * Prints the nanoseconds of each round trip, a line each.
 */
#include <coap3/coap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const uint8_t key[16] = "a pre-shared key";
static bool answered;

static void fail(const char* what)
{
	fprintf(stderr, "dtls: %s\n", what);
	exit(1);
}

static void set(coap_resource_t* resource, coap_session_t* session, const coap_pdu_t* request,
	const coap_string_t* query, coap_pdu_t* response)
{
	(void)resource, (void)session, (void)request, (void)query;
	coap_pdu_set_code(response, COAP_RESPONSE_CODE_CHANGED);
	coap_add_data(response, 1, (const uint8_t*)"\1");
}

static void serve(const coap_address_t* address)
{
	coap_context_t* context = coap_new_context(NULL);
	if (!context || !coap_context_set_psk(context, "bench", key, sizeof key)) fail("no context");
	if (!coap_new_endpoint(context, address, COAP_PROTO_DTLS)) fail("no endpoint");
	coap_resource_t* resource = coap_resource_init(coap_make_str_const("tasks"), 0);
	coap_register_request_handler(resource, COAP_REQUEST_POST, set);
	coap_add_resource(context, resource);
	for (;;) coap_io_process(context, COAP_IO_WAIT);
}

static coap_response_t take(coap_session_t* session, const coap_pdu_t* sent, const coap_pdu_t* received, coap_mid_t id)
{
	(void)session, (void)sent, (void)id;
	if (coap_pdu_get_code(received) != COAP_RESPONSE_CODE_CHANGED) fail("another answer");
	answered = true;
	return COAP_RESPONSE_OK;
}

static int64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t ask(coap_context_t* context, coap_session_t* session)
{
	uint8_t token[8];
	size_t length;
	answered = false;
	int64_t start = nanoseconds();
	coap_pdu_t* request = coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, session);
	coap_session_new_token(session, &length, token);
	if (!request || !coap_add_token(request, length, token)) fail("no request");
	coap_add_option(request, COAP_OPTION_URI_PATH, 5, (const uint8_t*)"tasks");
	coap_add_data(request, 6, (const uint8_t*)"\1\104abcd");
	if (coap_send(session, request) == COAP_INVALID_MID) fail("cannot send");
	while (!answered) {
		if (coap_io_process(context, 2000) < 0 || nanoseconds() - start > 5000000000) fail("no answer");
	}
	return nanoseconds() - start;
}

int main(int count, char** arguments)
{
	if (count != 3) fail("dtls PORT COUNT");
	coap_address_t address;
	coap_startup();
	coap_set_log_level(LOG_ERR);
	coap_address_init(&address);
	address.addr.sin.sin_family = AF_INET;
	address.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.addr.sin.sin_port = htons((uint16_t)atoi(arguments[1]));
	address.size = sizeof(struct sockaddr_in);
	pid_t child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		serve(&address);
	}
	usleep(200000);
	coap_context_t* context = coap_new_context(NULL);
	if (!context) fail("no context");
	coap_register_response_handler(context, take);
	coap_session_t* session =
		coap_new_client_session_psk(context, NULL, &address, COAP_PROTO_DTLS, "bench", key, sizeof key);
	if (!session) fail("no session");
	/* The handshake, and what is needed once. */
	for (int i = 0; i < 100; i++) ask(context, session);
	for (int i = atoi(arguments[2]); i > 0; i--) printf("%lld\n", (long long)ask(context, session));
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	return 0;
}
