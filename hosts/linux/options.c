/* The command line, and the settings in files of answers. */

#include "host.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

HostOptions hostOptions = { .port = -1 };

void hostUsage(const char* format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	hostSay("verifichain: %s", text);
	exit(hostUsageCode);
}

/* A whole decimal number from `least` to `most`; -1 for anything else. */
static long numberIn(const char* text, long least, long most)
{
	char* end;
	errno = 0;
	long number = strtol(text, &end, 10);
	if (errno || end == text || *end || text[0] < '0' || text[0] > '9') return -1;
	return number < least || number > most ? -1 : number;
}

static void addPeer(char* text)
{
	const char* colon = strrchr(text, ':');
	if (!colon || colon == text || numberIn(colon + 1, 1, 65535) < 0)
		hostUsage("--peer takes ADDRESS:PORT, not \"%s\"", text);
	hostOptions.peers[hostOptions.peerCount++] = text;
}

const char* hostSetting(const char* key)
{
	const char* value = NULL; /* the last one counts, as in mc/config */
	for (int i = 0; i < hostOptions.settingCount; i++)
		if (!strcmp(hostOptions.settings[i].key, key)) value = hostOptions.settings[i].value;
	return value;
}

static bool isOneOf(const char* text, const char* const* list)
{
	while (*list && strcmp(text, *list)) list++;
	return *list;
}

/* `from` is how it was given, for the person who got it wrong; `line`: of a file, 0 on the command line. */
static void addSetting(char* text, const char* from, int line)
{
	static const char* const taken[] = { "data", "headless", "peers", "port", NULL };
	char* sign = strchr(text, '=');
	if (!sign || sign == text) hostUsage("%s takes KEY=VALUE, not \"%s\"", from, text);
	*sign = 0;
	if (isOneOf(text, taken)) hostUsage("%s %s: there is an argument for that", from, text);
	size_t count = (size_t)hostOptions.settingCount + 1;
	hostOptions.settings = realloc(hostOptions.settings, count * sizeof(*hostOptions.settings));
	if (!hostOptions.settings) hostUsage("out of memory");
	hostOptions.settings[hostOptions.settingCount++] = (HostSetting){ text, sign + 1, line };
}

/* Everyone on the machine can read a command line as long as the process lives. */
static void addPublicSetting(char* text)
{
	static const char* const secret[] = { "homePassword", "homePin", "password", NULL };
	size_t length = strcspn(text, "=");
	for (const char* const* name = secret; *name; name++)
		if (strlen(*name) == length && !strncmp(*name, text, length))
			hostUsage("--set %s: others on this machine can read the command line; give it by --answers FILE", *name);
	addSetting(text, "--set", 0);
}

/* What is meant perhaps, or where to look. */
static const char* hint(const char* written, bool isSetting)
{
	static char text[64];
	const char* near = knownNearest(written, isSetting);
	if (!near) return "--help lists them";
	snprintf(text, sizeof(text), "is it %s?", near);
	return text;
}

/* A slip of the pen must not pass for nothing: a lock would come up without its line. */
static void checkSettings(void)
{
	for (int i = 0; i < hostOptions.settingCount; i++) {
		const HostSetting* setting = hostOptions.settings + i;
		if (knownSetting(setting->key)) continue;
		/* What stands in a file is not repeated: it may be a password. */
		if (setting->line)
			hostUsage("--answers, line %d: no such setting; %s", setting->line, hint(setting->key, true));
		hostUsage("--set %s: no such setting; %s", setting->key, hint(setting->key, true));
	}
}

/* KEY=VALUE, a line each; empty lines and those that begin with # are for people. A value keeps its spaces. */
static void addAnswers(const char* path)
{
	char* text = answersRead(path);
	int number = 0;
	for (char *line = text, *next; line; line = next) {
		number++;
		next = strchr(line, '\n');
		if (next) *next++ = 0;
		line[strcspn(line, "\r")] = 0;
		if (!*line || *line == '#') continue;
		/* What stands in the file is not repeated: it may be a password. */
		if (strcspn(line, "=") == 0 || !strchr(line, '=')) hostUsage("--answers %s: each line is KEY=VALUE", path);
		addSetting(line, "--answers", number);
	}
}

void hostReadArguments(int count, char** arguments)
{
	hostOptions.peers = calloc((size_t)count, sizeof(*hostOptions.peers));
	if (!hostOptions.peers) hostUsage("out of memory");
	for (int i = 1; i < count; i++) {
		const char* name = arguments[i];
		static const char* const known[] = {
			"--answers", "--data", "--main", "--memory", "--peer", "--port", "--set", NULL
		};
		if (!strcmp(name, "--headless")) {
			hostOptions.headless = true;
			continue;
		}
		if (!strcmp(name, "--help") || !strcmp(name, "-h")) knownHelp();
		if (!strcmp(name, "--version")) hostPrintVersion();
		if (!isOneOf(name, known)) hostUsage("unknown argument \"%s\"; %s", name, hint(name, false));
		if (++i == count) hostUsage("%s needs a value", name);
		char* value = arguments[i];
		if (!strcmp(name, "--answers")) addAnswers(value);
		else if (!strcmp(name, "--data")) {
			if (!*value) hostUsage("--data takes a folder");
			hostOptions.data = value;
		}
		else if (!strcmp(name, "--main")) {
#ifndef HOST_LOADER
			hostUsage("--main is not for this build: its main module is fixed");
#endif
			hostOptions.main = value;
		}
		else if (!strcmp(name, "--memory")) {
			long size = numberIn(value, 2 << 20, INT_MAX);
			if (size < 0) hostUsage("--memory takes bytes, 2097152 to %d, not \"%s\"", INT_MAX, value);
			hostMemoryLimit = (size_t)size;
		}
		else if (!strcmp(name, "--peer")) addPeer(value);
		else if (!strcmp(name, "--port")) {
			hostOptions.port = (int)numberIn(value, 0, 65535);
			if (hostOptions.port < 0) hostUsage("--port takes a number from 0 to 65535, not \"%s\"", value);
		}
		else addPublicSetting(value);
	}
}

void hostCheckArguments(const char* main)
{
	/* Other main modules are tests, with settings of their own. */
	if (strcmp(main, "main")) return;
	checkSettings();
	if (!hostOptions.data) hostUsage("--data DIR is missing: the folder in which the node keeps its key and chain");
}
