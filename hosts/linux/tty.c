/*
 * The settings of the terminal on standard input. While keys are read one by one it neither shows nor collects them;
 * whatever ends or stops the program, the settings are then as they were before.
 */

#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios original;
static volatile sig_atomic_t known; /* `original` is */
static volatile sig_atomic_t keys; /* key by key */
static volatile sig_atomic_t quiet; /* echo is off, where lines come whole */

/* In the background the terminal is another's, who would be disturbed, and this process be stopped for it. */
static bool inFront(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);
	return group < 0 || group == getpgrp();
}

void ttyRestore(void)
{
	if (known && inFront()) tcsetattr(STDIN_FILENO, TCSANOW, &original);
}

static void apply(void)
{
	struct termios changed;
	if (!isatty(STDIN_FILENO) || !inFront()) return;
	if (!known && tcgetattr(STDIN_FILENO, &original)) return;
	known = 1;
	changed = original;
	if (keys) {
		changed.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
		/* ctrl-C is a key like others; ctrl-Z and ctrl-\ work however busy the program is. */
		changed.c_cc[VINTR] = _POSIX_VDISABLE;
		changed.c_cc[VMIN] = 1;
		changed.c_cc[VTIME] = 0;
	}
	else if (quiet) {
		changed.c_lflag &= ~(tcflag_t)ECHO;
		changed.c_lflag |= ECHONL;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &changed);
}

void ttyContinue(void)
{
	if (keys || quiet) apply();
}

void ttySetEcho(bool shown)
{
	quiet = !shown;
	if (!keys) apply();
}

bool ttyIsQuiet(void)
{
	return quiet;
}

int ttyColumns(void)
{
	struct winsize size;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

/* ctrl-Z: as the shell expects it, but with the settings that it knows. */
static void onStop(int number)
{
	int error = errno;
	struct sigaction plain = { .sa_handler = SIG_DFL }, ours;
	sigset_t one, before;
	static const char mark[] = "^Z\n";
	if (keys && inFront() && write(STDOUT_FILENO, mark, sizeof(mark) - 1) < 0) errno = error;
	ttyRestore();
	sigaction(number, &plain, &ours);
	sigemptyset(&one);
	sigaddset(&one, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &one, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(number, &ours, NULL);
	errno = error;
}

static const int crashes[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS };
enum { crashTotal = sizeof(crashes) / sizeof(*crashes) };
static struct sigaction beforeCrash[crashTotal];

static void onCrash(int number, siginfo_t* info, void* context)
{
	(void)context;
	ttyRestore();
	for (int i = 0; i < crashTotal; i++)
		if (crashes[i] == number) sigaction(number, &beforeCrash[i], NULL);
	/* What the processor refused it refuses once more; what somebody sent is sent again. */
	if (info->si_code <= 0) raise(number);
}

static void watchSignals(void)
{
	/* A stack that has overflowed can take no call. */
	static char spare[32 * 1024];
	stack_t stack;
	struct sigaction action = { .sa_handler = onStop, .sa_flags = SA_RESTART }, before;
	if (!sigaltstack(NULL, &stack) && stack.ss_flags & SS_DISABLE) {
		stack = (stack_t){ .ss_sp = spare, .ss_size = sizeof(spare) };
		sigaltstack(&stack, NULL);
	}
	if (!sigaction(SIGTSTP, NULL, &before) && before.sa_handler == SIG_DFL) sigaction(SIGTSTP, &action, NULL);
	action = (struct sigaction){ .sa_sigaction = onCrash, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	for (int i = 0; i < crashTotal; i++) sigaction(crashes[i], &action, &beforeCrash[i]);
	atexit(ttyRestore);
}

bool ttyReadKeys(void)
{
	static bool watched;
	const char* kind = getenv("TERM");
	if (!kind || !*kind || !strcmp(kind, "dumb") || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return false;
	if (!watched) watchSignals();
	watched = true;
	keys = 1;
	apply();
	return true;
}

void ttyClose(void)
{
	keys = quiet = 0;
	if (known) apply();
}
