/* Where the C heap ends and the C stack begins. */

#ifndef HEAP_H
#define HEAP_H

/* The end of RAM but for its last two banks of 4 KB, which belong to the stack: the linker's name is an old one. */
extern char __StackLimit;

/* Bytes below, which malloc leaves to the stack too. */
enum { stackBelow = 4096 };

#endif
