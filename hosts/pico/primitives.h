/* What the files behind the module `primitives` share: how arguments are read, and how failures are told. */
#ifndef PRIMITIVES_H
#define PRIMITIVES_H

#include "xsmc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arguments: the bytes stay where they are only until XS allocates again. */

typedef struct {
	const uint8_t* data;
	size_t size;
} Bytes;

static inline Bytes bytesAt(xsMachine* the, int index)
{
	void* data;
	xsUnsignedValue size;
	if (xsmcArgc <= index) xsTypeError("primitives: argument missing");
	xsmcGetBufferReadable(xsArg(index), &data, &size);
	return (Bytes){ size ? data : (const uint8_t*)"", size };
}

static inline const uint8_t* exactly(xsMachine* the, int index, size_t size)
{
	Bytes bytes = bytesAt(the, index);
	if (bytes.size != size) xsRangeError("primitives: wrong number of bytes");
	return bytes.data;
}

/* A whole number from `least` to `most`. */
static inline int numberAt(xsMachine* the, int index, int least, int most)
{
	double number = xsmcArgc > index ? xsmcToNumber(xsArg(index)) : -1;
	if (!(number >= least && number <= most) || number != (int)number) xsRangeError("primitives: bad number");
	return (int)number;
}

#endif
