/*
 * Small named values in 128 KB of NOR flash, as a log: every change is one record at the end, and what came last
 * counts. A change that is cut off by a power failure, at any program or erase, leaves the old value or the new one,
 * and every other value whole. All sectors are erased in turn, so they wear alike.
 *
 * Flash may be programmed a piece of a page at a time: bytes given as 0xFF stay as they are. That is how NOR flash of
 * this kind works (W25Q16JV: "partial page"), and how the SDK writes as well.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

enum {
	journalPageSize = 256,
	journalSectorSize = 4096,
	journalSectors = 32,
	journalSize = journalSectors * journalSectorSize,
	/* Bytes. */
	journalNameLimit = 15,
	journalValueLimit = 1024,
	/* How many values there can be: 4 bytes of memory each. */
	journalValues = 512,
	journalHeadSize = 24,
	journalLargestRecord = 1064,
	/*
	 * Bytes of records (the value, its names, 8 more, rounded up to 8) that are always accepted. One of the sectors
	 * is kept free, and none of the others need be fuller than leaves room for one more record of any size.
	 */
	journalCapacity = (journalSectors - 1) * (journalSectorSize - journalHeadSize - journalLargestRecord)
};

/* The flash, supplied by who uses the journal. Offsets are those within the 128 KB. */
void journalRead(uint32_t offset, void* bytes, uint32_t size);
/* Clears the bits that are 0 in `page`. `offset` is a multiple of the page size. */
void journalProgram(uint32_t offset, const uint8_t page[journalPageSize]);
/* Sets every bit of a sector. */
void journalErase(uint32_t offset);

typedef struct {
	uint16_t hash;
	uint16_t place; /* offset / 8 */
} JournalEntry;

typedef struct {
	/* Sectors have numbers that only grow; sector n lies at (n % journalSectors). */
	uint32_t head; /* the newest; tail - 1 where there is none */
	uint32_t tail; /* the oldest that counts */
	uint32_t used; /* bytes of the head, its whole size where nothing more may be added */
	uint32_t live; /* bytes of the records that count */
	uint32_t count;
	JournalEntry entries[journalValues];
} Journal;

typedef struct {
	const char* domain;
	const char* key;
} JournalName;

typedef enum {
	journalFine,
	journalFull, /* nothing was changed */
	journalBroken /* the flash did not take what was written; the old value still counts */
} JournalOutcome;

/* Finds what the flash holds. Makes firm what a power failure may have left weak: a few programs, no erase. */
void journalOpen(Journal* journal);

/* The value's size, its bytes to `value` (NULL: only the size); -1 when there is none. Names: 1 to 15 bytes. */
int journalGet(const Journal* journal, JournalName name, uint8_t value[journalValueLimit]);

/* Does not write what is the same already. `size` at most journalValueLimit. */
JournalOutcome journalSet(Journal* journal, JournalName name, const uint8_t* value, uint32_t size);

/*
 * When that was the last value of its domain, old records are also erased physically: after a factory reset
 * no key is left in the flash.
 */
JournalOutcome journalDelete(Journal* journal, JournalName name);

/* The names of the value number `index` below `count`, ended by zeros. In no order. */
void journalNames(const Journal* journal, uint32_t index, char domain[16], char key[16]);

#endif
