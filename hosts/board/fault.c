/* See fault.h. */
#include "fault.h"

#include <string.h>

/* Memory that was never written passes this by a chance of 2^-32. */
static uint32_t checkOf(const char* text)
{
	uint32_t sum = 0x76636662;
	for (int i = 0; i <= faultLimit; i++) sum = (sum ^ (uint8_t)text[i]) * 16777619u;
	return sum;
}

void faultNote(const char* text)
{
	size_t length = strlen(text);
	if (length > faultLimit) {
		length = faultLimit;
		while (length && (text[length] & 0xC0) == 0x80) length--;
	}
	memset(faultKept.text, 0, sizeof(faultKept.text));
	memcpy(faultKept.text, text, length);
	faultKept.check = checkOf(faultKept.text);
}

const char* faultText(void)
{
	return faultKept.check == checkOf(faultKept.text) && !faultKept.text[faultLimit] ? faultKept.text : "";
}
