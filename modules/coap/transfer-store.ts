import type { Cancel, Clock } from "../clock/clock.js";

export interface TransferStoreOptions {
	readonly clock: Clock;
	/** Milliseconds that a transfer is kept after its last use. */
	readonly lifetime: number;
	readonly maxTransfers: number;
	/** Bytes of all of them together. */
	readonly maxBytes: number;
}

interface Kept<T> {
	readonly value: T;
	readonly bytes: number;
	readonly cancel: Cancel;
}

/** Transfers under way, bounded in number, bytes and time; the one longest unused makes room for another. */
export class TransferStore<T> {
	readonly #options: TransferStoreOptions;
	/** In the order of their last use. */
	readonly #kept = new Map<string, Kept<T>>();
	#bytes = 0;

	constructor(options: TransferStoreOptions) {
		this.#options = options;
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

	/** Keeps a transfer, or notes its use and new size; false when it is larger than all the room there is. */
	set(key: string, value: T, bytes: number): boolean {
		const { clock, lifetime, maxBytes, maxTransfers } = this.#options;
		this.delete(key);
		if (bytes > maxBytes || maxTransfers === 0) return false;
		for (const oldest of this.#kept.keys()) {
			if (this.#kept.size < maxTransfers && this.#bytes + bytes <= maxBytes) break;
			this.delete(oldest);
		}
		this.#bytes += bytes;
		this.#kept.set(key, { value, bytes, cancel: clock.after(lifetime, () => this.delete(key)) });
		return true;
	}

	delete(key: string): void {
		const kept = this.#kept.get(key);
		if (kept === undefined) return;
		kept.cancel();
		this.#bytes -= kept.bytes;
		this.#kept.delete(key);
	}

	clear(): void {
		for (const key of [...this.#kept.keys()]) this.delete(key);
	}
}
