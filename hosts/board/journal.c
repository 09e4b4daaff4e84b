/*
 * A sector begins with a head of 24 bytes; records follow without gaps, each at a multiple of 8.
 *
 *     head    magic 4, number 4, first 4, kind 4, CRC-32 of these 4, done 4
 *     record  CRC-32 of the rest 4, size 2 (bit 15: a deletion), lengths of domain and key 1, CRC-8 of these three 1,
 *             domain, key, value
 *
 * `first` is the number of the oldest sector that counts. A new sector is erased directly before its head is programmed
 * and was not among those that count, so a torn erase harms nothing and none is ever trusted.
 *
 * Of the 32 sectors one always stays free. When few are, one becomes the copy of what still counts in the oldest
 * sector (kind 1). The copy counts from the moment that `done` is programmed, and the oldest then no longer;
 * until that, it is as if the copy were not there. So a copy can be cut off any number of times.
 *
 * The bits that were being programmed when the power failed may be weak: read as one thing now and as another later.
 * So opening programs the newest sector's head and its last good record once more, and zeros where the next record
 * would begin: what was torn there is gone for good, and the next change begins a new sector, even where nothing is to
 * be seen of a torn record.
 */

#include "journal.h"

#include <stddef.h>
#include <string.h>

enum {
	magic = 0x314A4656, /* "VFJ1" */
	plain = 0,
	copy = 1,
	doneMark = 0x656E6F64, /* "done" */
	deletion = 0x8000,
	recordHeadSize = 8,
	grain = 8,
	wantedFree = 8,
	copiesAtOnce = 3,
	mostNumbers = 0x40000000,
	/* Bytes of records that can count, where others wrote the flash: with more there might be no room for a deletion. */
	largestDeletion = 40,
	mostLive = (journalSectors - 1) * (journalSectorSize - journalHeadSize - largestDeletion)
};

typedef struct {
	uint32_t magic, number, first, kind, check, done;
} Head;

typedef struct {
	uint32_t check;
	uint16_t size;
	uint8_t lengths; /* domain * 16 + key */
	uint8_t headCheck;
} RecordHead;

_Static_assert(sizeof(Head) == journalHeadSize, "a head is written as it lies in memory");
_Static_assert(sizeof(RecordHead) == recordHeadSize, "a record's head is written as it lies in memory");

typedef struct {
	RecordHead head;
	uint32_t size; /* of all of it */
	bool isDeletion;
	uint32_t domain, key, value; /* lengths */
} Record;

/* CRC-32 as in IEEE 802.3, four bits at a time: 64 bytes of table. */
static uint32_t crc(uint32_t sum, const void* bytes, uint32_t size)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
		0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C
	};
	for (const uint8_t* byte = bytes; size--; byte++) {
		sum = table[(sum ^ *byte) & 15] ^ (sum >> 4);
		sum = table[(sum ^ (*byte >> 4)) & 15] ^ (sum >> 4);
	}
	return sum;
}

static uint32_t headCheck(const Head* head)
{
	return ~crc(~0u, head, offsetof(Head, check));
}

/* Of a record's size and lengths: the low byte of their CRC-32. */
static uint8_t lengthCheck(const RecordHead* head)
{
	return (uint8_t)crc(~0u, &head->size, 3);
}

static uint32_t rounded(uint32_t size)
{
	return (size + grain - 1) & ~(uint32_t)(grain - 1);
}

static uint32_t startOf(uint32_t number)
{
	return number % journalSectors * journalSectorSize;
}

static uint32_t endOf(uint32_t place)
{
	return (place | (journalSectorSize - 1)) + 1;
}

/* Flash */

static bool isFilled(uint32_t from, uint32_t to, uint8_t with)
{
	uint8_t bytes[64];
	for (uint32_t size; from < to; from += size) {
		size = to - from < sizeof(bytes) ? to - from : sizeof(bytes);
		journalRead(from, bytes, size);
		for (uint32_t i = 0; i < size; i++)
			if (bytes[i] != with) return false;
	}
	return true;
}

static bool isSame(uint32_t place, const void* bytes, uint32_t size)
{
	uint8_t found[64];
	const uint8_t* wanted = bytes;
	for (uint32_t part; size; size -= part, wanted += part, place += part) {
		part = size < sizeof(found) ? size : sizeof(found);
		journalRead(place, found, part);
		if (memcmp(found, wanted, part)) return false;
	}
	return true;
}

/* Bytes on their way into the flash, a page at a time and upwards. */
typedef struct {
	uint32_t place;
	uint8_t page[journalPageSize];
} Writer;

static void begin(Writer* writer, uint32_t place)
{
	writer->place = place;
	memset(writer->page, 0xFF, sizeof(writer->page));
}

static void flush(Writer* writer)
{
	journalProgram((writer->place - 1) & ~(uint32_t)(journalPageSize - 1), writer->page);
	memset(writer->page, 0xFF, sizeof(writer->page));
}

static void put(Writer* writer, const void* bytes, uint32_t size)
{
	const uint8_t* from = bytes;
	while (size) {
		uint32_t at = writer->place % journalPageSize;
		uint32_t part = journalPageSize - at < size ? journalPageSize - at : size;
		memcpy(writer->page + at, from, part);
		writer->place += part;
		from += part;
		size -= part;
		if (writer->place % journalPageSize == 0) flush(writer);
	}
}

/* Puts what is in the flash already: to another place, or once more to its own. */
static void putAgain(Writer* writer, uint32_t from, uint32_t size)
{
	uint8_t bytes[64];
	for (uint32_t part; size; size -= part, from += part) {
		part = size < sizeof(bytes) ? size : sizeof(bytes);
		journalRead(from, bytes, part);
		put(writer, bytes, part);
	}
}

static void finish(Writer* writer)
{
	if (writer->place % journalPageSize) flush(writer);
}

/* Records */

/* Whether a head of a record stands there. */
static bool readHead(uint32_t place, Record* record)
{
	if (place + recordHeadSize > endOf(place)) return false;
	RecordHead* head = &record->head;
	journalRead(place, head, sizeof(*head));
	record->isDeletion = head->size & deletion;
	record->value = head->size & ~(uint32_t)deletion;
	record->domain = head->lengths >> 4;
	record->key = head->lengths & 15;
	if (head->headCheck != lengthCheck(head) || !record->domain || !record->key) return false;
	if (record->value > (record->isDeletion ? 0 : journalValueLimit)) return false;
	record->size = rounded(recordHeadSize + record->domain + record->key + record->value);
	return place + record->size <= endOf(place);
}

static bool isWhole(uint32_t place, const Record* record)
{
	uint8_t bytes[64];
	uint32_t sum = crc(~0u, &record->head.size, recordHeadSize - sizeof(record->head.check));
	uint32_t size = record->domain + record->key + record->value;
	place += recordHeadSize;
	for (uint32_t part; size; size -= part, place += part) {
		part = size < sizeof(bytes) ? size : sizeof(bytes);
		journalRead(place, bytes, part);
		sum = crc(sum, bytes, part);
	}
	return ~sum == record->head.check;
}

static uint16_t hashOf(const char* domain, uint32_t domainLength, const char* key, uint32_t keyLength)
{
	uint8_t nothing = 0;
	uint32_t sum = crc(crc(crc(~0u, domain, domainLength), &nothing, 1), key, keyLength);
	return (uint16_t)(sum ^ (sum >> 16));
}

/* The index */

/* The entry of that name, or `count`. */
static uint32_t find(const Journal* journal, JournalName name)
{
	uint32_t domain = (uint32_t)strlen(name.domain), key = (uint32_t)strlen(name.key), i;
	uint16_t hash = hashOf(name.domain, domain, name.key, key);
	for (i = 0; i < journal->count; i++) {
		Record record;
		uint32_t place = journal->entries[i].place * grain;
		if (journal->entries[i].hash != hash || !readHead(place, &record)) continue;
		if (record.domain != domain || record.key != key) continue;
		if (!isSame(place + recordHeadSize, name.domain, domain)) continue;
		if (isSame(place + recordHeadSize + domain, name.key, key)) break;
	}
	return i;
}

static void forget(Journal* journal, uint32_t index)
{
	Record record;
	if (readHead(journal->entries[index].place * grain, &record)) journal->live -= record.size;
	journal->entries[index] = journal->entries[--journal->count];
}

/* From now on the record there is the one that counts for its name. */
static void enter(Journal* journal, uint32_t place, const Record* record)
{
	char domain[journalNameLimit + 1] = "", key[journalNameLimit + 1] = "";
	journalRead(place + recordHeadSize, domain, record->domain);
	journalRead(place + recordHeadSize + record->domain, key, record->key);
	/* Never written here: nothing could ask for it. */
	if (strlen(domain) != record->domain || strlen(key) != record->key) return;
	uint32_t index = find(journal, (JournalName){ domain, key });
	if (index < journal->count) forget(journal, index);
	if (record->isDeletion || journal->count == journalValues || journal->live + record->size > mostLive) return;
	uint16_t hash = hashOf(domain, record->domain, key, record->key);
	journal->entries[journal->count++] = (JournalEntry){ hash, (uint16_t)(place / grain) };
	journal->live += record->size;
}

/* Opening */

/*
 * Whether a journal can have come to that. At least one sector is free beside those from `first` on, but a copy takes
 * its place until it is done. More numbers than `mostNumbers` no flash lasts for.
 */
static bool isPlausible(const Head* head)
{
	if (head->number > mostNumbers || head->first > head->number) return false;
	uint32_t before = head->number - head->first;
	if (head->kind == copy) return before >= 1 && before < journalSectors;
	return head->kind == plain && before < journalSectors - 1;
}

static bool readSectorHead(uint32_t number, Head* head)
{
	journalRead(startOf(number), head, sizeof(*head));
	return head->magic == magic && head->check == headCheck(head) && head->number == number && isPlausible(head);
}

/* False for a copy that was cut off. */
static bool isReady(const Head* head)
{
	return head->kind == plain || head->done == doneMark;
}

/* The newest sector that is ready; false where there is none. */
static bool findHead(Head* newest)
{
	bool found = false;
	for (uint32_t i = 0; i < journalSectors; i++) {
		Head head;
		journalRead(i * journalSectorSize, &head, sizeof(head));
		if (head.number % journalSectors != i || !readSectorHead(head.number, &head) || !isReady(&head)) continue;
		if (found && head.number < newest->number) continue;
		*newest = head;
		found = true;
	}
	return found;
}

/* Enters a sector's records. Returns where the last whole one ends, and in `last` where it begins (0: none). */
static uint32_t readSector(Journal* journal, uint32_t number, uint32_t* last)
{
	Record record;
	uint32_t place = startOf(number) + journalHeadSize, end = place, limit = endOf(place);
	*last = 0;
	/* A head that is right leads past a record whose rest is damaged. */
	for (; place < limit && readHead(place, &record); place += record.size) {
		if (!isWhole(place, &record)) continue;
		enter(journal, place, &record);
		*last = place;
		end = place + record.size;
	}
	return end;
}

/* See the top of this file. `end`: of the newest sector's records; `last`: the last of them, or 0. */
static void makeFirm(const Journal* journal, const Head* head, uint32_t end, uint32_t last)
{
	Writer writer;
	Record record;
	uint32_t start = startOf(journal->head), limit = start + journalSectorSize;
	begin(&writer, start);
	put(&writer, head, sizeof(*head));
	if (last && last < journalPageSize + start) {
		/* The same page as the head's. */
		readHead(last, &record);
		writer.place = last;
		putAgain(&writer, last, record.size);
	}
	finish(&writer);
	if (last >= journalPageSize + start) {
		readHead(last, &record);
		begin(&writer, last);
		putAgain(&writer, last, record.size);
		finish(&writer);
	}
	if (end + recordHeadSize > limit || isFilled(end, end + recordHeadSize, 0)) return;
	RecordHead none = { 0 };
	begin(&writer, end);
	put(&writer, &none, sizeof(none));
	finish(&writer);
}

void journalOpen(Journal* journal)
{
	Head head;
	*journal = (Journal){ .head = 0, .tail = 1, .used = journalSectorSize };
	if (!findHead(&head)) return;
	journal->head = head.number;
	journal->tail = head.kind == copy ? head.first + 1 : head.first;
	uint32_t end = 0, last = 0;
	for (uint32_t number = journal->tail; number <= journal->head; number++) {
		Head each;
		if (readSectorHead(number, &each)) end = readSector(journal, number, &last);
	}
	makeFirm(journal, &head, end, last);
}

/* Changing */

static uint32_t freeSectors(const Journal* journal)
{
	return journalSectors - (journal->head + 1 - journal->tail);
}

/* Erases the sector after the head and begins it. */
static bool beginSector(Journal* journal, uint32_t kind, uint32_t first)
{
	Writer writer;
	Head head = { magic, journal->head + 1, first, kind, 0, ~0u };
	head.check = headCheck(&head);
	journalErase(startOf(head.number));
	begin(&writer, startOf(head.number));
	put(&writer, &head, sizeof(head));
	finish(&writer);
	if (!isSame(startOf(head.number), &head, sizeof(head))) return false;
	journal->head = head.number;
	journal->used = journalHeadSize;
	return true;
}

static bool isIn(const JournalEntry* entry, uint32_t number)
{
	return entry->place * grain / journalSectorSize == number % journalSectors;
}

/* Bytes of a sector's records that count. */
static uint32_t liveIn(const Journal* journal, uint32_t number)
{
	uint32_t live = 0;
	for (uint32_t i = 0; i < journal->count; i++) {
		Record record;
		const JournalEntry* entry = &journal->entries[i];
		if (isIn(entry, number) && readHead(entry->place * grain, &record)) live += record.size;
	}
	return live;
}

/* Copies to the newest sector, which has room for it, what counts in the oldest. */
static bool copyRecords(Journal* journal)
{
	uint32_t to = startOf(journal->head);
	for (uint32_t i = 0; i < journal->count; i++) {
		Record record;
		Writer writer;
		JournalEntry* entry = &journal->entries[i];
		uint32_t place = entry->place * grain;
		if (!isIn(entry, journal->tail) || !readHead(place, &record)) continue;
		begin(&writer, to + journal->used);
		putAgain(&writer, place, record.size);
		finish(&writer);
		place = to + journal->used;
		if (!readHead(place, &record) || !isWhole(place, &record)) return false;
		entry->place = (uint16_t)(place / grain);
		journal->used += record.size;
	}
	return true;
}

/*
 * Makes a free sector the copy of the oldest, which then is free, and of the next ones as far as all that counts in
 * them has room too. Those stay among the sectors that count until the next one begins, and no sector is erased before
 * that.
 */
static bool copyOldest(Journal* journal)
{
	Writer writer;
	uint32_t mark = doneMark;
	if (!beginSector(journal, copy, journal->tail) || !copyRecords(journal)) return false;
	uint32_t place = startOf(journal->head) + offsetof(Head, done);
	begin(&writer, place);
	put(&writer, &mark, sizeof(mark));
	finish(&writer);
	if (!isSame(place, &mark, sizeof(mark))) return false;
	journal->tail++;
	while (journal->tail < journal->head && liveIn(journal, journal->tail) <= journalSectorSize - journal->used) {
		if (!copyRecords(journal)) return false;
		journal->tail++;
	}
	return true;
}

/*
 * Begins a new sector. Sectors full of what counts give no room when they are copied; a few are kept free, so that
 * many of those in a row need not be copied for one change. `steps`: of this change so far.
 */
static bool advance(Journal* journal, int steps)
{
	uint32_t free = freeSectors(journal);
	if (free > wantedFree || (free > 1 && steps >= copiesAtOnce)) return beginSector(journal, plain, journal->tail);
	return copyOldest(journal);
}

static JournalOutcome append(Journal* journal, JournalName name, uint16_t size, const uint8_t* value)
{
	uint8_t domain = (uint8_t)strlen(name.domain), key = (uint8_t)strlen(name.key);
	RecordHead head = { 0, size, (uint8_t)(domain << 4 | key), 0 };
	uint32_t length = size & ~(uint32_t)deletion;
	head.headCheck = lengthCheck(&head);
	uint32_t sum = crc(crc(~0u, &head.size, recordHeadSize - sizeof(head.check)), name.domain, domain);
	head.check = ~crc(crc(sum, name.key, key), value, length);
	uint32_t whole = rounded(recordHeadSize + domain + key + length);
	/* One of the sectors, copied, leaves room: see journalCapacity. */
	for (int i = 0; journal->used + whole > journalSectorSize; i++)
		if (i > 2 * journalSectors || !advance(journal, i)) return journalBroken;
	Writer writer;
	Record record;
	uint32_t place = startOf(journal->head) + journal->used;
	begin(&writer, place);
	put(&writer, &head, sizeof(head));
	put(&writer, name.domain, domain);
	put(&writer, name.key, key);
	put(&writer, value, length);
	finish(&writer);
	if (!isSame(place, &head, sizeof(head)) || !readHead(place, &record) || !isWhole(place, &record))
		return journalBroken;
	journal->used += whole;
	enter(journal, place, &record);
	return journalFine;
}

/* What could not be written is read anew, as after a power failure. */
static JournalOutcome settled(Journal* journal, JournalOutcome outcome)
{
	if (outcome == journalBroken) journalOpen(journal);
	return outcome;
}

JournalOutcome journalSet(Journal* journal, JournalName name, const uint8_t* value, uint32_t size)
{
	uint32_t index = find(journal, name), old = 0;
	if (index < journal->count) {
		Record record;
		uint32_t place = journal->entries[index].place * grain;
		readHead(place, &record);
		old = record.size;
		uint32_t start = recordHeadSize + record.domain + record.key;
		if (record.value == size && isSame(place + start, value, size)) return journalFine;
	}
	else if (journal->count == journalValues) return journalFull;
	uint32_t whole = rounded(recordHeadSize + (uint32_t)strlen(name.domain) + (uint32_t)strlen(name.key) + size);
	if (journal->live - old + whole > journalCapacity) return journalFull;
	return settled(journal, append(journal, name, (uint16_t)size, value));
}

static bool hasDomain(const Journal* journal, const char* wanted)
{
	for (uint32_t i = 0; i < journal->count; i++) {
		char domain[journalNameLimit + 1], key[journalNameLimit + 1];
		journalNames(journal, i, domain, key);
		if (!strcmp(domain, wanted)) return true;
	}
	return false;
}

/* Copies all that counts out of the sectors of now, and erases every sector that does not count. */
static JournalOutcome scrub(Journal* journal)
{
	uint32_t newest = journal->head;
	while (journal->tail <= newest)
		if (!copyOldest(journal)) return journalBroken;
	for (uint32_t i = 1; i <= freeSectors(journal); i++) {
		uint32_t start = startOf(journal->head + i);
		if (!isFilled(start, start + journalSectorSize, 0xFF)) journalErase(start);
	}
	return journalFine;
}

JournalOutcome journalDelete(Journal* journal, JournalName name)
{
	if (find(journal, name) == journal->count) return journalFine;
	JournalOutcome outcome = append(journal, name, deletion, NULL);
	if (outcome == journalFine && !hasDomain(journal, name.domain)) outcome = scrub(journal);
	return settled(journal, outcome);
}

/* Reading */

int journalGet(const Journal* journal, JournalName name, uint8_t value[journalValueLimit])
{
	Record record;
	uint32_t index = find(journal, name);
	if (index == journal->count) return -1;
	uint32_t place = journal->entries[index].place * grain;
	readHead(place, &record);
	if (value) journalRead(place + recordHeadSize + record.domain + record.key, value, record.value);
	return (int)record.value;
}

void journalNames(const Journal* journal, uint32_t index, char domain[16], char key[16])
{
	Record record;
	uint32_t place = journal->entries[index].place * grain;
	readHead(place, &record);
	memset(domain, 0, journalNameLimit + 1);
	memset(key, 0, journalNameLimit + 1);
	journalRead(place + recordHeadSize, domain, record.domain);
	journalRead(place + recordHeadSize + record.domain, key, record.key);
}
