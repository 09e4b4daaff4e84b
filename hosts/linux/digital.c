/*
 * embedded:io/digital: lines of the kernel (gpio.c), or virtual ones. A change of a virtual output is printed as
 * "line N = V", that of an LED which blinks once; a virtual input changes when the person at the terminal types "line N V".
 */

#include "gpio.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { virtualTotal = 64, numberLimit = 1023, nameLimit = 31 };

typedef struct {
	HostRoot self; /* held while there is an onReadable */
	HostRoot onReadable;
	int descriptor; /* the kernel's line, -1 for a virtual one */
	int pin; /* of a virtual line; -1: closed */
	int mode;
	int edges;
	bool value;
} Line;

static Line* lines[virtualTotal];

static bool isOpen(const Line* it)
{
	return it->descriptor >= 0 || it->pin >= 0;
}

static void closeLine(Line* it)
{
	if (!isOpen(it)) return;
	if (it->descriptor >= 0) {
		hostUnwatch(it->descriptor);
		close(it->descriptor);
	}
	else lines[it->pin] = NULL;
	it->descriptor = -1;
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
	if (!isOpen(it)) xsUnknownError("Digital: closed");
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

/* The pin's number; or -1, and its name in `name`. */
static int pinOption(xsMachine* the, char* name)
{
	if (!hostOption(the, &xsArg(0), "pin", &xsVar(0))) xsRangeError("Digital: no pin");
	xsType type = fxTypeOf(the, &xsVar(0));
	if (type != xsStringType && type != xsStringXType) return numberOption(the, "pin", numberLimit);
	const char* text = xsmcToString(xsVar(0));
	if (!*text || strlen(text) > nameLimit) xsRangeError("Digital: bad pin");
	strcpy(name, text);
	return -1;
}

static void print(const Line* it)
{
	char text[32];
	snprintf(text, sizeof(text), "line %d = %d\n", it->pin, it->value);
	terminalPrint(text);
}

/*
 * The panel's LED goes on and off without end, of which its line says once that it blinks, and then how it has come to rest.
 * There is one, so that this need not be kept for each line.
 */

enum { restTime = 6 * 1000 * 1000 }; /* microseconds: longer than the slowest sign is the same */

static struct {
	HostTimer rest;
	int64_t changes[2]; /* when the last two were */
	int pin;
	bool blinks;
} led;

static void hasRested(HostTimer* timer)
{
	(void)timer;
	led.blinks = false;
	if (lines[led.pin]) print(lines[led.pin]);
}

static bool isLed(const Line* it)
{
	const char* setting = hostSetting("led");
	char* end;
	return setting && *setting && strtol(setting, &end, 10) == it->pin && !*end;
}

static void show(const Line* it)
{
	if (!isLed(it)) {
		print(it);
		return;
	}
	int64_t now = hostNow();
	bool often = led.changes[0] && now - led.changes[0] < restTime;
	led.changes[0] = led.changes[1];
	led.changes[1] = now;
	led.pin = it->pin;
	if (!led.blinks && !often) {
		print(it);
		return;
	}
	if (!led.blinks) {
		char text[32];
		snprintf(text, sizeof(text), "line %d blinks\n", it->pin);
		terminalPrint(text);
	}
	led.blinks = true;
	led.rest.fire = hasRested;
	hostSchedule(&led.rest, now + restTime);
}

static void checkVirtual(xsMachine* the, int pin, const char* name)
{
	if (pin < 0) xsRangeError("Digital: no line \"%s\": lines are virtual here, numbers 0 to 63", name);
	if (pin >= virtualTotal) xsRangeError("Digital: bad pin: lines are virtual here, 0 to 63");
	if (lines[pin]) xsUnknownError("Digital: line %d is in use", pin);
}

static void edgesReady(void* data, short events);

void xs_digital(xsMachine* the)
{
	char name[nameLimit + 1];
	int descriptor = -1;
	xsmcVars(2);
	if (!xsmcArgc) xsTypeError("Digital: no options");
	int pin = pinOption(the, name);
	int mode = numberOption(the, "mode", modeOutputOpenDrain);
	int edges = numberOption(the, "edge", edgeRising | edgeFalling);
	int initial = numberOption(the, "initialValue", 1);
	if (mode < 0 || (mode > modeInputPullUpDown && mode < modeOutput)) xsRangeError("Digital: bad mode");
	bool watched = hostOption(the, &xsArg(0), "onReadable", &xsVar(1));
	if (watched && !xsmcIsCallable(xsVar(1))) xsTypeError("Digital: onReadable is no function");
	if (watched && (mode >= modeOutput || edges <= 0)) xsRangeError("Digital: onReadable needs an input and an edge");
	Line* it = calloc(1, sizeof(Line));
	if (!it) xsUnknownError("Digital: out of memory");
	it->descriptor = it->pin = -1;
	it->mode = mode;
	it->edges = edges < 0 ? 0 : edges;
	it->value = initial > 0 || (mode == modeInputPullUp && initial < 0);
	xsmcSetHostData(xsThis, it); /* from here on freed with the object */
	if (gpioInUse(the)) {
		descriptor = gpioOpen(the, pin < 0 ? name : NULL, pin, mode, watched ? edges : 0, it->value);
		it->descriptor = descriptor;
		if (watched) hostWatch(descriptor, POLLIN, edgesReady, it);
	}
	else {
		checkVirtual(the, pin, name);
		it->pin = pin;
		lines[pin] = it;
		if (mode >= modeOutput && it->value) show(it);
	}
	if (watched) {
		hostHold(the, &it->self, &xsThis);
		hostHold(the, &it->onReadable, &xsVar(1));
	}
}

void xs_digital_read(xsMachine* the)
{
	Line* it = openThis(the);
	xsmcSetInteger(xsResult, it->descriptor < 0 ? it->value : gpioRead(the, it->descriptor));
}

void xs_digital_write(xsMachine* the)
{
	Line* it = openThis(the);
	bool value = xsmcArgc && xsmcToNumber(xsArg(0)) != 0;
	if (it->mode < modeOutput) xsUnknownError("Digital: the line is an input");
	if (it->descriptor >= 0) {
		gpioWrite(the, it->descriptor, value);
		return;
	}
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

static void edgesReady(void* data, short events)
{
	Line* it = data;
	if (gpioDrain(it->descriptor)) hostCall(callBack, it);
	else if (events & (POLLERR | POLLHUP | POLLNVAL)) hostUnwatch(it->descriptor); /* the chip is gone */
}

bool digitalTake(const char* text)
{
	int pin, length = 0;
	char value;
	if (strncmp(text, "line ", 5) || text[5] < '0' || text[5] > '9') return false;
	if (sscanf(text, "line %2d %c%n", &pin, &value, &length) < 2 || text[length]) return false;
	if (value != '0' && value != '1') return false;
	if (gpioIsOpen()) return false;
	Line* it = pin < virtualTotal ? lines[pin] : NULL;
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
