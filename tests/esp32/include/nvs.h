/* What hosts/esp32 uses of ESP-IDF, as its documentation declares it: only to check our C without ESP-IDF. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef int32_t esp_err_t;
#define ESP_OK 0
#define ESP_ERR_NO_MEM 0x101
#define ESP_ERR_NVS_NOT_FOUND 0x1102
#define ESP_ERR_NVS_NOT_ENOUGH_SPACE 0x1105
#define ESP_ERR_NVS_INVALID_LENGTH 0x110c
#define NVS_KEY_NAME_MAX_SIZE 16
#define NVS_DEFAULT_PART_NAME "nvs"

typedef uint32_t nvs_handle_t;
typedef enum { NVS_READONLY, NVS_READWRITE } nvs_open_mode_t;
typedef enum { NVS_TYPE_BLOB = 0x42 } nvs_type_t;
typedef struct nvs_opaque_iterator_t* nvs_iterator_t;
typedef struct {
	char namespace_name[NVS_KEY_NAME_MAX_SIZE];
	char key[NVS_KEY_NAME_MAX_SIZE];
	nvs_type_t type;
} nvs_entry_info_t;
typedef struct {
	size_t used_entries;
	size_t free_entries;
	size_t available_entries;
	size_t total_entries;
	size_t namespace_count;
} nvs_stats_t;

esp_err_t nvs_open(const char* namespace_name, nvs_open_mode_t open_mode, nvs_handle_t* out_handle);
void nvs_close(nvs_handle_t handle);
esp_err_t nvs_commit(nvs_handle_t handle);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char* key, const void* value, size_t length);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char* key, void* out_value, size_t* length);
esp_err_t nvs_erase_key(nvs_handle_t handle, const char* key);
esp_err_t nvs_get_stats(const char* part_name, nvs_stats_t* nvs_stats);
esp_err_t nvs_entry_find(const char* part_name, const char* namespace_name, nvs_type_t type,
	nvs_iterator_t* output_iterator);
esp_err_t nvs_entry_next(nvs_iterator_t* iterator);
esp_err_t nvs_entry_info(const nvs_iterator_t iterator, nvs_entry_info_t* out_info);
void nvs_release_iterator(nvs_iterator_t iterator);
