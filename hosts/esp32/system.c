/* system: the board itself. */

#include "xsmc.h"

#include "esp_system.h"

void xs_system_restart(xsMachine* the)
{
	(void)the;
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
