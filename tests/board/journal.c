/*
 * The boards' journal on flash in memory, that is cut off at every program and every erase.
 *
 *     journal cuts SEED COUNT     COUNT random operations, each tried with a cut at every flash operation it makes
 *     journal random SEED COUNT   COUNT random operations with cuts at random, also while opening
 *     journal full SEED           fills it, and goes on at its limit
 *     journal wear SEED COUNT     prints how often sectors were erased, and the longest operation
 *     journal brownout SEED       power that fails at each of its first flash operations, hundreds of times
 *     journal reset SEED          nothing of a domain is left in the flash when its last value is gone
 *
 * A cut leaves the bits that were to change in any mixture of before and after, and in another one after each start
 * until they are programmed or erased once more. Prints what was seen, or what went
 * wrong with the seed, and then ends with 1.
 */
#include "../../hosts/board/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t flash[journalSize];
/* The bits that were to change when the power failed: what they are read as may differ after each start. */
static uint8_t weak[journalSize];
static unsigned erased[journalSectors];
static uint64_t state, seed;
static long operations, programs, erases, cutAt;
static jmp_buf cut;

static uint32_t randomBelow(uint32_t limit)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % limit;
}

__attribute__((noreturn, format(printf, 1, 2)))
static void fail(const char* format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	printf("seed %llu: ", (unsigned long long)seed);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	exit(1);
}

/* Flash */

void journalRead(uint32_t offset, void* bytes, uint32_t size)
{
	if (offset > journalSize || size > journalSize - offset) fail("read of %u bytes at %u", size, offset);
	memcpy(bytes, flash + offset, size);
}

/* What a byte is when the power fails on the way: none, all or some of its bits changed. */
static uint8_t torn(uint8_t before, uint8_t after, unsigned kind)
{
	uint8_t mixed = (uint8_t)randomBelow(256);
	if (kind == 0) return before;
	if (kind == 1) return after;
	return (before & mixed) | (after & (uint8_t)~mixed);
}

static void cutOff(uint8_t* to, const uint8_t* after, uint32_t size)
{
	uint32_t way = randomBelow(5), reached = randomBelow(size + 1);
	for (uint32_t i = 0; i < size; i++) {
		unsigned kind = way == 0 ? 0 : way == 1 ? i < reached : way < 4 ? way - 1 : randomBelow(3);
		weak[to - flash + i] |= to[i] ^ after[i];
		to[i] = torn(to[i], after[i], kind);
	}
	longjmp(cut, 1);
}

void journalProgram(uint32_t offset, const uint8_t page[journalPageSize])
{
	uint8_t after[journalPageSize];
	if (offset % journalPageSize || offset >= journalSize) fail("program at %u", offset);
	for (uint32_t i = 0; i < journalPageSize; i++) after[i] = flash[offset + i] & page[i];
	if (++operations == cutAt) cutOff(flash + offset, after, journalPageSize);
	memcpy(flash + offset, after, journalPageSize);
	for (uint32_t i = 0; i < journalPageSize; i++) weak[offset + i] &= page[i];
	programs++;
}

void journalErase(uint32_t offset)
{
	uint8_t after[journalSectorSize];
	if (offset % journalSectorSize || offset >= journalSize) fail("erase at %u", offset);
	memset(after, 0xFF, sizeof(after));
	if (++operations == cutAt) cutOff(flash + offset, after, journalSectorSize);
	memcpy(flash + offset, after, journalSectorSize);
	memset(weak + offset, 0, journalSectorSize);
	erased[offset / journalSectorSize]++;
	erases++;
}

/* Every start may find the weak bits otherwise, or as they were. */
static void powerUp(void)
{
	if (randomBelow(2)) return;
	for (uint32_t i = 0; i < journalSize; i++)
		if (weak[i]) flash[i] = (uint8_t)((flash[i] & ~weak[i]) | (randomBelow(256) & weak[i]));
}

/* What the journal should hold */

enum { nameCount = 420 };

typedef struct {
	bool present;
	uint16_t size;
	uint8_t value[journalValueLimit];
} Value;

static Value model[nameCount];
static Journal journal;
static char domains[3][16] = { "verifichain", "wifi", "fifteen-bytes-x" };

static JournalName nameOf(uint32_t index, char key[16])
{
	snprintf(key, 16, "%s%u", index % 5 == 4 ? "another-key" : "b", index);
	return (JournalName){ domains[index % 7 == 6 ? 2 : index % 11 == 10], key };
}

static bool holds(uint32_t index, const Value* value)
{
	char key[16];
	uint8_t found[journalValueLimit];
	int size = journalGet(&journal, nameOf(index, key), found);
	if (size < 0) return !value->present;
	return value->present && size == value->size && !memcmp(found, value->value, (size_t)size);
}

/* Everything is as in the model; the value `changing` may also be `other`. */
static void check(uint32_t changing, const Value* other, const char* when)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < nameCount; i++) {
		if (holds(i, &model[i])) count += model[i].present;
		else if (i == changing && holds(i, other)) {
			count += other->present;
			model[i] = *other;
		}
		else fail("%s: value %u is wrong (another one was changed: %u)", when, i, changing);
	}
	if (journal.count != count) fail("%s: %u values instead of %u", when, journal.count, count);
	for (uint32_t i = 0; i < journal.count; i++) {
		char domain[16], key[16];
		journalNames(&journal, i, domain, key);
		if (journalGet(&journal, (JournalName){ domain, key }, NULL) < 0) fail("%s: %s is listed only", when, key);
	}
}

typedef struct {
	uint32_t index;
	Value value;
} Change;

static uint32_t sizeAtRandom(void)
{
	uint32_t way = randomBelow(10);
	return way == 0 ? randomBelow(journalValueLimit + 1) : way < 3 ? randomBelow(30) : 180 + randomBelow(60);
}

static Change changeAtRandom(uint32_t names, uint32_t deletions)
{
	Change change = { .index = randomBelow(names) };
	change.value.present = randomBelow(100) >= deletions;
	if (change.value.present) {
		change.value.size = (uint16_t)sizeAtRandom();
		for (uint32_t i = 0; i < change.value.size; i++) change.value.value[i] = (uint8_t)randomBelow(256);
	}
	return change;
}

static JournalOutcome apply(const Change* change)
{
	char key[16];
	JournalName name = nameOf(change->index, key);
	return change->value.present ? journalSet(&journal, name, change->value.value, change->value.size)
		: journalDelete(&journal, name);
}

/* Applies it to journal and model; a full journal must be full. */
static bool perform(const Change* change)
{
	JournalOutcome outcome = apply(change);
	if (outcome == journalBroken) fail("the flash is said to be broken");
	if (outcome == journalFine) model[change->index] = change->value;
	return outcome == journalFine;
}

static void reopen(uint32_t changing, const Value* other, const char* when)
{
	powerUp();
	journalOpen(&journal);
	check(changing, other, when);
}

static void clear(void)
{
	memset(flash, 0xFF, sizeof(flash));
	memset(weak, 0, sizeof(weak));
	memset(model, 0, sizeof(model));
	journalOpen(&journal);
}

/* Does it, and the power fails at flash operation number `place` (0: never). Returns whether it did. */
static bool isCutOff(void (*act)(Change*), Change* change, long place)
{
	operations = 0;
	cutAt = place;
	if (setjmp(cut)) {
		cutAt = 0;
		return true;
	}
	act(change);
	cutAt = 0;
	return false;
}

static long refusals;

static void change(Change* it)
{
	if (!perform(it)) refusals++;
}

static void start(Change* it)
{
	(void)it;
	powerUp();
	journalOpen(&journal);
}

static void startAndChange(Change* it)
{
	powerUp();
	journalOpen(&journal);
	perform(it);
}

/* Tests */

static void cuts(long count)
{
	static uint8_t before[journalSize], weakBefore[journalSize];
	static Value held;
	static Journal open;
	long tried = 0, doubled = 0;
	clear();
	for (long i = 0; i < count; i++) {
		Change next = changeAtRandom(330, 15);
		memcpy(before, flash, sizeof(flash));
		memcpy(weakBefore, weak, sizeof(weak));
		open = journal;
		held = model[next.index];
		for (long place = 1; isCutOff(change, &next, place); place++) {
			tried++;
			/* Now and then the power fails again, while the journal is opened. */
			if (randomBelow(3) == 0) doubled += isCutOff(start, NULL, 1 + randomBelow(3));
			reopen(next.index, &next.value, "after a cut");
			/* And it is started again: what was found stays found. */
			reopen(nameCount, NULL, "started again");
			model[next.index] = held;
			memcpy(flash, before, sizeof(flash));
			memcpy(weak, weakBefore, sizeof(weak));
			journal = open;
		}
		if (i % 16 == 0) reopen(nameCount, NULL, "opened anew");
	}
	reopen(nameCount, NULL, "at the end");
	printf("%ld changes, %ld cuts, %ld of them twice, %ld erases\n", count, tried, doubled, erases);
}

static void randomly(long count)
{
	long tried = 0;
	clear();
	for (long i = 0; i < count; i++) {
		Change next = changeAtRandom(nameCount, 20);
		if (isCutOff(change, &next, randomBelow(3) == 0 ? 1 + randomBelow(30) : 0)) {
			tried++;
			for (uint32_t again = randomBelow(4); again > 0; again--) isCutOff(start, NULL, 1 + randomBelow(2));
			reopen(next.index, &next.value, "after a cut");
		}
		else if (i % 64 == 0) reopen(nameCount, NULL, "opened anew");
	}
	printf("%ld changes, %ld cuts, %ld found it full, %ld erases\n", count, tried, refusals, erases);
}

static void fullUp(void)
{
	uint32_t refused = 0, taken = 0;
	clear();
	for (uint32_t i = 0; i < 4000; i++) {
		Change change = changeAtRandom(nameCount, 0);
		if (i < 2 * nameCount) {
			change.index = i % nameCount;
			change.value.size = (uint16_t)(i % 3 ? 200 + randomBelow(30) : sizeAtRandom());
		}
		uint32_t live = journal.live;
		if (perform(&change)) taken++;
		else {
			refused++;
			if (live + journalLargestRecord <= journalCapacity) fail("refused at %u bytes", live);
		}
	}
	reopen(nameCount, NULL, "full");
	if (!refused) fail("it was never full");
	for (uint32_t i = 0; i < nameCount; i++) perform(&(Change){ .index = i });
	if (journal.count || journal.live) fail("%u values are left", journal.count);
	reopen(nameCount, NULL, "emptied");
	/* Only the largest records: the guarantee holds for them as well. */
	uint32_t count = journalCapacity / journalLargestRecord;
	for (uint32_t round = 0; round < 20; round++)
		for (uint32_t i = 0; i < count; i++) {
			Change change = { .index = i, .value = { .present = true, .size = 1020 } };
			memset(change.value.value, (int)(round + i), 1020);
			if (!perform(&change)) fail("the largest number %u of %u was refused", i, count);
		}
	/* Deleting needs room as well. */
	for (uint32_t i = 0; i < count; i++) perform(&(Change){ .index = i });
	reopen(nameCount, NULL, "emptied again");
	for (uint32_t i = 0; i < journalValues; i++) {
		char key[16];
		snprintf(key, sizeof(key), "k%u", i);
		if (journalSet(&journal, (JournalName){ "d", key }, (const uint8_t*)key, 4)) fail("value %u was refused", i);
	}
	if (journalSet(&journal, (JournalName){ "d", "more" }, NULL, 0) != journalFull) fail("a value too many");
	if (journalSet(&journal, (JournalName){ "d", "k0" }, NULL, 0)) fail("no change of a value that is there");
	printf("%u taken, %u refused; capacity %d bytes, %u records of the largest size\n", taken, refused,
		journalCapacity, count);
}

static void wear(long count)
{
	long longestPrograms = 0, longestErases = 0;
	clear();
	for (uint32_t i = 0; i < 330; i++) {
		Change change = changeAtRandom(1, 0);
		change.index = i;
		perform(&change);
	}
	uint32_t live = journal.live;
	for (long i = 0; i < 2000; i++) {
		Change change = changeAtRandom(8, 0);
		perform(&change);
	}
	memset(erased, 0, sizeof(erased));
	uint64_t bytes = 0;
	for (long i = 0; i < count; i++) {
		long p = programs, e = erases;
		/* A few values change all the time, as states do; the rest are blocks, and stay. */
		Change change = changeAtRandom(randomBelow(1000) ? 8 : 330, 0);
		if (!perform(&change)) continue;
		bytes += change.value.size;
		if (programs - p > longestPrograms) longestPrograms = programs - p;
		if (erases - e > longestErases) longestErases = erases - e;
	}
	unsigned least = ~0u, most = 0;
	for (int i = 0; i < journalSectors; i++) {
		if (erased[i] < least) least = erased[i];
		if (erased[i] > most) most = erased[i];
	}
	if (most - least > 1) fail("sectors are erased %u to %u times", least, most);
	printf("%ld changes of %llu bytes at %u live: each sector erased %u to %u times; one change at most %ld programs "
		"and %ld erases\n", count, (unsigned long long)bytes, live, least, most, longestPrograms, longestErases);
}

static void brownout(void)
{
	clear();
	for (uint32_t i = 0; i < 2000; i++) {
		Change change = changeAtRandom(330, 10);
		perform(&change);
	}
	for (uint32_t i = 0; i < 600; i++) {
		Change next = changeAtRandom(330, 10);
		isCutOff(startAndChange, &next, 1 + i % 4);
		reopen(next.index, &next.value, "in a brownout");
	}
	for (uint32_t i = 0; i < 1000; i++) {
		Change change = changeAtRandom(330, 10);
		if (!perform(&change)) fail("after 600 brownouts there is no room");
	}
	reopen(nameCount, NULL, "after brownouts");
	printf("600 brownouts survived\n");
}

static void reset(void)
{
	static const char secret[] = "a secret of sixty-four bytes, which is not to be left anywhere..";
	clear();
	for (uint32_t i = 0; i < 1500; i++) {
		Change change = changeAtRandom(300, 10);
		perform(&change);
		if (i % 10) continue;
		if (journalSet(&journal, (JournalName){ "gone", "secret" }, (const uint8_t*)secret, sizeof(secret))) fail("set");
		if (i % 20 == 0 && journalSet(&journal, (JournalName){ "gone", "secret" }, (const uint8_t*)"x", 1)) fail("set");
	}
	if (journalDelete(&journal, (JournalName){ "gone", "secret" })) fail("delete");
	for (uint32_t i = 0; i + sizeof(secret) <= journalSize; i++)
		if (!memcmp(flash + i, secret, 16)) fail("a secret is left at %u", i);
	reopen(nameCount, NULL, "after the reset");
	printf("nothing is left\n");
}

int main(int count, char** arguments)
{
	const char* name = count > 2 ? arguments[1] : "";
	seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 0;
	long number = count > 3 ? strtol(arguments[3], NULL, 10) : 0;
	state = seed;
	if (!strcmp(name, "cuts")) cuts(number);
	else if (!strcmp(name, "random")) randomly(number);
	else if (!strcmp(name, "full")) fullUp();
	else if (!strcmp(name, "wear")) wear(number);
	else if (!strcmp(name, "brownout")) brownout();
	else if (!strcmp(name, "reset")) reset();
	else return 64;
	return 0;
}
