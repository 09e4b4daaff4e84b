/* Why this board restarted, kept in memory that a restart leaves alone (a power cut does not), and XS's memory. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stddef.h>
#include <stdint.h>

enum { faultLimit = 120 };

/* In place of what was noted before. Cut to whole characters within the limit. */
void faultNote(const char* text);
/* Empty when there is none. */
const char* faultText(void);

/* Bytes: slots in use and in all, chunks in use and in all. Room that is neither's yet counts for the chunks. */
void machinePools(void* machine, uint32_t pools[4]);

#endif
