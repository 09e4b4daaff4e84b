# How mcconfig builds this host: the SDK's XS, the same C as the npm build, and the archive that xsl makes of the
# manifest's modules. mcconfig sets the variables that are not set here.

include $(HOST_DIR)/hardening.mk

XS_DIRECTORIES = $(XS_DIR)/includes $(XS_DIR)/platforms $(XS_DIR)/sources
XS_SOURCES = $(filter-out %/xsffi.c %/xsum.c %/xsDefaults.c,$(wildcard $(XS_DIR)/sources/xs*.c))
XS_OBJECTS = $(XS_SOURCES:$(XS_DIR)/sources/%.c=$(LIB_DIR)/%.c.o)

HEADERS += $(HOST_DIR)/host.h

C_DEFINES = -D_GNU_SOURCE -DXS_ARCHIVE=1 -DINCLUDE_XSPLATFORM=1 -DXSPLATFORM=\"platform.h\" -DmxBoundsCheck=1 \
	-DmxNoConsole=1
C_INCLUDES += $(DIRECTORIES) $(foreach dir,$(HOST_DIR) $(TMP_DIR),-I$(dir))
C_INCLUDES += $(foreach dir,$(XS_DIRECTORIES),-isystem $(dir))
C_FLAGS = -c -std=gnu11 -fno-common
ifeq ($(DEBUG),)
	C_DEFINES += -DHOST_RELEASE=1
	C_FLAGS += -O2 $(HARDEN_C)
	LINK_FLAGS = $(HARDEN_LINK)
else
	C_DEFINES += -DmxDebug=1 -DHOST_XSBUG=1
	C_FLAGS += -Og -g
endif
XS_FLAGS := $(C_FLAGS) -w
C_FLAGS += -Wall -Wextra -Werror

.PHONY: all build clean
all: build
build: $(LIB_DIR) $(BIN_DIR)/$(NAME)

clean:
	rm -rf $(BIN_DIR) $(TMP_DIR)

$(LIB_DIR):
	mkdir -p $(LIB_DIR)

$(BIN_DIR)/$(NAME): $(XS_OBJECTS) $(TMP_DIR)/mc.xs.c.o $(OBJECTS)
	@echo "# link" $(@F)
	$(CC) $(LINK_FLAGS) $(XS_OBJECTS) $(TMP_DIR)/mc.xs.c.o $(OBJECTS) -lcrypto -lm -o $@

$(LIB_DIR)/%.c.o: $(XS_DIR)/sources/%.c $(HOST_DIR)/platform.h | $(LIB_DIR)
	$(CC) $(C_DEFINES) $(C_INCLUDES) $(XS_FLAGS) $< -o $@

$(TMP_DIR)/mc.xs.c.o: $(TMP_DIR)/mc.xs.c
	$(CC) $(C_DEFINES) $(C_INCLUDES) $(XS_FLAGS) $< -o $@

# A release build is stripped as it is on a board; a debug build keeps what the stacks of errors need.
$(TMP_DIR)/mc.xs.c: $(MODULES) $(MANIFEST) $(HOST_DIR)/host.mk
	@echo "# xsl modules"
	xsl -b $(MODULES_DIR) -o $(TMP_DIR) $(PRELOADS) $(if $(DEBUG),,$(STRIPS)) $(CREATION) $(MODULES)

MAKEFLAGS += --jobs=2
ifneq ($(VERBOSE),1)
MAKEFLAGS += --silent
endif
