/*
 * Preloaded into the Linux host: a disk that fails. FAIL_READ names a file of which reading gives EIO; with FAIL_WRITE the data
 * folder is read-only from when the file of that name is there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int failing = -1;

int openat(int folder, const char* name, int flags, ...)
{
	int (*real)(int, const char*, int, ...);
	const char *unreadable = getenv("FAIL_READ"), *readOnly = getenv("FAIL_WRITE");
	mode_t mode = 0;
	if (flags & O_CREAT) {
		va_list arguments;
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
		if (readOnly && !access(readOnly, F_OK)) {
			errno = EROFS;
			return -1;
		}
	}
	*(void**)&real = dlsym(RTLD_NEXT, "openat");
	int file = real(folder, name, flags, mode);
	if (file >= 0 && unreadable && !strcmp(name, unreadable)) failing = file;
	else if (file >= 0 && file == failing) failing = -1;
	return file;
}

ssize_t read(int file, void* bytes, size_t size)
{
	ssize_t (*real)(int, void*, size_t);
	if (file >= 0 && file == failing) {
		errno = EIO;
		return -1;
	}
	*(void**)&real = dlsym(RTLD_NEXT, "read");
	return real(file, bytes, size);
}
