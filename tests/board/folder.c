/* What the Linux host asks of its preferences besides, where a board's take their place: the folder in which a fault is kept. */
#include "host.h"

#include <fcntl.h>

static int folder = -1;

void preferenceOpen(void)
{
	folder = open(hostOptions.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int preferenceFolder(void)
{
	return folder;
}
