/* What the Pico's preferences and primitives need of a board, on Linux: flash in memory, and the kernel's randomness. */
#include "journal.h"
#include "random.h"

#include <string.h>
#include <sys/random.h>

static uint8_t flash[journalSize];
static bool isErased;

static uint8_t* at(uint32_t offset)
{
	if (!isErased) memset(flash, 0xFF, sizeof(flash));
	isErased = true;
	return flash + offset;
}

void journalRead(uint32_t offset, void* bytes, uint32_t size)
{
	memcpy(bytes, at(offset), size);
}

void journalProgram(uint32_t offset, const uint8_t page[journalPageSize])
{
	for (uint32_t i = 0; i < journalPageSize; i++) at(offset)[i] &= page[i];
}

void journalErase(uint32_t offset)
{
	memset(at(offset), 0xFF, journalSectorSize);
}

bool randomFill(uint8_t* bytes, size_t size)
{
	return getrandom(bytes, size, 0) == (ssize_t)size;
}
