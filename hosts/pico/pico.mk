# The SDK's makefile for the Pico, with one step more: what xsl wrote goes through in-flash.mjs before it is compiled.

include $(MODDABLE)/tools/mcconfig/make.pico.mk

$(TMP_DIR)/mc.xs.c.o: $(TMP_DIR)/mc.xs.c $(HOST_DIR)/in-flash.mjs
	node $(HOST_DIR)/in-flash.mjs $(MODDABLE) $< $(TMP_DIR)/in-flash.c
	@echo "# cc" $(<F) "(slots in flash)"
	$(CC) $(TMP_DIR)/in-flash.c $(C_DEFINES) $(C_INCLUDES) $(C_FLAGS_NODATASECTION) -o $@

# Flash is short: modules that no press waits for are built for size, as the SDK builds XS.
SMALL = digitalbank faults journal modSocket modTimer preference primitives random Resource serial timer wifi-pico
$(SMALL:%=$(TMP_DIR)/%.c.o): C_FLAGS += -Os
