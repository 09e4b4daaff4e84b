import type { Clock } from "../clock/clock.js";
import { type Block, BlockBuffer, blockOffset, blockOption, blockSize, findBlock } from "./block.js";
import { type Answers, type Arrived, BlockwiseExchange, transferKey } from "./blockwise-exchange.js";
import { Code } from "./code.js";
import { BlockError } from "./errors.js";
import type { Exchange, Handler, ServerRequest } from "./layer.js";
import { findOption, findUint, uintOption, withoutOptions } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { TransferStore } from "./transfer-store.js";

export interface BlockwiseServerOptions {
	readonly clock: Clock;
	random(count: number): Uint8Array;
	readonly szx: number;
	readonly maxBody: number;
	/** Bytes of the largest body that is taken from who was not verified. */
	maxOpenBody(): number;
	readonly maxTransfers: number;
	readonly maxBytes: number;
	readonly lifetime: number;
}

const EMPTY = new Uint8Array(0);

/** Bodies of others' requests put together (RFC 7959 section 2.5), and answers handed out in blocks (section 2.4). */
export class BlockwiseServer {
	readonly #options: BlockwiseServerOptions;
	readonly #incoming: TransferStore<BlockBuffer>;
	readonly #answers: Answers;
	#handler: Handler | undefined;

	constructor(options: BlockwiseServerOptions) {
		this.#options = options;
		this.#incoming = new TransferStore(options);
		this.#answers = { ...options, kept: new TransferStore(options) };
	}

	get transfers(): number {
		return this.#incoming.size + this.#answers.kept.size;
	}

	setHandler(handler: Handler): void {
		this.#handler = handler;
	}

	close(): void {
		this.#incoming.clear();
		this.#answers.kept.clear();
	}

	handle(request: ServerRequest, exchange: Exchange): void {
		let block1: Block | undefined;
		let block2: Block | undefined;
		try {
			block1 = findBlock(request.options, OptionNumber.Block1);
			block2 = findBlock(request.options, OptionNumber.Block2);
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			exchange.respond({ code: Code.BadRequest });
			return;
		}
		if (block1 === undefined || (block1.number === 0 && !block1.more)) {
			// A body in one piece; that of a FETCH tells one answer from another.
			const telling = request.code === Code.Fetch ? request.payload : EMPTY;
			this.arrived({ request, block1, block2, telling }, exchange);
			return;
		}
		const key = transferKey(request, EMPTY);
		const payload = this.assemble(request, block1, key, exchange);
		if (payload === undefined) return;
		this.arrived({ request: { ...request, payload }, block1, block2, telling: EMPTY }, exchange);
	}

	/** Adds a block to its body and answers it, or returns the body when it was the last. */
	private assemble(
		request: ServerRequest,
		block: Block,
		key: string,
		exchange: Exchange
	): Uint8Array | undefined {
		const { szx } = this.#options;
		const { payload, secured } = request;
		const maxBody = secured ? this.#options.maxBody : this.#options.maxOpenBody();
		const offset = blockOffset(block);
		const size = blockSize(block.szx);
		if (block.more ? payload.length !== size : payload.length > size) {
			exchange.respond({ code: Code.BadRequest });
			return undefined;
		}
		const buffer = offset === 0 ? new BlockBuffer() : this.#incoming.get(key);
		const number = OptionNumber.Block1;
		if (buffer === undefined || offset > buffer.length) {
			this.#incoming.delete(key);
			exchange.respond({ code: Code.RequestEntityIncomplete, options: [blockOption(number, block)] });
			return undefined;
		}
		const answer = { ...block, szx: Math.min(block.szx, szx) };
		if (offset < buffer.length) {
			// A block that is here already, late or twice: not again, but acknowledged.
			const whole = offset + payload.length <= buffer.length && block.more;
			const code = whole ? Code.Continue : Code.RequestEntityIncomplete;
			exchange.respond({ code, options: [blockOption(number, answer)] });
			return undefined;
		}
		const announced = findUint(request.options, OptionNumber.Size1) ?? 0;
		const length = offset + payload.length;
		if (Math.max(announced, length) > maxBody) {
			this.#incoming.delete(key);
			const limit = uintOption(OptionNumber.Size1, maxBody);
			exchange.respond({ code: Code.RequestEntityTooLarge, options: [limit] });
			return undefined;
		}
		if (!this.#incoming.set(key, buffer, length, request)) {
			exchange.respond({ code: Code.ServiceUnavailable });
			return undefined;
		}
		buffer.append(payload);
		if (block.more) {
			exchange.respond({ code: Code.Continue, options: [blockOption(number, answer)] });
			return undefined;
		}
		this.#incoming.delete(key);
		return buffer.join();
	}

	private arrived(arrived: Arrived, exchange: Exchange): void {
		const { block2, request } = arrived;
		const answering = new BlockwiseExchange(this.#answers, arrived, exchange);
		if (block2 !== undefined && block2.number > 0) {
			if (answering.goOn()) return;
			// Asking again is harmless for what only reads; anything else would act twice.
			const { code, payload } = request;
			if (code !== Code.Get && !(code === Code.Fetch && payload.length > 0)) {
				exchange.respond({ code: Code.RequestEntityIncomplete });
				return;
			}
		}
		if (this.#handler === undefined) exchange.respond({ code: Code.NotFound });
		else this.#handler(withoutBlocks(request), answering);
	}
}

/** The request as what is above us sees it. */
function withoutBlocks(request: ServerRequest): ServerRequest {
	const { Block1, Block2, Size1 } = OptionNumber;
	const { options } = request;
	const isWhole = findOption(options, Block1) === undefined && findOption(options, Block2) === undefined;
	if (isWhole && findOption(options, Size1) === undefined) return request;
	return { ...request, options: withoutOptions(options, Block1, Block2, Size1) };
}
