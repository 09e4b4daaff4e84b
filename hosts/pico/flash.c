/*
 * The journal's 128 KB: directly below the 32 KB that the SDK reserves for its own preferences at the end of the
 * flash. room.ld checks at link time that the image ends before it.
 */

#include "xsHost.h"

#include "hardware/flash.h"
#include "hardware/sync.h"
#include "journal.h"

#include <string.h>

static uint32_t start(void)
{
	return (uint32_t)((uintptr_t)&_MODPREF_start - XIP_BASE) - journalSize;
}

void journalRead(uint32_t offset, void* bytes, uint32_t size)
{
	memcpy(bytes, (const uint8_t*)(XIP_BASE + start() + offset), size);
}

/* Nothing may run from the flash meanwhile: `page` is in memory, and so is what the SDK's function calls. */
void journalProgram(uint32_t offset, const uint8_t page[journalPageSize])
{
	uint32_t interrupts = save_and_disable_interrupts();
	flash_range_program(start() + offset, page, journalPageSize);
	restore_interrupts(interrupts);
}

void journalErase(uint32_t offset)
{
	uint32_t interrupts = save_and_disable_interrupts();
	flash_range_erase(start() + offset, journalSectorSize);
	restore_interrupts(interrupts);
}

_Static_assert(journalPageSize == FLASH_PAGE_SIZE && journalSectorSize == FLASH_SECTOR_SIZE, "the flash of the Pico");
