/*
 * preference: one file for each key, DIR/DOMAIN/KEY. A value is written to KEY.new, synced, renamed to KEY, and
 * the folder synced: at any instant the old value or the new one is there, whole. Bytes other than letters,
 * digits, "-" and "_" stand as %XX in file names, so that "." is left for ".new".
 */

#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	nameLimit = 15,
	valueLimit = 1024,
	fileLimit = 3 * nameLimit + sizeof(".new")
};

static int folder = -1;

__attribute__((noreturn))
static void refuse(const char* reason)
{
	hostSay("verifichain: data folder %s: %s", hostOptions.data, reason);
	exit(hostBusyCode);
}

/* Makes the folder and those above it. */
static void makeFolder(const char* path)
{
	char part[PATH_MAX];
	size_t length = strlen(path);
	if (length >= sizeof(part)) refuse(strerror(ENAMETOOLONG));
	memcpy(part, path, length + 1);
	for (char* p = part + 1;; p++) {
		char c = *p;
		if (c && c != '/') continue;
		*p = 0;
		if (mkdir(part, 0700) && errno != EEXIST) refuse(strerror(errno));
		if (!c) return;
		*p = c;
	}
}

/* Who can write the folder can put another identity there, or another chain. */
static void checkPrivate(void)
{
	struct stat status;
	if (fstat(folder, &status)) refuse(strerror(errno));
	if (status.st_uid && status.st_uid != geteuid()) refuse("belongs to another user");
	if (status.st_mode & (S_IWGRP | S_IWOTH)) refuse("others can write it (chmod go-w)");
}

/* Nobody is asked a name and a password, and shown a recovery key, that nothing can keep. What was kept before can be of use all the same. */
static void checkWritable(void)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR* listing = copy < 0 ? NULL : fdopendir(copy);
	if (!listing) refuse(strerror(errno));
	int count = 0;
	while (readdir(listing)) count++;
	closedir(listing);
	/* The folder itself and the one above are among them. */
	if (count <= 2 && faccessat(folder, ".", W_OK | X_OK, AT_EACCESS)) refuse(strerror(errno));
}

void preferenceOpen(void)
{
	folder = open(hostOptions.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0 && errno == ENOENT) {
		makeFolder(hostOptions.data);
		folder = open(hostOptions.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (folder < 0) refuse(strerror(errno));
	checkPrivate();
	if (flock(folder, LOCK_EX | LOCK_NB))
		refuse(errno == EWOULDBLOCK ? "in use by another process" : strerror(errno));
	checkWritable();
}

int preferenceFolder(void)
{
	return folder;
}

/* Names */

typedef struct {
	char domain[fileLimit - 4];
	char key[fileLimit - 4];
	char fresh[fileLimit]; /* the temporary file */
} Names;

static void encode(xsMachine* the, xsSlot* slot, const char* what, char* file)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	xsType type = fxTypeOf(the, slot);
	if (type != xsStringType && type != xsStringXType) xsTypeError("Preference: %s is no string", what);
	const unsigned char* name = (unsigned char*)fxToString(the, slot);
	size_t length = strlen((const char*)name);
	if (length < 1 || length > nameLimit) xsRangeError("Preference: %s is not 1 to %d bytes long", what, nameLimit);
	for (size_t i = 0; i < length; i++)
		if (strchr(plain, name[i])) *file++ = (char)name[i];
		else file += sprintf(file, "%%%02X", name[i]);
	*file = 0;
}

/* The name in `text`, length at most nameLimit; false for a file that is none of ours. */
static bool decode(const char* file, char* text)
{
	size_t length = 0;
	for (unsigned byte; *file; text[length++] = (char)byte) {
		if (length == nameLimit || *file == '.') return false;
		byte = (unsigned char)*file++;
		if (byte != '%') continue;
		if (sscanf(file, "%2X", &byte) != 1 || !file[0] || !file[1] || !byte) return false;
		file += 2;
	}
	text[length] = 0;
	return length > 0;
}

/* The folder of the domain, to be closed; -1 when there is none and it is not to be made. */
static int openDomain(xsMachine* the, Names* names, bool make)
{
	if (folder < 0) xsUnknownError("Preference: no data folder, start with --data DIR");
	encode(the, &xsArg(0), "domain", names->domain);
	int domain = openat(folder, names->domain, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (domain < 0 && errno == ENOENT && !make) return -1;
	if (domain < 0 && errno == ENOENT) {
		if (mkdirat(folder, names->domain, 0700) || fsync(folder))
			xsUnknownError("Preference %s: %s", names->domain, strerror(errno));
		domain = openat(folder, names->domain, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (domain < 0) xsUnknownError("Preference %s: %s", names->domain, strerror(errno));
	return domain;
}

static void readNames(xsMachine* the, Names* names)
{
	if (xsmcArgc < 2) xsTypeError("Preference: domain and key needed");
	encode(the, &xsArg(0), "domain", names->domain);
	encode(the, &xsArg(1), "key", names->key);
	sprintf(names->fresh, "%s.new", names->key);
}

__attribute__((noreturn))
static void fail(xsMachine* the, const Names* names, const char* reason)
{
	xsUnknownError("Preference %.45s/%.45s: %s", names->domain, names->key, reason);
}

/* 0 or errno. */
static int writeFile(int domain, const char* name, const uint8_t* bytes, size_t size)
{
	int file = openat(domain, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file < 0) return errno;
	int error = 0;
	while (size && !error) {
		ssize_t count = write(file, bytes, size);
		if (count < 0) error = errno == EINTR ? 0 : errno;
		else {
			bytes += count;
			size -= (size_t)count;
		}
	}
	if (!error && fsync(file)) error = errno;
	if (close(file) && !error) error = errno;
	return error;
}

void xs_preference_set(xsMachine* the)
{
	Names names;
	uint8_t value[valueLimit];
	void* bytes;
	xsUnsignedValue size;
	readNames(the, &names);
	if (xsmcArgc < 3 || !xsmcIsInstanceOf(xsArg(2), xsArrayBufferPrototype))
		xsTypeError("Preference: value is no ArrayBuffer");
	xsmcGetBufferReadable(xsArg(2), &bytes, &size);
	if (size > valueLimit) xsRangeError("Preference: value is longer than %d bytes", valueLimit);
	memcpy(value, bytes, size);
	int domain = openDomain(the, &names, true);
	int error = writeFile(domain, names.fresh, value, size);
	if (error) unlinkat(domain, names.fresh, 0);
	else if (renameat(domain, names.fresh, domain, names.key) || fsync(domain)) error = errno;
	close(domain);
	explicit_bzero(value, sizeof(value));
	if (error) fail(the, &names, strerror(error));
}

/* Size, or -1 with `reason`. */
static ssize_t readFile(int domain, const char* name, uint8_t* value, const char** reason)
{
	struct stat status;
	ssize_t total = 0, count = 1;
	int file = openat(domain, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	*reason = NULL;
	if (file < 0 || fstat(file, &status)) *reason = strerror(errno);
	else if (!S_ISREG(status.st_mode)) *reason = "no file";
	else if (status.st_size > valueLimit) count = 0; /* none of ours: an empty value is a damaged one */
	while (!*reason && count > 0 && total < valueLimit) {
		count = read(file, value + total, (size_t)(valueLimit - total));
		if (count > 0) total += count;
		else if (count < 0 && errno == EINTR) count = 1;
		else if (count < 0) *reason = strerror(errno);
	}
	int error = errno;
	if (file >= 0) close(file);
	errno = error;
	return *reason ? -1 : total;
}

void xs_preference_get(xsMachine* the)
{
	Names names;
	uint8_t value[valueLimit];
	const char* reason;
	readNames(the, &names);
	int domain = openDomain(the, &names, false);
	if (domain < 0) return;
	errno = 0;
	ssize_t size = readFile(domain, names.key, value, &reason);
	bool absent = size < 0 && errno == ENOENT;
	close(domain);
	if (absent) return;
	if (size < 0) fail(the, &names, reason);
	xsmcSetArrayBuffer(xsResult, value, (xsIntegerValue)size);
	explicit_bzero(value, sizeof(value));
}

void xs_preference_delete(xsMachine* the)
{
	Names names;
	readNames(the, &names);
	int domain = openDomain(the, &names, false);
	if (domain < 0) return;
	int error = 0;
	if (unlinkat(domain, names.key, 0)) error = errno == ENOENT ? 0 : errno;
	else if (fsync(domain)) error = errno;
	close(domain);
	if (error) fail(the, &names, strerror(error));
}

static int byName(const void* a, const void* b)
{
	return strcmp(a, b);
}

/* All keys, sorted by their bytes; NULL with errno set when that fails. Removes what cut-off writes left. */
static char (*listDomain(int domain, size_t* count))[nameLimit + 1]
{
	char (*keys)[nameLimit + 1] = malloc(sizeof(*keys));
	DIR* list = fdopendir(domain);
	size_t room = 1;
	*count = 0;
	errno = list && keys ? 0 : ENOMEM;
	for (struct dirent* entry; !errno && (entry = readdir(list));) {
		const char* dot = strchr(entry->d_name, '.');
		if (dot && dot > entry->d_name && !strcmp(dot, ".new")) unlinkat(domain, entry->d_name, 0);
		errno = 0;
		if (*count == room) {
			void* more = realloc(keys, 2 * room * sizeof(*keys));
			if (!more) break;
			keys = more;
			room *= 2;
		}
		if (decode(entry->d_name, keys[*count])) ++*count;
		errno = 0;
	}
	int error = errno;
	if (list) closedir(list);
	else close(domain);
	errno = error;
	if (error) {
		free(keys);
		return NULL;
	}
	qsort(keys, *count, sizeof(*keys), byName);
	return keys;
}

void xs_preference_keys(xsMachine* the)
{
	Names names;
	size_t count;
	xsmcVars(1);
	if (!xsmcArgc) xsTypeError("Preference: domain needed");
	int domain = openDomain(the, &names, false);
	xsmcSetNewArray(xsResult, 0);
	if (domain < 0) return;
	char (*keys)[nameLimit + 1] = listDomain(domain, &count);
	if (!keys) xsUnknownError("Preference %s: %s", names.domain, strerror(errno));
	for (size_t i = 0; i < count; i++) {
		xsmcSetString(xsVar(0), keys[i]);
		xsmcSetIndex(xsResult, (xsIndex)i, xsVar(0));
	}
	free(keys);
}
