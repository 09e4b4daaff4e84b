/*
 * serial: the Pico's USB serial line (CDC), without ever waiting for the other side. In a debug build the SDK's
 * debugger reads the same line: what it reads that is not from xsbug is what a person types (see __wrap_ESP_getc).
 */

#include "xsmc.h"
#include "xsHost.h"

#include "machine.h"
#include "mc.xs.h"
#include "pico/stdio_usb.h"
#include "pico/stdio/driver.h"
#include "tusb.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	partSize = 64,
	typedLimit = 256,
	/* Milliseconds in which somebody who listens takes a whole buffer; who does not is not waited for again. */
	patience = 20
};

typedef struct {
	xsMachine* the;
	xsSlot object;
	xsSlot onReadable;
} Serial;

static Serial* serial; /* the one that is open */
static volatile bool isTold;
static bool isStuck;

void xs_serial_delete(void* data)
{
	if (!data) return;
	if (data == serial) serial = NULL;
	free(data);
}

#ifdef mxDebug

/* What a person typed, until it is read. */
static char typed[typedLimit];
static unsigned typedStart, typedCount;

static void keep(char c)
{
	if (typedCount < typedLimit) typed[(typedStart + typedCount++) % typedLimit] = c;
}

static bool takeTyped(char* part, unsigned* size)
{
	*size = 0;
	while (typedCount && *size < partSize) {
		part[(*size)++] = typed[typedStart];
		typedStart = (typedStart + 1) % typedLimit;
		typedCount--;
	}
	return *size;
}

int __real_ESP_getc(void);
int __wrap_ESP_getc(void);

/*
 * The debugger reads here (the linker puts this in place of its own). xsbug's messages begin with a line end and "<?xs"
 * and end with ">" and a line end; everything else was typed, and goes to both.
 */
int __wrap_ESP_getc(void)
{
	static const char beginning[] = "\r\n<?xs";
	static unsigned matched;
	static bool isInside;
	static char last;
	int c = __real_ESP_getc();
	if (c == -1) {
		/* The end of a line on its own was typed: a message comes in one piece. */
		for (unsigned i = 0; i < matched; i++) keep(beginning[i]);
		matched = 0;
	}
	else if (isInside) {
		if (last == '>' && c == '\r') isInside = false;
		last = (char)c;
		return c;
	}
	else if (c == beginning[matched]) {
		if (++matched == sizeof(beginning) - 1) {
			isInside = true;
			matched = 0;
		}
	}
	else {
		for (unsigned i = 0; i < matched; i++) keep(beginning[i]);
		matched = c == beginning[0];
		if (!matched) keep((char)c);
	}
	return c;
}

#endif

static void deliver(void* machine, void* data, uint8_t* message, uint16_t size)
{
	xsMachine* the = machine;
	(void)data;
	(void)message;
	(void)size;
	isTold = false;
	if (!serial) return;
	xsBeginHost(the);
	xsTry {
		xsCallFunction0(serial->onReadable, serial->object);
	}
	xsCatch {
		/* The callback is ours, and guards itself: hosts/board/terminal. */
	}
	xsEndHost(the);
}

/* Called while an interrupt is served. */
static void available(void* data)
{
	(void)data;
	if (!serial || isTold) return;
	isTold = true;
	if (modMessagePostToMachineFromISR(serial->the, deliver, NULL)) isTold = false;
}

static Serial* serialThis(xsMachine* the)
{
	Serial* it = xsmcGetHostDataValidate(xsThis, (void*)xs_serial_delete);
	if (!it) xsUnknownError("Serial: closed");
	return it;
}

void xs_serial(xsMachine* the)
{
	if (serial) xsUnknownError("Serial: open already");
	Serial* it = calloc(1, sizeof(Serial));
	if (!it) xsUnknownError("Serial: out of memory");
	xsmcSetHostData(xsThis, it);
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_onReadable);
	it->the = the;
	it->object = xsThis;
	it->onReadable = xsVar(0);
	xsRemember(it->object);
	xsRemember(it->onReadable);
	serial = it;
	stdio_usb.set_chars_available_callback(available, NULL);
}

void xs_serial_close(xsMachine* the)
{
	Serial* it = xsmcGetHostData(xsThis);
	if (!it) return;
	stdio_usb.set_chars_available_callback(NULL, NULL);
	xsForget(it->object);
	xsForget(it->onReadable);
	xsmcSetHostData(xsThis, NULL);
	xs_serial_delete(it);
}

void xs_serial_read(xsMachine* the)
{
	char part[partSize];
	serialThis(the);
#ifdef mxDebug
	unsigned size;
	/* Whoever reads first reads for both. */
	while (__wrap_ESP_getc() != -1)
		if (typedCount == typedLimit) break;
	if (takeTyped(part, &size)) xsmcSetArrayBuffer(xsResult, part, (xsIntegerValue)size);
#else
	int size = stdio_usb.in_chars(part, partSize);
	if (size > 0) xsmcSetArrayBuffer(xsResult, part, size);
#endif
}

void xs_serial_write(xsMachine* the)
{
	void* bytes;
	xsUnsignedValue size;
	uint32_t written = 0;
	serialThis(the);
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (machineIsDebugged(the)) {
		/* xsbug shows it; on the line it would be lost among xsbug's messages. */
		machineLog(the, bytes, size);
		written = size;
	}
	absolute_time_t stop = make_timeout_time_ms(patience);
	while (written < size && stdio_usb_connected()) {
		/* No more than there is room for: else the driver waits for half a second. */
		uint32_t room = tud_cdc_write_available(), part = size - written < room ? size - written : room;
		if (part) {
			stdio_usb.out_chars((const char*)bytes + written, (int)part);
			written += part;
			isStuck = false;
		}
		else if (isStuck || time_reached(stop)) {
			isStuck = true;
			break;
		}
		else stdio_usb.out_flush();
	}
	xsmcSetInteger(xsResult, (xsIntegerValue)written);
}

void xs_serial_is_open(xsMachine* the)
{
	serialThis(the);
	xsmcSetBoolean(xsResult, stdio_usb_connected());
}

void xs_serial_restart(xsMachine* the)
{
	(void)the;
	pico_reset();
}
