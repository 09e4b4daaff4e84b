/*
 * Starts a program again and again: starter COUNT PROGRAM ARGUMENT...
 * Prints for each start the nanoseconds from before it was spawned to its line that begins with "ready", and its
 * resident memory in KB a little later. The program ends by the end of its input.
 */

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { patience = 5000, settling = 50 };

extern char** environ;

static void fail(const char* what)
{
	fprintf(stderr, "starter: %s\n", what);
	exit(1);
}

static int64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Reads until a line begins with "ready"; false when none comes. */
static int isReady(int from)
{
	static const char sign[] = "\nready ";
	char text[65536] = "\n";
	size_t size = 1;
	struct pollfd watched = { .fd = from, .events = POLLIN };
	while (size < sizeof(text) - 1 && poll(&watched, 1, patience) > 0) {
		ssize_t count = read(from, text + size, sizeof(text) - 1 - size);
		if (count <= 0) return 0;
		size += (size_t)count;
		text[size] = 0;
		if (strstr(text, sign)) return 1;
	}
	return 0;
}

static long residentKilobytes(pid_t child)
{
	char path[64], line[256];
	long size = -1;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	FILE* file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) sscanf(line, "VmRSS: %ld", &size);
	if (file) fclose(file);
	return size;
}

int main(int count, char** arguments)
{
	if (count < 3) fail("COUNT PROGRAM ARGUMENT...");
	for (long starts = atol(arguments[1]); starts > 0; starts--) {
		int in[2], out[2];
		pid_t child;
		posix_spawn_file_actions_t actions;
		if (pipe(in) || pipe(out)) fail("no pipe");
		posix_spawn_file_actions_init(&actions);
		posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
		posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
		for (int i = 0; i < 2; i++) {
			posix_spawn_file_actions_addclose(&actions, in[i]);
			posix_spawn_file_actions_addclose(&actions, out[i]);
		}
		int64_t start = nanoseconds();
		if (posix_spawn(&child, arguments[2], &actions, NULL, arguments + 2, environ)) fail("cannot start it");
		close(in[0]);
		close(out[1]);
		int ready = isReady(out[0]);
		int64_t end = nanoseconds();
		poll(NULL, 0, settling);
		long size = residentKilobytes(child);
		close(in[1]);
		if (!ready) kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(out[0]);
		posix_spawn_file_actions_destroy(&actions);
		if (!ready) fail("it did not get ready");
		printf("%lld %ld\n", (long long)(end - start), size);
	}
	return 0;
}
