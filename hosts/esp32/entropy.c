/*
 * entropy: the generator of the ESP32. By Espressif's documents it is a true one only while the radio runs; without
 * it, bytes are refused. So the Wi-Fi is started before anything asks for a key (hosts/board/network.ts does).
 */

#include "xsmc.h"

#include "esp_random.h"
#include "esp_wifi.h"

enum { most = 256 };

void xs_random_bytes(xsMachine* the)
{
	wifi_mode_t mode;
	xsNumberValue count = xsmcArgc ? xsmcToNumber(xsArg(0)) : -1;
	if (!(count >= 0 && count <= most) || count != (xsIntegerValue)count)
		xsRangeError("randomBytes: count is not 0 to 256");
	if (esp_wifi_get_mode(&mode) != ESP_OK || mode == WIFI_MODE_NULL)
		xsUnknownError("randomBytes: no secure randomness while the radio is off");
	uint8_t* bytes = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)count);
	if (count > 0) esp_fill_random(bytes, (size_t)count);
}
