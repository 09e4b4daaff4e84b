import Digital from "embedded:io/digital";
import { randomBytes } from "entropy";
import config from "mc/config";
import Network from "network";
import Preference from "preference";
import { Socket } from "socket";
import Terminal, { exit } from "terminal";
import { freeStorage, heap, lastFault, noteFault, uptime } from "vitals";
import { Application, type Host } from "./modules/application/application.js";
import { SystemClock } from "./modules/clock/system-clock.js";

/** The earliest time that a clock which was set can show: seconds since 1970 of September 2020. */
const firstTime = 1_600_000_000;

/** The host that this program was built for. */
const host: Host = {
	config,
	preference: Preference,
	clock: new SystemClock(),
	vitals: { freeStorage, heap, lastFault, noteFault, uptime },
	random: count => new Uint8Array(randomBytes(count)),
	time() {
		const seconds = Math.floor(Date.now() / 1000);
		return seconds < firstTime ? null : seconds;
	},
	openTerminal: events => new Terminal(events),
	openNetwork: (credentials, { onChange }) => new Network({ ...credentials, onChange }),
	openSocket(port, receive) {
		const socket = new Socket({ kind: "UDP", port });
		socket.callback = (message, length, address, from) => {
			if (message !== 2 || length === undefined || address === undefined || from === undefined) return;
			receive(new Uint8Array(socket.read(ArrayBuffer)), address, from);
		};
		return {
			send(address, to, bytes) {
				const datagram = new ArrayBuffer(bytes.length);
				new Uint8Array(datagram).set(bytes);
				socket.write(address, to, datagram);
			}
		};
	},
	openLine: (pin, isOutput) => new Digital({ pin, mode: isOutput ? Digital.Output : Digital.InputPullUp }),
	openButton: (pin, onReadable) =>
		new Digital({ pin, mode: Digital.InputPullUp, edge: Digital.Rising | Digital.Falling, onReadable }),
	exit
};

try {
	new Application(host).run();
} catch (error) {
	// A setting is wrong or the port is taken: a sentence says more than a stack.
	const terminal = new Terminal({ onLine() {} });
	terminal.write(`${error instanceof Error ? error.message : error}\n`);
	exit(1);
}
