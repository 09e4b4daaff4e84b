/* Why this board restarts: noted before it does, in memory that a restart leaves alone. Lost with the power. */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

enum { faultLimit = 120 };

typedef struct {
	uint32_t check;
	char text[faultLimit + 1];
} Fault;

/* Supplied by each board, where nothing initializes it. */
extern Fault faultKept;

/* Instead of what was noted before; at most 120 bytes of UTF-8 of it are kept. */
void faultNote(const char* text);

/* Empty where nothing was noted. */
const char* faultText(void);

#endif
