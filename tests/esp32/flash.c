/*
 * The journal on the ESP32's flash, as hosts/esp32/flash.c takes it from ESP-IDF: `flash CASE` ends with 1 and a
 * sentence where something is wrong. Where the power fails, the journal itself is at stake: tests/board/journal.c.
 */
#include "journal.h"
#include "partition.h"

#include <stdio.h>
#include <string.h>

enum { count = 300, size = 200 };

static Journal journal;

static int fail(const char* text)
{
	printf("%s\n", text);
	return 1;
}

static JournalName nameOf(int index, char key[16])
{
	snprintf(key, 16, "b%d", index);
	return (JournalName){ "verifichain", key };
}

static JournalOutcome set(int index)
{
	uint8_t value[size];
	char key[16];
	memset(value, index, size);
	return journalSet(&journal, nameOf(index, key), value, size);
}

static int holds(int index)
{
	uint8_t value[journalValueLimit], expected[size];
	char key[16];
	memset(expected, index, size);
	return journalGet(&journal, nameOf(index, key), value) == size && !memcmp(value, expected, size);
}

static int kept(void)
{
	journalOpen(&journal);
	for (int i = 0; i < count; i++)
		if (set(i) != journalFine) return fail("a value was refused");
	/* It goes round all sectors. */
	for (int i = 0; i < 40 * count; i++) {
		char key[16];
		uint8_t value[size];
		memset(value, i, size);
		if (journalSet(&journal, nameOf(i % 7, key), value, size) != journalFine) return fail("a change was refused");
	}
	for (int i = 0; i < 7; i++) set(i);
	memset(&journal, 0, sizeof(journal));
	journalOpen(&journal);
	if (journal.count != count) return fail("another number of values");
	for (int i = 0; i < count; i++)
		if (!holds(i)) return fail("a value is lost");
	return 0;
}

static int refused(void)
{
	journalOpen(&journal);
	if (journal.count) return fail("it holds values");
	if (set(1) != journalBroken) return fail("it took a value that it cannot keep");
	if (journal.count || holds(1)) return fail("a value is there");
	return 0;
}

static int broken(void)
{
	journalOpen(&journal);
	if (set(1) != journalFine) return fail("a value was refused");
	partitionIsBroken = 1;
	if (set(2) != journalBroken) return fail("it took a value that the flash did not");
	journalOpen(&journal);
	return holds(1) && !holds(2) ? 0 : fail("the value before is lost");
}

/* What another program left there. */
static int dirty(void)
{
	uint32_t state = 1;
	for (int i = 0; i < partitionSize; i++) partitionBytes[i] = (uint8_t)((state = state * 1103515245u + 12345u) >> 16);
	journalOpen(&journal);
	return journal.count ? fail("it holds values") : kept();
}

int main(int arguments, char** words)
{
	const char* name = arguments > 1 ? words[1] : "";
	if (!strcmp(name, "kept")) return kept();
	if (!strcmp(name, "dirty")) return dirty();
	if (!strcmp(name, "broken")) return broken();
	partitionGiven = !strcmp(name, "small") ? partitionSize / 2 : 0;
	return refused();
}
