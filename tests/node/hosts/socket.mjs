/**
 * Moddable's UDP Socket over node:dgram. One difference: Node binds after the constructor has returned, so a
 * port that is taken ends the process with an uncaught error rather than throw.
 */
import { createSocket } from "node:dgram";
import { isIPv4 } from "node:net";
import { view } from "./bytes.mjs";

export class Socket {
	#socket;
	#waiting;

	constructor({ kind, port }) {
		if (kind !== "UDP") throw new Error(`socket kind: ${kind}`);
		this.#socket = createSocket("udp4");
		this.#socket.on("message", (bytes, { address, port: from }) => {
			this.#waiting = bytes;
			this.callback?.(2, bytes.length, address, from);
			this.#waiting = undefined;
		});
		this.#socket.bind(port, "0.0.0.0", () => this.#socket?.setBroadcast(true));
	}

	read() {
		if (this.#waiting === undefined) throw new Error("no datagram to read");
		const bytes = Uint8Array.from(this.#waiting);
		this.#waiting = undefined;
		return bytes.buffer;
	}

	write(address, port, bytes) {
		if (this.#socket === undefined) throw new Error("socket is closed");
		if (!isIPv4(address)) throw new Error(`not an IPv4 address: ${address}`);
		this.#socket.send(Uint8Array.from(view(bytes)), port, address, () => {
			// Lost, as a datagram may be.
		});
	}

	close() {
		this.#socket?.close();
		this.#socket = undefined;
	}
}
