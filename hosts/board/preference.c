/* preference: names and values between XS and the journal, and what a debug build of the SDK calls. */

#include "xsmc.h"

#include "modPreference.h"
#include "preference.h"

#include <string.h>

static Journal journal;
static bool isOpen;

Journal* preferenceJournal(void)
{
	if (!isOpen) journalOpen(&journal);
	isOpen = true;
	return &journal;
}

typedef struct {
	char domain[journalNameLimit + 1];
	char key[journalNameLimit + 1];
} Names;

static void readName(xsMachine* the, int index, char* name)
{
	const char* what = index ? "key" : "domain";
	xsType type = xsmcArgc > index ? xsmcTypeOf(xsArg(index)) : xsUndefinedType;
	if (type != xsStringType && type != xsStringXType) xsTypeError("Preference: %s is no string", what);
	const char* text = xsmcToString(xsArg(index));
	size_t length = strlen(text);
	if (length < 1 || length > journalNameLimit) xsRangeError("Preference: %s is not 1 to 15 bytes long", what);
	memcpy(name, text, length + 1);
}

static JournalName readNames(xsMachine* the, Names* names)
{
	readName(the, 0, names->domain);
	readName(the, 1, names->key);
	return (JournalName){ names->domain, names->key };
}

static void throwUnless(xsMachine* the, JournalOutcome outcome)
{
	if (outcome == journalFull) xsUnknownError("Preference: no space left");
	if (outcome != journalFine) xsUnknownError("Preference: the flash does not keep what is written");
}

void xs_preference_set(xsMachine* the)
{
	Names names;
	void* bytes;
	xsUnsignedValue size;
	JournalName name = readNames(the, &names);
	if (xsmcArgc < 3 || !xsmcIsInstanceOf(xsArg(2), xsArrayBufferPrototype))
		xsTypeError("Preference: value is no ArrayBuffer");
	xsmcGetBufferReadable(xsArg(2), &bytes, &size);
	if (size > journalValueLimit) xsRangeError("Preference: value is longer than 1024 bytes");
	throwUnless(the, journalSet(preferenceJournal(), name, bytes, size));
}

void xs_preference_get(xsMachine* the)
{
	Names names;
	JournalName name = readNames(the, &names);
	int size = journalGet(preferenceJournal(), name, NULL);
	if (size < 0) return;
	uint8_t* bytes = xsmcSetArrayBuffer(xsResult, NULL, size);
	if (size) journalGet(preferenceJournal(), name, bytes);
}

void xs_preference_delete(xsMachine* the)
{
	Names names;
	JournalName name = readNames(the, &names);
	throwUnless(the, journalDelete(preferenceJournal(), name));
}

/* Counted first: an array that grows would be there twice, and a board's home has hundreds of names. */
void xs_preference_keys(xsMachine* the)
{
	char wanted[journalNameLimit + 1];
	const uint32_t all = preferenceJournal()->count;
	xsIndex count = 0;
	Names names;
	xsmcVars(1);
	readName(the, 0, wanted);
	for (uint32_t i = 0; i < all; i++) {
		journalNames(preferenceJournal(), i, names.domain, names.key);
		if (!strcmp(names.domain, wanted)) count++;
	}
	xsmcSetNewArray(xsResult, count);
	count = 0;
	for (uint32_t i = 0; i < all; i++) {
		journalNames(preferenceJournal(), i, names.domain, names.key);
		if (strcmp(names.domain, wanted)) continue;
		xsmcSetString(xsVar(0), names.key);
		xsmcSetIndex(xsResult, count++, xsVar(0));
	}
}

/* The SDK's debugger sets and reads preferences by these (xsbug's remote commands); every value is a buffer. */

static bool isRight(const char* domain, const char* key)
{
	size_t first = strlen(domain), second = strlen(key);
	return first >= 1 && first <= journalNameLimit && second >= 1 && second <= journalNameLimit;
}

uint8_t modPreferenceSet(char* domain, char* key, uint8_t type, uint8_t* value, uint16_t byteCount)
{
	(void)type;
	if (!isRight(domain, key) || byteCount > journalValueLimit) return 0;
	return journalSet(preferenceJournal(), (JournalName){ domain, key }, value, byteCount) == journalFine;
}

uint8_t modPreferenceGet(char* domain, char* key, uint8_t* type, uint8_t* value, uint16_t byteCountIn,
	uint16_t* byteCountOut)
{
	if (!isRight(domain, key)) return 0;
	JournalName name = { domain, key };
	int size = journalGet(preferenceJournal(), name, NULL);
	if (size < 0 || size > byteCountIn) return 0;
	journalGet(preferenceJournal(), name, value);
	*type = kPrefsTypeBuffer;
	*byteCountOut = (uint16_t)size;
	return 1;
}
