import { toHex } from "../bytes/bytes.js";
import { type Block, blockOffset, blockOption, blockSize, shrinking } from "./block.js";
import { Code, codeClass } from "./code.js";
import { ExchangeError, SizeError } from "./errors.js";
import { type Exchange, type Notifier, type Reply, replyOptions, type ServerRequest } from "./layer.js";
import { findOption, type Option } from "./option.js";
import { isNoCacheKey, OptionNumber } from "./option-table.js";
import type { TransferStore } from "./transfer-store.js";

/** An answer too large for a datagram, kept until it is fetched. */
export interface KeptAnswer {
	readonly code: number;
	readonly options: readonly Option[];
	readonly payload: Uint8Array;
}

/** What all answers share. */
export interface Answers {
	readonly kept: TransferStore<KeptAnswer>;
	readonly szx: number;
	readonly maxBody: number;
	random(count: number): Uint8Array;
}

/** A request with its body whole, and how its answer goes back. */
export interface Arrived {
	readonly request: ServerRequest;
	/** The last Block1, to be echoed in the answer. */
	readonly block1: Block | undefined;
	/** Which part of the answer is asked for. */
	readonly block2: Block | undefined;
	/** What of the body tells one answer from another: that of a FETCH, unless it came in blocks. */
	readonly telling: Uint8Array;
}

/** Where the blocks of an answer go. */
type Below = Pick<Exchange, "respond">;

const EMPTY = new Uint8Array(0);
const ETAG_BYTES = 4;

/** Answers a request in as many blocks as it takes (RFC 7959 section 2.4). */
export class BlockwiseExchange implements Exchange {
	readonly #answers: Answers;
	readonly #arrived: Arrived;
	readonly #below: Exchange;

	constructor(answers: Answers, arrived: Arrived, below: Exchange) {
		this.#answers = answers;
		this.#arrived = arrived;
		this.#below = below;
	}

	/** Answers with a later block of an answer that is kept; false when there is none. */
	goOn(): boolean {
		const kept = this.#answers.kept.get(this.key);
		if (kept !== undefined) this.serve(kept, this.#below);
		return kept !== undefined;
	}

	/** Only with the first block of a state (RFC 7959 section 2.6): a later one may not be there, and an error is no state. */
	get observable(): boolean {
		return (this.#arrived.block2?.number ?? 0) === 0 && this.#below.observable;
	}

	respond(reply: Reply): void {
		this.send(reply, this.#arrived.block1, this.#below);
	}

	/**
	 * The first block of each state goes as a notification; the others are asked for (RFC 7959 section 2.6). Where there is no
	 * room to keep them the answer is an error.
	 */
	observe(reply: Reply, onEnd: () => void): Notifier | undefined {
		if (!this.observable) throw new ExchangeError("this request observes nothing");
		let notifier: Notifier | undefined;
		this.send(reply, this.#arrived.block1, {
			respond: first => {
				if (codeClass(first.code) === 2) notifier = this.#below.observe(first, onEnd);
				else this.#below.respond(first);
			}
		});
		return notifier && new BlockwiseNotifier(this, notifier, onEnd);
	}

	/** A later state, to who observes; false when it was an error, which is the last word. */
	notify(state: Reply, notifier: Notifier, confirmable: boolean | undefined): boolean {
		let isState = true;
		this.send(state, undefined, {
			respond: block => {
				isState = codeClass(block.code) === 2;
				if (isState) notifier.notify(block, confirmable);
				else notifier.end(block);
			}
		});
		return isState;
	}

	drop(): void {
		this.#below.drop();
	}

	verified(peer: string, above: Pick<Exchange, "respond">): boolean {
		return this.#below.verified(peer, above);
	}

	private get key(): string {
		const { request, telling } = this.#arrived;
		return transferKey(request, telling);
	}

	/** Bytes of a block are 2^(szx + 4). */
	private get szx(): number {
		const { szx } = this.#answers;
		return Math.min(szx, this.#arrived.block2?.szx ?? szx);
	}

	private send(reply: Reply, block1: Block | undefined, below: Below): void {
		const { block2 } = this.#arrived;
		const { maxBody, random } = this.#answers;
		const { code, payload = EMPTY } = reply;
		let options = replyOptions(reply);
		if (block1 !== undefined) options = [...options, blockOption(OptionNumber.Block1, block1)];
		const size = blockSize(this.szx);
		const fits = payload.length <= size && (block2 === undefined || codeClass(code) !== 2);
		if (fits && sendWhole({ code, options, payload }, below)) return;
		if (payload.length > maxBody) {
			throw new SizeError(`an answer of ${payload.length} bytes exceeds the ${maxBody} allowed`);
		}
		if (payload.length > size && findOption(options, OptionNumber.ETag) === undefined) {
			// Random, so that an answer made anew, also after a restart, is never taken for the same.
			options = [...options, { number: OptionNumber.ETag, value: random(ETAG_BYTES) }];
		}
		this.serve({ code, options, payload }, below);
	}

	/** Answers with the block that is asked for, in smaller ones when the options take too much room. */
	private serve(answer: KeptAnswer, below: Below): void {
		const { code, options, payload } = answer;
		const { kept } = this.#answers;
		const { block2, request } = this.#arrived;
		const offset = block2 === undefined ? 0 : blockOffset(block2);
		const { key } = this;
		if (offset > 0 && offset >= payload.length) {
			below.respond({ code: Code.BadRequest });
			return;
		}
		shrinking(this.szx, szx => {
			const size = blockSize(szx);
			const end = Math.min(offset + size, payload.length);
			const more = end < payload.length;
			// Before it is sent: within one process the next request may come before `respond` returns.
			if (!more) kept.delete(key);
			else if (!kept.set(key, answer, payload.length, request)) {
				below.respond({ code: Code.ServiceUnavailable });
				return;
			}
			const block = blockOption(OptionNumber.Block2, { number: offset / size, more, szx });
			below.respond({ code, options: [...options, block], payload: payload.subarray(offset, end) });
		});
	}
}

/** Tells an observer of states of any size. */
class BlockwiseNotifier implements Notifier {
	readonly #exchange: BlockwiseExchange;
	readonly #below: Notifier;
	readonly #onEnd: () => void;

	constructor(exchange: BlockwiseExchange, below: Notifier, onEnd: () => void) {
		this.#exchange = exchange;
		this.#below = below;
		this.#onEnd = onEnd;
	}

	notify(state: Reply, confirmable?: boolean): void {
		if (!this.#exchange.notify(state, this.#below, confirmable)) this.#onEnd();
	}

	end(last?: Reply): void {
		this.#below.end(last);
	}
}

/** False when the options take so much room that even a small body needs blocks. */
function sendWhole(reply: Reply, below: Below): boolean {
	try {
		below.respond(reply);
		return true;
	} catch (error) {
		if (error instanceof SizeError && (reply.payload?.length ?? 0) > 0) return false;
		throw error;
	}
}

/**
 * What makes blocks belong together: who asks, what for, and the Request-Tag if there is one (RFC 7959 section
 * 2.4, RFC 9175 section 3.3), that is, all that would be part of a cache's key.
 */
export function transferKey(request: ServerRequest, payload: Uint8Array): string {
	const { Block1, Block2, Observe } = OptionNumber;
	let key = `${request.secured ? "secured " : ""}${request.peer} ${request.code}`;
	for (const { number, value } of request.options) {
		if (number === Block1 || number === Block2 || number === Observe || isNoCacheKey(number)) continue;
		key += ` ${number}=${toHex(value)}`;
	}
	return payload.length === 0 ? key : `${key} ${toHex(payload)}`;
}
