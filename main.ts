import config from "mc/config";
import Terminal, { exit } from "terminal";
import { Application } from "./modules/application/application.js";
import { NativeHost } from "./modules/application/native-host.js";

try {
	new Application(new NativeHost(config)).run();
} catch (error) {
	// A setting is wrong or the port is taken: a sentence says more than a stack.
	const terminal = new Terminal({ onLine() {} });
	terminal.write(`${error instanceof Error ? error.message : error}\n`);
	exit(1);
}
