/* Points of P-256 by micro-ecc, where mbedTLS needs more time. */

#ifndef P256_POINTS_H
#define P256_POINTS_H

#include <stdbool.h>
#include <stdint.h>

/* The x and y, 64 bytes, of a compressed point of 33 whose first byte is 2 or 3; false where there is none. */
bool pointOf(const uint8_t* compressed, uint8_t* pair);

#endif
