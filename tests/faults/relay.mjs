import dgram from "node:dgram";
import { Dice } from "./dice.mjs";

/**
 * A bad network between nodes of this machine: each node is known to the others by a port of the relay alone, so that
 * all they say to each other goes through it, and is lost, repeated, delayed (which reorders) or cut off as it is told.
 * The same dice for the same seed; what falls on which datagram is up to time.
 */
export class Relay {
	/** Datagrams that came in. */
	seen = 0;
	/** Datagrams that were lost. */
	lost = 0;
	/** The part of datagrams that is lost, 0 to 1. */
	loss;
	/** The part that arrives twice. */
	duplication;
	/** Most milliseconds on the way. */
	delay;
	/** Whether what one node sends arrives at another at all; both by their own ports. */
	reaches = () => true;
	/** Whether a datagram is held back, until `release`; both by their own ports. */
	holds = () => false;
	#held = [];
	/** What becomes of a datagram on its way. */
	alter = bytes => bytes;
	/** Sees each datagram that comes in, with the own ports of who sent it and to whom it goes. */
	tap = () => {};
	#dice;
	/** The relay's socket for each node, by the node's own port. */
	#sockets = new Map();
	#timers = new Set();

	constructor({ loss = 0, duplication = 0, delay = 0, seed = 1 } = {}) {
		Object.assign(this, { loss, duplication, delay });
		this.#dice = new Dice(seed);
	}

	/** Takes a node in, by its own port; the port by which the others reach it. */
	async attach(own) {
		const socket = dgram.createSocket("udp4");
		await new Promise(resolve => socket.bind(0, "127.0.0.1", resolve));
		socket.on("message", (bytes, { port }) => this.#pass(bytes, port, own));
		socket.on("error", () => {});
		this.#sockets.set(own, socket);
		return socket.address().port;
	}

	/** Cuts the nodes of `ports` off from all others, until `heal`. */
	split(ports) {
		const side = new Set(ports);
		this.reaches = (from, to) => side.has(from) === side.has(to);
	}

	heal() {
		this.reaches = () => true;
	}

	/** Carries on what was held back, in the order in which it came, and holds back nothing more. */
	async release() {
		this.holds = () => false;
		const held = this.#held;
		this.#held = [];
		for (const { bytes, from, to } of held) {
			await new Promise(resolve => this.#sockets.get(from).send(bytes, to, "127.0.0.1", resolve));
		}
		return held.length;
	}

	/** Sends at once as if it came from a node; both by their own ports. */
	inject({ bytes, from, to }) {
		this.#sockets.get(from)?.send(bytes, to, "127.0.0.1", () => {});
	}

	close() {
		for (const timer of this.#timers) clearTimeout(timer);
		for (const socket of this.#sockets.values()) socket.close();
	}

	#pass(bytes, from, to) {
		// The port by which the others know the sender.
		const socket = this.#sockets.get(from);
		if (socket === undefined) return;
		this.seen += 1;
		this.tap({ bytes, from, to });
		if (this.holds(from, to)) {
			this.#held.push({ bytes, from, to });
			return;
		}
		const copies = this.#dice.roll() < this.duplication ? 2 : 1;
		for (let copy = 0; copy < copies; copy += 1) {
			if (this.#dice.roll() < this.loss || !this.reaches(from, to)) {
				this.lost += 1;
				continue;
			}
			const altered = this.alter(bytes);
			const timer = setTimeout(() => {
				this.#timers.delete(timer);
				socket.send(altered, to, "127.0.0.1", () => {});
			}, this.#dice.roll() * this.delay);
			this.#timers.add(timer);
		}
	}
}
