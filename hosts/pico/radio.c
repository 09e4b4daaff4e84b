/*
 * radio: the Wi-Fi chip never sleeps, so that what is sent to this board arrives at once; and of a network that was left
 * nothing is kept. lwIP would keep the address, of which the SDK then tells as soon as the next network is joined,
 * although that gives another one; and for five minutes where all others are, although they have moved meanwhile.
 */

#include "xsmc.h"

#include "lwip/etharp.h"
#include "lwip/netif.h"
#include "pico/cyw43_arch.h"

void xs_radio_prepare(xsMachine* the)
{
	struct netif* netif = &cyw43_state.netif[CYW43_ITF_STA];
	cyw43_arch_lwip_begin();
	netif_set_addr(netif, IP4_ADDR_ANY4, IP4_ADDR_ANY4, IP4_ADDR_ANY4);
	etharp_cleanup_netif(netif);
	cyw43_arch_lwip_end();
	if (cyw43_wifi_pm(&cyw43_state, CYW43_NONE_PM)) xsUnknownError("the Wi-Fi chip does not answer");
}
