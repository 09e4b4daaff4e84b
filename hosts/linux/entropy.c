/* entropy: getrandom(2). */

#include "host.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

void xs_entropy_random_bytes(xsMachine* the)
{
	double count = xsmcArgc ? xsmcToNumber(xsArg(0)) : -1;
	uint8_t bytes[256]; /* up to 256 getrandom is never interrupted nor short */
	if (!(count >= 0 && count <= 256) || count != (double)(size_t)count)
		xsRangeError("randomBytes: count is not 0 to 256");
	size_t size = (size_t)count;
	if (size && getrandom(bytes, size, 0) != (ssize_t)size) xsUnknownError("randomBytes: %s", strerror(errno));
	xsmcSetArrayBuffer(xsResult, bytes, (xsIntegerValue)size);
	explicit_bzero(bytes, size);
}
