import config from "mc/config";
import Terminal, { exit } from "terminal";
import { Application, busyCode, configurationCode } from "./modules/application/application.js";
import { NativeHost } from "./modules/application/native-host.js";
import { Screen } from "./modules/console/console.js";

function application(): Application | undefined {
	try {
		return new Application(new NativeHost(config));
	} catch (error) {
		// A setting is wrong or the port is taken: a sentence says more than a stack.
		const text = error instanceof Error ? error.message : String(error);
		const { headless }: Readonly<Record<string, unknown>> = config;
		if (headless === true) exit(error instanceof RangeError ? configurationCode : busyCode, text);
		else {
			new Screen(new Terminal({})).line(text);
			exit(error instanceof RangeError ? 1 : busyCode);
		}
		return undefined;
	}
}

application()?.run();
