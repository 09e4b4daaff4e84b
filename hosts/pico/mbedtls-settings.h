/* What of mbedTLS 3.6 is built: P-256, SHA-256, AES-CCM, each in its fast form for a Cortex-M0+. */
#ifndef MBEDTLS_SETTINGS_H
#define MBEDTLS_SETTINGS_H

#define MBEDTLS_HAVE_ASM
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
/* Reduction by the form of the prime: without it slower than plain long arithmetic. */
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE 3
/* In p256-points.c. */
#define MBEDTLS_ECP_INTERNAL_ALT
#define MBEDTLS_ECP_DOUBLE_JAC_ALT
#define MBEDTLS_ECP_ADD_MIXED_ALT
#define MBEDTLS_ECP_NORMALIZE_JAC_ALT
#define MBEDTLS_ECP_NORMALIZE_JAC_MANY_ALT
/* The table for the generator is in the flash. */
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 1
#define MBEDTLS_SHA256_C
#define MBEDTLS_AES_C
/* CCM only enciphers. */
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_CCM_C
/* Randomness comes from random.h. */
#define MBEDTLS_NO_PLATFORM_ENTROPY

#endif
