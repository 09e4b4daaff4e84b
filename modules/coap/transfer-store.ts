import type { Cancel, Clock } from "../clock/clock.js";
import { HeldTimes, type Holding } from "./held-times.js";

export interface TransferStoreOptions {
	readonly clock: Clock;
	/** Milliseconds that a transfer is kept after its last use. */
	readonly lifetime: number;
	readonly maxTransfers: number;
	/** Bytes of all of them together. */
	readonly maxBytes: number;
}

/** For whom a transfer is kept, as a request says it. */
export interface TransferOwner {
	readonly peer: string;
	readonly secured: boolean;
}

interface Kept<T> extends Holding, TransferOwner {
	readonly key: string;
	readonly value: T;
	readonly bytes: number;
	readonly cancel: Cancel;
}

/**
 * Transfers under way, bounded in number, bytes and time. Room for another is made by those of strangers, the one
 * longest unused first, and of who was verified as `HeldTimes` says. A stranger's takes no room from who was verified.
 */
export class TransferStore<T> {
	readonly #options: TransferStoreOptions;
	/** In the order of their last use. */
	readonly #kept = new Map<string, Kept<T>>();
	readonly #heldTimes: HeldTimes;
	#bytes = 0;

	constructor(options: TransferStoreOptions) {
		this.#options = options;
		this.#heldTimes = new HeldTimes(options.clock);
	}

	get size(): number {
		return this.#kept.size;
	}

	get bytes(): number {
		return this.#bytes;
	}

	get(key: string): T | undefined {
		return this.#kept.get(key)?.value;
	}

	/** Keeps a transfer, or notes its use and new size; false when there is no room that it may take. */
	set(key: string, value: T, bytes: number, owner: TransferOwner): boolean {
		const { clock, lifetime, maxBytes, maxTransfers } = this.#options;
		this.delete(key);
		if (bytes > maxBytes || maxTransfers === 0) return false;
		while (this.#kept.size >= maxTransfers || this.#bytes + bytes > maxBytes) {
			const displaced = this.leastNeeded(owner);
			if (displaced === undefined) return false;
			this.delete(displaced);
		}
		this.#bytes += bytes;
		const { peer, secured } = owner;
		const cancel = clock.after(lifetime, () => this.delete(key));
		this.#kept.set(key, { key, value, bytes, peer, secured, since: clock.now(), cancel });
		return true;
	}

	/** What makes room for one of this owner. */
	private leastNeeded({ peer, secured }: TransferOwner): string | undefined {
		const all = [...this.#kept.values()];
		const stranger = all.find(kept => !kept.secured);
		if (stranger !== undefined || !secured) return stranger?.key;
		return this.#heldTimes.leastNeeded(all, { peer, since: this.#options.clock.now() })?.key;
	}

	delete(key: string): void {
		const kept = this.#kept.get(key);
		if (kept === undefined) return;
		kept.cancel();
		if (kept.secured) this.#heldTimes.ended(kept);
		this.#bytes -= kept.bytes;
		this.#kept.delete(key);
	}

	clear(): void {
		for (const key of [...this.#kept.keys()]) this.delete(key);
	}
}
