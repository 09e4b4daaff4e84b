/*
 * Modules in the npm build: what tsc and this host's Makefile put below build/js is parsed when it is imported.
 * A module's name is its path there without ".js"; a bare specifier names a module of this host.
 */

#include "xsAll.h"
#include "xsScript.h"
#include "xs.h"

#include "host.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

static const struct {
	const char* specifier;
	const char* name;
} supplied[] = {
	{ "bulk", "hosts/linux/bulk" },
	{ "embedded:io/digital", "hosts/linux/digital" },
	{ "entropy", "hosts/linux/entropy" },
	{ "mc/config", "hosts/linux/config" },
	{ "network", "hosts/linux/network" },
	{ "preference", "hosts/linux/preference" },
	{ "primitives", "hosts/linux/primitives" },
	{ "socket", "hosts/linux/socket" },
	{ "terminal", "hosts/linux/terminal" },
	{ "time", "hosts/linux/time" },
	{ "timer", "hosts/linux/timer" },
	{ "vitals", "hosts/linux/vitals" },
};

static const char* root;

void hostFindScripts(const char* path)
{
	root = path;
}

/* Names */

static bool dropExtension(char* name)
{
	size_t length = strlen(name);
	if (length <= 3 || strcmp(name + length - 3, ".js")) return false;
	name[length - 3] = 0;
	return true;
}

/* `specifier` relative to the folder of `importer`; false when it leaves the root. */
static bool resolve(const char* importer, const char* specifier, char* name, size_t size)
{
	const char* slash = strrchr(importer, '/');
	size_t length = slash ? (size_t)(slash - importer) : 0;
	while (*specifier == '.') {
		if (!strncmp(specifier, "./", 2)) specifier += 2;
		else if (!strncmp(specifier, "../", 3)) {
			if (!length) return false;
			while (length && importer[length - 1] != '/') length--;
			if (length) length--;
			specifier += 3;
		}
		else return false;
	}
	return (size_t)snprintf(name, size, "%.*s%s%s", (int)length, importer, length ? "/" : "", specifier) < size;
}

static bool pathOf(const char* name, const char* extension, char* path, size_t size)
{
	return (size_t)snprintf(path, size, "%s/%s%s", root, name, extension) < size;
}

txID fxFindModule(txMachine* the, txSlot* realm, txID importerID, txSlot* slot)
{
	char specifier[C_PATH_MAX], name[C_PATH_MAX] = "", path[2 * C_PATH_MAX];
	const char* importer = importerID == XS_NO_ID ? NULL : fxGetKeyName(the, importerID);
	(void)realm;
	fxToStringBuffer(the, slot, specifier, sizeof(specifier));
	if (importer && specifier[0] == '.') {
		if (!resolve(importer, specifier, name, sizeof(name)) || !dropExtension(name)) name[0] = 0;
	}
	else if (importer) {
		for (size_t i = 0; i < sizeof(supplied) / sizeof(*supplied); i++)
			if (!strcmp(specifier, supplied[i].specifier)) strcpy(name, supplied[i].name);
	}
	else {
		strcpy(name, specifier);
		dropExtension(name);
	}
	txID known = name[0] ? fxFindName(the, name) : XS_NO_ID;
	if (known != XS_NO_ID) return known; /* found before */
	if (!name[0] || !pathOf(name, ".js", path, sizeof(path)) || access(path, R_OK)) {
		if (importer) mxReferenceError("module \"%s\" not found (imported by %s)", specifier, importer);
		mxReferenceError("module \"%s\" not found", specifier);
	}
	return fxNewNameC(the, name);
}

/* Natives: functions of this program, by name. The symbols of the program are exported for that (-rdynamic). */

static txScript* hosted;
static const char* hostedName;

static txInteger idAt(txS1** p)
{
	txID id;
	memcpy(&id, *p, sizeof(id));
	*p += sizeof(id);
	return (txInteger)id;
}

static void buildHosts(txMachine* the)
{
	txS1* p = hosted->hostsBuffer;
	txInteger count = idAt(&p);
	txHostFunctionBuilder* builders = calloc((size_t)count, sizeof(txHostFunctionBuilder));
	if (!builders) fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	for (txInteger i = 0; i < count; i++) {
		builders[i].length = *p++;
		idAt(&p);
		builders[i].id = XS_NO_ID;
		void* function = dlsym(RTLD_DEFAULT, (char*)p);
		if (!function) {
			char symbol[64];
			snprintf(symbol, sizeof(symbol), "%s", (char*)p);
			free(builders);
			mxReferenceError("%s: no native \"%s\"", hostedName, symbol);
		}
		memcpy(&builders[i].callback, &function, sizeof(function));
		p += strlen((char*)p) + 1;
	}
	fxBuildHosts(the, count, builders);
	mxPullSlot(mxResult);
	free(builders);
}

/*
 * The parser's memory: it allocates each node by itself and frees all at its end. The Makefile sends xsScript.c
 * here for that, to an arena that starts again when nothing in it is in use. A fifth of the time to load.
 */

enum { arenaSize = 512 * 1024 };

static char* arena;
static size_t arenaUsed, arenaLive;

void* parserAllocate(size_t size)
{
	size = (size + 15) & ~(size_t)15;
	if (!arena) arena = malloc(arenaSize);
	if (!arena || size > arenaSize - arenaUsed) return malloc(size);
	arenaUsed += size;
	arenaLive++;
	return arena + arenaUsed - size;
}

void parserFree(void* chunk)
{
	char* p = chunk;
	if (!arena || p < arena || p >= arena + arenaSize) free(chunk);
	else if (--arenaLive == 0) arenaUsed = 0;
}

void hostScriptsLoaded(void)
{
	if (arenaLive) return;
	free(arena);
	arena = NULL;
}

/* Parsing */

/* XS asks for the limit of the C stack for each parser, and the answer is read from /proc: once is enough. */
char* __real_fxCStackLimit(void);
char* __wrap_fxCStackLimit(void);
char* __wrap_fxCStackLimit(void)
{
	static char* limit;
	if (!limit) limit = __real_fxCStackLimit();
	return limit;
}

typedef struct {
	const unsigned char* at;
	const unsigned char* end;
} Text;

static int nextCharacter(void* stream)
{
	Text* text = stream;
	return text->at < text->end ? *text->at++ : C_EOF;
}

/* A whole file, to be freed; NULL when it cannot be read. */
static char* contentOf(const char* path, size_t* size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char* content = NULL;
	if (file < 0) return NULL;
	if (!fstat(file, &status) && (content = malloc((size_t)status.st_size + 1))) {
		ssize_t count = read(file, content, (size_t)status.st_size);
		if (count == status.st_size) {
			*size = (size_t)count;
			content[count] = 0;
		}
		else {
			free(content);
			content = NULL;
		}
	}
	close(file);
	return content;
}

/* Source maps (ECMA-426): the line of the source for each line of the script, by the line's last mapping. */

static int decodeDigit(char c)
{
	if (c >= 'A' && c <= 'Z') return c - 'A';
	if (c >= 'a' && c <= 'z') return c - 'a' + 26;
	if (c >= '0' && c <= '9') return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool decodeNumber(const char** p, int* number)
{
	unsigned value = 0, shift = 0;
	for (int digit = 32; digit & 32; shift += 5) {
		digit = decodeDigit(**p);
		if (digit < 0 || shift > 25) return false;
		value |= (unsigned)(digit & 31) << shift;
		(*p)++;
	}
	*number = value & 1 ? -(int)(value >> 1) : (int)(value >> 1);
	return true;
}

static void mapLines(const char* map, txInteger* lines, txInteger count)
{
	const char* p = strstr(map, "\"mappings\":\"");
	txInteger line = 1, source = 0;
	if (!p) return;
	for (p += 12; *p && *p != '"' && line <= count;) {
		int fields = 0, number;
		if (*p == ';') line++;
		if (*p == ';' || *p == ',') {
			p++;
			continue;
		}
		while (decodeNumber(&p, &number))
			if (fields++ == 2) source += number;
		if (!fields) return;
		if (fields > 2) lines[line] = 1 + source;
	}
}

/* xsbug opens sources by their whole path: build/js lies two folders below them. */
static void nameForDebugger(txMachine* the, char* path, size_t size)
{
	char whole[2 * C_PATH_MAX], real[PATH_MAX];
	if (!fxIsConnected(the)) return;
	if ((size_t)snprintf(whole, sizeof(whole), "%s/../../%s", root, path) >= sizeof(whole)) return;
	if (realpath(whole, real)) snprintf(path, size, "%s", real);
}

/* Gives the parsed script the lines and the name of its TypeScript source, when there is a map beside it. */
static void mapToSource(txParser* parser, const char* name)
{
	char path[2 * C_PATH_MAX];
	size_t size;
	char* map = pathOf(name, ".js.map", path, sizeof(path)) ? contentOf(path, &size) : NULL;
	if (!map) return;
	snprintf(path, sizeof(path), "%s.ts", name);
	nameForDebugger(parser->console, path, sizeof(path));
	parser->lines = fxNewParserChunkClear(parser, (txSize)((size_t)(parser->line + 1) * sizeof(txInteger)));
	mapLines(map, parser->lines, parser->line);
	parser->path = fxNewParserSymbol(parser, path);
	free(map);
}

static void reportError(void* console, txString path, txInteger line, txString format, va_list arguments)
{
	char text[512];
	(void)console;
	vsnprintf(text, sizeof(text), format, arguments);
	hostSay("%s:%d: %s", path, (int)line, text);
}

static txScript* parse(txMachine* the, const char* name, const char* content, size_t size)
{
	txParser parser[1];
	txParserJump jump;
	txScript* volatile script = NULL;
	char path[C_PATH_MAX + 4];
	Text text = { (const unsigned char*)content, (const unsigned char*)content + size };
	snprintf(path, sizeof(path), "%s.js", name);
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->reportError = reportError;
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->path = fxNewParserSymbol(parser, path);
		fxParserTree(parser, &text, nextCharacter, mxDebugFlag | (strncmp(name, "hosts/", 6) ? 0 : mxCFlag), NULL);
		if (!parser->errorCount) mapToSource(parser, name);
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fxTerminateParser(parser);
	return script;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	const char* name = fxGetKeyName(the, moduleID);
	char path[2 * C_PATH_MAX];
	size_t size;
	char* content = pathOf(name, ".js", path, sizeof(path)) ? contentOf(path, &size) : NULL;
	if (!content) mxReferenceError("module \"%s\" cannot be read", name);
	txScript* script = parse(the, name, content, size);
	free(content);
	if (!script) mxReferenceError("module \"%s\" cannot be parsed: memory full", name);
	if (script->hostsBuffer) {
		hosted = script;
		hostedName = name;
		script->callback = buildHosts;
	}
	fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}
