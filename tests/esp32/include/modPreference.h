/* What the SDK declares for its debugger, see esp_err.h. */
#pragma once
#include <stdint.h>

enum { kPrefsTypeBuffer = 4 };

uint8_t modPreferenceSet(char* domain, char* key, uint8_t type, uint8_t* value, uint16_t byteCount);
uint8_t modPreferenceGet(char* domain, char* key, uint8_t* type, uint8_t* value, uint16_t byteCountIn,
	uint16_t* byteCountOut);
