/* Gives memory back that only the start needed. */
#include "host.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/*
 * The pages of code that loading, parsing and libcrypto's own start have touched stay in memory although nothing runs
 * there again. They are the files' own, never written: what is needed after all comes back from the page cache.
 */
void hostTrim(void)
{
	char line[512], rights[5];
	unsigned long start, end;
	FILE* maps;
	malloc_trim(0);
	maps = fopen("/proc/self/maps", "re");
	if (!maps) return;
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3) continue;
		if (strcmp(rights, "r-xp") || !strchr(line, '/')) continue;
		madvise((void*)start, end - start, MADV_DONTNEED);
	}
	fclose(maps);
}
