/** Where output goes: takes as many bytes as it can at once, and says how many. */
export type Sink = (bytes: Uint8Array) => number;

/** Bytes that what is written in small pieces is collected in: each key's echo by itself would take ten times its memory. */
const partSize = 256;
/** ECMA-48: ends an escape sequence that is not complete. */
const cancel = 0x18;

interface Part {
	readonly bytes: Uint8Array;
	start: number;
	end: number;
}

/**
 * Output that waits for a reader, within a limit: when nobody reads, the oldest is dropped, so that whoever comes
 * sees what happened last.
 */
export class OutputQueue {
	readonly #limit: number;
	readonly #parts: Part[] = [];
	#length = 0;
	#hasSent = false;
	/** Whether bytes were dropped that would have come next. */
	#isCut = false;

	/** `limit`: of the bytes that wait. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** Bytes that wait. */
	get length(): number {
		return this.#length;
	}

	add(bytes: Uint8Array): void {
		const kept = bytes.length > this.#limit ? bytes.subarray(bytes.length - this.#limit) : bytes;
		const surplus = this.#length + kept.length - this.#limit;
		this.#isCut ||= surplus > 0 && this.#hasSent;
		this.drop(surplus);
		for (let from = 0; from < kept.length; ) {
			const part = this.partWithRoom();
			const piece = kept.subarray(from, from + part.bytes.length - part.end);
			part.bytes.set(piece, part.end);
			part.end += piece.length;
			from += piece.length;
		}
		this.#length += kept.length;
	}

	/** Sends what the sink takes of the oldest, at most 256 bytes; whether it took all of that. */
	drain(sink: Sink): boolean {
		const [part] = this.#parts;
		if (part === undefined || this.#length === 0) return false;
		// What was sent last may be half an escape sequence: no text of others is to be the rest of it.
		if (this.#isCut && sink(Uint8Array.of(cancel)) === 0) return false;
		this.#isCut = false;
		const { bytes, start, end } = part;
		const sent = sink(bytes.subarray(start, end));
		this.#hasSent ||= sent > 0;
		this.drop(sent);
		return sent === end - start;
	}

	private partWithRoom(): Part {
		const last = this.#parts[this.#parts.length - 1];
		if (last !== undefined && last.end < last.bytes.length) return last;
		const part = { bytes: new Uint8Array(partSize), start: 0, end: 0 };
		this.#parts.push(part);
		return part;
	}

	/** The oldest go. */
	private drop(count: number): void {
		let left = count;
		for (let part = this.#parts[0]; part !== undefined && left > 0; part = this.#parts[0]) {
			const gone = Math.min(left, part.end - part.start);
			part.start += gone;
			left -= gone;
			this.#length -= gone;
			if (part.start < part.end) return;
			// The last one is used again.
			if (this.#parts.length > 1) this.#parts.shift();
			else part.start = part.end = 0;
		}
	}
}
