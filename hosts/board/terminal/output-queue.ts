/** Where output goes: takes as many bytes as it can at once, and says how many. */
export type Sink = (bytes: Uint8Array) => number;

/**
 * Output that waits for a reader, within a limit: when nobody reads, the oldest is dropped, so that whoever comes
 * sees what happened last.
 */
export class OutputQueue {
	readonly #limit: number;
	readonly #parts: Uint8Array[] = [];
	#length = 0;

	/** `limit`: of the bytes that wait. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** Bytes that wait. */
	get length(): number {
		return this.#length;
	}

	add(bytes: Uint8Array): void {
		const part = bytes.length > this.#limit ? bytes.subarray(bytes.length - this.#limit) : bytes;
		while (this.#length + part.length > this.#limit) this.#length -= this.#parts.shift()?.length ?? 0;
		this.#parts.push(part);
		this.#length += part.length;
	}

	/** Sends what the sink takes. */
	drain(sink: Sink): void {
		for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
			const sent = sink(part);
			this.#length -= sent;
			if (sent < part.length) {
				this.#parts[0] = part.subarray(sent);
				return;
			}
			this.#parts.shift();
		}
	}
}
