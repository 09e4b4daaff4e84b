/* See esp_err.h. */
#pragma once
#include "esp_err.h"

typedef enum { WIFI_MODE_NULL, WIFI_MODE_STA } wifi_mode_t;
typedef enum { WIFI_PS_NONE, WIFI_PS_MIN_MODEM, WIFI_PS_MAX_MODEM } wifi_ps_type_t;

esp_err_t esp_wifi_get_mode(wifi_mode_t* mode);
esp_err_t esp_wifi_set_ps(wifi_ps_type_t type);
