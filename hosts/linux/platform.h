/* The platform that XS is compiled for: one thread, our own loop, memory with a limit. */
#ifndef HOST_PLATFORM_H
#define HOST_PLATFORM_H

#undef mxLinux
#define mxLinux 1

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define mxUseGCCAtomics 1
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#ifdef HOST_LOADER
	/* The parser's memory, see loader.c. */
	extern void* parserAllocate(size_t size);
	extern void parserFree(void* chunk);
#else
	/* The mcconfig build: modules come from the preparation. */
	#define mxUseDefaultFindModule 1
	#define mxUseDefaultLoadModule 1
#endif

#define mxMachinePlatform \
	void* host; \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink;

#endif
