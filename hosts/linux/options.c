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

/* `from` is how it was given, for the person who got it wrong. */
static void addSetting(char* text, const char* from)
{
	static const char* const taken[] = { "data", "peers", "port", NULL };
	char* sign = strchr(text, '=');
	if (!sign || sign == text) hostUsage("%s takes KEY=VALUE, not \"%s\"", from, text);
	*sign = 0;
	if (isOneOf(text, taken)) hostUsage("%s %s: there is an argument for that", from, text);
	size_t count = (size_t)hostOptions.settingCount + 1;
	hostOptions.settings = realloc(hostOptions.settings, count * sizeof(*hostOptions.settings));
	if (!hostOptions.settings) hostUsage("out of memory");
	hostOptions.settings[hostOptions.settingCount++] = (HostSetting){ text, sign + 1 };
}

/* Everyone on the machine can read a command line as long as the process lives. */
static void addPublicSetting(char* text)
{
	static const char* const secret[] = { "homePassword", "homePin", "password", NULL };
	size_t length = strcspn(text, "=");
	for (const char* const* name = secret; *name; name++)
		if (strlen(*name) == length && !strncmp(*name, text, length))
			hostUsage("--set %s: others on this machine can read the command line; give it by --answers FILE", *name);
	addSetting(text, "--set");
}

/* KEY=VALUE, a line each; empty lines and those that begin with # are for people. A value keeps its spaces. */
static void addAnswers(const char* path)
{
	char* text = answersRead(path);
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next) *next++ = 0;
		line[strcspn(line, "\r")] = 0;
		if (!*line || *line == '#') continue;
		/* What stands in the file is not repeated: it may be a password. */
		if (strcspn(line, "=") == 0 || !strchr(line, '=')) hostUsage("--answers %s: each line is KEY=VALUE", path);
		addSetting(line, "--answers");
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
		if (!isOneOf(name, known)) hostUsage("unknown argument \"%s\"", name);
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
