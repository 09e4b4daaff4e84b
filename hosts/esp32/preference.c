/*
 * preference: blobs in NVS. NVS writes a new version of a blob before it forgets the old one, and a value is never
 * erased first, so a set that is cut off leaves the old value or the new one (ESP-IDF's promise, not tested here). A
 * byte stands before each value, so that no blob is empty.
 */

#include "xsmc.h"

#include "modPreference.h"
#include "nvs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	nameLimit = NVS_KEY_NAME_MAX_SIZE - 1,
	valueLimit = 1024,
	mark = 1
};

typedef struct {
	char domain[NVS_KEY_NAME_MAX_SIZE];
	char key[NVS_KEY_NAME_MAX_SIZE];
} Names;

static void readName(xsMachine* the, int index, char* name)
{
	xsType type = xsmcArgc > index ? xsmcTypeOf(xsArg(index)) : xsUndefinedType;
	if (type != xsStringType && type != xsStringXType) xsTypeError("Preference: a name is no string");
	const char* text = xsmcToString(xsArg(index));
	size_t length = strlen(text);
	if (length < 1 || length > nameLimit) xsRangeError("Preference: a name is not 1 to 15 bytes long");
	memcpy(name, text, length + 1);
}

static void readNames(xsMachine* the, Names* names)
{
	readName(the, 0, names->domain);
	readName(the, 1, names->key);
}

static void throwUnless(xsMachine* the, esp_err_t error)
{
	if (error == ESP_ERR_NVS_NOT_ENOUGH_SPACE) xsUnknownError("Preference: no space left");
	if (error != ESP_OK) xsUnknownError("Preference: NVS reports error %d", (int)error);
}

static esp_err_t store(const Names* names, const void* bytes, size_t size)
{
	nvs_handle_t handle;
	uint8_t* blob = malloc(size + 1);
	if (!blob) return ESP_ERR_NO_MEM;
	blob[0] = mark;
	memcpy(blob + 1, bytes, size);
	esp_err_t error = nvs_open(names->domain, NVS_READWRITE, &handle);
	if (error == ESP_OK) {
		error = nvs_set_blob(handle, names->key, blob, size + 1);
		if (error == ESP_OK) error = nvs_commit(handle);
		nvs_close(handle);
	}
	memset(blob, 0, size + 1);
	free(blob);
	return error;
}

/* The value with the byte before it, to be freed, and its size with that byte; NULL with ESP_OK where there is none. */
static uint8_t* load(const Names* names, size_t* size, esp_err_t* error)
{
	nvs_handle_t handle;
	uint8_t* blob = NULL;
	*error = nvs_open(names->domain, NVS_READONLY, &handle);
	if (*error == ESP_OK) {
		*error = nvs_get_blob(handle, names->key, NULL, size);
		if (*error == ESP_OK) {
			blob = malloc(*size);
			*error = blob ? nvs_get_blob(handle, names->key, blob, size) : ESP_ERR_NO_MEM;
		}
		nvs_close(handle);
	}
	if (*error == ESP_OK && blob && *size >= 1 && *size <= valueLimit + 1 && blob[0] == mark) return blob;
	free(blob);
	if (*error == ESP_ERR_NVS_NOT_FOUND) *error = ESP_OK;
	else if (*error == ESP_OK) *error = ESP_ERR_NVS_INVALID_LENGTH;
	return NULL;
}

void xs_preference_set(xsMachine* the)
{
	Names names;
	void* bytes;
	xsUnsignedValue size;
	readNames(the, &names);
	if (xsmcArgc < 3 || !xsmcIsInstanceOf(xsArg(2), xsArrayBufferPrototype))
		xsTypeError("Preference: value is no ArrayBuffer");
	xsmcGetBufferReadable(xsArg(2), &bytes, &size);
	if (size > valueLimit) xsRangeError("Preference: value is longer than 1024 bytes");
	throwUnless(the, store(&names, bytes, size));
}

void xs_preference_get(xsMachine* the)
{
	Names names;
	size_t size = 0;
	esp_err_t error;
	readNames(the, &names);
	uint8_t* blob = load(&names, &size, &error);
	throwUnless(the, error);
	if (!blob) return;
	xsTry {
		xsmcSetArrayBuffer(xsResult, blob + 1, (xsIntegerValue)size - 1);
	}
	xsCatch {
		free(blob);
		xsThrow(xsException);
	}
	free(blob);
}

void xs_preference_delete(xsMachine* the)
{
	Names names;
	nvs_handle_t handle;
	readNames(the, &names);
	esp_err_t error = nvs_open(names.domain, NVS_READWRITE, &handle);
	throwUnless(the, error);
	error = nvs_erase_key(handle, names.key);
	if (error == ESP_OK) error = nvs_commit(handle);
	nvs_close(handle);
	if (error != ESP_ERR_NVS_NOT_FOUND) throwUnless(the, error);
}

void xs_preference_keys(xsMachine* the)
{
	char domain[NVS_KEY_NAME_MAX_SIZE];
	nvs_iterator_t place = NULL;
	xsIndex count = 0;
	xsmcVars(1);
	readName(the, 0, domain);
	xsmcSetNewArray(xsResult, 0);
	esp_err_t error = nvs_entry_find(NVS_DEFAULT_PART_NAME, domain, NVS_TYPE_BLOB, &place);
	xsTry {
		for (; error == ESP_OK; error = nvs_entry_next(&place)) {
			nvs_entry_info_t entry;
			if (nvs_entry_info(place, &entry) != ESP_OK) continue;
			xsmcSetString(xsVar(0), entry.key);
			xsmcSetIndex(xsResult, count++, xsVar(0));
		}
	}
	xsCatch {
		nvs_release_iterator(place);
		xsThrow(xsException);
	}
	nvs_release_iterator(place);
	if (error != ESP_ERR_NVS_NOT_FOUND) throwUnless(the, error);
}

/* The SDK's debugger sets and reads preferences by these (xsbug's remote commands); every value is a buffer. */

static bool copyNames(Names* names, const char* domain, const char* key)
{
	size_t first = strlen(domain), second = strlen(key);
	if (first < 1 || first > nameLimit || second < 1 || second > nameLimit) return false;
	memcpy(names->domain, domain, first + 1);
	memcpy(names->key, key, second + 1);
	return true;
}

uint8_t modPreferenceSet(char* domain, char* key, uint8_t type, uint8_t* value, uint16_t byteCount)
{
	Names names;
	(void)type;
	return byteCount <= valueLimit && copyNames(&names, domain, key) && store(&names, value, byteCount) == ESP_OK;
}

uint8_t modPreferenceGet(char* domain, char* key, uint8_t* type, uint8_t* value, uint16_t byteCountIn,
	uint16_t* byteCountOut)
{
	Names names;
	size_t size = 0;
	esp_err_t error;
	uint8_t* blob = copyNames(&names, domain, key) ? load(&names, &size, &error) : NULL;
	bool fits = blob && size - 1 <= byteCountIn;
	if (fits) {
		memcpy(value, blob + 1, size - 1);
		*type = kPrefsTypeBuffer;
		*byteCountOut = (uint16_t)(size - 1);
	}
	free(blob);
	return fits;
}
