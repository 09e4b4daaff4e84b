/*
 * terminal: lines from standard input, text to standard output through a bounded buffer. Output is written to a
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
#include <termios.h>
#include <unistd.h>

enum {
	lineLimit = 1023,
	outputLimit = 256 * 1024
};

/* Output: a ring. */

static const char lost[] = "[output lost]\n";
static char* output;
static size_t outputStart, outputCount;
static bool outputLost;
static int outputDescriptor = -1; /* -1: not opened, -2: nobody reads any more */
static size_t outputStep; /* bytes to write at once */

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
}

void terminalPrint(const char* text)
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
	HostRoot self, events, onLine, onEnd;
} Terminal;

static Terminal* terminal; /* the open one */
static char line[lineLimit + 3]; /* with room for its carriage return, and one more when it is too long */
static size_t lineCount;
static bool quiet; /* echo is off */
static bool restorable;
static struct termios original;

void terminalRestore(void)
{
	if (restorable) tcsetattr(STDIN_FILENO, TCSANOW, &original);
}

static void applyEcho(void)
{
	struct termios changed = original;
	if (quiet) {
		changed.c_lflag &= ~(tcflag_t)ECHO;
		changed.c_lflag |= ECHONL;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &changed);
}

static void setEcho(bool shown)
{
	quiet = !shown;
	if (!isatty(STDIN_FILENO)) return;
	if (!restorable) {
		if (tcgetattr(STDIN_FILENO, &original)) return;
		restorable = true;
	}
	applyEcho();
}

void terminalContinue(void)
{
	/* In the background the terminal is another's, who would be disturbed, and this process be stopped for it. */
	if (quiet && restorable && tcgetpgrp(STDIN_FILENO) == getpgrp()) applyEcho();
}

void terminalEnd(int milliseconds)
{
	int64_t limit = hostNow() + (int64_t)milliseconds * 1000;
	terminalRestore();
	for (terminalFlush(); outputCount; terminalFlush()) {
		int64_t left = limit - hostNow();
		struct pollfd ready = { .fd = outputDescriptor, .events = POLLOUT };
		if (left <= 0) return;
		poll(&ready, 1, (int)(left / 1000) + 1);
	}
}

/* RFC 3629, and without U+0000, which ends a string in C. */
static bool isText(const unsigned char* p, const unsigned char* end)
{
	while (p < end) {
		unsigned char c = *p++;
		if (c && c < 0x80) continue;
		int more = c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 0;
		if (!more || end - p < more) return false;
		if ((c == 0xE0 && *p < 0xA0) || (c == 0xED && *p > 0x9F)) return false;
		if ((c == 0xF0 && *p < 0x90) || (c == 0xF4 && *p > 0x8F)) return false;
		while (more--)
			if ((*p++ & 0xC0) != 0x80) return false;
	}
	return true;
}

static void callLine(xsMachine* the, void* data)
{
	xsmcVars(1);
	if (data) xsmcSetString(xsVar(0), data);
	else xsmcSetNull(xsVar(0));
	(void)xsCallFunction1(terminal->onLine.slot, terminal->events.slot, xsVar(0));
}

static void callEnd(xsMachine* the, void* data)
{
	(void)data;
	(void)xsCallFunction0(terminal->onEnd.slot, terminal->events.slot);
}

static void deliverLine(void)
{
	if (lineCount && line[lineCount - 1] == '\r') lineCount--;
	line[lineCount] = 0;
	bool fits = lineCount <= lineLimit && isText((unsigned char*)line, (unsigned char*)line + lineCount);
	lineCount = 0;
	if (fits && !quiet && digitalTake(line)) return;
	if (terminal) hostCall(callLine, fits ? line : NULL);
}

void terminalHangUp(void)
{
	Terminal* it = terminal;
	if (!it || !it->onEnd.link) return;
	hostCall(callEnd, NULL);
	if (terminal == it) hostRelease(&it->onEnd); /* not twice */
}

static void readInput(void* data, short events)
{
	char bytes[4096];
	ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
	(void)data;
	(void)events;
	if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
	for (ssize_t i = 0; i < count && !hostExiting(); i++) {
		if (bytes[i] == '\n') deliverLine();
		else {
			line[lineCount] = bytes[i];
			if (lineCount < lineLimit + 2) lineCount++;
		}
	}
	if (count > 0) return;
	hostUnwatch(STDIN_FILENO);
	if (lineCount) deliverLine();
	terminalHangUp();
}

/* JavaScript */

static void closeTerminal(Terminal* it)
{
	hostRelease(&it->self);
	hostRelease(&it->events);
	hostRelease(&it->onLine);
	hostRelease(&it->onEnd);
	if (terminal != it) return;
	terminal = NULL;
	hostUnwatch(STDIN_FILENO);
	if (quiet) setEcho(true);
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

void xs_terminal(xsMachine* the)
{
	xsmcVars(2);
	if (terminal) xsUnknownError("Terminal: another one is open");
	if (!xsmcArgc || !hostOption(the, &xsArg(0), "onLine", &xsVar(0)) || !xsmcIsCallable(xsVar(0)))
		xsTypeError("Terminal: onLine is no function");
	bool ends = hostOption(the, &xsArg(0), "onEnd", &xsVar(1));
	if (ends && !xsmcIsCallable(xsVar(1))) xsTypeError("Terminal: onEnd is no function");
	terminal = calloc(1, sizeof(Terminal));
	if (!terminal) xsUnknownError("Terminal: out of memory");
	xsmcSetHostData(xsThis, terminal);
	hostHold(the, &terminal->self, &xsThis);
	hostHold(the, &terminal->events, &xsArg(0));
	hostHold(the, &terminal->onLine, &xsVar(0));
	if (ends) hostHold(the, &terminal->onEnd, &xsVar(1));
	if (!hostOptions.headless) hostWatch(STDIN_FILENO, POLLIN, readInput, NULL);
}

void xs_terminal_write(xsMachine* the)
{
	terminalThis(the);
	terminalPrint(xsmcToString(xsArg(0)));
}

void xs_terminal_get_echo(xsMachine* the)
{
	terminalThis(the);
	xsmcSetBoolean(xsResult, !quiet);
}

void xs_terminal_set_echo(xsMachine* the)
{
	Terminal* it = terminalThis(the);
	if (it == terminal) setEcho(xsmcToBoolean(xsArg(0)));
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
