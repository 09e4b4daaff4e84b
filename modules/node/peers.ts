import { concat, fromHex, toHex } from "../bytes/bytes.js";
import { CborError, decode, encode, isArray, isBytes } from "../cbor/cbor.js";
import type { IdText } from "../chain/chain.js";
import { type Store, StoreError } from "../store/store.js";
import type { Address } from "./address.js";

/** The name under which the addresses are kept. */
export const peersName = "peers";

/** Most peers whose addresses are kept: all the others of a full home. */
const limit = 63;

/** Bytes of a kept address: node id, IPv4 address, port. */
const recordLength = 14;

/**
 * Where the other members were last seen, kept over a restart. The oldest sighting goes first when there are too
 * many. Who claims to be where is judged by the caller.
 */
export class Peers {
	readonly #store: Store;
	/** Told who was seen. */
	onSeen: (id: IdText) => void = () => undefined;
	/** In the order of their sightings, the latest last. */
	readonly #addresses = new Map<IdText, Address>();

	constructor(store: Store) {
		this.#store = store;
	}

	/** Takes in what was kept; a damaged record is as good as none, since peers are found again. Returns the fault. */
	load(): string | undefined {
		try {
			const record = this.#store.get(peersName);
			if (record === undefined) return undefined;
			const list = decode(record);
			if (!isArray(list)) return "the addresses of the peers are damaged";
			for (const item of list) {
				if (!isBytes(item, recordLength)) return "the addresses of the peers are damaged";
				const host = item.subarray(8, 12).join(".");
				this.#addresses.set(toHex(item.subarray(0, 8)), {
					host,
					port: (item[12] ?? 0) * 256 + (item[13] ?? 0)
				});
			}
			return undefined;
		} catch (error) {
			if (error instanceof StoreError || error instanceof CborError) return error.message;
			throw error;
		}
	}

	get all(): readonly IdText[] {
		return [...this.#addresses.keys()];
	}

	addressOf(id: IdText): Address | undefined {
		return this.#addresses.get(id);
	}

	/** The member last seen at an address. */
	at(address: Address): IdText | undefined {
		for (const [id, known] of this.#addresses) {
			if (known.host === address.host && known.port === address.port) return id;
		}
		return undefined;
	}

	/** Notes where a member is. Throws a StoreError when that cannot be kept; it is known all the same. */
	learn(id: IdText, address: Address): void {
		this.onSeen(id);
		const known = this.#addresses.get(id);
		this.#addresses.delete(id);
		this.#addresses.set(id, address);
		if (known?.host === address.host && known.port === address.port) return;
		const previous = this.at(address);
		if (previous !== undefined && previous !== id) this.#addresses.delete(previous);
		for (const oldest of this.#addresses.keys()) {
			if (this.#addresses.size <= limit) break;
			this.#addresses.delete(oldest);
		}
		this.#store.set(peersName, encode([...this.#addresses].map(packed)));
	}
}

/** Where peers were last seen, for a node that is not yet what its identity says. */
export function keptAddresses(store: Store): Address[] {
	const peers = new Peers(store);
	peers.load();
	const known: Address[] = [];
	for (const id of peers.all) {
		const address = peers.addressOf(id);
		if (address !== undefined) known.push(address);
	}
	return known;
}

function packed([id, { host, port }]: [IdText, Address]): Uint8Array {
	return concat(fromHex(id), Uint8Array.from(host.split("."), Number), Uint8Array.of(port >> 8, port & 255));
}
