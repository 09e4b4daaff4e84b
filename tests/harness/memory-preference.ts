import type { PreferenceLike } from "../../modules/store/store.js";

/**
 * What a power cut leaves of the write that it hits: nothing, all of it, or (against the contract, as a worn flash
 * might) its first half.
 */
export type CutKind = "lost" | "done" | "torn";

interface Cut {
	readonly at: number;
	readonly kind: CutKind;
	readonly onCut: () => void;
}

/** Preference in memory, with the limits of the contract, and with writes that can be made to fail. */
export class MemoryPreference implements PreferenceLike {
	readonly #values = new Map<string, ArrayBuffer>();
	/** How many writes and deletions have been done. */
	writes = 0;
	/** Writes and deletions from this one on throw, as a full or worn flash does. */
	failFrom = Number.POSITIVE_INFINITY;
	/** Bytes of records that fit, as the Pico's journal counts them; more throws, as a full flash does. */
	capacity = Number.POSITIVE_INFINITY;
	/** A key that cannot be read, as on a disk that fails. */
	unreadable: string | undefined;
	#cut: Cut | undefined;
	#isOff = false;

	/** The same values in another flash. */
	copy(): MemoryPreference {
		const other = new MemoryPreference();
		for (const [key, value] of this.#values) other.#values.set(key, value.slice(0));
		return other;
	}

	/**
	 * Cuts the power at a write, counted from 0 as `writes` counts: calls `onCut`, and takes no write any more until
	 * `powerUp`.
	 */
	cutAt(at: number, kind: CutKind, onCut: () => void): void {
		this.#cut = { at, kind, onCut };
	}

	powerUp(): void {
		this.#isOff = false;
	}

	get(domain: string, key: string): ArrayBuffer | undefined {
		if (key === this.unreadable) throw new Error("a disk that fails");
		return this.#values.get(place(domain, key))?.slice(0);
	}

	set(domain: string, key: string, value: ArrayBuffer): void {
		if (value.byteLength > 1024) throw new Error("too long");
		const where = place(domain, key);
		if (this.#used(where) + recordLength(where, value) > this.capacity) throw new Error("no space left");
		this.#write(part => this.#values.set(where, value.slice(0, Math.ceil(value.byteLength * part))));
	}

	delete(domain: string, key: string): void {
		this.#write(() => this.#values.delete(place(domain, key)));
	}

	keys(domain: string): string[] {
		const prefix = `${domain}/`;
		return [...this.#values.keys()]
			.filter(key => key.startsWith(prefix))
			.map(key => key.slice(prefix.length));
	}

	/** Changes one byte of a value, as a worn flash might. */
	damage(domain: string, key: string, index: number): void {
		const value = this.#values.get(place(domain, key));
		if (value === undefined) throw new Error(`no value ${key}`);
		const bytes = new Uint8Array(value);
		bytes[index] = (bytes[index] ?? 0) ^ 1;
	}

	/** Cuts a value short. */
	truncate(domain: string, key: string, length: number): void {
		const value = this.#values.get(place(domain, key));
		if (value === undefined) throw new Error(`no value ${key}`);
		this.#values.set(place(domain, key), value.slice(0, length));
	}

	/** Bytes that can still be kept. */
	get free(): number {
		return this.capacity - this.#used();
	}

	/** Bytes in use, but for one value. */
	#used(but?: string): number {
		let used = 0;
		for (const [key, value] of this.#values) if (key !== but) used += recordLength(key, value);
		return used;
	}

	#write(write: (part: number) => void): void {
		if (this.#isOff) throw new Error("the power is off");
		if (this.writes >= this.failFrom) throw new Error("no space left");
		const cut = this.#cut;
		if (cut === undefined || this.writes !== cut.at) {
			write(1);
			this.writes += 1;
			return;
		}
		if (cut.kind !== "lost") write(cut.kind === "done" ? 1 : 0.5);
		this.#cut = undefined;
		this.#isOff = true;
		cut.onCut();
		throw new Error("the power is off");
	}
}

/** The value, its names and 8 more, in steps of 8. `where`: the names, with a slash between them. */
function recordLength(where: string, value: ArrayBuffer): number {
	return (where.length - 1 + value.byteLength + 8 + 7) & ~7;
}

function place(domain: string, key: string): string {
	if (!/^.{1,15}$/.test(domain) || !/^.{1,15}$/.test(key)) throw new Error("a name has 1 to 15 characters");
	return `${domain}/${key}`;
}
