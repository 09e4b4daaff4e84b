/* Why this board restarted, kept in memory that a restart leaves alone (a power cut does not). */
#ifndef FAULTS_H
#define FAULTS_H

enum { faultLimit = 120 };

/* In place of what was noted before. Cut to whole characters within the limit. */
void faultNote(const char* text);
/* Empty when there is none. */
const char* faultText(void);

#endif
