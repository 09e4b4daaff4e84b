/* The loop: descriptors by ppoll, timers in a binary heap, one call into XS for each. */

#include "host.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
	int descriptor; /* -1: removed, until the end of the turn */
	short events;
	bool aside;
	HostReady ready;
	void* data;
} Watch;

static Watch* watches;
static struct pollfd* polls;
static size_t watchCount, watchRoom;

static HostTimer** heap; /* from 1 on */
static size_t heapCount, heapRoom;
static uint64_t heapOrder;

static bool exiting;
static int exitCode;

static void* grown(void* array, size_t count, size_t size)
{
	void* result = realloc(array, count * size);
	if (!result) {
		hostSay("verifichain: out of memory");
		abort();
	}
	return result;
}

static void watch(int descriptor, short events, bool aside, HostReady ready, void* data)
{
	size_t i = 0;
	while (i < watchCount && watches[i].descriptor != descriptor) i++;
	if (i == watchCount) {
		if (watchCount == watchRoom) {
			watchRoom = watchRoom ? 2 * watchRoom : 8;
			watches = grown(watches, watchRoom, sizeof(Watch));
			polls = grown(polls, watchRoom, sizeof(struct pollfd));
		}
		watchCount++;
	}
	watches[i] = (Watch){ descriptor, events, aside, ready, data };
}

void hostWatch(int descriptor, short events, HostReady ready, void* data)
{
	watch(descriptor, events, false, ready, data);
}

void hostWatchAside(int descriptor, short events, HostReady ready, void* data)
{
	watch(descriptor, events, true, ready, data);
}

void hostUnwatch(int descriptor)
{
	for (size_t i = 0; i < watchCount; i++)
		if (watches[i].descriptor == descriptor) watches[i].descriptor = -1;
}

/* Drops the removed watches; whether one is left that is not aside. */
static bool forgetRemoved(void)
{
	size_t kept = 0;
	bool busy = false;
	for (size_t i = 0; i < watchCount; i++) {
		if (watches[i].descriptor < 0) continue;
		busy |= !watches[i].aside;
		watches[kept++] = watches[i];
	}
	watchCount = kept;
	return busy;
}

static int64_t readClock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/*
 * Counts while the machine is suspended too: what was asked before that must look as old as it is. And nobody slows it
 * down: who answers for a time server can have the other clocks slewed, by far more than two crystals differ. Read in this
 * order, a pause between the two makes a suspension look shorter, never longer.
 */
int64_t hostNow(void)
{
	static int64_t suspended;
	int64_t whole = readClock(CLOCK_BOOTTIME);
	int64_t awake = readClock(CLOCK_MONOTONIC);
	if (whole - awake > suspended) suspended = whole - awake;
	return readClock(CLOCK_MONOTONIC_RAW) + suspended;
}

static bool before(const HostTimer* a, const HostTimer* b)
{
	return a->due < b->due || (a->due == b->due && a->order < b->order);
}

static void put(HostTimer* timer, size_t place)
{
	heap[place] = timer;
	timer->place = place;
}

static void rise(HostTimer* timer, size_t place)
{
	while (place > 1 && before(timer, heap[place / 2])) {
		put(heap[place / 2], place);
		place /= 2;
	}
	put(timer, place);
}

static void sink(HostTimer* timer, size_t place)
{
	for (size_t child; (child = 2 * place) <= heapCount; place = child) {
		if (child < heapCount && before(heap[child + 1], heap[child])) child++;
		if (!before(heap[child], timer)) break;
		put(heap[child], place);
	}
	put(timer, place);
}

void hostSchedule(HostTimer* timer, int64_t due)
{
	hostUnschedule(timer);
	if (heapCount + 1 >= heapRoom) {
		heapRoom = heapRoom ? 2 * heapRoom : 16;
		heap = grown(heap, heapRoom, sizeof(HostTimer*));
	}
	timer->due = due;
	timer->order = heapOrder++;
	rise(timer, ++heapCount);
}

void hostUnschedule(HostTimer* timer)
{
	size_t place = timer->place;
	if (!place) return;
	HostTimer* last = heap[heapCount--];
	timer->place = 0;
	if (last == timer) return;
	if (place > 1 && before(last, heap[place / 2])) rise(last, place);
	else sink(last, place);
}

void hostCall(HostBody body, void* data)
{
	static int depth;
	if (exiting) return;
	depth++;
	xsBeginHost(hostMachine);
	{
		xsTry {
			(*body)(the, data);
		}
		xsCatch {
			hostUncaught(the, "uncaught exception");
		}
	}
	xsEndHost(hostMachine);
	if (--depth == 0) hostSettle();
}

void hostThrow(xsMachine* the, int kind, const char* format, ...)
{
	char message[256];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	{
		xsTry {
			fxThrowMessage(the, NULL, 0, kind, "%s", message);
		}
		xsCatch {
			xsmcSetString(xsResult, message);
			xsmcSet(xsException, xsID("message"), xsResult);
		}
	}
	xsThrow(xsException);
	abort();
}

bool hostOption(xsMachine* the, xsSlot* options, const char* name, xsSlot* value)
{
	if (fxTypeOf(the, options) != xsReferenceType) return false;
	xsmcGet(*value, *options, xsID((char*)(uintptr_t)name));
	return fxTypeOf(the, value) != xsUndefinedType;
}

void hostExit(int code)
{
	if (exiting) return;
	exiting = true;
	exitCode = code;
}

bool hostExiting(void)
{
	return exiting;
}

/* Those due now; what they schedule themselves waits for the next turn. */
static void fireTimers(void)
{
	int64_t now = hostNow();
	uint64_t newest = heapOrder;
	while (!exiting && heapCount && heap[1]->due <= now && heap[1]->order < newest) {
		HostTimer* timer = heap[1];
		hostUnschedule(timer);
		(*timer->fire)(timer);
	}
}

static bool trimmed;

static void pollWatches(void)
{
	struct timespec wait, *timeout = NULL;
	size_t count = watchCount;
	if (heapCount) {
		int64_t left = heap[1]->due - hostNow();
		if (left < 0) left = 0;
		wait = (struct timespec){ (time_t)(left / 1000000), (long)(left % 1000000) * 1000 };
		timeout = &wait;
	}
	for (size_t i = 0; i < count; i++)
		polls[i] = (struct pollfd){ .fd = watches[i].descriptor, .events = watches[i].events };
	if (!trimmed && (!timeout || wait.tv_sec > 0)) {
		/* The start is over when nothing is to do for a second. */
		trimmed = true;
		hostTrim();
	}
	if (ppoll(polls, count, timeout, NULL) <= 0) return;
	for (size_t i = 0; i < count && !exiting; i++)
		if (polls[i].revents && watches[i].descriptor == polls[i].fd)
			(*watches[i].ready)(watches[i].data, polls[i].revents);
}

int hostLoop(void)
{
	while (!exiting) {
		terminalFlush();
		if (!forgetRemoved() && !heapCount) break;
		pollWatches();
		fireTimers();
	}
	return exitCode;
}
