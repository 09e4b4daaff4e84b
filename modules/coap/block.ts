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

/** A body as it comes in, block by block. */
export class BlockBuffer {
	readonly #parts: Uint8Array[] = [];
	#length = 0;

	get length(): number {
		return this.#length;
	}

	/** Keeps a view, no copy. */
	append(part: Uint8Array): void {
		this.#parts.push(part);
		this.#length += part.length;
	}

	/** The whole body; parts are joined one by one, as a thousand of them do not fit on a board's stack. */
	join(): Uint8Array {
		const whole = new Uint8Array(this.#length);
		let at = 0;
		for (const part of this.#parts) {
			whole.set(part, at);
			at += part.length;
		}
		return whole;
	}
}
