/* network: the addresses of this machine. Asked of the socket alone, since a service may have no netlink. */

#include "host.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { interfaceLimit = 16, addressLimit = 4 };

/* Appends an address, after a comma where it is not the first. */
static void append(char* text, size_t size, const struct sockaddr_in* address)
{
	char one[INET_ADDRSTRLEN];
	if (!inet_ntop(AF_INET, &address->sin_addr, one, sizeof(one))) return;
	size_t length = strlen(text);
	snprintf(text + length, size - length, "%s%s", length ? ", " : "", one);
}

/* As "192.168.1.5, 10.0.0.2": those of up to four interfaces, without the loopback one; undefined for none. */
void xs_network_address(xsMachine* the)
{
	struct ifreq interfaces[interfaceLimit];
	struct ifconf all = { .ifc_len = sizeof(interfaces), .ifc_req = interfaces };
	char text[addressLimit * (INET_ADDRSTRLEN + 2)] = "";
	int found = 0;
	int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor < 0) return;
	if (!ioctl(descriptor, SIOCGIFCONF, &all)) {
		size_t count = (size_t)all.ifc_len / sizeof(*interfaces);
		for (size_t i = 0; i < count && found < addressLimit; i++) {
			struct ifreq flags = interfaces[i];
			struct sockaddr_in address;
			memcpy(&address, &interfaces[i].ifr_addr, sizeof(address));
			if (address.sin_family != AF_INET || ioctl(descriptor, SIOCGIFFLAGS, &flags)) continue;
			if (!(flags.ifr_flags & IFF_UP) || (flags.ifr_flags & IFF_LOOPBACK)) continue;
			append(text, sizeof(text), &address);
			found++;
		}
	}
	close(descriptor);
	if (found) xsmcSetString(xsResult, text);
}
