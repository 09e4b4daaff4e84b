/* radio: the Wi-Fi never sleeps, so that what is sent to this board arrives at once. ESP-IDF gives up the address itself. */

#include "xsmc.h"

#include "esp_wifi.h"

void xs_radio_prepare(xsMachine* the)
{
	if (esp_wifi_set_ps(WIFI_PS_NONE) != ESP_OK) xsUnknownError("the Wi-Fi does not take its power saving");
}
