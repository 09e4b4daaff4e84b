/*
 * vitals: XS's counters, the time since the start, and the last fault in DIR/last.fault, a name that no domain of
 * preferences can have. Without --data a fault is not kept.
 */

#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { faultLimit = 255 };

static const char faultFile[] = "last.fault", freshFile[] = "last.fault.new";
static int64_t startTime;

__attribute__((constructor))
static void start(void)
{
	startTime = hostNow();
}

void xs_vitals_counter(xsMachine* the)
{
	xsmcSetNumber(xsResult, hostMemory(xsmcArgc ? xsmcToInteger(xsArg(0)) : -1));
}

void xs_vitals_uptime(xsMachine* the)
{
	xsmcSetNumber(xsResult, (double)((hostNow() - startTime) / 1000));
}

/* The length of the longest part of `text`, at most faultLimit bytes, that ends with a whole character. */
static size_t wholeLength(const char* text)
{
	size_t length = strlen(text);
	if (length <= faultLimit) return length;
	length = faultLimit;
	while (length && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
	return length;
}

/* Like a preference: at any instant the old text or the new one is there. What fails is let be. */
void hostNoteFault(const char* text)
{
	int folder = preferenceFolder();
	size_t length = wholeLength(text);
	if (folder < 0) return;
	if (!length) {
		if (!unlinkat(folder, faultFile, 0)) fsync(folder);
		return;
	}
	int file = openat(folder, freshFile, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0) return;
	bool written = write(file, text, length) == (ssize_t)length && !fsync(file);
	close(file);
	if (written && !renameat(folder, freshFile, folder, faultFile)) fsync(folder);
	else unlinkat(folder, freshFile, 0);
}

void xs_vitals_note_fault(xsMachine* the)
{
	hostNoteFault(xsmcArgc ? xsmcToString(xsArg(0)) : "");
}

void xs_vitals_last_fault(xsMachine* the)
{
	char text[faultLimit + 1];
	int folder = preferenceFolder();
	int file = folder < 0 ? -1 : openat(folder, faultFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0) return;
	ssize_t length = read(file, text, faultLimit);
	close(file);
	if (length <= 0) return;
	text[length] = 0;
	/* Whoever may write the folder may write anything; on a terminal it is to be plain text. */
	for (ssize_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~') text[i] = '?';
	xsmcSetString(xsResult, text);
}
