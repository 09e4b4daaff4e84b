import type { Clock } from "../clock/clock.js";

export interface DeduplicationOptions {
	readonly clock: Clock;
	/** Messages remembered at once. */
	readonly maxEntries: number;
	/** Bytes of replies kept at once. */
	readonly maxBytes: number;
}

/** A message that was received, and what to repeat when it comes again. */
export interface Remembered {
	/** What its duplicates get; nothing when undefined. */
	readonly reply: Uint8Array | undefined;
}

class Entry implements Remembered {
	readonly until: number;
	reply: Uint8Array | undefined;
	pinned = false;
	favoured = false;

	constructor(until: number) {
		this.until = until;
	}
}

/**
 * Messages received lately, by a key of peer, message id and token (RFC 7252 section 4.5). When full, the oldest goes,
 * except the pinned ones, and the favoured ones last. What has expired goes when the table is next used: no timer waits for it.
 */
export class Deduplication {
	readonly #clock: Clock;
	readonly #maxEntries: number;
	readonly #maxBytes: number;
	/** In the order of arrival. */
	readonly #entries = new Map<string, Entry>();
	#bytes = 0;
	/** How many are not favoured: where there are none, the oldest is all that is looked at. */
	#strangers = 0;
	/** Before this nothing is to be forgotten. */
	#next = Number.POSITIVE_INFINITY;

	constructor(options: DeduplicationOptions) {
		this.#clock = options.clock;
		this.#maxEntries = options.maxEntries;
		this.#maxBytes = options.maxBytes;
	}

	get size(): number {
		return this.#entries.size;
	}

	/** Bytes of the replies kept. */
	get bytes(): number {
		return this.#bytes;
	}

	find(key: string): Remembered | undefined {
		const entry = this.#entries.get(key);
		if (entry === undefined || entry.until > this.#clock.now()) return entry;
		this.remove(key, entry);
		return undefined;
	}

	/** Remembers a message that `find` does not know, for `lifetime` ms; false when the table is full of pinned ones. */
	remember(key: string, lifetime: number, reply?: Uint8Array): boolean {
		const now = this.#clock.now();
		if (now >= this.#next) this.forget(now);
		if (this.#entries.size >= this.#maxEntries && !this.removeOldest(key)) return false;
		const until = now + lifetime;
		if (until < this.#next) this.#next = until;
		this.#entries.set(key, new Entry(until));
		this.#strangers += 1;
		if (reply !== undefined) this.setReply(key, reply);
		return true;
	}

	/** What duplicates get from now on. Older messages are forgotten when their replies take too much room. */
	setReply(key: string, reply: Uint8Array | undefined): void {
		const entry = this.#entries.get(key);
		if (entry === undefined) return;
		this.#bytes += (reply?.length ?? 0) - (entry.reply?.length ?? 0);
		entry.reply = reply;
		while (this.#bytes > this.#maxBytes && this.removeOldest(key));
	}

	/** A pinned message stays until unpinned: forgetting one that is being handled would act on it twice. */
	pin(key: string, pinned: boolean): void {
		const entry = this.#entries.get(key);
		if (entry !== undefined) entry.pinned = pinned;
	}

	/** A message of somebody who was verified goes after those of strangers. */
	favour(key: string): void {
		const entry = this.#entries.get(key);
		if (entry === undefined || entry.favoured) return;
		entry.favoured = true;
		this.#strangers -= 1;
	}

	clear(): void {
		this.#entries.clear();
		this.#bytes = 0;
		this.#strangers = 0;
	}

	/** What has expired, up to the first that has not. */
	private forget(now: number): void {
		this.#next = Number.POSITIVE_INFINITY;
		for (const [key, entry] of this.#entries) {
			if (entry.until > now) {
				this.#next = entry.until;
				return;
			}
			this.remove(key, entry);
		}
	}

	private removeOldest(except: string): boolean {
		let favoured: [string, Entry] | undefined;
		for (const [key, entry] of this.#entries) {
			if (entry.pinned || key === except) continue;
			if (!entry.favoured || this.#strangers === 0) {
				this.remove(key, entry);
				return true;
			}
			favoured ??= [key, entry];
		}
		if (favoured === undefined) return false;
		this.remove(...favoured);
		return true;
	}

	private remove(key: string, entry: Entry): void {
		this.#bytes -= entry.reply?.length ?? 0;
		if (!entry.favoured) this.#strangers -= 1;
		this.#entries.delete(key);
	}
}
