/* Files of answers. Passwords stand in them, so they are taken only where nobody but their owner can read them. */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { answersLimit = 4096 };

/*
 * Whether that file is the one of its name in the folder of what systemd hands to this service alone. There the group may
 * seem to have a right to read: that is how the right of the service's own user shows.
 */
static bool isCredential(const char* path, const struct stat* file)
{
	const char* place = getenv("CREDENTIALS_DIRECTORY");
	const char* slash = strrchr(path, '/');
	struct stat named;
	int folder = place && *place == '/' ? open(place, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (folder < 0) return false;
	bool same = !fstatat(folder, slash ? slash + 1 : path, &named, AT_SYMLINK_NOFOLLOW)
		&& named.st_dev == file->st_dev && named.st_ino == file->st_ino;
	close(folder);
	return same;
}

/* A pipe without a name is known only to those who were given it. */
static bool isNamelessPipe(int file, mode_t mode)
{
	struct statfs system;
	return S_ISFIFO(mode) && !fstatfs(file, &system) && system.f_type == PIPEFS_MAGIC;
}

/* Looks at what was opened, not at what has the name by now. */
static void checkPrivate(const char* path, int file)
{
	struct stat status;
	if (fstat(file, &status)) hostUsage("--answers %s: %s", path, strerror(errno));
	if (isNamelessPipe(file, status.st_mode)) return;
	if (!S_ISREG(status.st_mode)) hostUsage("--answers %s: no plain file", path);
	if (status.st_uid && status.st_uid != geteuid()) hostUsage("--answers %s: belongs to another user", path);
	mode_t others = status.st_mode & (S_IRWXG | S_IRWXO);
	if (others && !(others == S_IRGRP && isCredential(path, &status)))
		hostUsage("--answers %s: others can read or change it (chmod 600)", path);
}

char* answersRead(const char* path)
{
	/* Not waiting for who might write into a pipe that has a name. */
	int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char* text = calloc(1, answersLimit + 2);
	size_t length = 0;
	ssize_t count;
	if (!text) hostUsage("out of memory");
	if (file < 0) hostUsage("--answers %s: %s", path, strerror(errno));
	checkPrivate(path, file);
	fcntl(file, F_SETFL, O_RDONLY);
	while ((count = read(file, text + length, answersLimit + 1 - length)) > 0) length += (size_t)count;
	if (count < 0) hostUsage("--answers %s: %s", path, strerror(errno));
	if (length > answersLimit) hostUsage("--answers %s: longer than %d bytes", path, answersLimit);
	close(file);
	return text;
}
