/*
 * The debugger: in debug builds XS speaks with xsbug over TCP, when it listens on XSBUG_HOST (localhost) and
 * XSBUG_PORT (5002) as the machine starts.
 */

#ifdef HOST_XSBUG

#include "xsAll.h"
#include "xs.h"

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

static int connection = -1;

static int openConnection(const char* host, const char* port)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM }, *found;
	struct timeval patience = { .tv_sec = 2 };
	int descriptor = -1, on = 1;
	if (getaddrinfo(host, port, &hints, &found)) return -1;
	for (struct addrinfo* address = found; address && descriptor < 0; address = address->ai_next) {
		descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (descriptor < 0) continue;
		setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (!connect(descriptor, address->ai_addr, address->ai_addrlen)) break;
		close(descriptor);
		descriptor = -1;
	}
	freeaddrinfo(found);
	return descriptor;
}

static void onCommand(void* data, short events)
{
	(void)events;
	fxDebugCommand(data);
}

void fxConnect(txMachine* the)
{
	const char *host = getenv("XSBUG_HOST"), *port = getenv("XSBUG_PORT");
	connection = openConnection(host ? host : "localhost", port ? port : "5002");
	if (connection >= 0) hostWatchAside(connection, POLLIN, onCommand, the);
}

void fxDisconnect(txMachine* the)
{
	(void)the;
	if (connection < 0) return;
	hostUnwatch(connection);
	close(connection);
	connection = -1;
}

txBoolean fxIsConnected(txMachine* the)
{
	(void)the;
	return connection >= 0;
}

txBoolean fxIsReadable(txMachine* the)
{
	struct pollfd ready = { .fd = connection, .events = POLLIN };
	(void)the;
	return connection >= 0 && poll(&ready, 1, 0) > 0;
}

/* Waits for the next bytes of xsbug. */
void fxReceive(txMachine* the)
{
	ssize_t count = -1;
	size_t room = sizeof(the->debugBuffer) - 1 - (size_t)the->debugOffset;
	while (connection >= 0 && count < 0) {
		count = recv(connection, the->debugBuffer + the->debugOffset, room, 0);
		if (count == 0 || (count < 0 && errno != EINTR)) fxDisconnect(the);
	}
	if (count > 0) the->debugOffset += (txSize)count;
	the->debugBuffer[the->debugOffset] = 0;
}

void fxSend(txMachine* the, txBoolean more)
{
	const char* bytes = the->echoBuffer;
	size_t size = (size_t)the->echoOffset;
	(void)more;
	while (connection >= 0 && size) {
		ssize_t count = send(connection, bytes, size, MSG_NOSIGNAL);
		if (count >= 0) {
			bytes += count;
			size -= (size_t)count;
		}
		else if (errno != EINTR) fxDisconnect(the);
	}
}

#else

typedef int none; /* a translation unit is not empty */

#endif
