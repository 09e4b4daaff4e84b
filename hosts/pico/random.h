/* Secure random bytes for the modules `entropy` and `primitives`. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False when the source cannot be trusted; nothing is written then. */
bool randomFill(uint8_t* bytes, size_t size);

#endif
