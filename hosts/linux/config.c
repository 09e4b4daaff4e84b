/* mc/config: the command line as a plain object. */

#include "host.h"

void xs_config_read(xsMachine* the)
{
	const HostOptions* options = &hostOptions;
	xsmcVars(2);
	xsmcSetNewObject(xsResult);
	for (int i = 0; i < options->settingCount; i++) {
		xsmcSetString(xsVar(0), (char*)(uintptr_t)options->settings[i].value);
		xsmcSet(xsResult, xsID((char*)(uintptr_t)options->settings[i].key), xsVar(0));
	}
	if (options->data) {
		xsmcSetString(xsVar(0), (char*)(uintptr_t)options->data);
		xsmcSet(xsResult, xsID("data"), xsVar(0));
	}
	if (options->headless) {
		xsmcSetTrue(xsVar(0));
		xsmcSet(xsResult, xsID("headless"), xsVar(0));
	}
	if (options->port >= 0) {
		xsmcSetInteger(xsVar(0), options->port);
		xsmcSet(xsResult, xsID("port"), xsVar(0));
	}
	xsmcSetNewArray(xsVar(1), options->peerCount);
	for (int i = 0; i < options->peerCount; i++) {
		xsmcSetString(xsVar(0), (char*)(uintptr_t)options->peers[i]);
		xsmcSetIndex(xsVar(1), (xsIndex)i, xsVar(0));
	}
	xsmcSet(xsResult, xsID("peers"), xsVar(1));
}
