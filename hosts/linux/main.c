/* The start: signals, the machine, the main module. */

#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * Signals. The first tells the program, as the end of the input does, and ends the loop after that turn; a second one,
 * or more than two seconds, ends the process at once. The signal decides the exit code. After ctrl-Z and fg a password
 * shows as little as before.
 */

static int wakeDescriptor;
static volatile sig_atomic_t caught;

static void endNow(int code)
{
	ttyRestore();
	_exit(code);
}

static void onSignal(int number)
{
	int error = errno;
	uint64_t one = 1;
	if (caught) endNow(128 + caught);
	caught = number;
	if (write(wakeDescriptor, &one, sizeof(one)) < 0) endNow(128 + number);
	alarm(2);
	errno = error;
}

static void onAlarm(int number)
{
	(void)number;
	endNow(128 + caught);
}

/* After ctrl-Z and fg, or when the window has another size. */
static void onChange(int number)
{
	int error = errno;
	uint64_t one = 1;
	(void)number;
	ttyContinue();
	if (write(wakeDescriptor, &one, sizeof(one)) < 0) errno = error;
	errno = error;
}

static void onWake(void* data, short events)
{
	uint64_t count;
	(void)data;
	(void)events;
	if (read(wakeDescriptor, &count, sizeof(count)) < 0) return;
	if (!caught) {
		terminalChanged();
		return;
	}
	terminalHangUp();
	hostExit(128 + caught);
}

static void watchSignals(void)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
	struct sigaction action = { .sa_handler = onSignal, .sa_flags = SA_RESTART };
	wakeDescriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (wakeDescriptor < 0) hostUsage("eventfd: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++) sigaction(ending[i], &action, NULL);
	action.sa_handler = onAlarm;
	sigaction(SIGALRM, &action, NULL);
	action.sa_handler = onChange;
	sigaction(SIGCONT, &action, NULL);
	sigaction(SIGWINCH, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	hostWatchAside(wakeDescriptor, POLLIN, onWake, NULL);
}

/* The machine */

#ifdef HOST_LOADER

/* build/js of the project, when the program is build/linux/GOAL/verifichain. */
static void findScripts(void)
{
	static char path[PATH_MAX + 8];
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
	if (length <= 0 || length >= PATH_MAX) hostUsage("cannot find the program's own path");
	path[length] = 0;
	for (int i = 0; i < 3; i++) {
		char* slash = strrchr(path, '/');
		if (!slash) hostUsage("cannot find build/js beside the program");
		*slash = 0;
	}
	strcat(path, "/js");
	hostFindScripts(path);
}

static const char* createMachine(void)
{
	xsCreation creation = {
		.initialChunkSize = 256 * 1024,
		.incrementalChunkSize = 64 * 1024,
		/* The app's own code fills three quarters; where little is free, each task waits for a collection. */
		.initialHeapCount = 56 * 1024,
		.incrementalHeapCount = 4 * 1024,
		.stackCount = 16 * 1024,
		.initialKeyCount = 4 * 1024,
		.incrementalKeyCount = 1024,
		.nameModulo = 1993,
		.symbolModulo = 127,
		.parserBufferSize = 64 * 1024,
		.parserTableModulo = 251
	};
	findScripts();
	hostMachine = xsCreateMachine(&creation, "verifichain", NULL);
	return hostOptions.main ? hostOptions.main : "main";
}

#else

const char* hostPrepare(void); /* prepared.c */

static const char* createMachine(void)
{
	return hostPrepare();
}

#endif

static void importMain(xsMachine* the, void* data)
{
	hostImport(the, data);
}

/* So that no file of ours takes the place of a standard one that is closed. */
static void openStandard(void)
{
	int file;
	do file = open("/dev/null", O_RDWR);
	while (file >= 0 && file <= STDERR_FILENO);
	if (file >= 0) close(file);
}

/*
 * Keys and passwords stay in this process: it leaves no core, and no other process of its user reads its memory. Not in
 * debug builds and under the sanitizers, which are there to be looked into.
 */
static void keepSecrets(void)
{
#ifdef HOST_RELEASE
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) hostUsage("prctl: %s", strerror(errno));
#endif
}

int main(int count, char** arguments)
{
	keepSecrets();
	openStandard();
	hostReadArguments(count, arguments);
	const char* name = createMachine();
	if (!hostMachine) hostUsage("out of memory");
	hostCheckArguments(name);
	if (hostOptions.data) {
		preferenceOpen();
		preferenceCheck();
	}
	watchSignals();
	hostCall(importMain, (void*)(uintptr_t)name);
#ifdef HOST_LOADER
	hostScriptsLoaded();
#endif
	int code = hostLoop();
	terminalEnd(1000);
	xsDeleteMachine(hostMachine);
	return caught ? 128 + caught : code;
}
