/* time: monotonic ticks, 32 bits wide as on the boards, and the system's time zone. */

#include "host.h"

#include <time.h>

static int32_t ticks(void)
{
	return (int32_t)(uint32_t)(hostNow() / 1000);
}

void xs_time_ticks(xsMachine* the)
{
	xsmcSetInteger(xsResult, ticks());
}

void xs_time_microseconds(xsMachine* the)
{
	xsmcSetNumber(xsResult, (double)hostNow());
}

void xs_time_delta(xsMachine* the)
{
	uint32_t start = (uint32_t)xsmcToInteger(xsArg(0));
	bool open = xsmcArgc < 2 || xsmcTypeOf(xsArg(1)) == xsUndefinedType;
	uint32_t end = (uint32_t)(open ? ticks() : xsmcToInteger(xsArg(1)));
	xsmcSetInteger(xsResult, (int32_t)(end - start));
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
