import dgram from "node:dgram";

/** How long each request waits before it goes on: what its sender does meanwhile is known by then. */
const delay = 60;

/** Stands between a joiner and its sponsor and counts what passes. Only for counting: it takes its time. */
export class Relay {
	/** What has passed: `{ toSponsor, bytes }`, in its order. */
	passed = [];
	#near = dgram.createSocket("udp4");
	#far = dgram.createSocket("udp4");
	#joiner;
	#waiting = new Set();

	/** `sponsor`: its port. */
	constructor(sponsor) {
		this.#near.on("message", (bytes, from) => {
			this.#joiner = from;
			const timer = setTimeout(() => {
				this.#waiting.delete(timer);
				this.passed.push({ toSponsor: true, bytes });
				this.#far.send(bytes, sponsor, "127.0.0.1");
			}, delay);
			this.#waiting.add(timer);
		});
		this.#far.on("message", bytes => {
			this.passed.push({ toSponsor: false, bytes });
			this.#near.send(bytes, this.#joiner.port, this.#joiner.address);
		});
	}

	/** Its port on the joiner's side. */
	async open() {
		await new Promise(resolve => this.#near.bind(0, "127.0.0.1", resolve));
		return this.#near.address().port;
	}

	close() {
		for (const timer of this.#waiting) clearTimeout(timer);
		this.#near.close();
		this.#far.close();
	}
}
