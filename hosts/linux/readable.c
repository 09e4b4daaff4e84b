/*
 * Looks at a start whether all that is kept can be read. What cannot is not damaged and not gone: it may be whole, and nobody is
 * to set up the node anew, or have it do without, because a disk failed or a file belongs to another user.
 */

#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { partLimit = 4096 };

static void unreadable(const char* domain, const char* name)
{
	hostSay("verifichain: data folder %s: %s/%s cannot be read: %s", hostOptions.data, domain, name, strerror(errno));
	exit(hostReadCode);
}

static void readOnce(int folder, const char* domain, const char* name)
{
	char bytes[partLimit];
	ssize_t count;
	int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0) unreadable(domain, name);
	do count = read(file, bytes, sizeof(bytes));
	while (count < 0 && errno == EINTR);
	if (count < 0) unreadable(domain, name);
	close(file);
	explicit_bzero(bytes, sizeof(bytes));
}

static void readAll(const char* domain)
{
	int folder = openat(preferenceFolder(), domain, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 && errno == ENOTDIR) return; /* last.fault */
	DIR* list = folder < 0 ? NULL : fdopendir(folder);
	if (!list) unreadable(domain, "");
	errno = 0;
	for (struct dirent* entry; (entry = readdir(list)); errno = 0)
		/* With a point: the folder itself, the one above, and what a write that was cut off has left. */
		if (!strchr(entry->d_name, '.')) readOnce(folder, domain, entry->d_name);
	if (errno) unreadable(domain, "");
	closedir(list);
}

void preferenceCheck(void)
{
	int folder = openat(preferenceFolder(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR* list = folder < 0 ? NULL : fdopendir(folder);
	if (!list) unreadable(".", "");
	errno = 0;
	for (struct dirent* entry; (entry = readdir(list)); errno = 0)
		if (!strchr(entry->d_name, '.')) readAll(entry->d_name);
	if (errno) unreadable(".", "");
	closedir(list);
}
