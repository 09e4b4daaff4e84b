/* gpio.c: lines of the kernel. */
#ifndef GPIO_H
#define GPIO_H

#include "host.h"

/* Modes and edges of ECMA-419's Digital. */
enum {
	modeInput = 0,
	modeInputPullUp = 1,
	modeInputPullDown = 2,
	modeInputPullUpDown = 3,
	modeOutput = 8,
	modeOutputOpenDrain = 9,
	edgeRising = 1,
	edgeFalling = 2
};

/* Whether lines are the kernel's here, and not virtual; decided once. Throws when the chip asked for is none. */
bool gpioInUse(xsMachine* the);

/* Whether they are, without deciding. */
bool gpioIsOpen(void);

/* Takes a line by its name, or where `name` is NULL by its number; its descriptor. Throws. */
int gpioOpen(xsMachine* the, const char* name, int number, int mode, int edges, bool value);

bool gpioRead(xsMachine* the, int descriptor);
void gpioWrite(xsMachine* the, int descriptor, bool value);

/* Takes the edges that were reported away; whether there was one. */
bool gpioDrain(int descriptor);

#endif
