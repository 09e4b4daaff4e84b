import { equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import type { Chain, IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";
import { StoreError } from "../store/store.js";
import { type Address, isPlace } from "./address.js";
import { type PeerPlace, placesLimit } from "./notation.js";
import type { Peers } from "./peers.js";

/** Milliseconds for which a member that was seen elsewhere is told of the place before: another node with its key may be there. */
const movedTime = 600_000;

export interface HearsayOptions {
	readonly clock: Clock;
	readonly chain: Chain;
	readonly peers: Peers;
	/** This node's own id. */
	readonly self: IdText;
	/** A peer has seen this node at an address, some time. */
	readonly onSelf: (address: Address) => void;
	readonly report: (text: string) => void;
}

/** What members tell each other of where the others are. */
export class Hearsay {
	readonly #options: HearsayOptions;
	/** Where members were before they were seen elsewhere. */
	readonly #moved: Recent<Address>;

	constructor(options: HearsayOptions) {
		this.#options = options;
		this.#moved = new Recent(options.clock, movedTime);
	}

	/** A member was seen elsewhere than before. */
	moved(id: IdText, before: Address): void {
		this.#moved.set(id, before);
	}

	/**
	 * Where the others are, for a peer that may not have met them: those seen last, `most` of them. One that was seen at two places
	 * of late hears of these first.
	 */
	placesFor(asker: IdText, most = placesLimit): PeerPlace[] {
		const { peers, chain, self } = this.#options;
		const { roster } = chain.members;
		const [own, theirs] = [fromHex(self), fromHex(asker)];
		const places: PeerPlace[] = [];
		const [before, now] = [this.#moved.get(asker), peers.addressOf(asker)];
		if (before !== undefined && now !== undefined)
			places.push({ id: theirs, address: before }, { id: theirs, address: now });
		for (const place of peers.places()) {
			if (places.length >= most) break;
			const { id } = place;
			if (roster.has(id) && !equalBytes(id, own) && !equalBytes(id, theirs)) places.push(place);
		}
		return places;
	}

	/** Notes where members are that this node has not met; what it has seen itself it believes more. */
	hear(teller: IdText, places: readonly PeerPlace[]): void {
		const { peers, chain, self, onSelf, report } = this.#options;
		for (const { id, address } of places) if (isPlace(address) && toHex(id) === self) onSelf(address);
		const isWanted = ({ id }: PeerPlace) => chain.members.get(id) !== undefined && toHex(id) !== self;
		try {
			peers.hear(teller, places.filter(isWanted));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}
