/*
 * terminal: bytes from standard input, text to standard output through a bounded buffer. Output is written to a
 * description of our own where that can be had, so that it can be non-blocking without others noticing.
 */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	inputStep = 4096,
	outputLimit = 256 * 1024
};

/* Output: a ring. */

static const char lost[] = "[output lost]\n";
static char* output;
static size_t outputStart, outputCount;
static bool outputLost;
static int outputDescriptor = -1; /* -1: not opened, -2: nobody reads any more */
static size_t outputStep; /* bytes to write at once */
static char outputLast = '\n'; /* its last character */

static void openOutput(void)
{
	struct stat status;
	outputDescriptor = STDOUT_FILENO;
	outputStep = 4096; /* what a pipe or terminal that polls as writable takes without blocking */
	if (fstat(STDOUT_FILENO, &status)) return;
	if (S_ISREG(status.st_mode)) outputStep = outputLimit;
	if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode)) return;
	int own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (own < 0) return;
	outputDescriptor = own;
	outputStep = outputLimit;
}

static void writeOutput(void* data, short events)
{
	(void)data;
	(void)events;
	terminalFlush();
}

void terminalFlush(void)
{
	while (outputCount) {
		size_t part = outputLimit - outputStart;
		struct pollfd ready = { .fd = outputDescriptor, .events = POLLOUT };
		if (part > outputCount) part = outputCount;
		if (part > outputStep) part = outputStep;
		if (outputStep < outputLimit && poll(&ready, 1, 0) <= 0) break;
		ssize_t count = write(outputDescriptor, output + outputStart, part);
		if (count < 0) {
			if (errno == EINTR) continue;
			if (errno == EAGAIN) break;
			hostUnwatch(outputDescriptor);
			outputDescriptor = -2;
			outputCount = 0;
			return;
		}
		outputStart = (outputStart + (size_t)count) % outputLimit;
		outputCount -= (size_t)count;
		if (outputCount < outputLimit / 2) outputLost = false;
	}
	if (outputCount) hostWatch(outputDescriptor, POLLOUT, writeOutput, NULL);
	else if (outputDescriptor >= 0) hostUnwatch(outputDescriptor);
}

static void append(const char* text, size_t length)
{
	size_t at = (outputStart + outputCount) % outputLimit;
	size_t first = length < outputLimit - at ? length : outputLimit - at;
	memcpy(output + at, text, first);
	memcpy(output, text + first, length - first);
	outputCount += length;
	outputLast = text[length - 1];
}

static void print(const char* text)
{
	size_t length = strlen(text);
	if (outputDescriptor == -1) openOutput();
	if (outputDescriptor < 0 || !length) return;
	if (!output && !(output = malloc(outputLimit))) return;
	if (outputCount + length + sizeof(lost) > outputLimit) terminalFlush();
	if (outputDescriptor < 0 || outputLost) return;
	if (outputCount + length + sizeof(lost) > outputLimit) {
		append(lost, sizeof(lost) - 1);
		outputLost = true;
		return;
	}
	append(text, length);
}

/* Input */

typedef struct {
	HostRoot self, events, onReadable, onEnd, onText, onChange;
	bool keys; /* they come one by one */
	bool ended;
} Terminal;

static Terminal* terminal; /* the open one */

void terminalEnd(int milliseconds)
{
	int64_t limit = hostNow() + (int64_t)milliseconds * 1000;
	ttyRestore();
	if (terminal && terminal->keys && outputLast != '\n') print("\n");
	for (terminalFlush(); outputCount; terminalFlush()) {
		int64_t left = limit - hostNow();
		struct pollfd ready = { .fd = outputDescriptor, .events = POLLOUT };
		if (left <= 0) return;
		poll(&ready, 1, (int)(left / 1000) + 1);
	}
}

static void callEvent(xsMachine* the, void* data)
{
	HostRoot* event = data;
	if (terminal && event->link) (void)xsCallFunction0(event->slot, terminal->events.slot);
}

void terminalHangUp(void)
{
	if (terminal) hostCall(callEvent, &terminal->onEnd);
}

void terminalChanged(void)
{
	if (terminal && terminal->keys) hostCall(callEvent, &terminal->onChange);
}

static void callText(xsMachine* the, void* data)
{
	xsmcVars(1);
	xsmcSetString(xsVar(0), data);
	(void)xsCallFunction1(terminal->onText.slot, terminal->events.slot, xsVar(0));
}

void terminalPrint(const char* text)
{
	bool above = terminal && terminal->keys && terminal->onText.link && !hostExiting();
	if (above) hostCall(callText, (void*)(uintptr_t)text);
	else print(text);
}

static void inputReady(void* data, short events)
{
	(void)data;
	(void)events;
	hostUnwatch(STDIN_FILENO);
	hostCall(callEvent, &terminal->onReadable);
}

/* JavaScript */

static void closeTerminal(Terminal* it)
{
	hostRelease(&it->self);
	hostRelease(&it->events);
	hostRelease(&it->onReadable);
	hostRelease(&it->onEnd);
	hostRelease(&it->onText);
	hostRelease(&it->onChange);
	if (terminal != it) return;
	terminal = NULL;
	hostUnwatch(STDIN_FILENO);
	ttyClose();
}

void xs_terminal_delete(void* data)
{
	if (!data) return;
	closeTerminal(data);
	free(data);
}

static Terminal* terminalThis(xsMachine* the)
{
	return xsmcGetHostDataValidate(xsThis, (void*)xs_terminal_delete);
}

static void holdEvent(xsMachine* the, HostRoot* event, const char* name)
{
	if (!xsmcArgc || !hostOption(the, &xsArg(0), name, &xsVar(0))) return;
	if (!xsmcIsCallable(xsVar(0))) xsTypeError("Terminal: %s is no function", name);
	hostHold(the, event, &xsVar(0));
}

void xs_terminal(xsMachine* the)
{
	xsmcVars(1);
	if (terminal) xsUnknownError("Terminal: another one is open");
	Terminal* it = calloc(1, sizeof(Terminal));
	if (!it) xsUnknownError("Terminal: out of memory");
	xsmcSetHostData(xsThis, it); /* from here on freed with the object */
	holdEvent(the, &it->onReadable, "onReadable");
	holdEvent(the, &it->onEnd, "onEnd");
	holdEvent(the, &it->onText, "onText");
	holdEvent(the, &it->onChange, "onChange");
	hostHold(the, &it->self, &xsThis);
	if (xsmcArgc) hostHold(the, &it->events, &xsArg(0));
	terminal = it;
	if (hostOptions.headless || !it->onReadable.link) return;
	it->keys = ttyReadKeys();
	hostWatch(STDIN_FILENO, POLLIN, inputReady, NULL);
}

/* What there is to read now; an empty buffer at the end; undefined when there is nothing: then onReadable tells. */
void xs_terminal_read(xsMachine* the)
{
	char bytes[inputStep];
	Terminal* it = terminalThis(the);
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };
	if (it != terminal || it->ended || hostOptions.headless) return;
	ssize_t count = -1;
	errno = EAGAIN;
	if (poll(&ready, 1, 0) > 0) count = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
		hostWatch(STDIN_FILENO, POLLIN, inputReady, NULL);
		return;
	}
	it->ended = count <= 0;
	xsmcSetArrayBuffer(xsResult, bytes, count > 0 ? (xsIntegerValue)count : 0);
}

void xs_terminal_write(xsMachine* the)
{
	terminalThis(the);
	print(xsmcToString(xsArg(0)));
}

void xs_terminal_take(xsMachine* the)
{
	terminalThis(the);
	xsmcSetBoolean(xsResult, digitalTake(xsmcToString(xsArg(0))));
}

void xs_terminal_get_keys(xsMachine* the)
{
	xsmcSetBoolean(xsResult, terminalThis(the)->keys);
}

void xs_terminal_get_columns(xsMachine* the)
{
	xsmcSetInteger(xsResult, terminalThis(the)->keys ? ttyColumns() : 0);
}

void xs_terminal_get_echo(xsMachine* the)
{
	terminalThis(the);
	xsmcSetBoolean(xsResult, !ttyIsQuiet());
}

void xs_terminal_set_echo(xsMachine* the)
{
	if (terminalThis(the) == terminal) ttySetEcho(xsmcToBoolean(xsArg(0)));
}

void xs_terminal_close(xsMachine* the)
{
	closeTerminal(terminalThis(the));
}

void xs_terminal_exit(xsMachine* the)
{
	double code = xsmcArgc ? xsmcToNumber(xsArg(0)) : 0;
	if (!(code >= 0 && code <= 255)) xsRangeError("exit: code is not 0 to 255");
	if (xsmcArgc > 1 && xsmcTest(xsArg(1)) && !hostExiting()) hostSay("verifichain: %s", xsmcToString(xsArg(1)));
	hostExit((int)code);
}
