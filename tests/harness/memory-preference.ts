import type { PreferenceLike } from "../../modules/store/store.js";

/** Preference in memory, with the limits of the contract, and with writes that can be made to fail. */
export class MemoryPreference implements PreferenceLike {
	readonly #values = new Map<string, ArrayBuffer>();
	/** How many writes and deletions have been done. */
	writes = 0;
	/** Writes and deletions from this one on throw, as a full or worn flash does. */
	failFrom = Number.POSITIVE_INFINITY;

	get(domain: string, key: string): ArrayBuffer | undefined {
		return this.#values.get(place(domain, key))?.slice(0);
	}

	set(domain: string, key: string, value: ArrayBuffer): void {
		this.#count();
		if (value.byteLength > 1024) throw new Error("too long");
		this.#values.set(place(domain, key), value.slice(0));
	}

	delete(domain: string, key: string): void {
		this.#count();
		this.#values.delete(place(domain, key));
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

	#count(): void {
		if (this.writes >= this.failFrom) throw new Error("no space left");
		this.writes += 1;
	}
}

function place(domain: string, key: string): string {
	if (!/^.{1,15}$/.test(domain) || !/^.{1,15}$/.test(key)) throw new Error("a name has 1 to 15 characters");
	return `${domain}/${key}`;
}
