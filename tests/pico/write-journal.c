/*
 * Writes the 128 KB of a Pico's preferences, for the emulator: `write-journal < VALUES > FLASH`. A value comes as its
 * domain and its name, 16 bytes each, ended by zeros, the number of its bytes in 4, the lowest first, and these.
 */
#include "journal.h"

#include <stdio.h>
#include <string.h>

static uint8_t flash[journalSize];

void journalRead(uint32_t offset, void* bytes, uint32_t size)
{
	memcpy(bytes, flash + offset, size);
}

void journalProgram(uint32_t offset, const uint8_t page[journalPageSize])
{
	for (uint32_t i = 0; i < journalPageSize; i++) flash[offset + i] &= page[i];
}

void journalErase(uint32_t offset)
{
	memset(flash + offset, 0xFF, journalSectorSize);
}

int main(void)
{
	static Journal journal;
	static uint8_t value[journalValueLimit];
	struct {
		char domain[16], key[16];
		uint8_t size[4];
	} head;
	memset(flash, 0xFF, sizeof(flash));
	journalOpen(&journal);
	while (fread(&head, sizeof(head), 1, stdin) == 1) {
		uint32_t size = head.size[0] | head.size[1] << 8;
		if (size > sizeof(value) || fread(value, 1, size, stdin) != size) return 1;
		head.domain[15] = head.key[15] = 0;
		JournalName name = { head.domain, head.key };
		if (journalSet(&journal, name, value, size) != journalFine) return 2;
	}
	return fwrite(flash, sizeof(flash), 1, stdout) == 1 ? 0 : 3;
}
