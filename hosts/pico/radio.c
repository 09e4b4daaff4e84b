/* radio: the Wi-Fi chip never sleeps, so that what is sent to this board arrives at once. */

#include "xsmc.h"

#include "pico/cyw43_arch.h"

void xs_radio_keep_awake(xsMachine* the)
{
	if (cyw43_wifi_pm(&cyw43_state, CYW43_NONE_PM)) xsUnknownError("the Wi-Fi chip does not answer");
}
