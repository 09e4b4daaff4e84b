/* What this host itself has to say, on standard error: a line of printable ASCII, whatever it tells of. */

#include "host.h"

#include <stdio.h>

enum { lineLimit = 1024 };

void hostPlain(char* text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~') *text = '?';
}

void hostSayThat(const char* format, va_list arguments)
{
	char line[lineLimit];
	if (vsnprintf(line, sizeof(line), format, arguments) < 0) return;
	hostPlain(line);
	fprintf(stderr, "%s\n", line);
}

void hostSay(const char* format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	hostSayThat(format, arguments);
	va_end(arguments);
}
