/* What the boards ask of XS beyond what it gives to native code. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes: slots in use and in all, chunks in use and in all. Room that is neither's yet counts for the chunks. */
void machinePools(void* machine, uint32_t pools[4]);

/* Whether xsbug is connected; false in a release build. */
bool machineIsDebugged(void* machine);

/* Shows a part of the output in xsbug's log. */
void machineLog(void* machine, const uint8_t* text, uint32_t size);

#endif
