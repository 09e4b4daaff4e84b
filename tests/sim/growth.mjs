/** A home that grows, falls apart and comes together again, on the simulated network and clock. */
import { Dice, foundHome, joined, SimulatedNetwork } from "../../build/js/tests/harness/simulation.js";

/** Virtual milliseconds that a step may take before it counts as failed. */
const patience = 600_000;

/** `seed`: of all that is random in it, the keys included. */
export class Growth {
	/** What each join took: see `#until`. */
	joins = [];
	#network;
	#dice;
	#nodes = [];
	/** The founder, the home's only owner. */
	#owner;
	#messages = 0;
	#bytes = 0;

	constructor(seed) {
		this.#network = new SimulatedNetwork(seed);
		this.#dice = new Dice(seed);
		// A home's Wi-Fi, one hop.
		this.#network.delay = [1, 5];
		this.#network.tap = ({ bytes }) => {
			this.#messages += 1;
			this.#bytes += bytes.length;
		};
		this.#owner = foundHome(this.#network, addressOf(1), { suite: "secure" });
		this.#nodes.push(this.#owner);
	}

	get size() {
		return this.#nodes.length;
	}

	/**
	 * One more node joins, by a member chosen at random. What it took, from its first datagram until all know it. Then
	 * the owner confirms it, where it is not the owner's own: until then it could admit nobody.
	 */
	join() {
		const begun = this.#mark();
		this.#admit(this.#nodes);
		this.joins.push({ size: this.size, ...this.#until(this.#nodes, begun) });
		const name = `node ${this.size}`;
		this.#owner.ask(`confirm ${name}`, /is confirmed\.|is a member already\./);
		this.#until(this.#nodes, this.#mark());
	}

	/**
	 * Every other node is cut off; each half admits two more; then they meet again. What it took until all had one
	 * chain, from the moment in which the halves could hear each other; `word`: whether one then asks another across.
	 */
	heal(word) {
		const halves = [0, 1].map(half => this.#nodes.filter((_, index) => index % 2 === half));
		const side = new Map(halves.flatMap((nodes, half) => nodes.map(({ address }) => [address, half])));
		this.#network.reaches = (from, to) => side.get(from) === side.get(to);
		for (const [half, nodes] of halves.entries()) {
			for (let added = 0; added < 2; added += 1) {
				side.set(addressOf(this.size + 1), half);
				nodes.push(this.#admit(nodes));
			}
			this.#until(nodes, this.#mark());
		}
		// Long enough that nobody is in the middle of something: they have given each other up.
		this.#network.clock.advance(120_000);
		this.#network.reaches = () => true;
		if (word) halves[0][0].type(`task node ${2} read`);
		return { size: this.size, ...this.#until(this.#nodes, this.#mark()) };
	}

	#admit(nodes) {
		const sponsor = this.#sponsorAmong(nodes);
		const number = this.size + 1;
		const name = `node ${number}`;
		const node = joined(this.#network, addressOf(number), name, "light", [sponsor.address], "secure");
		this.#nodes.push(node);
		return node;
	}

	/** One of those that may admit, and have a place for it. */
	#sponsorAmong(nodes) {
		for (const left = [...nodes]; left.length > 0; ) {
			const [node] = left.splice(Math.floor(this.#dice.roll() * left.length), 1);
			const [, room] = node.ask("status", /room for (\d+) of this node/);
			if (Number(room) > 0 && node.ask("invite", /Inviting|No: /)[0] === "Inviting") return node;
		}
		throw new Error("nobody has room to admit another");
	}

	#mark() {
		return { time: this.#network.clock.now(), messages: this.#messages, bytes: this.#bytes };
	}

	/** Lets time pass until all of `nodes` have one chain: virtual milliseconds, datagrams and their bytes since `begun`. */
	#until(nodes, begun) {
		const { clock } = this.#network;
		const start = clock.now();
		while (!isOne(nodes)) {
			const waited = clock.now() - start;
			if (waited > patience) throw new Error(`${nodes.length} nodes did not come together`);
			clock.advance(waited < 2_000 ? 10 : 100);
		}
		return {
			milliseconds: Math.round(clock.now() - begun.time),
			messages: this.#messages - begun.messages,
			bytes: this.#bytes - begun.bytes
		};
	}
}

function isOne(nodes) {
	// What they have printed is of no interest here, and a long text is slow to search.
	for (const node of nodes) node.output = "";
	const { digest } = nodes[0];
	return nodes.every(node => node.digest === digest);
}

function addressOf(number) {
	return `10.0.0.${number}:5683`;
}
