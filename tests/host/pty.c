/*
 * Runs a program on a pseudo-terminal, for tests: what it writes goes to standard output.
 *
 *     pty COLUMNS PROGRAM [ARGUMENT]...
 *
 * Standard input takes a command a line; descriptor 3 gets a line for each, and one for the program's end:
 *
 *     type HEX           writes these bytes as a keyboard does
 *     columns NUMBER     gives the window another width
 *     signal NUMBER      sends a signal to the group of processes in front
 *     modes              "same" when the terminal's settings are as at first, else "changed", then "echo" or "quiet"
 *     exit STATUS MODES  the program has ended: its status, or 128 and the signal; settings as above
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

static int master, slave;
static pid_t child;
static struct termios first;

static void fail(const char* what)
{
	perror(what);
	exit(2);
}

static const char* modes(void)
{
	struct termios now;
	memset(&now, 0, sizeof(now));
	if (tcgetattr(slave, &now)) fail("tcgetattr");
	int same = now.c_iflag == first.c_iflag && now.c_oflag == first.c_oflag && now.c_cflag == first.c_cflag
		&& now.c_lflag == first.c_lflag && !memcmp(now.c_cc, first.c_cc, sizeof(now.c_cc));
	if (same) return "same echo";
	return now.c_lflag & ECHO ? "changed echo" : "changed quiet";
}

static void type(const char* text)
{
	unsigned byte;
	for (; sscanf(text, "%2x", &byte) == 1; text += 2) {
		char c = (char)byte;
		if (write(master, &c, 1) != 1) fail("type");
	}
}

static void command(const char* line)
{
	struct winsize size = { .ws_row = 24 };
	int number;
	if (!strncmp(line, "type ", 5)) type(line + 5);
	else if (sscanf(line, "columns %d", &number) == 1) {
		size.ws_col = (unsigned short)number;
		if (ioctl(master, TIOCSWINSZ, &size)) fail("TIOCSWINSZ");
	}
	else if (sscanf(line, "signal %d", &number) == 1) {
		pid_t group = tcgetpgrp(master);
		if (group <= 0 || kill(-group, number)) fail("signal");
	}
	else if (!strcmp(line, "modes")) {
		dprintf(3, "%s\n", modes());
		return;
	}
	else fail(line);
	dprintf(3, "done\n");
}

static void readCommands(void)
{
	static char line[16384];
	static size_t count;
	char part[4096];
	ssize_t size = read(STDIN_FILENO, part, sizeof(part));
	if (size <= 0) {
		kill(child, SIGKILL);
		exit(3);
	}
	for (ssize_t i = 0; i < size; i++) {
		if (part[i] != '\n') line[count < sizeof(line) - 1 ? count++ : count] = part[i];
		else {
			line[count] = 0;
			count = 0;
			command(line);
		}
	}
}

static int copyOutput(void)
{
	char part[4096];
	ssize_t size = read(master, part, sizeof(part));
	if (size <= 0) return 0;
	if (write(STDOUT_FILENO, part, (size_t)size) != size) fail("output");
	return 1;
}

int main(int count, char** arguments)
{
	if (count < 3) return 2;
	struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)atoi(arguments[1]) };
	if (openpty(&master, &slave, NULL, NULL, &size) || tcgetattr(slave, &first)) fail("openpty");
	fcntl(master, F_SETFD, FD_CLOEXEC);
	child = fork();
	if (child < 0) fail("fork");
	if (!child) {
		if (login_tty(slave)) fail("login_tty");
		close(3);
		execv(arguments[2], arguments + 2);
		fail(arguments[2]);
	}
	for (;;) {
		struct pollfd ready[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = master, .events = POLLIN } };
		int status;
		if (poll(ready, 2, 20) < 0 && errno != EINTR) fail("poll");
		if (ready[1].revents) copyOutput();
		else if (waitpid(child, &status, WNOHANG) == child) {
			while (poll(&ready[1], 1, 50) > 0 && copyOutput());
			dprintf(3, "exit %d %s\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), modes());
			return 0;
		}
		if (ready[0].revents) readCommands();
	}
}
