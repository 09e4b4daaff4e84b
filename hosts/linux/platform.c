/* What XS asks of its platform, and what needs its inner structures: memory, promise jobs, the end by an error. */

#include "xsAll.h"
#include "xsScript.h"
#include "xs.h"

#include "host.h"

#include <sys/mman.h>

xsMachine* hostMachine;
size_t hostMemoryLimit = 64 << 20;

static bool promiseJobs;
static HostRoot* roots;

/* Memory. Chunks lie in one reserved range that grows upwards, so that XS keeps them in a single block. */

static txByte* chunks;
static size_t chunkSize, slotSize;

void* fxAllocateChunks(txMachine* the, txSize size)
{
	(void)the;
	if (!chunks) {
		void* range = mmap(NULL, hostMemoryLimit, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (range == MAP_FAILED) return NULL;
		chunks = range;
	}
	if (hostMemoryLimit - slotSize - chunkSize < (size_t)size) return NULL;
	chunkSize += (size_t)size;
	return chunks + chunkSize - (size_t)size;
}

void fxFreeChunks(txMachine* the, void* theChunks)
{
	(void)the;
	munmap(theChunks, hostMemoryLimit);
	chunks = NULL;
	chunkSize = 0;
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	size_t size = (size_t)count * sizeof(txSlot);
	(void)the;
	if (hostMemoryLimit - slotSize - chunkSize < size) return NULL;
	slotSize += size;
	return malloc(size);
}

void fxFreeSlots(txMachine* the, void* slots)
{
	(void)the;
	free(slots);
}

double hostMemory(int which)
{
	txMachine* the = (txMachine*)hostMachine;
	switch (which) {
	case 0: return (double)the->currentHeapCount * sizeof(txSlot);
	case 1: return (double)the->maximumHeapCount * sizeof(txSlot);
	case 2: return (double)the->currentChunksSize;
	case 3: return (double)the->maximumChunksSize;
	default: return 0;
	}
}

/* Roots: one remembered object whose marker marks all that is held. */

static void markRoots(txMachine* the, void* data, txMarkRoot mark)
{
	(void)data;
	for (HostRoot* root = roots; root; root = root->next) (*mark)(the, (txSlot*)&root->slot);
}

static const txHostHooks rootHooks = { .marker = markRoots };
static txSlot rootObject;

void hostHold(xsMachine* the, HostRoot* root, xsSlot* slot)
{
	if (root->link) hostRelease(root);
	if (rootObject.kind != XS_REFERENCE_KIND) {
		fxNewHostObject((txMachine*)the, NULL);
		rootObject = *((txMachine*)the)->stack++;
		fxSetHostHooks((txMachine*)the, &rootObject, &rootHooks);
		fxSetHostData((txMachine*)the, &rootObject, &roots);
		fxRemember((txMachine*)the, &rootObject);
	}
	root->slot = *slot;
	((txSlot*)&root->slot)->next = NULL;
	root->next = roots;
	root->link = &roots;
	if (roots) roots->link = &root->next;
	roots = root;
}

void hostRelease(HostRoot* root)
{
	if (!root->link) return;
	*root->link = root->next;
	if (root->next) root->next->link = root->link;
	root->next = NULL;
	root->link = NULL;
}

/* Promise jobs */

void fxQueuePromiseJobs(txMachine* the)
{
	(void)the;
	promiseJobs = true;
}

void hostSettle(void)
{
	txMachine* the = (txMachine*)hostMachine;
	while (promiseJobs && !hostExiting()) {
		promiseJobs = false;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	fxCheckUnhandledRejections(the, 1);
}

/* Errors */

static const char* const reasons[] = {
	[XS_DEBUGGER_EXIT] = "ended by the debugger",
	[XS_NOT_ENOUGH_MEMORY_EXIT] = "memory full",
	[2] = "stack overflow",
	[XS_FATAL_CHECK_EXIT] = "fatal check",
	[XS_DEAD_STRIP_EXIT] = "dead strip: a built-in that is not in this build",
	[XS_UNHANDLED_EXCEPTION_EXIT] = "uncaught exception",
	[XS_NO_MORE_KEYS_EXIT] = "too many property names",
	[XS_TOO_MUCH_COMPUTATION_EXIT] = "too much computation",
	[XS_UNHANDLED_REJECTION_EXIT] = "unhandled rejection",
	[9] = "stack overflow",
};

/* What is said of the end, on standard error; its first line is kept for the next start. */
static char fault[256];

__attribute__((format(printf, 1, 2)))
static void say(const char* format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	hostSayThat(format, arguments);
	va_end(arguments);
	if (*fault) return;
	va_start(arguments, format);
	vsnprintf(fault, sizeof(fault), format, arguments);
	va_end(arguments);
	hostPlain(fault);
}

static void printPlace(txMachine* the, const char* function, txID path, txInteger line)
{
	txSlot* key = path == XS_NO_ID ? NULL : fxGetKey(the, path);
	bool named = key && (key->kind == XS_KEY_KIND || key->kind == XS_KEY_X_KIND);
	if (function && !*function) function = NULL;
	if (!named && !function) return;
	if (!named) say("  at %s", function);
	else if (!function) say("  at %s:%d", key->value.key.string, (int)line);
	else say("  at %s (%s:%d)", function, key->value.key.string, (int)line);
}

/* The frames that run now, without allocation, since there may be no memory left. */
static void printFrames(txMachine* the)
{
	int count = 0;
	for (txSlot* frame = the->frame; frame && frame->next; frame = frame->next) {
		txSlot* environment = mxFrameToEnvironment(frame);
		txSlot* key = environment->ID == XS_NO_ID ? NULL : fxGetKey(the, environment->ID);
		if (!key || (key->kind != XS_KEY_KIND && key->kind != XS_KEY_X_KIND)) continue;
		if (++count > 8) {
			say("  ...");
			return;
		}
		say("  at %s:%d", key->value.key.string, (int)environment->value.environment.line);
	}
}

/* The error's name and message, then its stack, without calling JavaScript. */
static void printError(txMachine* the, const char* what, txSlot* error)
{
	txSlot* internal = error->kind == XS_REFERENCE_KIND ? error->value.reference->next : NULL;
	if (!internal || internal->kind != XS_ERROR_KIND) {
		say("%s: %s", what, fxToString(the, error));
		return;
	}
	char name[64];
	mxPushSlot(error);
	fxGetID(the, mxID(_name));
	snprintf(name, sizeof(name), "%s", fxToString(the, the->stack));
	mxPop();
	mxPushSlot(error);
	fxGetID(the, mxID(_message));
	say("%s: %s: %s", what, name, fxToString(the, the->stack));
	mxPop();
	if (!internal->value.error.info) return;
	int count = 0;
	for (txSlot* slot = internal->value.error.info->next; slot && count < 16; slot = slot->next, count++)
		printPlace(the, slot->value.key.string, slot->ID, (txInteger)slot->value.key.sum);
}

static void end(txMachine* the, const char* what, bool thrown)
{
	static bool ending;
	if (ending) _exit(hostErrorCode);
	ending = true;
	terminalEnd(1000);
	if (thrown) {
		mxTry(the) {
			mxPush(mxException);
			printError(the, what, the->stack);
		}
		mxCatch(the) {
			say("%s", what);
		}
	}
	else {
		say("%s", what);
		printFrames(the);
	}
	fflush(stderr);
	hostNoteFault(fault);
	_exit(hostErrorCode);
}

void fxAbort(txMachine* the, int status)
{
	bool known = 0 <= status && (size_t)status < sizeof(reasons) / sizeof(*reasons);
	end(the, known ? reasons[status] : "XS ended", status == XS_UNHANDLED_EXCEPTION_EXIT
		|| status == XS_UNHANDLED_REJECTION_EXIT);
}

void hostUncaught(xsMachine* the, const char* what)
{
	end((txMachine*)the, what, true);
	abort();
}

/* The machine */

void fxCreateMachinePlatform(txMachine* the)
{
	(void)the;
}

void fxDeleteMachinePlatform(txMachine* the)
{
	(void)the;
}

void hostPrintVersion(void)
{
	printf("verifichain %s, XS %d.%d\n", HOST_VERSION, XS_MAJOR_VERSION, XS_MINOR_VERSION);
	exit(0);
}

void hostImport(xsMachine* machine, const char* name)
{
	txMachine* the = (txMachine*)machine;
	mxOverflow(-1);
	fxString(the, --the->stack, (txString)name);
	fxAwaitImport(the, XS_IMPORT_NAMESPACE);
	mxPop();
}

#if defined(mxDebug) && !defined(HOST_XSBUG)

/* No debugger here, see xsbug.c. */

void fxConnect(txMachine* the)
{
	(void)the;
}

void fxDisconnect(txMachine* the)
{
	(void)the;
}

txBoolean fxIsConnected(txMachine* the)
{
	(void)the;
	return 0;
}

txBoolean fxIsReadable(txMachine* the)
{
	(void)the;
	return 0;
}

void fxReceive(txMachine* the)
{
	(void)the;
}

void fxSend(txMachine* the, txBoolean more)
{
	(void)the;
	(void)more;
}

#endif
