/* What the parts of this host share. One machine, one thread. */
#ifndef HOST_H
#define HOST_H

#include "xsmc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As in package.json. */
#define HOST_VERSION "0.1.0"

/* Exit codes, from sysexits.h. */
enum {
	hostUsageCode = 64,
	hostErrorCode = 70,
	hostBusyCode = 73,
	hostReadCode = 74
};

/* say.c: a line of standard error, at most 1023 bytes of it. What is not printable ASCII shows as a question mark. */

void hostSay(const char* format, ...) __attribute__((format(printf, 1, 2)));
void hostSayThat(const char* format, va_list arguments) __attribute__((format(printf, 1, 0)));
/* Makes a text plain in its place. */
void hostPlain(char* text);

/* options.c: the command line. */

typedef struct {
	const char* key;
	const char* value;
	int line; /* in a file of answers, 0 on the command line */
} HostSetting;

typedef struct {
	const char* data;
	const char* main;
	int port; /* -1: none given */
	const char** peers;
	int peerCount;
	HostSetting* settings;
	int settingCount;
	bool headless; /* nobody types */
} HostOptions;

extern HostOptions hostOptions;

void hostReadArguments(int count, char** arguments);

/* Ends the process where the program's own main module, which is to run, would not know one, or lacks one. */
void hostCheckArguments(const char* main);

/* Says what is wrong with the arguments and ends the process. */
void hostUsage(const char* format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The value of a setting, NULL when there is none. */
const char* hostSetting(const char* key);

/* known.c: whether there is such a setting; what was meant by a word that is none, as one writes it, or NULL. */
bool knownSetting(const char* key);
const char* knownNearest(const char* text, bool isSetting);
/* `--help`: ends the process. */
void knownHelp(void) __attribute__((noreturn));

/* answers.c: the text of a file of answers; ends the process where others could read it too. */
char* answersRead(const char* path);

/* loop.c: descriptors, timers, calls into XS. */

/* Calls `ready` from the loop whenever poll reports `events`; a second call for one descriptor replaces the first. */
typedef void (*HostReady)(void* data, short events);
void hostWatch(int descriptor, short events, HostReady ready, void* data);
void hostUnwatch(int descriptor);
/* The same, but this alone does not keep the loop going. */
void hostWatchAside(int descriptor, short events, HostReady ready, void* data);

/* A timer belongs to its user, who embeds it; `place` is 0 while it is not scheduled. */
typedef struct HostTimer HostTimer;
struct HostTimer {
	int64_t due;
	uint64_t order;
	size_t place;
	void (*fire)(HostTimer* timer);
};
void hostSchedule(HostTimer* timer, int64_t due);
void hostUnschedule(HostTimer* timer);

/* Microseconds of the monotonic clock. */
int64_t hostNow(void);

/*
 * Runs `body` inside the machine, then the promise jobs, unless this is inside a call already; what it throws ends the
 * process. Nothing after hostExit.
 */
typedef void (*HostBody)(xsMachine* the, void* data);
void hostCall(HostBody body, void* data);

/* Ends the loop after the current turn; the first code counts. */
void hostExit(int code);
bool hostExiting(void);

/* Returns the exit code. Ends also when nothing is left that could call JavaScript again. */
int hostLoop(void);

/* platform.c: the machine. */

extern xsMachine* hostMachine;

/* `--version`: ends the process. */
void hostPrintVersion(void) __attribute__((noreturn));

/* Bytes that XS may take for chunks and slots together. */
extern size_t hostMemoryLimit;

/* Bytes of slots in use (0), of all slots (1), of chunks in use (2), of all chunks (3). */
double hostMemory(int which);

/* Promise jobs to exhaustion; then a rejection that nobody handles ends the process. Not inside a call. */
void hostSettle(void);

/* Gives back memory that only the start needed (trim.c). */
void hostTrim(void);

/* Prints "`what`: `xsException` and its stack" and ends the process. */
void hostUncaught(xsMachine* the, const char* what) __attribute__((noreturn));

/* Imports a module and runs it, with all that it imports. */
void hostImport(xsMachine* the, const char* name);

/* Throws an error of that kind with that text, without the name of the native before it as XS would put it. */
void hostThrow(xsMachine* the, int kind, const char* format, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
#undef xsUnknownError
#undef xsRangeError
#undef xsTypeError
#define xsUnknownError(...) hostThrow(the, XS_UNKNOWN_ERROR, __VA_ARGS__)
#define xsRangeError(...) hostThrow(the, XS_RANGE_ERROR, __VA_ARGS__)
#define xsTypeError(...) hostThrow(the, XS_TYPE_ERROR, __VA_ARGS__)

/* Keeps the object in `slot` alive while it is held. */
typedef struct HostRoot HostRoot;
struct HostRoot {
	HostRoot* next;
	HostRoot** link; /* NULL while not held */
	xsSlot slot;
};
void hostHold(xsMachine* the, HostRoot* root, xsSlot* slot);
void hostRelease(HostRoot* root);

/* Reads option `name` of the object in `options` into `value`; false when it is undefined or there is no object. */
bool hostOption(xsMachine* the, xsSlot* options, const char* name, xsSlot* value);

/* loader.c, in the npm build: modules by parsing. */

void hostFindScripts(const char* root);
/* Gives back memory that only loading needs. */
void hostScriptsLoaded(void);

/* tty.c: the settings of the terminal on standard input. */

/* From now on it hands on each key, where it and standard output are a terminal that can be drawn on; whether it does. */
bool ttyReadKeys(void);
/* Whether what is typed shows, where lines come whole. */
void ttySetEcho(bool shown);
bool ttyIsQuiet(void);
/* 0 where that is not known. */
int ttyColumns(void);
void ttyClose(void);
/* These two may be called in a signal's handler. The program goes on after it was stopped, and a shell may have changed the settings. */
void ttyContinue(void);
void ttyRestore(void);

/* terminal.c */

/* What the host itself has to say; above a line that is being typed. */
void terminalPrint(const char* text);
/* Sends what was written, as far as it goes without waiting. */
void terminalFlush(void);
/* Restores the terminal and waits for the output at most `milliseconds`. */
void terminalEnd(int milliseconds);
/* Tells the program that nobody types any more. */
void terminalHangUp(void);
/* Tells the program that the last line is to be drawn anew: the window has another size, or something else was shown there. */
void terminalChanged(void);

/* digital.c: takes "line N 0" and "line N 1"; false for any other text. */
bool digitalTake(const char* text);

/* preference.c: opens and locks hostOptions.data. */
void preferenceOpen(void);
/* Its descriptor, -1 without --data. */
int preferenceFolder(void);

/* readable.c: ends the process where something in it cannot be read. */
void preferenceCheck(void);

/* vitals.c: keeps the text for the next start, as far as that can be; an empty one forgets the last. */
void hostNoteFault(const char* text);

#endif
