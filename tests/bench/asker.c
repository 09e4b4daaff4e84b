/*
 * Sends datagrams to 127.0.0.1 (from port FROM where PORT is PORT:FROM) and waits for the reply to each:
 *   asker PORT COUNT ID-OFFSET TOKEN-OFFSET TOKEN-LENGTH [--first HEX] HEX...
 * The HEX ones are templates, sent in turn, COUNT in all, each with a message id and token of its own (offset -1:
 * none). --first is sent once before them. Every reply to a template must have the request's id and token, and else
 * be as the first reply to that template. Prints those replies ("reply HEX", the --first one's first), then the
 * nanoseconds of each round trip, a line each.
 *   asker PORT --list FILE EVERY
 * The requests are the lines of the file, in hexadecimal, confirmable CoAP each, sent once each and in their order.
 * Every reply must be a piggybacked 2.04 with the request's id and token, and all as long as the first; what else
 * comes is passed over. Prints every EVERYth reply as above, then the nanoseconds.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { sizeLimit = 2048, templateLimit = 8, listLimit = 8192, headerSize = 4, acknowledged = 0x60, changed = 0x44 };

typedef struct {
	unsigned char bytes[sizeLimit];
	size_t size;
} Datagram;

static Datagram templates[templateLimit], replies[templateLimit];
static int templateCount, idOffset, tokenOffset, tokenLength, udp;

static void fail(const char* what)
{
	fprintf(stderr, "asker: %s\n", what);
	exit(1);
}

static void readHex(const char* text, Datagram* datagram)
{
	unsigned value;
	for (datagram->size = 0; *text && *text != '\n' && datagram->size < sizeLimit; text += 2) {
		if (sscanf(text, "%2x", &value) != 1 || !text[1]) fail("no hexadecimal");
		datagram->bytes[datagram->size++] = (unsigned char)value;
	}
}

static void printReply(const Datagram* datagram)
{
	printf("reply ");
	for (size_t i = 0; i < datagram->size; i++) printf("%02x", datagram->bytes[i]);
	printf("\n");
}

/* Writes a number big endian into a field of the datagram. */
static void number(Datagram* datagram, int offset, int length, uint64_t value)
{
	if (offset < 0) return;
	while (length--) {
		datagram->bytes[offset + length] = (unsigned char)value;
		value >>= 8;
	}
}

static int64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t ask(const Datagram* request, Datagram* reply)
{
	int64_t start = nanoseconds();
	if (send(udp, request->bytes, request->size, 0) < 0) fail("cannot send");
	ssize_t count = recv(udp, reply->bytes, sizeLimit, 0);
	int64_t end = nanoseconds();
	if (count < 0) fail("no reply within two seconds");
	reply->size = (size_t)count;
	return end - start;
}

static void numberAll(Datagram* datagram, uint16_t id, uint64_t token)
{
	number(datagram, idOffset, 2, id);
	number(datagram, tokenOffset, tokenLength, token);
}

/* Of all that comes: CoAP's type, token length, code, id and token. */
static bool isReply(const Datagram* request, const Datagram* reply)
{
	size_t length = request->bytes[0] & 15;
	return reply->size > headerSize + length && reply->bytes[0] == (acknowledged | length)
		&& !memcmp(reply->bytes + 2, request->bytes + 2, 2 + length);
}

static int64_t askOnce(const Datagram* request, Datagram* reply)
{
	int64_t start = nanoseconds();
	if (send(udp, request->bytes, request->size, 0) < 0) fail("cannot send");
	do {
		ssize_t count = recv(udp, reply->bytes, sizeLimit, 0);
		if (count < 0) fail("no reply within two seconds");
		reply->size = (size_t)count;
	} while (!isReply(request, reply));
	return nanoseconds() - start;
}

static void askList(const char* path, long every)
{
	char line[2 * sizeLimit + 2];
	static Datagram requests[listLimit];
	static int64_t times[listLimit];
	long count = 0;
	size_t size = 0;
	Datagram reply;
	FILE* file = fopen(path, "r");
	if (!file || every < 1) fail("no list");
	while (count < listLimit && fgets(line, sizeof(line), file)) {
		readHex(line, &requests[count]);
		if (requests[count].size < headerSize) fail("not a request");
		count++;
	}
	fclose(file);
	for (long i = 0; i < count; i++) {
		times[i] = askOnce(&requests[i], &reply);
		if (!i) size = reply.size;
		if (reply.bytes[1] != changed || reply.size != size) fail("an unexpected reply");
		if (!(i % every)) printReply(&reply);
	}
	for (long i = 0; i < count; i++) printf("%lld\n", (long long)times[i]);
}

int main(int count, char** arguments)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = 2 };
	Datagram reply, expected;
	bool isList = count == 5 && !strcmp(arguments[2], "--list");
	if (!isList && count < 7) fail("PORT COUNT ID-OFFSET TOKEN-OFFSET TOKEN-LENGTH [--first HEX] HEX...");
	peer.sin_port = htons((uint16_t)atoi(arguments[1]));
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	const char* from = strchr(arguments[1], ':');
	struct sockaddr_in own = peer;
	own.sin_port = htons((uint16_t)(from ? atoi(from + 1) : 0));
	if (udp < 0 || bind(udp, (struct sockaddr*)&own, sizeof(own)) || connect(udp, (struct sockaddr*)&peer, sizeof(peer))) fail("no socket");
	setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (isList) {
		askList(arguments[3], atol(arguments[4]));
		return 0;
	}
	long rounds = atol(arguments[2]);
	idOffset = atoi(arguments[3]);
	tokenOffset = atoi(arguments[4]);
	tokenLength = atoi(arguments[5]);
	int64_t* times = calloc((size_t)rounds, sizeof(int64_t));
	if (!times) fail("out of memory");
	for (int i = 6; i < count && templateCount < templateLimit; i++) {
		bool first = !strcmp(arguments[i], "--first") && i + 1 < count;
		Datagram* datagram = &templates[templateCount];
		readHex(arguments[first ? ++i : i], datagram);
		if (!first) templateCount++;
		else {
			ask(datagram, &reply);
			printReply(&reply);
		}
	}
	if (!templateCount) fail("nothing to send");
	uint16_t id = (uint16_t)(getpid() * 31);
	uint64_t token = (uint64_t)nanoseconds();
	for (long i = 0; i < rounds; i++) {
		int which = (int)(i % templateCount);
		numberAll(&templates[which], ++id, ++token);
		times[i] = ask(&templates[which], &reply);
		if (i < templateCount) {
			replies[which] = reply;
			numberAll(&replies[which], id, token);
			printReply(&reply);
		}
		expected = replies[which];
		numberAll(&expected, id, token);
		if (reply.size != expected.size || memcmp(reply.bytes, expected.bytes, reply.size)) fail("an unexpected reply");
	}
	for (long i = 0; i < rounds; i++) printf("%lld\n", (long long)times[i]);
	return 0;
}
