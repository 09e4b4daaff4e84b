import { concat, encodeUtf8, equalBytes } from "../bytes/bytes.js";
import { sha256 } from "../crypto/crypto.js";
import { StoreError, UnreadableError } from "./store-error.js";

export * from "./block-file.js";
export * from "./store-error.js";

/** Moddable's Preference, as far as the store uses it; a test or a simulation brings its own. */
export interface PreferenceLike {
	get(domain: string, key: string): string | boolean | number | ArrayBuffer | undefined;
	set(domain: string, key: string, value: ArrayBuffer): void;
	delete(domain: string, key: string): void;
	keys(domain: string): string[];
}

const checksumLength = 4;

/**
 * Bytes that stay free for a checkpoint, which makes room when all else is full: its table (9216 bytes in 10 values), its
 * block, and a few blocks that come with it (at most 1020 bytes each), with what a host keeps beside each value.
 */
export const reserve = 12_288;
/** Bytes that a new value takes beside its own, at most: its names and checksum, and what the host adds. */
const besides = 96;

/** The note that a wipe has begun. */
const wipeName = "wipe";

/** Most bytes of one value: 1024 of Preference less the checksum. */
export const valueLimit = 1024 - checksumLength;

/**
 * Named values in the device's flash. Each carries a checksum over its name and content, so that what was
 * damaged is noticed and never used. A `set` that was cut off leaves the old value or the new one: that is the
 * host's side of the contract.
 */
export class Store {
	readonly #preference: PreferenceLike;
	readonly #domain: string;
	readonly #free: () => number | undefined;
	#mayUseReserve = false;
	#writes = 0;
	#fault: string | undefined;
	#isLoading = false;
	/** What could not be read while all was loaded. */
	#unreadable: UnreadableError | undefined;

	/**
	 * `domain` and all names: 1 to 15 letters, digits or hyphens. `free`: bytes that the flash can still take, about;
	 * undefined where there is no bound.
	 */
	constructor(options: { preference: PreferenceLike; domain: string; free?: () => number | undefined }) {
		this.#preference = options.preference;
		this.#domain = options.domain;
		this.#free = options.free ?? (() => undefined);
	}

	/** Has `work` keep values where else there is no room any more: what makes room in the end. */
	withReserve(work: () => void): void {
		this.#mayUseReserve = true;
		try {
			work();
		} finally {
			this.#mayUseReserve = false;
		}
	}

	/**
	 * Has `work` read what a start needs. Once something cannot be read nothing is written any more, whatever `work` makes of
	 * that, and it ends with an UnreadableError.
	 */
	load<T>(work: () => T): T {
		this.#isLoading = true;
		try {
			const result = work();
			if (this.#unreadable !== undefined) throw this.#unreadable;
			return result;
		} catch (error) {
			throw this.#unreadable ?? error;
		} finally {
			this.#isLoading = false;
		}
	}

	/** Writes and deletions since this was made: what wears the flash. */
	get writes(): number {
		return this.#writes;
	}

	/** Why the flash refused the last write, in words; undefined when it took it. */
	get fault(): string | undefined {
		return this.#fault;
	}

	/**
	 * The value, or undefined when there is none.
	 * Throws a StoreError when it is damaged, and an UnreadableError when the host cannot read it; it stays where it is.
	 */
	get(name: string): Uint8Array | undefined {
		let found: ReturnType<PreferenceLike["get"]>;
		try {
			found = this.#preference.get(this.#domain, name);
		} catch (error) {
			throw this.unreadable(`"${name}" cannot be read: ${messageOf(error)}`);
		}
		if (found === undefined) return undefined;
		if (!(found instanceof ArrayBuffer) || found.byteLength < checksumLength) {
			throw new StoreError(`"${name}" is damaged`);
		}
		const value = new Uint8Array(found, checksumLength);
		if (!equalBytes(new Uint8Array(found, 0, checksumLength), checksum(name, value))) {
			throw new StoreError(`"${name}" is damaged`);
		}
		return value;
	}

	/** Keeps a value of at most 1020 bytes; an equal one is not written again. Throws a StoreError. */
	set(name: string, value: Uint8Array): void {
		if (value.length > valueLimit) {
			throw new StoreError(`"${name}" has ${value.length} bytes: at most ${valueLimit} can be kept`);
		}
		const held = this.held(name);
		if (held && equalBytes(held, value)) return;
		const kept = bufferOf(concat(checksum(name, value), value));
		this.write(`"${name}" cannot be kept`, () => {
			if (held !== null) this.checkReserve(value.length - (held === undefined ? -besides : held.length));
			this.#preference.set(this.#domain, name, kept);
		});
	}

	/** Forgets a value; harmless when there is none. Throws a StoreError. */
	delete(name: string): void {
		this.write(`"${name}" cannot be deleted`, () => this.#preference.delete(this.#domain, name));
	}

	/** The names of all values, damaged ones included, in any order. Throws an UnreadableError. */
	names(): string[] {
		try {
			return this.#preference.keys(this.#domain);
		} catch (error) {
			throw this.unreadable(`the names cannot be read: ${messageOf(error)}`);
		}
	}

	/**
	 * Forgets everything, `last` at the end of all that matters. Noted before it begins, so that `finishWipe` can go on
	 * with what a power cut has cut short; a flash that cannot take the note is wiped all the same.
	 */
	wipe(last: string): void {
		try {
			this.set(wipeName, new Uint8Array(0));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
		}
		for (const name of this.names()) {
			if (name !== last && name !== wipeName) this.delete(name);
		}
		this.delete(last);
		this.delete(wipeName);
	}

	/** Whether a wipe was cut short: what is left counts no more. Throws an UnreadableError. */
	get isToBeWiped(): boolean {
		return this.names().includes(wipeName);
	}

	/** At a start: goes on with a wipe that was cut short, if there was one. Throws a StoreError. */
	finishWipe(last: string): void {
		if (this.isToBeWiped) this.wipe(last);
	}

	private unreadable(text: string): UnreadableError {
		const error = new UnreadableError(text);
		if (this.#isLoading) this.#unreadable ??= error;
		return error;
	}

	private write(failure: string, write: () => void): void {
		try {
			if (this.#unreadable !== undefined) throw this.#unreadable;
			write();
			this.#writes += 1;
			this.#fault = undefined;
		} catch (error) {
			this.#fault = messageOf(error);
			throw new StoreError(`${failure}: ${this.#fault}`);
		}
	}

	/** What stands under a name; null where it is damaged: it can be written over. */
	private held(name: string): Uint8Array | undefined | null {
		try {
			return this.get(name);
		} catch {
			return null;
		}
	}

	/** Throws when `growth` more bytes would leave less than the reserve. */
	private checkReserve(growth: number): void {
		const free = growth > 0 && !this.#mayUseReserve ? this.#free() : undefined;
		if (free === undefined || free - growth >= reserve) return;
		throw new Error(free < growth ? "no space left" : "no space left but for a checkpoint");
	}
}

function checksum(name: string, value: Uint8Array): Uint8Array {
	return sha256(encodeUtf8(name), new Uint8Array(1), value).subarray(0, checksumLength);
}

/** The host's edge takes ArrayBuffers: exactly the bytes of the view. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
	const copy = new ArrayBuffer(bytes.length);
	new Uint8Array(copy).set(bytes);
	return copy;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
