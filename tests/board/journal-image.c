/*
 * The boards' journal on any flash image at all: what input makes of the flash, the journal opens, reads, and goes on
 * with. Built by clang with -fsanitize=fuzzer it is libFuzzer's target; with -DALONE it is a program of its own:
 *
 *     journal-image SEED COUNT    COUNT inputs made up from SEED
 *     journal-image FILE...       these inputs, as libFuzzer keeps them
 *
 * What must hold of every image: nothing outside of the flash is read or written, and nothing goes on for ever; each
 * value that is read stands in the image, whole and under its checksum; a second opening finds what the first found;
 * what is set and deleted afterwards is kept, and a cut at any flash operation of it leaves the old value or the new
 * one, and all others. The checksum here is not the journal's code.
 */
#include "../../hosts/board/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Of one call of the journal: many times what the fullest image takes. */
	mostReads = 8000000,
	recordHead = 8,
	deletion = 0x8000,
	/* Bytes of records that leave room for a deletion in one of the sectors, however they lie. */
	mostLive = (journalSectors - 1) * (journalSectorSize - journalHeadSize - 40)
};

static uint8_t flash[journalSize];
static long reads, operations, cutAt;
static uint32_t cutReaches;
static jmp_buf cut;

__attribute__((noreturn, format(printf, 1, 2)))
static void fail(const char* format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
	va_end(arguments);
	abort();
}

/* Flash */

void journalRead(uint32_t offset, void* bytes, uint32_t size)
{
	if (offset > journalSize || size > journalSize - offset) fail("read of %u bytes at %u", size, offset);
	if (++reads > mostReads) fail("it reads for ever");
	memcpy(bytes, flash + offset, size);
}

/* Takes `after` as far as the power lasts. */
static void change(uint32_t offset, const uint8_t* after, uint32_t size)
{
	bool isCut = ++operations == cutAt;
	memcpy(flash + offset, after, isCut ? cutReaches % (size + 1) : size);
	if (isCut) longjmp(cut, 1);
}

void journalProgram(uint32_t offset, const uint8_t page[journalPageSize])
{
	uint8_t after[journalPageSize];
	if (offset % journalPageSize || offset >= journalSize) fail("program at %u", offset);
	for (uint32_t i = 0; i < journalPageSize; i++) after[i] = flash[offset + i] & page[i];
	change(offset, after, journalPageSize);
}

void journalErase(uint32_t offset)
{
	uint8_t after[journalSectorSize];
	if (offset % journalSectorSize || offset >= journalSize) fail("erase at %u", offset);
	memset(after, 0xFF, sizeof(after));
	change(offset, after, journalSectorSize);
}

/* Input */

static const uint8_t* input;
static size_t inputSize;

static uint32_t byte(void)
{
	if (!inputSize) return 0;
	inputSize--;
	return *input++;
}

static uint32_t pair(void)
{
	uint32_t high = byte();
	return high << 8 | byte();
}

static uint32_t word(void)
{
	uint32_t high = pair();
	return high << 16 | pair();
}

/* Making an image */

static uint32_t crc(uint32_t sum, const uint8_t* bytes, uint32_t size)
{
	static uint32_t table[256];
	for (uint32_t i = 0; i < 256 && !table[255]; i++) {
		uint32_t entry = i;
		for (int bit = 0; bit < 8; bit++) entry = entry & 1 ? entry >> 1 ^ 0xEDB88320 : entry >> 1;
		table[i] = entry;
	}
	while (size--) sum = table[(sum ^ *bytes++) & 0xFF] ^ sum >> 8;
	return sum;
}

static void store(uint8_t* to, uint32_t value)
{
	for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> 8 * i);
}

static void putHead(uint32_t number, uint32_t first, uint32_t kind, uint32_t done)
{
	uint8_t* head = flash + number % journalSectors * journalSectorSize;
	store(head, 0x314A4656);
	store(head + 4, number);
	store(head + 8, first);
	store(head + 12, kind);
	store(head + 16, ~crc(~0u, head, 16));
	store(head + 20, done);
}

/* A record with right checksums at `place`, where it has room; returns where it ends. */
static uint32_t putRecord(uint32_t place, const char* domain, const char* key, uint32_t keyLength, uint32_t size)
{
	uint32_t domainLength = (uint32_t)strlen(domain), length = size & ~(uint32_t)deletion;
	uint32_t whole = (recordHead + domainLength + keyLength + length + 7) & ~7u;
	/* `place` may be the end of its sector. */
	if ((place - 1) / journalSectorSize != (place + whole - 1) / journalSectorSize) return place;
	uint8_t* record = flash + place;
	record[4] = (uint8_t)size;
	record[5] = (uint8_t)(size >> 8);
	record[6] = (uint8_t)(domainLength << 4 | keyLength);
	record[7] = (uint8_t)crc(~0u, record + 4, 3);
	memcpy(record + recordHead, domain, domainLength);
	memcpy(record + recordHead + domainLength, key, keyLength);
	memset(record + recordHead + domainLength + keyLength, (int)(place / 8), length);
	store(record, ~crc(~0u, record + 4, recordHead - 4 + domainLength + keyLength + length));
	return place + whole;
}

static Journal journal;

static void open(void)
{
	reads = 0;
	journalOpen(&journal);
}

/* Of what the journal does itself; where the power fails on the way, false. */
static bool changes(const char* key, const uint8_t* value, uint32_t size, bool isDeletion, JournalOutcome* outcome)
{
	JournalName name = { "d", key };
	reads = operations = 0;
	if (setjmp(cut)) {
		cutAt = 0;
		return false;
	}
	*outcome = isDeletion ? journalDelete(&journal, name) : journalSet(&journal, name, value, size);
	cutAt = 0;
	return true;
}

static void keyOf(uint32_t number, char key[16])
{
	snprintf(key, 16, "k%u", number % 700);
}

static void makeOwn(bool isCut)
{
	static uint8_t value[journalValueLimit];
	char key[16];
	JournalOutcome outcome;
	open();
	for (uint32_t count = 1 + byte() % 64; count; count--) {
		keyOf(byte(), key);
		memset(value, (int)byte(), sizeof(value));
		uint32_t size = pair();
		if (isCut && count == 1) {
			cutAt = 1 + byte() % 16;
			cutReaches = pair();
		}
		changes(key, value, size % (journalValueLimit + 1), size >> 15, &outcome);
	}
}

/* A row of sectors, full of records of one size. */
static void makeRow(void)
{
	char key[16];
	uint32_t number = pair(), count = byte() % 34, size = pair() % 1100, name = byte();
	for (uint32_t i = 0; i < count; i++) {
		uint32_t place = (number + i) % journalSectors * journalSectorSize + journalHeadSize, end = 0;
		memset(flash + place - journalHeadSize, 0xFF, journalSectorSize);
		putHead(number + i, number, 0, ~0u);
		for (;; place = end, name++) {
			keyOf(name, key);
			end = putRecord(place, "d", key, (uint32_t)strlen(key), size);
			if (end == place) break;
		}
	}
}

static void makeImage(void)
{
	uint32_t place = journalHeadSize;
	char key[16] = "";
	memset(flash, byte() & 1 ? 0 : 0xFF, sizeof(flash));
	for (uint32_t steps = byte() % 64; steps; steps--) {
		uint32_t number, size, length, way, first, kind;
		switch (byte() % 8) {
		case 0:
			number = byte() & 1 ? word() : pair();
			way = byte();
			length = byte();
			first = way & 1 ? word() : number - length;
			kind = way & 2 ? 1 : way & 4 ? word() : 0;
			putHead(number, first, kind, way & 8 ? 0x656E6F64 : word());
			place = number % journalSectors * journalSectorSize + journalHeadSize;
			break;
		case 1:
		case 2:
			size = pair();
			keyOf(pair(), key);
			length = (uint32_t)strlen(key);
			if (byte() % 8 == 0) key[length++] = 0, key[length++] = 'x';
			place = putRecord(place, byte() % 4 ? "d" : "e", key, length, size);
			break;
		case 3:
			number = word();
			for (size = byte(); size && inputSize; size--) flash[number++ % journalSize] = (uint8_t)byte();
			break;
		case 4:
			makeOwn(false);
			break;
		case 5:
			makeOwn(true);
			break;
		case 6:
			makeRow();
			break;
		default:
			number = word() % (8 * journalSize);
			flash[number / 8] ^= (uint8_t)(1 << number % 8);
		}
	}
}

/* What the journal says that it holds */

typedef struct {
	char domain[16], key[16];
	uint32_t size;
	uint8_t value[journalValueLimit];
} Value;

static Value values[journalValues + 1];
static uint32_t count;

/* Whether a record's head stands there, by its own checksum; the record's size. */
static uint32_t sizeAt(const uint8_t* record)
{
	if (!(record[6] >> 4) || !(record[6] & 15) || (record[5] & 0x7F) > 4) return 0;
	if (record[7] != (uint8_t)crc(~0u, record + 4, 3)) return 0;
	uint32_t length = record[4] | (record[5] & 0x7F) << 8;
	return recordHead + (record[6] >> 4) + (record[6] & 15) + length;
}

/* Offsets of all that may be a record. */
static struct {
	uint32_t at, size;
} places[journalSize / 8];
static uint32_t placeCount;

static void findPlaces(void)
{
	placeCount = 0;
	for (uint32_t at = 0; at + recordHead <= journalSize; at += 8) {
		places[placeCount].at = at;
		places[placeCount].size = sizeAt(flash + at);
		if (places[placeCount].size) placeCount++;
	}
}

static bool isValue(uint32_t place, const Value* value)
{
	uint32_t at = places[place].at, all = places[place].size;
	const uint8_t* record = flash + at;
	uint32_t domain = (uint32_t)strlen(value->domain), key = (uint32_t)strlen(value->key);
	if (record[6] != (domain << 4 | key) || all != recordHead + domain + key + value->size) return false;
	if (all > journalSize - at) return false;
	const uint8_t* bytes = record + recordHead;
	if (memcmp(bytes, value->domain, domain) || memcmp(bytes + domain, value->key, key)) return false;
	if (memcmp(bytes + domain + key, value->value, value->size)) return false;
	uint32_t check = ~crc(~0u, record + 4, all - 4);
	return record[0] == (uint8_t)check && record[1] == (uint8_t)(check >> 8) && record[2] == (uint8_t)(check >> 16)
		&& record[3] == check >> 24;
}

static void readAll(void)
{
	count = journal.count;
	if (count > journalValues) fail("%u values", count);
	findPlaces();
	for (uint32_t i = 0; i < count; i++) {
		Value* value = &values[i];
		reads = 0;
		journalNames(&journal, i, value->domain, value->key);
		int size = journalGet(&journal, (JournalName){ value->domain, value->key }, value->value);
		if (size < 0) fail("%s %s is listed only", value->domain, value->key);
		if (size > journalValueLimit) fail("a value of %d bytes", size);
		value->size = (uint32_t)size;
		bool stands = false;
		uint32_t all = recordHead + (uint32_t)strlen(value->domain) + (uint32_t)strlen(value->key) + value->size;
		for (uint32_t place = 0; place < placeCount && !stands; place++)
			stands = places[place].size == all && isValue(place, value);
		if (!stands) fail("%s %s was never written so", value->domain, value->key);
		for (uint32_t other = 0; other < i; other++)
			if (!strcmp(values[other].key, value->key) && !strcmp(values[other].domain, value->domain))
				fail("%s %s is there twice", value->domain, value->key);
	}
}

static bool holds(const Value* value)
{
	static uint8_t found[journalValueLimit];
	reads = 0;
	int size = journalGet(&journal, (JournalName){ value->domain, value->key }, found);
	return size == (int)value->size && !memcmp(found, value->value, (size_t)size);
}

/* All are there but number `changing`, which may also be `other`, or absent (NULL). */
static void check(uint32_t changing, const Value* other, bool mayBeOld, const char* when)
{
	bool isNew = other ? holds(other) : changing < count && !holds(&values[changing]);
	bool isOld = changing < count ? holds(&values[changing]) : !isNew;
	if (!isNew && !(mayBeOld && isOld)) fail("%s: neither old nor new", when);
	for (uint32_t i = 0; i < count; i++)
		if (i != changing && !holds(&values[i])) fail("%s: %s %s is another", when, values[i].domain, values[i].key);
	uint32_t expected = count;
	if (other && changing == count && isNew) expected++;
	if (!other && changing < count && isNew) expected--;
	if (journal.count != expected) fail("%s: %u values instead of %u", when, journal.count, expected);
}

static uint32_t roundedSize(const Value* value)
{
	return (recordHead + (uint32_t)strlen(value->domain) + (uint32_t)strlen(value->key) + value->size + 7) & ~7u;
}

/* One set or deletion, cut off at several places, and then done. */
static void changeOne(bool isStrict)
{
	static uint8_t before[journalSize];
	static Journal opened;
	Value next = { .domain = "d" };
	uint32_t live = 0, index = 0, way = byte(), tries = 1 + byte() % 4;
	JournalOutcome outcome = journalFine;
	keyOf(pair(), next.key);
	if (way & 1 && count) strcpy(next.key, values[pair() % count].key);
	next.size = pair() % (journalValueLimit + 1);
	memset(next.value, (int)byte(), next.size);
	for (uint32_t i = 0; i < count; i++) live += roundedSize(&values[i]);
	while (index < count && (strcmp(values[index].key, next.key) || strcmp(values[index].domain, "d"))) index++;
	bool isDeletion = way >> 1 & 1;
	if (isDeletion && index == count) return;
	const Value* other = isDeletion ? NULL : &next;
	memcpy(before, flash, sizeof(flash));
	opened = journal;
	for (; tries; tries--) {
		cutAt = 1 + byte() % 24;
		cutReaches = pair();
		if (changes(next.key, next.value, next.size, isDeletion, &outcome)) {
			if (outcome == journalBroken) fail("the flash is said to be broken");
		} else {
			open();
			if (isStrict) check(index, other, true, "after a cut");
			else readAll();
		}
		memcpy(flash, before, sizeof(flash));
		journal = opened;
		if (!isStrict) readAll();
	}
	changes(next.key, next.value, next.size, isDeletion, &outcome);
	if (outcome == journalBroken) fail("the flash is said to be broken");
	if (outcome == journalFull) {
		if (isDeletion) fail("a deletion is refused");
		uint32_t old = index < count ? roundedSize(&values[index]) : 0;
		bool hasRoom = live - old + roundedSize(&next) <= journalCapacity;
		if (hasRoom && (index < count || count < journalValues)) fail("it is not full");
		return;
	}
	if (isStrict) check(index, other, false, "after a change");
	open();
	if (isStrict) check(index, other, false, "opened after a change");
	readAll();
}

/*
 * Whether the image may hold more than the journal takes. It never writes so, and which values it then keeps is not
 * said. Counts every whole record, wherever it lies.
 */
static bool isOverfull(void)
{
	uint32_t size = 0;
	findPlaces();
	for (uint32_t i = 0; i < placeCount; i++) size += (places[i].size + 7) & ~7u;
	return placeCount > journalValues || size > mostLive;
}

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size)
{
	input = bytes;
	inputSize = size;
	cutAt = 0;
	makeImage();
	bool isStrict = !isOverfull();
	operations = 0;
	open();
	if (operations > 8) fail("opening takes %ld flash operations", operations);
	readAll();
	open();
	if (isStrict) check(count, NULL, true, "opened again");
	for (uint32_t i = 0; i < 4; i++) changeOne(isStrict);
	return 0;
}

#ifdef ALONE

static void tryFile(const char* name)
{
	static uint8_t bytes[1 << 20];
	FILE* file = fopen(name, "rb");
	if (!file) fail("no %s", name);
	size_t size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, size);
}

int main(int argumentCount, char** arguments)
{
	char* end = "";
	uint64_t state = argumentCount == 3 ? strtoull(arguments[1], &end, 10) : 0;
	if (argumentCount != 3 || *end) {
		for (int i = 1; i < argumentCount; i++) tryFile(arguments[i]);
		printf("%d inputs\n", argumentCount - 1);
		return 0;
	}
	long number = strtol(arguments[2], NULL, 10);
	for (long i = 0; i < number; i++) {
		static uint8_t bytes[4096];
		for (size_t at = 0; at < sizeof(bytes); at++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			bytes[at] = (uint8_t)(state >> 40);
		}
		LLVMFuzzerTestOneInput(bytes, sizeof(bytes));
	}
	printf("%ld images\n", number);
	return 0;
}

#endif
