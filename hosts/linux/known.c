/* The names that the command line and files of answers know, and what is said of others. */

#include "host.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
	const char* name;
	const char* written; /* as a person is to write it */
} Known;

static const Known arguments[] = {
	{ "answers", "--answers FILE" },
	{ "data", "--data DIR" },
	{ "headless", "--headless" },
	{ "help", "--help" },
	{ "memory", "--memory BYTES" },
	{ "peer", "--peer ADDRESS:PORT" },
	{ "port", "--port N" },
	{ "set", "--set KEY=VALUE" },
	{ "version", "--version" },
	{ NULL, NULL }
};

/* What modules/node/settings.ts reads, and digital.c. */
static const Known settings[] = {
	{ "button", "--set button=LINE" },
	{ "buttonTask", "--set \"buttonTask=WHO ACTION\"" },
	{ "genesis", "genesis=TEXT in --answers FILE" },
	{ "gpiochip", "--set gpiochip=/dev/gpiochipN" },
	{ "home", "--set home=ID" },
	{ "homePassword", "homePassword=WORDS in --answers FILE" },
	{ "homePin", "homePin=DIGITS in --answers FILE" },
	{ "led", "--set led=LINE" },
	{ "line", "--set line=LINE" },
	{ "memory", "--set memory=small" },
	{ "name", "--set name=NAME" },
	{ "password", "password=WORDS in --answers FILE" },
	{ "rounds", "--set rounds=N" },
	{ "ssid", "--set ssid=NAME" },
	{ "suite", "--set suite=NAME" },
	{ "type", "--set type=TYPE" },
	{ NULL, NULL }
};

enum { wordLimit = 24 };

static bool isSame(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Letters to insert, delete, replace, or swap with their neighbour, to make one word of the other, whatever their case. */
static int distance(const char* a, size_t length, const char* b)
{
	int rows[wordLimit + 1][wordLimit + 1];
	size_t width = strlen(b);
	for (size_t i = 0; i <= length; i++) {
		for (size_t j = 0; j <= width; j++) {
			int cost = (int)(i + j);
			if (i && j) {
				cost = rows[i - 1][j - 1] + !isSame(a[i - 1], b[j - 1]);
				if (rows[i - 1][j] + 1 < cost) cost = rows[i - 1][j] + 1;
				if (rows[i][j - 1] + 1 < cost) cost = rows[i][j - 1] + 1;
			}
			if (i > 1 && j > 1 && isSame(a[i - 1], b[j - 2]) && isSame(a[i - 2], b[j - 1]) && rows[i - 2][j - 2] + 1 < cost)
				cost = rows[i - 2][j - 2] + 1;
			rows[i][j] = cost;
		}
	}
	return rows[length][width];
}

/* Looks for the known name with the fewest letters changed, at most two, or a third of them. */
static void look(const Known* list, const char* word, size_t length, const Known** best, int* least)
{
	for (; list->name; list++) {
		int cost = distance(word, length, list->name);
		if (cost >= *least) continue;
		*least = cost;
		*best = list;
	}
}

bool knownSetting(const char* key)
{
	const Known* known = settings;
	while (known->name && strcmp(known->name, key)) known++;
	return known->name;
}

const char* knownNearest(const char* text, bool isSetting)
{
	const Known* best = NULL;
	while (*text == '-') text++;
	size_t length = strcspn(text, "=");
	int least = (length / 3 > 2 ? (int)length / 3 : 2) + 1;
	if (!length || length > wordLimit) return NULL;
	/* Of two that are as near the kind that was written is meant. */
	look(isSetting ? settings : arguments, text, length, &best, &least);
	look(isSetting ? arguments : settings, text, length, &best, &least);
	/* Nobody means a short word of which hardly a letter is right. */
	return best && least < (int)length ? best->written : NULL;
}

static const char help[] =
	"verifichain --data DIR [OPTION]...\n"
	"A node of a smart home without a server. At its first start it asks who it is.\n"
	"\n"
	"  --data DIR            where it keeps its key and chain; made where there is none\n"
	"  --port N              its UDP port, 5683 by default\n"
	"  --peer ADDRESS:PORT   where to look for the home, as often as needed; else by broadcast\n"
	"  --answers FILE        settings and answers of the first start, a line KEY=VALUE each\n"
	"  --headless            nobody types: what is missing or wrong ends it with status 78\n"
	"  --memory BYTES        the most that its data may take, 64 MB by default\n"
	"  --set KEY=VALUE       a setting:\n"
	"      line=N            the line of its light, lock, switch or sensor\n"
	"      button=N led=N    the lines of its panel\n"
	"      buttonTask=TASK   what a press does: \"lamp toggle\"\n"
	"      name=, type=      answers of the first start\n"
	"      home=ID           the home to join, where more than one answers\n"
	"      suite=NAME        secure (the default) or paper\n"
	"      rounds=N          rounds of PBKDF2 of a home that is founded here\n"
	"      memory=small      keeps as little of others as a microcontroller\n"
	"      gpiochip=FILE     the kernel's lines, where it is no Raspberry Pi\n"
	"  in --answers only: homePassword=, homePin=, genesis= (founds a home)\n"
	"  --help, --version     print this; which version it is\n";

void knownHelp(void)
{
	fputs(help, stdout);
	exit(0);
}
