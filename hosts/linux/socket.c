/* socket: UDP over IPv4. One datagram for each turn of the loop. */

#include "host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
	HostRoot self; /* held while open */
	int descriptor; /* -1: closed */
	bool waiting; /* a datagram to be read */
} Socket;

enum { readable = 2 };

static uint8_t datagram[65536];
static size_t datagramSize;
static struct sockaddr_in sender;

static void closeSocket(Socket* it)
{
	if (it->descriptor < 0) return;
	hostUnwatch(it->descriptor);
	close(it->descriptor);
	it->descriptor = -1;
	it->waiting = false;
	hostRelease(&it->self);
}

void xs_socket_delete(void* data)
{
	if (!data) return;
	closeSocket(data);
	free(data);
}

static Socket* socketThis(xsMachine* the)
{
	Socket* it = xsmcGetHostDataValidate(xsThis, (void*)xs_socket_delete);
	if (!it) xsUnknownError("Socket: not open");
	return it;
}

static void callBack(xsMachine* the, void* data)
{
	Socket* it = data;
	char address[INET_ADDRSTRLEN];
	xsmcVars(6);
	xsVar(0) = it->self.slot; /* alive until this returns, even when closed in between */
	xsmcGet(xsVar(1), xsVar(0), xsID("callback"));
	if (!xsmcIsCallable(xsVar(1))) return;
	it->waiting = true;
	xsmcSetInteger(xsVar(2), readable);
	xsmcSetInteger(xsVar(3), (xsIntegerValue)datagramSize);
	xsmcSetString(xsVar(4), (char*)(uintptr_t)inet_ntop(AF_INET, &sender.sin_addr, address, sizeof(address)));
	xsmcSetInteger(xsVar(5), ntohs(sender.sin_port));
	(void)xsCallFunction4(xsVar(1), xsVar(0), xsVar(2), xsVar(3), xsVar(4), xsVar(5));
	it->waiting = false;
}

static void receive(void* data, short events)
{
	Socket* it = data;
	socklen_t length = sizeof(sender);
	ssize_t count = recvfrom(it->descriptor, datagram, sizeof(datagram), 0, (struct sockaddr*)&sender, &length);
	(void)events;
	if (count < 0) return; /* nothing there after all, or news of an earlier datagram: of no interest */
	datagramSize = (size_t)count;
	hostCall(callBack, it);
}

/* Argument or option as a port; throws. */
static uint16_t portOf(xsMachine* the, xsSlot* slot, int least)
{
	double port = fxToNumber(the, slot);
	if (!(port >= least && port <= 65535) || port != (int)port) xsRangeError("Socket: bad port");
	return (uint16_t)port;
}

void xs_socket(xsMachine* the)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int on = 1;
	xsmcVars(1);
	if (!xsmcArgc || !hostOption(the, &xsArg(0), "kind", &xsVar(0)) || strcmp(xsmcToString(xsVar(0)), "UDP"))
		xsUnknownError("Socket: only kind \"UDP\"");
	if (hostOption(the, &xsArg(0), "port", &xsVar(0))) address.sin_port = htons(portOf(the, &xsVar(0), 0));
	int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor < 0) xsUnknownError("Socket: %s", strerror(errno));
	if (setsockopt(descriptor, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on))
		|| bind(descriptor, (struct sockaddr*)&address, sizeof(address))) {
		int error = errno;
		close(descriptor);
		xsUnknownError("Socket: port %d: %s", ntohs(address.sin_port), strerror(error));
	}
	Socket* it = calloc(1, sizeof(Socket));
	if (!it) {
		close(descriptor);
		xsUnknownError("Socket: out of memory");
	}
	it->descriptor = descriptor;
	xsmcSetHostData(xsThis, it);
	hostHold(the, &it->self, &xsThis);
	hostWatch(descriptor, POLLIN, receive, it);
}

void xs_socket_read(xsMachine* the)
{
	Socket* it = socketThis(the);
	if (!it->waiting) xsUnknownError("Socket: nothing to read");
	it->waiting = false;
	xsmcSetArrayBuffer(xsResult, datagram, (xsIntegerValue)datagramSize);
}

/* Lost on the way, as any datagram may be; the rest is the caller's mistake, or this machine cannot send. */
static bool isLoss(int error)
{
	switch (error) {
	case EAGAIN: case ECONNREFUSED: case EINTR: case ENOBUFS: case ENOMEM:
		return true;
	default:
		return false;
	}
}

void xs_socket_write(xsMachine* the)
{
	Socket* it = socketThis(the);
	struct sockaddr_in address = { .sin_family = AF_INET };
	void* bytes;
	xsUnsignedValue size;
	if (it->descriptor < 0) xsUnknownError("Socket: closed");
	address.sin_port = htons(portOf(the, &xsArg(1), 1));
	if (inet_pton(AF_INET, xsmcToString(xsArg(0)), &address.sin_addr) != 1)
		xsUnknownError("Socket: bad address \"%.40s\"", xsmcToString(xsArg(0)));
	xsmcGetBufferReadable(xsArg(2), &bytes, &size);
	ssize_t count = sendto(it->descriptor, bytes, size, 0, (struct sockaddr*)&address, sizeof(address));
	if (count < 0 && !isLoss(errno)) xsUnknownError("Socket: %s", strerror(errno));
}

void xs_socket_close(xsMachine* the)
{
	closeSocket(socketThis(the));
}
