import { BlockError, SizeError } from "./errors.js";
import { findOption, type Option, uintOption, uintValue } from "./option.js";

/** What a Block1 or Block2 option says (RFC 7959 section 2.2). */
export interface Block {
	/** Which block, counted in blocks of this size; 0 to 2^20 - 1. */
	readonly number: number;
	readonly more: boolean;
	/** 0 to 6: blocks of 2^(szx + 4) bytes. */
	readonly szx: number;
}

/** 1024 bytes. */
export const MAX_SZX = 6;
const MAX_BLOCK_NUMBER = 0xfffff;

export function blockSize(szx: number): number {
	return 16 << szx;
}

/** The byte of the body at which a block begins. */
export function blockOffset(block: Block): number {
	return block.number * blockSize(block.szx);
}

/** Throws BlockError for a body of more blocks than can be numbered. */
export function blockOption(number: number, block: Block): Option {
	if (block.number > MAX_BLOCK_NUMBER) throw new BlockError(`block ${block.number} cannot be numbered`);
	return uintOption(number, block.number * 16 + (block.more ? 8 : 0) + block.szx);
}

/** The block that an option of this number names, if there is one. Throws BlockError for the reserved size 7. */
export function findBlock(options: readonly Option[], number: number): Block | undefined {
	const option = findOption(options, number);
	if (option === undefined) return undefined;
	const value = uintValue(option.value);
	const szx = value & 7;
	if (szx > MAX_SZX) throw new BlockError("block size 7 is reserved");
	return { number: Math.floor(value / 16), more: (value & 8) !== 0, szx };
}

/** Runs `send` with the size asked for, and with smaller ones while the datagram does not hold the options too. */
export function shrinking<T>(szx: number, send: (szx: number) => T): T {
	for (let size = szx; ; size -= 1) {
		try {
			return send(size);
		} catch (error) {
			if (!(error instanceof SizeError) || size === 0) throw error;
		}
	}
}

/** Bytes by which the room for a body grows. */
const ROOM = 1024;

/**
 * A body as it comes in, block by block. What is kept is a copy: a view would keep the whole datagram, in which anyone can
 * have a block of 16 bytes go beside a thousand others.
 */
export class BlockBuffer {
	#bytes = new Uint8Array(0);
	#length = 0;

	get length(): number {
		return this.#length;
	}

	append(part: Uint8Array): void {
		const length = this.#length + part.length;
		if (length > this.#bytes.length) {
			const bytes = new Uint8Array(Math.ceil(length / ROOM) * ROOM);
			bytes.set(this.join());
			this.#bytes = bytes;
		}
		this.#bytes.set(part, this.#length);
		this.#length = length;
	}

	/** The whole body, without a copy: nothing is to be appended afterwards. */
	join(): Uint8Array {
		return this.#bytes.subarray(0, this.#length);
	}
}
