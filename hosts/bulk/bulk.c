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

/* Only what is a number: an object's would come of JavaScript, which may move the bytes. */
static xsUnsignedValue numberAt(xsMachine* the, int index)
{
	xsType type = xsmcArgc > index ? xsmcTypeOf(xsArg(index)) : xsUndefinedType;
	if (type == xsIntegerType) {
		xsIntegerValue number = xsmcToInteger(xsArg(index));
		if (number < 0) xsRangeError("bulk: bad number");
		return (xsUnsignedValue)number;
	}
	if (type != xsNumberType) xsTypeError("bulk: not a number");
	double number = xsmcToNumber(xsArg(index));
	if (!(number >= 0 && number <= INT32_MAX) || number != (xsIntegerValue)number) xsRangeError("bulk: bad number");
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

static void findRange(xsMachine* the, const uint8_t* part, xsUnsignedValue length)
{
	xsUnsignedValue at = numberAt(the, 1), step = numberAt(the, 2), end = numberAt(the, 3);
	Bytes bytes = bytesAt(the, 0);
	if (step == 0 || length == 0) xsRangeError("bulk: nothing to look for");
	if (end > bytes.size) end = bytes.size;
	for (; length <= end && at <= end - length; at += step) {
		if (bytes.data[at] != part[0] || memcmp(bytes.data + at, part, length)) continue;
		xsmcSetInteger(xsResult, (xsIntegerValue)at);
		return;
	}
	xsmcSetInteger(xsResult, -1);
}

void xs_bulk_find(xsMachine* the)
{
	xsUnsignedValue partAt = numberAt(the, 5), length = numberAt(the, 6);
	findRange(the, rangeOf(the, bytesAt(the, 4), partAt, length), length);
}

void xs_bulk_find_byte(xsMachine* the)
{
	uint8_t byte = (uint8_t)numberAt(the, 4);
	findRange(the, &byte, 1);
}

void xs_bulk_copy(xsMachine* the)
{
	xsUnsignedValue at = numberAt(the, 1), fromAt = numberAt(the, 3), length = numberAt(the, 4), size;
	const uint8_t* from = rangeOf(the, bytesAt(the, 2), fromAt, length);
	void* data;
	xsmcGetBufferWritable(xsArg(0), &data, &size);
	uint8_t* to = (uint8_t*)rangeOf(the, (Bytes){ data, size }, at, length);
	if (length > 0) memmove(to, from, length);
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

/* RFC 3629, and without U+0000, which is two bytes in XS's texts. */
static int isText(const uint8_t* p, const uint8_t* end)
{
	while (p < end) {
		uint8_t c = *p++;
		if (c && c < 0x80) continue;
		int more = c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 0;
		if (!more || end - p < more) return 0;
		if ((c == 0xE0 && *p < 0xA0) || (c == 0xED && *p > 0x9F)) return 0;
		if ((c == 0xF0 && *p < 0x90) || (c == 0xF4 && *p > 0x8F)) return 0;
		while (more--)
			if ((*p++ & 0xC0) != 0x80) return 0;
	}
	return 1;
}

void xs_bulk_to_text(xsMachine* the)
{
	Bytes bytes = bytesAt(the, 0);
	if (!isText(bytes.data, bytes.data + bytes.size)) return;
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
