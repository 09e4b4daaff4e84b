/* The journal that the module `preference` keeps its values in. */
#ifndef PREFERENCE_H
#define PREFERENCE_H

#include "journal.h"

/* Opens it at first use. */
Journal* preferenceJournal(void);

#endif
