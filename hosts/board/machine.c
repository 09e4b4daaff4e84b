/* What the boards ask of XS beyond what it gives to native code. */
#include "xsAll.h"

#include "machine.h"

void machinePools(void* machine, uint32_t pools[4])
{
	txMachine* the = machine;
	pools[0] = (uint32_t)the->currentHeapCount * sizeof(txSlot);
	pools[1] = (uint32_t)the->maximumHeapCount * sizeof(txSlot);
	pools[2] = (uint32_t)the->currentChunksSize;
	pools[3] = (uint32_t)the->maximumChunksSize;
	if (the->heap) pools[3] += (uint32_t)(the->heap_pend - the->heap_ptr);
}

bool machineIsDebugged(void* machine)
{
#ifdef mxDebug
	txMachine* the = machine;
	return fxIsConnected(the) && the->debugConnectionVerified;
#else
	(void)machine;
	return false;
#endif
}

void machineLog(void* machine, const uint8_t* text, uint32_t size)
{
#ifdef mxDebug
	char part[65];
	while (size) {
		uint32_t count = size < sizeof(part) - 1 ? size : sizeof(part) - 1;
		c_memcpy(part, text, count);
		part[count] = 0;
		fxReport(machine, "%s", part);
		text += count;
		size -= count;
	}
#else
	(void)machine;
	(void)text;
	(void)size;
#endif
}
