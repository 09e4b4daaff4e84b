/* The board itself. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>

/* Whether the program that ran before this one restarted the board by `restart`; only where the power stayed on. */
bool systemWasRestarted(void);

#endif
