import { equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import type { Chain, IdText } from "../chain/chain.js";
import { StoreError } from "../store/store.js";
import { type PeerPlace, placesLimit } from "./notation.js";
import type { Peers } from "./peers.js";

export interface HearsayOptions {
	readonly chain: Chain;
	readonly peers: Peers;
	/** This node's own id, so that its address is not told to itself. */
	readonly self: IdText;
	readonly report: (text: string) => void;
}

/** What members tell each other of where the others are. */
export class Hearsay {
	readonly #options: HearsayOptions;

	constructor(options: HearsayOptions) {
		this.#options = options;
	}

	/** Where the others are, for a peer that may not have met them: those seen last, `most` of them. */
	placesFor(asker: IdText, most = placesLimit): PeerPlace[] {
		const { peers, chain, self } = this.#options;
		const { roster } = chain.members;
		const [own, theirs] = [fromHex(self), fromHex(asker)];
		const places: PeerPlace[] = [];
		for (const place of peers.places()) {
			if (places.length >= most) break;
			const { id } = place;
			if (roster.has(id) && !equalBytes(id, own) && !equalBytes(id, theirs)) places.push(place);
		}
		return places;
	}

	/** Notes where members are that this node has not met; what it has seen itself it believes more. */
	hear(teller: IdText, places: readonly PeerPlace[]): void {
		const { peers, chain, self, report } = this.#options;
		const isWanted = ({ id }: PeerPlace) => chain.members.get(id) !== undefined && toHex(id) !== self;
		try {
			peers.hear(teller, places.filter(isWanted));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}
