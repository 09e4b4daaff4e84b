import type { Clock } from "../clock/clock.js";
import {
	type Block,
	BlockBuffer,
	blockOffset,
	blockOption,
	blockSize,
	findBlock,
	MAX_SZX,
	shrinking
} from "./block.js";
import type { ByteBudget } from "./byte-budget.js";
import { Code, codeClass } from "./code.js";
import { BlockError, BusyError, CoapError, SizeError, TimeoutError } from "./errors.js";
import type { ClientRequest, Layer, PendingRequest, Response } from "./layer.js";
import { findOption, type Option, sameOption, uintOption, withoutOptions } from "./option.js";
import { OptionNumber } from "./option-table.js";

export interface ClientTransferOptions {
	readonly layer: Pick<Layer, "request">;
	readonly clock: Clock;
	readonly request: ClientRequest;
	readonly szx: number;
	readonly maxBody: number;
	/** Milliseconds for all of it. */
	readonly timeout: number;
	readonly budget: ByteBudget;
	/** A number not used for a body before. */
	newTag(): number;
}

/** The answer as far as it has come. */
interface Incoming {
	readonly first: Response;
	readonly buffer: BlockBuffer;
}

const EMPTY = new Uint8Array(0);
/** How often a transfer that came apart starts again, where that does no harm. */
const MAX_RESTARTS = 2;

/** One request of ours: its body out in blocks (RFC 7959 section 2.5), then the answer's in (section 2.4). */
export class ClientTransfer implements PendingRequest {
	readonly #options: ClientTransferOptions;
	readonly #deadline: number;
	#szx: number;
	/** Bytes of the request's body that have been taken. */
	#sent = 0;
	#tag: Option | undefined;
	#incoming: Incoming | undefined;
	#restarts = 0;
	#step = 0;
	#pending: PendingRequest | undefined;
	#ended = false;

	constructor(options: ClientTransferOptions) {
		this.#options = options;
		this.#szx = options.szx;
		this.#deadline = options.clock.now() + options.timeout;
	}

	/** Sends the first message. Throws SizeError and BusyError. */
	begin(): void {
		this.#send();
	}

	/** Takes an answer that has come, and fetches the rest of it. */
	resume(response: Response): void {
		this.#attempt(() => this.#answered(response));
	}

	cancel(): void {
		this.#end();
		this.#pending?.cancel();
	}

	/** Sends the body, or its next block; in smaller ones when the options take too much of the datagram. */
	#send(): void {
		const { options = [], payload = EMPTY } = this.#options.request;
		shrinking(this.#szx, szx => {
			const size = blockSize(szx);
			const end = Math.min(this.#sent + size, payload.length);
			const more = end < payload.length;
			const block = { number: this.#sent / size, more, szx };
			const extra: Option[] = [];
			if (more || this.#sent > 0) {
				this.#tag ??= uintOption(OptionNumber.RequestTag, this.#options.newTag());
				extra.push(blockOption(OptionNumber.Block1, block), this.#tag);
				if (this.#sent === 0) extra.push(uintOption(OptionNumber.Size1, payload.length));
			}
			// Who can take no larger blocks says so before the first one of the answer comes (section 2.4).
			if (!more && this.#options.szx < MAX_SZX) {
				extra.push(blockOption(OptionNumber.Block2, { number: 0, more: false, szx: this.#options.szx }));
			}
			this.#szx = szx;
			this.#ask([...options, ...extra], payload.subarray(this.#sent, end), response =>
				this.#received(response, block)
			);
		});
	}

	/** An answer to a block of ours, or to the whole body. */
	#received(response: Response, sent: Block): void {
		const { code } = response;
		const block = findBlock(response.options, OptionNumber.Block1);
		if (code === Code.RequestEntityTooLarge && block !== undefined && block.szx < sent.szx) {
			// A hint that it would take smaller blocks (section 2.9.3).
			this.#szx = block.szx;
			this.#startOver();
		} else if (code === Code.RequestEntityIncomplete && this.#tag !== undefined) {
			this.#again(() => this.#answered(response));
		} else if (sent.more && codeClass(code) === 2) {
			if (block?.number !== sent.number)
				throw new BlockError("the peer acknowledged a block that was not sent");
			this.#sent += blockSize(sent.szx);
			// Smaller blocks are asked for by acknowledging with their size (section 2.3).
			this.#szx = Math.min(sent.szx, block.szx);
			this.#send();
		} else if (code === Code.Continue) {
			throw new BlockError("the peer wants more than the whole body");
		} else {
			this.#answered(response);
		}
	}

	/** The answer, or a block of it. */
	#answered(response: Response): void {
		const { code, options, payload } = response;
		const block = findBlock(options, OptionNumber.Block2);
		if (this.#incoming === undefined && (block === undefined || (block.number === 0 && !block.more))) {
			this.#finish(response, payload);
			return;
		}
		if (block === undefined) {
			this.#interrupted(response);
			return;
		}
		const { first, buffer } = this.#open(response);
		const etag = findOption(first.options, OptionNumber.ETag);
		if (code !== first.code || !sameOption(etag, findOption(options, OptionNumber.ETag))) {
			this.#again(() => {
				throw new BlockError("the answer changed while it was being fetched");
			});
			return;
		}
		if (blockOffset(block) !== buffer.length) {
			throw new BlockError(`a block at ${blockOffset(block)} came when ${buffer.length} was next`);
		}
		const size = blockSize(block.szx);
		if (block.more ? payload.length !== size : payload.length > size) {
			throw new BlockError(`a block of ${size} bytes carries ${payload.length}`);
		}
		this.#keep(buffer, payload);
		if (!block.more) this.#finish(first, buffer.join());
		else this.#fetch(buffer.length, Math.min(this.#options.szx, block.szx));
	}

	/** In the middle of a body comes an answer without blocks: an error, which is then the answer. */
	#interrupted(response: Response): void {
		if (codeClass(response.code) === 2)
			throw new BlockError("the rest of the answer came without a block option");
		if (response.code === Code.RequestEntityIncomplete)
			this.#again(() => this.#finish(response, response.payload));
		else this.#finish(response, response.payload);
	}

	#open(response: Response): Incoming {
		if (this.#incoming === undefined) {
			if (!this.#options.budget.open()) throw new BusyError("too many bodies are being fetched already");
			this.#incoming = { first: response, buffer: new BlockBuffer() };
		}
		return this.#incoming;
	}

	#keep(buffer: BlockBuffer, payload: Uint8Array): void {
		const { budget, maxBody } = this.#options;
		if (buffer.length + payload.length > maxBody) throw new SizeError(`the answer exceeds ${maxBody} bytes`);
		if (!budget.take(payload.length)) throw new BusyError("no room for what is being fetched");
		buffer.append(payload);
	}

	/** Asks for the rest of the answer from `offset` (section 3.3): the request again, without its body. */
	#fetch(offset: number, szx: number): void {
		const { code, options = [], payload = EMPTY } = this.#options.request;
		const { Block1, Block2, Observe, Size1 } = OptionNumber;
		const kept = withoutOptions(options, Block1, Block2, Observe, Size1);
		const next = blockOption(Block2, { number: offset / blockSize(szx), more: false, szx });
		if (this.#tag !== undefined) kept.push(this.#tag);
		// The body of a FETCH is part of what is asked for (RFC 8132 section 2); that of a POST must not act twice.
		const repeats = code === Code.Fetch && this.#tag === undefined;
		this.#ask([...kept, next], repeats ? payload : EMPTY, response => this.#answered(response));
	}

	#ask(options: readonly Option[], payload: Uint8Array, onResponse: (response: Response) => void): void {
		const { clock, layer, request } = this.#options;
		const { address, port, code, confirmable = true, peer } = request;
		const timeout = this.#deadline - clock.now();
		if (timeout <= 0) throw new TimeoutError(`the transfer took longer than ${this.#options.timeout} ms`);
		this.#step += 1;
		const step = this.#step;
		const pending = layer.request({
			address,
			port,
			peer,
			code,
			options,
			payload,
			confirmable,
			timeout,
			onResponse: response => this.#attempt(() => onResponse(response)),
			onFailure: error => this.#fail(error)
		});
		// Within one process the answer may have come already, and the next step begun.
		if (step === this.#step) this.#pending = pending;
	}

	/** Takes a step that may fail; what the application's callback throws is not ours to take. */
	#attempt(action: () => void): void {
		if (this.#ended) return;
		try {
			action();
		} catch (error) {
			if (this.#ended) throw error;
			if (error instanceof CoapError) {
				this.#fail(error);
			} else {
				this.#fail(new BlockError("the transfer was ended by an error on this side"));
				throw error;
			}
		}
	}

	/** Starts over when that acts on nothing twice and was not tried too often; `otherwise` if not. */
	#again(otherwise: () => void): void {
		const { code } = this.#options.request;
		const harmless = code === Code.Get || code === Code.Fetch || this.#incoming === undefined;
		if (!harmless || this.#restarts === MAX_RESTARTS) {
			otherwise();
			return;
		}
		this.#restarts += 1;
		this.#startOver();
	}

	#startOver(): void {
		this.#discard();
		this.#sent = 0;
		this.#tag = undefined;
		this.#send();
	}

	#finish(response: Response, payload: Uint8Array): void {
		if (!this.#end()) return;
		const { Block1, Block2, Size2 } = OptionNumber;
		const options = withoutOptions(response.options, Block1, Block2, Size2);
		this.#options.request.onResponse({ ...response, options, payload });
	}

	#fail(error: CoapError): void {
		if (this.#end()) this.#options.request.onFailure(error);
	}

	#end(): boolean {
		if (this.#ended) return false;
		this.#ended = true;
		this.#discard();
		return true;
	}

	#discard(): void {
		if (this.#incoming !== undefined) this.#options.budget.close(this.#incoming.buffer.length);
		this.#incoming = undefined;
	}
}
