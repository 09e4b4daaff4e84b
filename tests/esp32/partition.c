/* See partition.h. */
#include "partition.h"

#include "esp_partition.h"

#include <string.h>

enum { sectorSize = 4096 };

uint8_t partitionBytes[partitionSize] = { [0 ... partitionSize - 1] = 0xFF };
int partitionIsBroken;
uint32_t partitionGiven = partitionSize;

const esp_partition_t* esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype,
	const char* label)
{
	static esp_partition_t partition = { .address = 0x3E0000, .erase_size = sectorSize, .label = "journal" };
	partition.size = partitionGiven;
	return partitionGiven && type == 0x41 && subtype == 0 && !strcmp(label, partition.label) ? &partition : NULL;
}

static esp_err_t check(const esp_partition_t* partition, size_t offset, size_t size)
{
	return offset > partition->size || size > partition->size - offset ? ESP_ERR_INVALID_SIZE : ESP_OK;
}

esp_err_t esp_partition_read(const esp_partition_t* from, size_t offset, void* bytes, size_t size)
{
	esp_err_t error = check(from, offset, size);
	if (error == ESP_OK) memcpy(bytes, partitionBytes + offset, size);
	return error;
}

esp_err_t esp_partition_write(const esp_partition_t* to, size_t offset, const void* bytes, size_t size)
{
	esp_err_t error = partitionIsBroken ? ESP_FAIL : check(to, offset, size);
	if (error == ESP_OK) for (size_t i = 0; i < size; i++) partitionBytes[offset + i] &= ((const uint8_t*)bytes)[i];
	return error;
}

esp_err_t esp_partition_erase_range(const esp_partition_t* at, size_t offset, size_t size)
{
	if (offset % sectorSize || size % sectorSize) return ESP_ERR_INVALID_ARG;
	esp_err_t error = partitionIsBroken ? ESP_FAIL : check(at, offset, size);
	if (error == ESP_OK) memset(partitionBytes + offset, 0xFF, size);
	return error;
}
