/* vitals: how this board is doing, for XS. */

#include "xsmc.h"

#include "fault.h"
#include "machine.h"
#include "pico/time.h"
#include "preference.h"

void xs_vitals_pool(xsMachine* the)
{
	uint32_t pools[4];
	machinePools(the, pools);
	xsmcSetInteger(xsResult, (xsIntegerValue)pools[xsmcToInteger(xsArg(0)) & 3]);
}

void xs_vitals_free_storage(xsMachine* the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)(journalCapacity - preferenceJournal()->live));
}

void xs_vitals_uptime(xsMachine* the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)(time_us_64() / 1000));
}

void xs_vitals_last_fault(xsMachine* the)
{
	if (*faultText()) xsmcSetString(xsResult, (char*)(uintptr_t)faultText());
}

void xs_vitals_note_fault(xsMachine* the)
{
	if (xsmcArgc) faultNote(xsmcToString(xsArg(0)));
}
