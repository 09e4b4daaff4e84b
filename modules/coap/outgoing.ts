import type { Message } from "./message.js";

/** A message of ours that may be acknowledged or reset. */
export interface Outgoing {
	/** An empty Acknowledgement came. */
	acknowledged(): void;
	/** An Acknowledgement with an answer came; views into its datagram. */
	answered(message: Message): void;
	/** A Reset came. */
	reset(): void;
	/**
	 * There is reason to believe that the peer is there, or that the wait for it matters; `isLost`: what was sent is known
	 * to have gone nowhere.
	 */
	hurry?(isLost: boolean): void;
}

/** Who waits for an Acknowledgement or Reset, by peer and message id; also hands out the ids. */
export class OutgoingTable {
	readonly #waiting = new Map<string, Outgoing>();
	#next: number;

	/** Ids count up from `first`, which should be random (RFC 7252 section 4.4). */
	constructor(first: number) {
		this.#next = first;
	}

	get size(): number {
		return this.#waiting.size;
	}

	/**
	 * An id that no message to this peer waits under. One may return within EXCHANGE_LIFETIME of its last use when
	 * more than 265 messages a second go to one peer, which the peers of a home do not.
	 */
	newId(peer: string): number {
		let id = this.#next;
		while (this.#waiting.has(messageKey(peer, id))) id = (id + 1) & 0xffff;
		this.#next = (id + 1) & 0xffff;
		return id;
	}

	add(key: string, outgoing: Outgoing): void {
		this.#waiting.set(key, outgoing);
	}

	find(key: string): Outgoing | undefined {
		return this.#waiting.get(key);
	}

	/** Has what waits for a peer be sent again soon, if it has waited long. */
	hurry(peer: string): void {
		if (this.#waiting.size === 0) return;
		const prefix = messageKey(peer, "");
		for (const [key, outgoing] of this.#waiting) if (key.startsWith(prefix)) outgoing.hurry?.(false);
	}

	/** Has all that waits be sent again now. */
	lost(): void {
		for (const outgoing of this.#waiting.values()) outgoing.hurry?.(true);
	}

	remove(key: string): void {
		this.#waiting.delete(key);
	}
}

/** An endpoint as a key. */
export function peerName(address: string, port: number): string {
	return `${address} ${port}`;
}

/** A message as a key: ids are a peer's own. */
export function messageKey(peer: string, id: number | ""): string {
	return `${peer} ${id}`;
}

/**
 * A message that came, as a key for its duplicates. Its token belongs to it: whoever guesses the next id of somebody else
 * and sends something else under it before, in that one's name, must not have that taken for a duplicate.
 */
export function receivedKey(peer: string, { id, token }: Message): string {
	return `${messageKey(peer, id)} ${tokenKey(token)}`;
}

/** A token as a key: two bytes at a time, since hexadecimal digits would take a board a millisecond. */
export function tokenKey(token: Uint8Array): string {
	let key = `${token.length}`;
	for (let i = 0; i < token.length; i += 2) key += ` ${(token[i] << 8) | (token[i + 1] ?? 0)}`;
	return key;
}
