/* system: the board itself. */

#include "system.h"

#include "xsmc.h"

#include "esp_attr.h"
#include "esp_system.h"

enum { isWanted = 0x52455354 };

/* XS restarts the board too, where it cannot go on, and the chip cannot tell one from the other. */
static RTC_NOINIT_ATTR uint32_t mark;
static bool wasRestarted;

/* Before the program begins. */
__attribute__((constructor))
static void readMark(void)
{
	wasRestarted = mark == isWanted;
	mark = 0;
}

bool systemWasRestarted(void)
{
	return wasRestarted;
}

void xs_system_restart(xsMachine* the)
{
	(void)the;
	mark = isWanted;
	esp_restart();
}

void xs_system_is_debugged(xsMachine* the)
{
#ifdef mxDebug
	xsmcSetBoolean(xsResult, 1);
#else
	xsmcSetBoolean(xsResult, 0);
#endif
}
