/*
 * Preloaded into the Linux host: writes the name of each call that changes a file to the file CUT_LOG, and ends
 * the process before the call number CUT (from 1), or, for a write with CUT_HALF, after half of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int count;

static int isCut(const char* name)
{
	const char *log = getenv("CUT_LOG"), *cut = getenv("CUT");
	if (log) {
		static ssize_t (*realWrite)(int, const void*, size_t);
		int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		if (!realWrite) *(void**)&realWrite = dlsym(RTLD_NEXT, "write");
		realWrite(file, name, strlen(name));
		realWrite(file, "\n", 1);
		close(file);
	}
	return ++count == (cut ? atoi(cut) : 0);
}

#define CHANGING(name, result, parameters, arguments) \
	result name parameters \
	{ \
		result (*real) parameters; \
		if (isCut(#name)) _exit(99); \
		*(void**)&real = dlsym(RTLD_NEXT, #name); \
		return real arguments; \
	}

CHANGING(fsync, int, (int file), (file))
CHANGING(mkdirat, int, (int folder, const char* name, mode_t mode), (folder, name, mode))
CHANGING(renameat, int, (int a, const char* from, int b, const char* to), (a, from, b, to))
CHANGING(unlinkat, int, (int folder, const char* name, int flags), (folder, name, flags))

int openat(int folder, const char* name, int flags, ...)
{
	int (*real)(int, const char*, int, ...);
	mode_t mode = 0;
	if (flags & O_CREAT) {
		va_list arguments;
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
		if (isCut("create")) _exit(99);
	}
	*(void**)&real = dlsym(RTLD_NEXT, "openat");
	return real(folder, name, flags, mode);
}

ssize_t write(int file, const void* bytes, size_t size)
{
	ssize_t (*real)(int, const void*, size_t);
	struct stat status;
	*(void**)&real = dlsym(RTLD_NEXT, "write");
	if (!fstat(file, &status) && S_ISREG(status.st_mode) && file > 2 && isCut("write")) {
		if (getenv("CUT_HALF")) real(file, bytes, size / 2);
		_exit(99);
	}
	return real(file, bytes, size);
}
