# What both builds give to compiler and linker so that a fault in C becomes an end, not a way in: guarded stacks, checked
# copies, any address, no table that is written after the start, no stack that runs. Not for the sanitizers, which watch
# all that themselves.

# Level 3 comes with GCC 12 and glibc 2.34; what does not have it says so.
FORTIFY := $(shell echo '\#include <stdio.h>' | \
	$(CC) -O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -E - >/dev/null 2>&1 && echo 3 || echo 2)
HARDEN_C := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(FORTIFY) -fPIE
HARDEN_LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack
