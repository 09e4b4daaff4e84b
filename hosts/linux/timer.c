/* timer: Moddable's Timer over the loop's heap. */

#include "host.h"

#include <stdlib.h>
#include <time.h>

typedef struct {
	HostTimer base; /* first: the loop hands it back */
	HostRoot self; /* held while scheduled, and during its callback */
	xsSlot callback;
	int64_t repeat; /* microseconds, 0 for none */
	bool over; /* cleared, or fired for the last time */
} Timer;

static void timerDelete(void* data)
{
	Timer* timer = data;
	if (!timer) return;
	hostUnschedule(&timer->base);
	hostRelease(&timer->self);
	free(timer);
}

static void timerMark(xsMachine* the, void* data, xsMarkRoot mark)
{
	Timer* timer = data;
	(*mark)(the, &timer->callback);
}

static const xsHostHooks timerHooks = { timerDelete, timerMark, NULL };

/* Argument `index` in microseconds: milliseconds from 0 on, fractions allowed, 0 when it is missing. */
static int64_t intervalAt(xsMachine* the, int index)
{
	double value = xsmcArgc > index ? xsmcToNumber(xsArg(index)) : 0;
	if (!(value > 0)) return 0;
	return value < 1e12 ? (int64_t)(value * 1000) : (int64_t)1e15;
}

static Timer* timerAt(xsMachine* the, int index)
{
	return xsmcGetHostDataValidate(xsArg(index), (void*)(uintptr_t)&timerHooks);
}

static void callBack(xsMachine* the, void* data)
{
	Timer* timer = data;
	xsmcVars(1);
	xsVar(0) = timer->self.slot;
	(void)xsCallFunction1(timer->callback, xsGlobal, timer->self.slot);
	if (!timer->base.place) {
		timer->over = true;
		hostRelease(&timer->self);
	}
}

static void fire(HostTimer* base)
{
	Timer* timer = (Timer*)base;
	if (timer->repeat) {
		int64_t now = hostNow(), next = base->due + timer->repeat;
		hostSchedule(base, next > now ? next : now + timer->repeat);
	}
	hostCall(callBack, timer);
}

static void start(xsMachine* the, int64_t interval, int64_t repeat)
{
	if (!xsmcArgc || !xsmcIsCallable(xsArg(0))) xsTypeError("Timer: callback is no function");
	Timer* timer = calloc(1, sizeof(Timer));
	if (!timer) xsUnknownError("Timer: out of memory");
	timer->base.fire = fire;
	timer->callback = xsArg(0);
	timer->repeat = repeat;
	xsResult = xsNewHostObject(NULL);
	xsmcSetHostData(xsResult, timer);
	xsSetHostHooks(xsResult, (xsHostHooks*)(uintptr_t)&timerHooks);
	hostHold(the, &timer->self, &xsResult);
	hostSchedule(&timer->base, hostNow() + interval);
}

void xs_timer_set(xsMachine* the)
{
	start(the, intervalAt(the, 1), intervalAt(the, 2));
}

void xs_timer_repeat(xsMachine* the)
{
	int64_t interval = intervalAt(the, 1);
	start(the, interval, interval > 0 ? interval : 1);
}

void xs_timer_schedule(xsMachine* the)
{
	Timer* timer = timerAt(the, 0);
	if (timer->over) xsUnknownError("Timer: schedule after clear");
	if (xsmcArgc < 2) {
		hostUnschedule(&timer->base);
		timer->repeat = 0;
		return;
	}
	timer->repeat = intervalAt(the, 2);
	hostHold(the, &timer->self, &xsArg(0));
	hostSchedule(&timer->base, hostNow() + intervalAt(the, 1));
}

void xs_timer_clear(xsMachine* the)
{
	if (!xsmcArgc || xsmcTypeOf(xsArg(0)) == xsUndefinedType || xsmcTypeOf(xsArg(0)) == xsNullType) return;
	Timer* timer = timerAt(the, 0);
	timer->over = true;
	timer->repeat = 0;
	hostUnschedule(&timer->base);
	hostRelease(&timer->self);
}

void xs_timer_delay(xsMachine* the)
{
	int64_t interval = intervalAt(the, 0);
	struct timespec wait = { (time_t)(interval / 1000000), (long)(interval % 1000000) * 1000 };
	nanosleep(&wait, NULL);
}
