import type { IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import type { Address, Peers } from "../node/node.js";
import { StoreError } from "../store/store.js";

/** Milliseconds before a member is asked where it seems to be: it first gets the answer under keys that may be new to it. */
const delay = 200;

export interface SightingsOptions {
	readonly clock: Clock;
	readonly peers: Peers;
	/**
	 * Asks a member at an address for anything: its answer comes to `answered`. `isLook`: by what it has just sealed a request
	 * with from there. `done` once, whatever comes of it.
	 */
	readonly ask: (peer: IdText, address: Address, done: () => void, isLook: boolean) => void;
	readonly report: (text: string) => void;
}

/**
 * Where members are, as what they say shows it. A request shows who made it, not where: who stands between can hold it
 * back and send it from elsewhere, once. So a member that is known to be at one address is believed to be at another
 * when it answers there.
 */
export class Sightings {
	readonly #options: SightingsOptions;
	/** Those who are being asked. */
	readonly #asked = new Set<IdText>();
	#isVisiting = false;

	constructor(options: SightingsOptions) {
		this.#options = options;
	}

	/** A member has answered what this node asked it there. */
	answered(peer: IdText, address: Address): void {
		const { peers, report } = this.#options;
		try {
			peers.learn(peer, address);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}

	/** A member's request has come from there. */
	asked(peer: IdText, address: Address): void {
		const { clock, peers, ask } = this.#options;
		const known = peers.addressOf(peer);
		const isThere = known?.host === address.host && known.port === address.port;
		// One that was nowhere yet is believed at once, where that puts it in nobody's place.
		if (isThere || (known === undefined && peers.at(address) === undefined)) {
			this.answered(peer, address);
		} else if (!this.#asked.has(peer)) {
			this.#asked.add(peer);
			clock.after(delay, () => ask(peer, address, () => this.#asked.delete(peer), true));
		}
	}

	/** Somebody there says that it is a member, which anyone can say: one is asked at a time. */
	visit(peer: IdText, address: Address): void {
		if (this.#isVisiting) return;
		this.#isVisiting = true;
		const done = () => {
			this.#isVisiting = false;
		};
		this.#options.ask(peer, address, done, false);
	}
}
