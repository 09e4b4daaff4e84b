import Digital from "embedded:io/digital";
import { randomBytes } from "entropy";
import Network from "network";
import Preference from "preference";
import { Socket } from "socket";
import Terminal, { exit } from "terminal";
import { freeStorage, heap, lastFault, noteFault, uptime } from "vitals";
import { SystemClock } from "../clock/system-clock.js";
import type { Transport } from "../coap/coap.js";
import type { Line } from "../devices/devices.js";
import type { Pin, WifiCredentials } from "../node/node.js";
import { LineTerminal } from "../terminal/terminal.js";
import type { EdgeEvents, Host, NetworkEvents, NetworkLike, Receiver, TerminalEvents } from "./host.js";

/** The earliest time that a clock which was set can show: seconds since 1970 of September 2020. */
const firstTime = 1_600_000_000;

const vitals = Object.freeze({ freeStorage, heap, lastFault, noteFault, uptime });

function random(count: number): Uint8Array {
	return new Uint8Array(randomBytes(count));
}

function time(): number | null {
	const seconds = Math.floor(Date.now() / 1000);
	return seconds < firstTime ? null : seconds;
}

class UdpSocket implements Transport {
	readonly #socket: Socket;

	constructor(port: number, receiver: Receiver) {
		const socket = new Socket({ kind: "UDP", port });
		this.#socket = socket;
		socket.callback = (message, length, address, from) => {
			if (message !== 2 || length === undefined || address === undefined || from === undefined) return;
			receiver.onDatagram(new Uint8Array(socket.read(ArrayBuffer)), address, from);
		};
	}

	send(address: string, port: number, bytes: Uint8Array): void {
		const datagram = new ArrayBuffer(bytes.length);
		new Uint8Array(datagram).set(bytes);
		this.#socket.write(address, port, datagram);
	}
}

/** The host that this program was built for. */
export class NativeHost implements Host {
	readonly config: Host["config"];
	readonly preference = Preference;
	readonly clock = new SystemClock();
	readonly vitals = vitals;
	readonly random = random;
	readonly time = time;

	constructor(config: Host["config"]) {
		this.config = config;
	}

	/** Known once a line was opened. */
	get hasVirtualLines(): boolean {
		return Digital.isVirtual === true;
	}

	openTerminal(events: TerminalEvents): LineTerminal {
		return new LineTerminal({ clock: this.clock, open: told => new Terminal(told), events });
	}

	openNetwork(credentials: WifiCredentials | undefined, events: NetworkEvents): NetworkLike {
		return new Network({ ...credentials, onChange: (state, address) => events.onChange(state, address) });
	}

	openSocket(port: number, receiver: Receiver): Transport {
		return new UdpSocket(port, receiver);
	}

	openOutput(pin: Pin): Line {
		return new Digital({ pin, mode: Digital.Output });
	}

	openInput(pin: Pin, events: EdgeEvents): Digital {
		const edge = Digital.Rising | Digital.Falling;
		return new Digital({ pin, mode: Digital.InputPullUp, edge, onReadable: () => events.onEdge() });
	}

	exit(code: number, reason?: string): void {
		exit(code, reason);
	}
}
