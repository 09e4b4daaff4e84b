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
import type { ByteBudget, IncomingBody } from "./byte-budget.js";
import { Code, codeClass } from "./code.js";
import { BlockError, BusyError, CoapError, SizeError, TimeoutError } from "./errors.js";
import type { ClientRequest, Layer, PendingRequest, Response } from "./layer.js";
import { findOption, type Option, sameOption, uintOption, withoutOptions } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { RelayedRequest } from "./relayed-request.js";

/** What all transfers share. */
export interface Transfers {
	readonly layer: Layer;
	readonly clock: Clock;
	readonly szx: number;
	readonly maxBody: number;
	/** Milliseconds for a request with all its blocks unless it says otherwise. */
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

/**
 * One request of ours: its body out in blocks (RFC 7959 section 2.5), then the answer's in (section 2.4). It is itself
 * what it hands down each time: options and payload follow from how far it has come.
 */
export class ClientTransfer extends RelayedRequest implements PendingRequest, IncomingBody {
	readonly #transfers: Transfers;
	readonly #deadline: number;
	/** Of the next block. */
	#szx: number;
	/** Bytes of the request's body that have been taken. */
	#sent = 0;
	#tag: Option | undefined;
	/** Once there is one, the rest of the answer is asked for. */
	#incoming: Incoming | undefined;
	#restarts = 0;
	#step = 0;
	#pending: PendingRequest | undefined;
	#ended = false;

	constructor(transfers: Transfers, request: ClientRequest) {
		super(request);
		this.#transfers = transfers;
		this.#szx = transfers.szx;
		this.#deadline = transfers.clock.now() + (request.timeout ?? transfers.timeout);
	}

	/**
	 * Sends the body, or its next block; in smaller ones when the options take too much of the datagram. Throws SizeError
	 * and BusyError.
	 */
	begin(): void {
		shrinking(this.#szx, szx => {
			this.#szx = szx;
			if (this.block.more) this.#tag ??= uintOption(OptionNumber.RequestTag, this.#transfers.newTag());
			this.ask();
		});
	}

	giveWay(): void {
		this.#pending?.cancel();
		this.onFailure(new BusyError("another answer takes its room"));
	}

	/** Takes an answer that has come, and fetches the rest of it. */
	resume(response: Response): void {
		this.attempt(() => this.answered(response));
	}

	cancel(): void {
		this.end();
		this.#pending?.cancel();
	}

	override get options(): readonly Option[] {
		const { options = [] } = this.above;
		return this.#incoming === undefined
			? this.blockOptions(options)
			: this.restOptions(options, this.#incoming.buffer.length);
	}

	override get payload(): Uint8Array {
		const { code, payload = EMPTY } = this.above;
		if (this.#incoming === undefined) return payload.subarray(this.#sent, this.#sent + blockSize(this.#szx));
		// The body of a FETCH is part of what is asked for (RFC 8132 section 2); that of a POST must not act twice.
		return code === Code.Fetch && this.#tag === undefined ? payload : EMPTY;
	}

	override get timeout(): number {
		return this.#deadline - this.#transfers.clock.now();
	}

	override onResponse(response: Response): void {
		this.attempt(() => {
			if (this.#incoming === undefined) this.received(response);
			else this.answered(response);
		});
	}

	override onFailure(error: CoapError): void {
		if (this.end()) this.above.onFailure(error);
	}

	/** The block of the request's body that is under way. */
	private get block(): Block {
		const size = blockSize(this.#szx);
		const more = this.#sent + size < (this.above.payload?.length ?? 0);
		return { number: this.#sent / size, more, szx: this.#szx };
	}

	private blockOptions(options: readonly Option[]): Option[] {
		const { Block1, Block2, Size1 } = OptionNumber;
		const { block } = this;
		const { szx } = this.#transfers;
		const all = options.slice();
		if (this.#tag !== undefined) {
			all.push(blockOption(Block1, block), this.#tag);
			if (this.#sent === 0) all.push(uintOption(Size1, this.above.payload?.length ?? 0));
		}
		// Who can take no larger blocks says so before the first one of the answer comes (section 2.4).
		if (!block.more && szx < MAX_SZX) all.push(blockOption(Block2, { number: 0, more: false, szx }));
		return all;
	}

	/** Of the request for the rest of the answer from `offset` (section 3.3): as before, without its body. */
	private restOptions(options: readonly Option[], offset: number): Option[] {
		const { Block1, Block2, Observe, Size1 } = OptionNumber;
		const szx = this.#szx;
		const all = withoutOptions(options, Block1, Block2, Observe, Size1);
		if (this.#tag !== undefined) all.push(this.#tag);
		all.push(blockOption(Block2, { number: offset / blockSize(szx), more: false, szx }));
		return all;
	}

	/** An answer to a block of ours, or to the whole body. */
	private received(response: Response): void {
		const { code } = response;
		const sent = this.block;
		const block = findBlock(response.options, OptionNumber.Block1);
		if (code === Code.RequestEntityTooLarge && block !== undefined && block.szx < sent.szx) {
			// A hint that it would take smaller blocks (section 2.9.3).
			this.#szx = block.szx;
			this.startOver();
		} else if (code === Code.RequestEntityIncomplete && this.#tag !== undefined) {
			this.again(() => this.answered(response));
		} else if (sent.more && codeClass(code) === 2) {
			if (block?.number !== sent.number)
				throw new BlockError("the peer acknowledged a block that was not sent");
			this.#sent += blockSize(sent.szx);
			// Smaller blocks are asked for by acknowledging with their size (section 2.3).
			this.#szx = Math.min(sent.szx, block.szx);
			this.begin();
		} else if (code === Code.Continue) {
			throw new BlockError("the peer wants more than the whole body");
		} else {
			this.answered(response);
		}
	}

	/** The answer, or a block of it. */
	private answered(response: Response): void {
		const { code, options, payload } = response;
		const block = findBlock(options, OptionNumber.Block2);
		if (this.#incoming === undefined && (block === undefined || (block.number === 0 && !block.more))) {
			this.finish(response, payload);
			return;
		}
		if (block === undefined) {
			this.interrupted(response);
			return;
		}
		const { first, buffer } = this.open(response);
		const etag = findOption(first.options, OptionNumber.ETag);
		if (code !== first.code || !sameOption(etag, findOption(options, OptionNumber.ETag))) {
			this.again(() => {
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
		this.keep(buffer, payload);
		if (!block.more) this.finish(first, buffer.join());
		else {
			this.#szx = Math.min(this.#transfers.szx, block.szx);
			this.ask();
		}
	}

	/** In the middle of a body comes an answer without blocks: an error, which is then the answer. */
	private interrupted(response: Response): void {
		if (codeClass(response.code) === 2)
			throw new BlockError("the rest of the answer came without a block option");
		if (response.code === Code.RequestEntityIncomplete)
			this.again(() => this.finish(response, response.payload));
		else this.finish(response, response.payload);
	}

	private open(response: Response): Incoming {
		if (this.#incoming === undefined) {
			if (!this.#transfers.budget.open(this))
				throw new BusyError("too many bodies are being fetched already");
			this.#incoming = { first: response, buffer: new BlockBuffer() };
		}
		return this.#incoming;
	}

	private keep(buffer: BlockBuffer, payload: Uint8Array): void {
		const { budget, maxBody } = this.#transfers;
		if (buffer.length + payload.length > maxBody) throw new SizeError(`the answer exceeds ${maxBody} bytes`);
		if (!budget.take(this, payload.length)) throw new BusyError("no room for what is being fetched");
		buffer.append(payload);
	}

	/** Hands it down. */
	protected send(): PendingRequest {
		return this.#transfers.layer.request(this);
	}

	private ask(): void {
		if (this.timeout <= 0) throw new TimeoutError("the transfer took too long");
		this.#step += 1;
		const step = this.#step;
		const pending = this.send();
		// Within one process the answer may have come already, and the next step begun.
		if (step === this.#step) this.#pending = pending;
	}

	/** Takes a step that may fail; what the application's callback throws is not ours to take. */
	private attempt(action: () => void): void {
		if (this.#ended) return;
		try {
			action();
		} catch (error) {
			if (this.#ended) throw error;
			if (error instanceof CoapError) {
				this.onFailure(error);
			} else {
				this.onFailure(new BlockError("the transfer was ended by an error on this side"));
				throw error;
			}
		}
	}

	/** Starts over when that acts on nothing twice and was not tried too often; `otherwise` if not. */
	private again(otherwise: () => void): void {
		const { code } = this.above;
		const harmless = code === Code.Get || code === Code.Fetch || this.#incoming === undefined;
		if (!harmless || this.#restarts === MAX_RESTARTS) {
			otherwise();
			return;
		}
		this.#restarts += 1;
		this.startOver();
	}

	private startOver(): void {
		this.discard();
		this.#sent = 0;
		this.#tag = undefined;
		this.begin();
	}

	private finish(response: Response, payload: Uint8Array): void {
		if (!this.end()) return;
		const { Block1, Block2, Size2 } = OptionNumber;
		const options = withoutOptions(response.options, Block1, Block2, Size2);
		this.above.onResponse({ ...response, options, payload });
	}

	private end(): boolean {
		if (this.#ended) return false;
		this.#ended = true;
		this.discard();
		return true;
	}

	private discard(): void {
		if (this.#incoming !== undefined) this.#transfers.budget.close(this, this.#incoming.buffer.length);
		this.#incoming = undefined;
	}
}
