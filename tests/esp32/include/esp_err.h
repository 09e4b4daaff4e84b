/* What hosts/esp32 uses of ESP-IDF, as its documentation declares it: only to check our C without ESP-IDF. */
#pragma once
#include <stdint.h>

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_INVALID_ARG 0x102
#define ESP_ERR_INVALID_SIZE 0x104
