/*
 * What ends the program is noted on the way out: XS's abort (no memory, no stack, an exception or a rejection that
 * nobody caught), a hard fault of the processor, and the C library's exit (no memory in C, a failed assertion). All of
 * them restart the board.
 */

#include "xsAll.h"

#include "fault.h"
#include "heap.h"
#include "hardware/watchdog.h"
#include "pico/platform.h"

#include <string.h>

Fault __uninitialized_ram(faultKept);

typedef struct {
	char text[faultLimit + 1];
	size_t length;
} Text;

static void add(Text* to, const char* text)
{
	while (*text && to->length < faultLimit) to->text[to->length++] = *text++;
}

static void addNumber(Text* to, uint32_t number)
{
	for (int shift = 28; shift >= 0; shift -= 4) {
		char digit[2] = { "0123456789abcdef"[number >> shift & 15], 0 };
		add(to, digit);
	}
}

/* Its message, without running or allocating anything. */
static const char* messageOf(txMachine* the)
{
	txSlot* slot = &mxException;
	if (slot->kind == XS_REFERENCE_KIND) {
		for (slot = slot->value.reference->next; slot; slot = slot->next)
			if (slot->ID == mxID(_message)) break;
	}
	if (slot && (slot->kind == XS_STRING_KIND || slot->kind == XS_STRING_X_KIND)) return slot->value.string;
	return NULL;
}

void __real_fxAbort(txMachine* the, int status);
void __wrap_fxAbort(txMachine* the, int status);

/* The linker puts this in place of XS's own. */
void __wrap_fxAbort(txMachine* the, int status)
{
	Text text = { 0 };
	if (status != XS_DEBUGGER_EXIT) {
		add(&text, fxAbortString(status));
		const char* message = status == XS_UNHANDLED_EXCEPTION_EXIT || status == XS_UNHANDLED_REJECTION_EXIT
			? messageOf(the) : NULL;
		if (message) {
			add(&text, ": ");
			add(&text, message);
		}
		faultNote(text.text);
	}
	__real_fxAbort(the, status);
}

char* __wrap_fxCStackLimit(void);

/*
 * XS collects garbage by recursion, as deep as its objects refer to each other, and the SDK sets it no limit here. The
 * stack may grow through both banks of 4 KB at the end of RAM, since the second core has none, and through the 4 KB before
 * them (heap.h); the last 1 KB are for interrupts and for what C calls from there.
 */
char* __wrap_fxCStackLimit(void)
{
	return &__StackLimit - stackBelow + 1024;
}

__attribute__((noreturn))
static void restart(void)
{
	watchdog_reboot(0, 0, 0);
	for (;;) tight_loop_contents();
}

void hardFault(const uint32_t* frame);
void isr_hardfault(void);

__attribute__((noreturn, used))
void hardFault(const uint32_t* frame)
{
	Text text = { 0 };
	add(&text, "hard fault at ");
	addNumber(&text, frame[6]);
	add(&text, ", called from ");
	addNumber(&text, frame[5]);
	faultNote(text.text);
	restart();
}

/* The processor pushed the registers of the moment. */
__attribute__((naked))
void isr_hardfault(void)
{
	__asm volatile("mrs r0, msp\n\tldr r1, =hardFault\n\tbx r1\n\t.ltorg");
}

__attribute__((noreturn))
void _exit(int status)
{
	Text text = { 0 };
	add(&text, "the C library ended the program: ");
	addNumber(&text, (uint32_t)status);
	faultNote(text.text);
	restart();
}
