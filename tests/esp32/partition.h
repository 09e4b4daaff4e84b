/* The partition `journal` in memory, under the calls of ESP-IDF that hosts/esp32/flash.c makes. */
#pragma once

#include <stdint.h>

enum { partitionSize = 0x20000 };

extern uint8_t partitionBytes[partitionSize];
/* Nothing is written or erased any more, and every attempt reports an error. */
extern int partitionIsBroken;
/* As in hosts/esp32/partitions.csv; 0 where there is no such partition. */
extern uint32_t partitionGiven;
