/*
 * The C heap is used by the program and, while it does, by interrupts: lwIP runs in one on this chip, and for each
 * datagram the SDK's socket takes memory for a message there. newlib calls these two around all that it does to the
 * heap; its own do nothing.
 */

#include "heap.h"

#include "hardware/sync.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>

static uint32_t interrupts;
static unsigned depth;

void __malloc_lock(struct _reent* reent)
{
	uint32_t before = save_and_disable_interrupts();
	(void)reent;
	if (!depth++) interrupts = before;
}

void __malloc_unlock(struct _reent* reent)
{
	(void)reent;
	if (!--depth) restore_interrupts(interrupts);
}

extern char end; /* of what the linker has placed in RAM */

void* _sbrk(int increment);

/* In place of the pico-sdk's, which would give the heap all that the linker has left over. */
void* _sbrk(int increment)
{
	static char* heap_end = &end;
	char* before = heap_end;
	if (increment > &__StackLimit - stackBelow - before) {
		errno = ENOMEM;
		return (void*)-1;
	}
	heap_end += increment;
	return before;
}
