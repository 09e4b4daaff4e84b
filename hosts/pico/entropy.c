/* entropy: random bytes between XS and random.h. */

#include "xsmc.h"

#include "random.h"

enum { most = 256 };

void xs_random_bytes(xsMachine* the)
{
	xsNumberValue count = xsmcArgc ? xsmcToNumber(xsArg(0)) : -1;
	if (!(count >= 0 && count <= most) || count != (xsIntegerValue)count)
		xsRangeError("randomBytes: count is not 0 to 256");
	uint8_t* bytes = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)count);
	if (count > 0 && !randomFill(bytes, (size_t)count)) xsUnknownError("randomBytes: no secure randomness");
}
