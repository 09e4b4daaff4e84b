/*
 * vitals: how this board is doing. What was noted lies in memory that a restart leaves alone. What nobody could note (a
 * panic, a watchdog, too little voltage) is told by the chip.
 */

#include "xsmc.h"

#include "esp_attr.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "machine.h"
#include "nvs.h"

#include <string.h>

enum {
	faultLimit = 120,
	/* Bytes of an entry of NVS; a value takes one for each 32 bytes and two more. */
	entrySize = 32
};

typedef struct {
	uint32_t check;
	char text[faultLimit + 1];
} Kept;

static RTC_NOINIT_ATTR Kept kept;

/* Memory that was never written passes this by a chance of 2^-32. */
static uint32_t checkOf(const char* text)
{
	uint32_t sum = 0x76636662;
	for (size_t i = 0; i < sizeof(kept.text); i++) sum = (sum ^ (uint8_t)text[i]) * 16777619u;
	return sum;
}

static const char* fallback(void)
{
	switch (esp_reset_reason()) {
		case ESP_RST_PANIC: return "the processor met an error";
		case ESP_RST_INT_WDT:
		case ESP_RST_TASK_WDT:
		case ESP_RST_WDT: return "the watchdog restarted this board";
		case ESP_RST_BROWNOUT: return "the voltage was too low";
		default: return NULL;
	}
}

void xs_vitals_last_fault(xsMachine* the)
{
	const char* text = kept.check == checkOf(kept.text) && !kept.text[faultLimit] ? kept.text : "";
	if (!*text) text = fallback();
	if (text) xsmcSetString(xsResult, (char*)(uintptr_t)text);
}

void xs_vitals_note_fault(xsMachine* the)
{
	const char* text = xsmcArgc ? xsmcToString(xsArg(0)) : "";
	size_t length = strlen(text);
	if (length > faultLimit) {
		length = faultLimit;
		while (length && (text[length] & 0xC0) == 0x80) length--;
	}
	memset(kept.text, 0, sizeof(kept.text));
	memcpy(kept.text, text, length);
	kept.check = checkOf(kept.text);
}

void xs_vitals_pool(xsMachine* the)
{
	uint32_t pools[4];
	machinePools(the, pools);
	xsmcSetInteger(xsResult, (xsIntegerValue)pools[xsmcToInteger(xsArg(0)) & 3]);
}

void xs_vitals_free_storage(xsMachine* the)
{
	nvs_stats_t stats;
	if (nvs_get_stats(NULL, &stats) != ESP_OK) return;
	xsmcSetInteger(xsResult, (xsIntegerValue)(stats.available_entries * entrySize));
}

void xs_vitals_uptime(xsMachine* the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)(esp_timer_get_time() / 1000));
}
