/*
 * embedded:io/digital: virtual lines. A change of an output is printed as "line N = V"; an input changes when
 * the person at the terminal types "line N V".
 */

#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	lineTotal = 64,
	modeInputPullUp = 1,
	modeInputPullUpDown = 3,
	modeOutput = 8,
	modeOutputOpenDrain = 9,
	edgeRising = 1,
	edgeFalling = 2
};

typedef struct {
	HostRoot self; /* held while there is an onReadable */
	HostRoot onReadable;
	int pin; /* -1: closed */
	int mode;
	int edges;
	bool value;
} Line;

static Line* lines[lineTotal];

static void closeLine(Line* it)
{
	if (it->pin < 0) return;
	lines[it->pin] = NULL;
	it->pin = -1;
	hostRelease(&it->self);
	hostRelease(&it->onReadable);
}

void xs_digital_delete(void* data)
{
	if (!data) return;
	closeLine(data);
	free(data);
}

static Line* lineThis(xsMachine* the)
{
	Line* it = xsmcGetHostDataValidate(xsThis, (void*)xs_digital_delete);
	if (!it) xsUnknownError("Digital: not open");
	return it;
}

static Line* openThis(xsMachine* the)
{
	Line* it = lineThis(the);
	if (it->pin < 0) xsUnknownError("Digital: closed");
	return it;
}

/* Numeric option; -1 when it is missing, throws when it is no whole number from 0 to `most`. */
static int numberOption(xsMachine* the, const char* name, int most)
{
	if (!hostOption(the, &xsArg(0), name, &xsVar(0))) return -1;
	double number = xsmcToNumber(xsVar(0));
	if (!(number >= 0 && number <= most) || number != (int)number) xsRangeError("Digital: bad %s", name);
	return (int)number;
}

static void show(const Line* it)
{
	char text[32];
	snprintf(text, sizeof(text), "line %d = %d\n", it->pin, it->value);
	terminalPrint(text);
}

void xs_digital(xsMachine* the)
{
	xsmcVars(2);
	if (!xsmcArgc) xsTypeError("Digital: no options");
	int pin = numberOption(the, "pin", lineTotal - 1);
	int mode = numberOption(the, "mode", modeOutputOpenDrain);
	int edges = numberOption(the, "edge", edgeRising | edgeFalling);
	int initial = numberOption(the, "initialValue", 1);
	if (pin < 0) xsRangeError("Digital: no pin");
	if (mode < 0 || (mode > modeInputPullUpDown && mode < modeOutput)) xsRangeError("Digital: bad mode");
	bool watched = hostOption(the, &xsArg(0), "onReadable", &xsVar(1));
	if (watched && !xsmcIsCallable(xsVar(1))) xsTypeError("Digital: onReadable is no function");
	if (watched && (mode >= modeOutput || edges <= 0)) xsRangeError("Digital: onReadable needs an input and an edge");
	if (lines[pin]) xsUnknownError("Digital: line %d is in use", pin);
	Line* it = calloc(1, sizeof(Line));
	if (!it) xsUnknownError("Digital: out of memory");
	it->pin = pin;
	it->mode = mode;
	it->edges = edges < 0 ? 0 : edges;
	it->value = initial > 0 || (mode == modeInputPullUp && initial < 0);
	lines[pin] = it;
	xsmcSetHostData(xsThis, it);
	if (watched) {
		hostHold(the, &it->self, &xsThis);
		hostHold(the, &it->onReadable, &xsVar(1));
	}
	if (mode >= modeOutput && it->value) show(it);
}

void xs_digital_read(xsMachine* the)
{
	xsmcSetInteger(xsResult, openThis(the)->value);
}

void xs_digital_write(xsMachine* the)
{
	Line* it = openThis(the);
	bool value = xsmcArgc && xsmcToNumber(xsArg(0)) != 0;
	if (it->mode < modeOutput) xsUnknownError("Digital: line %d is an input", it->pin);
	if (it->value == value) return;
	it->value = value;
	show(it);
}

void xs_digital_close(xsMachine* the)
{
	closeLine(lineThis(the));
}

static void callBack(xsMachine* the, void* data)
{
	Line* it = data;
	xsmcVars(1);
	xsVar(0) = it->self.slot;
	(void)xsCallFunction0(it->onReadable.slot, xsVar(0));
}

bool digitalTake(const char* text)
{
	int pin, length = 0;
	char value;
	if (strncmp(text, "line ", 5) || text[5] < '0' || text[5] > '9') return false;
	if (sscanf(text, "line %2d %c%n", &pin, &value, &length) < 2 || text[length]) return false;
	if (value != '0' && value != '1') return false;
	Line* it = pin < lineTotal ? lines[pin] : NULL;
	if (!it || it->mode >= modeOutput) {
		char note[48];
		snprintf(note, sizeof(note), "line %d is no open input\n", pin);
		terminalPrint(note);
		return true;
	}
	bool before = it->value;
	it->value = value == '1';
	if (it->value != before && it->onReadable.link && it->edges & (it->value ? edgeRising : edgeFalling))
		hostCall(callBack, it);
	return true;
}
