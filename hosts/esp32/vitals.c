/*
 * vitals: how this board is doing. What was noted lies in memory that a restart leaves alone. What nobody could note (a
 * panic, a watchdog, too little voltage) is told by the chip.
 */

#include "xsmc.h"

#include "esp_attr.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "fault.h"
#include "machine.h"
#include "preference.h"
#include "system.h"

RTC_NOINIT_ATTR Fault faultKept;

static const char* fallback(void)
{
	switch (esp_reset_reason()) {
		case ESP_RST_PANIC: return "the processor met an error";
		case ESP_RST_INT_WDT:
		case ESP_RST_TASK_WDT:
		case ESP_RST_WDT: return "the watchdog restarted this board";
		case ESP_RST_BROWNOUT: return "the voltage was too low";
		case ESP_RST_SW: return systemWasRestarted() ? NULL : "XS had no memory or stack left, or an error that nothing caught";
		default: return NULL;
	}
}

void xs_vitals_last_fault(xsMachine* the)
{
	const char* text = *faultText() ? faultText() : fallback();
	if (text) xsmcSetString(xsResult, (char*)(uintptr_t)text);
}

void xs_vitals_note_fault(xsMachine* the)
{
	if (xsmcArgc) faultNote(xsmcToString(xsArg(0)));
}

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
	xsmcSetNumber(xsResult, (xsNumberValue)(esp_timer_get_time() / 1000));
}
