/*
 * time: monotonic ticks and the system's time zone. The ticks do not wrap as the boards' do after 49 days: a machine
 * that was suspended for longer than half of that would not see it.
 */

#include "host.h"

#include <time.h>

static double ticks(void)
{
	return (double)(hostNow() / 1000);
}

void xs_time_ticks(xsMachine* the)
{
	xsmcSetNumber(xsResult, ticks());
}

void xs_time_microseconds(xsMachine* the)
{
	xsmcSetNumber(xsResult, (double)hostNow());
}

void xs_time_delta(xsMachine* the)
{
	double start = xsmcToNumber(xsArg(0));
	bool open = xsmcArgc < 2 || xsmcTypeOf(xsArg(1)) == xsUndefinedType;
	xsmcSetNumber(xsResult, (open ? ticks() : xsmcToNumber(xsArg(1))) - start);
}

static struct tm localTime(void)
{
	struct tm local;
	time_t now = time(NULL);
	localtime_r(&now, &local);
	return local;
}

void xs_time_get_timezone(xsMachine* the)
{
	struct tm local = localTime();
	xsmcSetInteger(xsResult, (int32_t)(local.tm_gmtoff - (local.tm_isdst > 0 ? 3600 : 0)));
}

void xs_time_get_dst(xsMachine* the)
{
	struct tm local = localTime();
	xsmcSetInteger(xsResult, local.tm_isdst > 0 ? 3600 : 0);
}
