/* The machine in the mcconfig build: from the archive that xsl linked into the program. */

#include "xsAll.h"
#include "xs.h"
#include "mc.xs.h"

#include "host.h"

const char* hostPrepare(void)
{
	txPreparation* preparation = xsPreparation();
	hostMachine = fxPrepareMachine(NULL, preparation, "verifichain", NULL, NULL);
	return hostOptions.main ? hostOptions.main : preparation->main;
}
