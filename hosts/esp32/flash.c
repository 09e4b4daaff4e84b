/*
 * The journal's 128 KB: the partition `journal` of partitions.csv. Where there is none, as on a board that was flashed
 * with another table, the journal is empty and refuses what it is given.
 */

#include "esp_partition.h"
#include "journal.h"

#include <string.h>

/* In the range that ESP-IDF leaves to applications; the SDK has 0x40 for itself. */
enum { type = 0x41, subtype = 0 };

static const esp_partition_t* partition(void)
{
	static const esp_partition_t* found;
	if (!found) found = esp_partition_find_first((esp_partition_type_t)type, (esp_partition_subtype_t)subtype, "journal");
	return found && found->size >= journalSize ? found : NULL;
}

void journalRead(uint32_t offset, void* bytes, uint32_t size)
{
	const esp_partition_t* from = partition();
	if (!from || esp_partition_read(from, offset, bytes, size) != ESP_OK) memset(bytes, 0xFF, size);
}

/* The journal reads what it has written, and so notices where that failed. */
void journalProgram(uint32_t offset, const uint8_t page[journalPageSize])
{
	const esp_partition_t* to = partition();
	if (to) (void)esp_partition_write(to, offset, page, journalPageSize);
}

void journalErase(uint32_t offset)
{
	const esp_partition_t* at = partition();
	if (at) (void)esp_partition_erase_range(at, offset, journalSectorSize);
}
