import { toHex } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import {
	type Block,
	BlockBuffer,
	blockOffset,
	blockOption,
	blockSize,
	findBlock,
	shrinking
} from "./block.js";
import { Code, codeClass } from "./code.js";
import { BlockError, ExchangeError, SizeError } from "./errors.js";
import {
	type Exchange,
	type Handler,
	type Notifier,
	type Reply,
	replyOptions,
	type ServerRequest
} from "./layer.js";
import { findOption, findUint, type Option, uintOption, withoutOptions } from "./option.js";
import { isNoCacheKey, OptionNumber } from "./option-table.js";
import { TransferStore } from "./transfer-store.js";

export interface BlockwiseServerOptions {
	readonly clock: Clock;
	random(count: number): Uint8Array;
	readonly szx: number;
	readonly maxBody: number;
	readonly maxTransfers: number;
	readonly maxBytes: number;
	readonly lifetime: number;
}

/** An answer too large for a datagram, kept until it is fetched. */
interface Outgoing {
	readonly code: number;
	readonly options: readonly Option[];
	readonly payload: Uint8Array;
}

/** A request with its body whole, and how its answer goes back. */
interface Arrived {
	readonly request: ServerRequest;
	/** The last Block1, to be echoed in the answer. */
	readonly block1: Block | undefined;
	/** Which part of the answer is asked for. */
	readonly block2: Block | undefined;
	/** What of the body tells one answer from another: that of a FETCH, unless it came in blocks. */
	readonly telling: Uint8Array;
}

/** Where the blocks of an answer go. */
type Answering = Pick<Exchange, "respond">;

const EMPTY = new Uint8Array(0);
const ETAG_BYTES = 4;

/** Bodies of others' requests put together (RFC 7959 section 2.5), and answers handed out in blocks (section 2.4). */
export class BlockwiseServer {
	readonly #options: BlockwiseServerOptions;
	readonly #incoming: TransferStore<BlockBuffer>;
	readonly #outgoing: TransferStore<Outgoing>;
	#handler: Handler | undefined;

	constructor(options: BlockwiseServerOptions) {
		this.#options = options;
		this.#incoming = new TransferStore(options);
		this.#outgoing = new TransferStore(options);
	}

	get transfers(): number {
		return this.#incoming.size + this.#outgoing.size;
	}

	setHandler(handler: Handler): void {
		this.#handler = handler;
	}

	close(): void {
		this.#incoming.clear();
		this.#outgoing.clear();
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
			this.#arrived({ request, block1, block2, telling }, exchange);
			return;
		}
		const key = transferKey(request, EMPTY);
		const payload = this.#assemble(request, block1, key, exchange);
		if (payload === undefined) return;
		this.#arrived({ request: { ...request, payload }, block1, block2, telling: EMPTY }, exchange);
	}

	/** Adds a block to its body and answers it, or returns the body when it was the last. */
	#assemble(request: ServerRequest, block: Block, key: string, exchange: Exchange): Uint8Array | undefined {
		const { maxBody, szx } = this.#options;
		const { payload } = request;
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
		if (Math.max(announced, length) > maxBody || !this.#incoming.set(key, buffer, length)) {
			this.#incoming.delete(key);
			const limit = uintOption(OptionNumber.Size1, maxBody);
			exchange.respond({ code: Code.RequestEntityTooLarge, options: [limit] });
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

	#arrived(arrived: Arrived, exchange: Exchange): void {
		const { block2, request, telling } = arrived;
		if (block2 !== undefined && block2.number > 0) {
			const kept = this.#outgoing.get(transferKey(request, telling));
			if (kept !== undefined) {
				this.#serve(kept, arrived, exchange);
				return;
			}
			// Asking again is harmless for what only reads; anything else would act twice.
			const { code, payload } = request;
			if (code !== Code.Get && !(code === Code.Fetch && payload.length > 0)) {
				exchange.respond({ code: Code.RequestEntityIncomplete });
				return;
			}
		}
		const handler = this.#handler;
		if (handler === undefined) {
			exchange.respond({ code: Code.NotFound });
			return;
		}
		handler(withoutBlocks(request), {
			respond: reply => this.#respond(reply, arrived, exchange),
			get observable() {
				return exchange.observable;
			},
			observe: (reply, onEnd) => this.#observe(reply, arrived, exchange, onEnd),
			drop: () => exchange.drop()
		});
	}

	/** The first block of each state goes as a notification; the others are asked for (RFC 7959 section 2.6). */
	#observe(reply: Reply, arrived: Arrived, exchange: Exchange, onEnd: () => void): Notifier {
		let notifier: Notifier | undefined;
		this.#respond(reply, arrived, {
			respond: first => {
				notifier = exchange.observe(first, onEnd);
			}
		});
		const below = notifier;
		if (below === undefined) throw new ExchangeError("this request observes nothing");
		const later = { ...arrived, block1: undefined };
		return {
			notify: (state, confirmable) =>
				this.#respond(state, later, { respond: block => below.notify(block, confirmable) }),
			end: last => below.end(last)
		};
	}

	#respond(reply: Reply, arrived: Arrived, exchange: Answering): void {
		const { block1, block2 } = arrived;
		const { code, payload = EMPTY } = reply;
		let options = replyOptions(reply);
		if (block1 !== undefined) options = [...options, blockOption(OptionNumber.Block1, block1)];
		const size = blockSize(Math.min(this.#options.szx, block2?.szx ?? this.#options.szx));
		const fits = payload.length <= size && (block2 === undefined || codeClass(code) !== 2);
		if (fits && this.#respondWhole({ code, options, payload }, exchange)) return;
		if (payload.length > this.#options.maxBody) {
			throw new SizeError(
				`an answer of ${payload.length} bytes exceeds the ${this.#options.maxBody} allowed`
			);
		}
		if (payload.length > size && findOption(options, OptionNumber.ETag) === undefined) {
			// Random, so that an answer made anew, also after a restart, is never taken for the same.
			options = [...options, { number: OptionNumber.ETag, value: this.#options.random(ETAG_BYTES) }];
		}
		this.#serve({ code, options, payload }, arrived, exchange);
	}

	/** False when the options take so much room that even a small body needs blocks. */
	#respondWhole(reply: Reply, exchange: Answering): boolean {
		try {
			exchange.respond(reply);
			return true;
		} catch (error) {
			if (error instanceof SizeError && (reply.payload?.length ?? 0) > 0) return false;
			throw error;
		}
	}

	/** Answers with the block that is asked for, in smaller ones when the options take too much room. */
	#serve(outgoing: Outgoing, { block2, request, telling }: Arrived, exchange: Answering): void {
		const { code, options, payload } = outgoing;
		const offset = block2 === undefined ? 0 : blockOffset(block2);
		const key = transferKey(request, telling);
		if (offset > 0 && offset >= payload.length) {
			exchange.respond({ code: Code.BadRequest });
			return;
		}
		shrinking(Math.min(this.#options.szx, block2?.szx ?? this.#options.szx), szx => {
			const size = blockSize(szx);
			const end = Math.min(offset + size, payload.length);
			const more = end < payload.length;
			// Before it is sent: within one process the next request may come before `respond` returns.
			if (!more) this.#outgoing.delete(key);
			else if (!this.#outgoing.set(key, outgoing, payload.length))
				throw new BlockError("no room for the answer");
			const block = blockOption(OptionNumber.Block2, { number: offset / size, more, szx });
			exchange.respond({ code, options: [...options, block], payload: payload.subarray(offset, end) });
		});
	}
}

/** The request as what is above us sees it. */
function withoutBlocks(request: ServerRequest): ServerRequest {
	const { Block1, Block2, Size1 } = OptionNumber;
	const options = withoutOptions(request.options, Block1, Block2, Size1);
	return options.length === request.options.length ? request : { ...request, options };
}

/**
 * What makes blocks belong together: who asks, what for, and the Request-Tag if there is one (RFC 7959 section
 * 2.4, RFC 9175 section 3.3), that is, all that would be part of a cache's key.
 */
function transferKey(request: ServerRequest, payload: Uint8Array): string {
	const { Block1, Block2, Observe } = OptionNumber;
	let key = `${request.secured ? "secured " : ""}${request.peer} ${request.code}`;
	for (const { number, value } of request.options) {
		if (number === Block1 || number === Block2 || number === Observe || isNoCacheKey(number)) continue;
		key += ` ${number}=${toHex(value)}`;
	}
	return payload.length === 0 ? key : `${key} ${toHex(payload)}`;
}
