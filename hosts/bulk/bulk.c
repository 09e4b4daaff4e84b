/* bulk: what goes through many bytes. XS calls a function for each byte that JavaScript reads or writes. */
#include "xsmc.h"

#include <stdint.h>
#include <string.h>

/* Bytes of which a text is made. */
enum { longest = 1 << 24 };

typedef struct {
	const uint8_t* data;
	xsUnsignedValue size;
} Bytes;

/* What an object gives as a number may come of JavaScript that moves the bytes: numbers are read before any of them. */
static xsUnsignedValue numberAt(xsMachine* the, int index)
{
	xsIntegerValue number = xsmcArgc > index ? xsmcToInteger(xsArg(index)) : -1;
	if (number < 0) xsRangeError("bulk: bad number");
	return (xsUnsignedValue)number;
}

static Bytes bytesAt(xsMachine* the, int index)
{
	void* data;
	xsUnsignedValue size;
	if (xsmcArgc <= index) xsTypeError("bulk: argument missing");
	xsmcGetBufferReadable(xsArg(index), &data, &size);
	return (Bytes){ data, size };
}

static const char* textAt(xsMachine* the, int index)
{
	if (xsmcArgc <= index) xsTypeError("bulk: argument missing");
	return xsmcToString(xsArg(index));
}

static const uint8_t* rangeOf(xsMachine* the, Bytes bytes, xsUnsignedValue at, xsUnsignedValue length)
{
	if (length > bytes.size || at > bytes.size - length) xsRangeError("bulk: range out of its bytes");
	return bytes.data + at;
}

void xs_bulk_compare(xsMachine* the)
{
	xsUnsignedValue at = numberAt(the, 1), otherAt = numberAt(the, 3), length = numberAt(the, 4);
	const uint8_t* range = rangeOf(the, bytesAt(the, 0), at, length);
	const uint8_t* other = rangeOf(the, bytesAt(the, 2), otherAt, length);
	xsmcSetInteger(xsResult, length > 0 ? memcmp(range, other, length) : 0);
}

/* The part is one byte where it is given as a number. */
void xs_bulk_find(xsMachine* the)
{
	xsUnsignedValue at = numberAt(the, 2), step = numberAt(the, 3), end = numberAt(the, 4);
	uint8_t one;
	Bytes part = { &one, 1 };
	if (xsmcArgc > 1 && xsmcTypeOf(xsArg(1)) == xsIntegerType) one = (uint8_t)numberAt(the, 1);
	else part = bytesAt(the, 1);
	Bytes bytes = bytesAt(the, 0);
	if (step == 0 || part.size == 0) xsRangeError("bulk: nothing to look for");
	if (end > bytes.size) end = bytes.size;
	for (; part.size <= end && at <= end - part.size; at += step) {
		if (bytes.data[at] != part.data[0] || memcmp(bytes.data + at, part.data, part.size)) continue;
		xsmcSetInteger(xsResult, (xsIntegerValue)at);
		return;
	}
	xsmcSetInteger(xsResult, -1);
}

/* What XS allocates may move what a text or an array holds: both are read anew after it. */

static char* newText(xsMachine* the, xsUnsignedValue length)
{
	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)length);
	return xsmcToString(xsResult);
}

void xs_bulk_to_hex(xsMachine* the)
{
	static const char digits[] = "0123456789abcdef";
	xsUnsignedValue size = bytesAt(the, 0).size;
	if (size > longest) xsRangeError("bulk: too long");
	char* text = newText(the, 2 * size);
	const uint8_t* data = bytesAt(the, 0).data;
	for (xsUnsignedValue i = 0; i < size; i++) {
		*text++ = digits[data[i] >> 4];
		*text++ = digits[data[i] & 15];
	}
}

static int valueOf(char digit)
{
	if (digit >= '0' && digit <= '9') return digit - '0';
	if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

void xs_bulk_from_hex(xsMachine* the)
{
	const char* text = textAt(the, 0);
	size_t length = strlen(text);
	if (length % 2) return;
	for (const char* digit = text; *digit; digit++) if (valueOf(*digit) < 0) return;
	uint8_t* data = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)(length / 2));
	text = textAt(the, 0);
	for (size_t i = 0; i < length; i += 2) *data++ = (uint8_t)(valueOf(text[i]) << 4 | valueOf(text[i + 1]));
}

/* In XS's texts a code point 0 is two bytes, so it counts as other than ASCII here. */
void xs_bulk_to_ascii(xsMachine* the)
{
	Bytes bytes = bytesAt(the, 0);
	for (xsUnsignedValue i = 0; i < bytes.size; i++) if (bytes.data[i] == 0 || bytes.data[i] > 127) return;
	if (bytes.size > longest) xsRangeError("bulk: too long");
	char* text = newText(the, bytes.size);
	if (bytes.size > 0) memcpy(text, bytesAt(the, 0).data, bytes.size);
}

void xs_bulk_from_ascii(xsMachine* the)
{
	const char* text = textAt(the, 0);
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i++) if ((uint8_t)text[i] > 127) return;
	uint8_t* data = xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
	memcpy(data, textAt(the, 0), length);
}
