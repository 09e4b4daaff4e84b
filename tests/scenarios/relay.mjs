import dgram from "node:dgram";

/**
 * A UDP relay in front of one port, which loses, repeats and delays datagrams as a bad network does: whoever sends
 * to it talks to that port, and the answers come back through it. The same faults for the same seed.
 */
export class Relay {
	/** Datagrams that came in, both ways. */
	seen = 0;
	/** The part that is lost. */
	loss;
	#duplication;
	#delay;
	#target;
	#state;
	#front = dgram.createSocket("udp4");
	#backs = new Map();
	#timers = new Set();

	constructor({ target, loss = 0, duplication = 0, delay = 0, seed = 1 }) {
		this.#target = target;
		this.loss = loss;
		this.#duplication = duplication;
		this.#delay = delay;
		this.#state = seed;
	}

	/** The port that it listens on. */
	get port() {
		return this.#front.address().port;
	}

	async open(test) {
		await new Promise(resolve => this.#front.bind(0, "127.0.0.1", resolve));
		this.#front.on("message", (bytes, { address, port }) => {
			const back = this.#back(address, port);
			this.#pass(() => back.send(bytes, this.#target, "127.0.0.1", () => {}));
		});
		test.after(() => this.#close());
		return this;
	}

	/** The socket by which the target sees this sender. */
	#back(address, port) {
		const name = `${address}:${port}`;
		let back = this.#backs.get(name);
		if (back === undefined) {
			back = dgram.createSocket("udp4");
			back.on("message", bytes => this.#pass(() => this.#front.send(bytes, port, address, () => {})));
			back.on("error", () => {});
			this.#backs.set(name, back);
		}
		return back;
	}

	#pass(send) {
		this.seen += 1;
		const copies = this.#roll() < this.#duplication ? 2 : 1;
		for (let copy = 0; copy < copies; copy += 1) {
			if (this.#roll() < this.loss) continue;
			const timer = setTimeout(() => {
				this.#timers.delete(timer);
				send();
			}, this.#roll() * this.#delay);
			this.#timers.add(timer);
		}
	}

	#roll() {
		this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return this.#state / 0x80000000;
	}

	#close() {
		for (const timer of this.#timers) clearTimeout(timer);
		this.#front.close();
		for (const back of this.#backs.values()) back.close();
	}
}
