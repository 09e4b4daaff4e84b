/* What the files behind the module `primitives` share: how arguments are read, and how failures are told. */
#pragma once

#include "host.h"

#include <openssl/err.h>

/* Arguments: the bytes stay where they are only until XS allocates again. */

typedef struct {
	const uint8_t* data;
	size_t size;
} Bytes;

static inline Bytes bytesAt(xsMachine* the, int index)
{
	void* data;
	xsUnsignedValue size;
	if (xsmcArgc <= index) xsTypeError("primitives: argument %d missing", index + 1);
	xsmcGetBufferReadable(xsArg(index), &data, &size);
	return (Bytes){ size ? data : (const uint8_t*)"", size };
}

static inline const uint8_t* exactly(xsMachine* the, int index, size_t size)
{
	Bytes bytes = bytesAt(the, index);
	if (bytes.size != size) xsRangeError("primitives: %d bytes instead of %d", (int)bytes.size, (int)size);
	return bytes.data;
}

/* A whole number from `least` to `most`. */
static inline int numberAt(xsMachine* the, int index, int least, int most, const char* name)
{
	double number = xsmcArgc > index ? xsmcToNumber(xsArg(index)) : -1;
	if (!(number >= least && number <= most) || number != (int)number) xsRangeError("primitives: bad %s", name);
	return (int)number;
}

__attribute__((noreturn))
static inline void failed(xsMachine* the, const char* what)
{
	ERR_clear_error();
	xsUnknownError("primitives: %s failed", what);
}
