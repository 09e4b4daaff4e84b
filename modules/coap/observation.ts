import type { Clock } from "../clock/clock.js";
import { codeClass, codeText, isResponse } from "./code.js";
import { ExchangeError } from "./errors.js";
import { type Notifier, type Reply, replyOptions } from "./layer.js";
import { type Message, MessageType } from "./message.js";
import { uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";
import type { Outgoing } from "./outgoing.js";
import { Retransmission } from "./retransmission.js";

/** What an observation needs of its endpoint. */
export interface ObservationOptions {
	readonly clock: Clock;
	readonly token: Uint8Array;
	readonly maxRetransmit: number;
	/** Milliseconds since the last confirmed message after which a notification is confirmable, whatever is asked. */
	readonly confirmEvery: number;
	/** Throws SizeError. */
	encode(message: Message): Uint8Array;
	send(bytes: Uint8Array): void;
	newId(): number;
	firstTimeout(): number;
	/** The value of the next Observe option. */
	nextNumber(): number;
	/** Waits for the acknowledgement or Reset of a message of ours; ends with `release`. */
	wait(id: number, outgoing: Outgoing): void;
	release(id: number): void;
	/** Puts it into the table, and takes it out. */
	onBegin(): void;
	onFinish(): void;
	/** The other side has ended it. */
	onEnd(): void;
}

/** A notification ready to go. */
interface Prepared {
	readonly id: number;
	readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/**
 * One observer of a resource (RFC 7641 section 4). A confirmable notification that waits for its acknowledgement
 * is replaced by the newest state when it would be repeated, and keeps its waits and its count (section 4.5.2).
 */
export class Observation implements Notifier {
	readonly #options: ObservationOptions;
	#state: "new" | "open" | "ending" | "ended" = "new";
	#confirmed: number;
	/** Waits for its acknowledgement, or for a Reset when it is not confirmable. */
	#current: Prepared | undefined;
	#retransmission: Retransmission | undefined;
	#newest: Prepared | undefined;

	constructor(options: ObservationOptions) {
		this.#options = options;
		this.#confirmed = options.clock.now();
	}

	/** The answer that registers it is about to go. */
	begin(): void {
		if (this.#state !== "new") return;
		this.#state = "open";
		this.#options.onBegin();
	}

	notify(reply: Reply, confirmable = true): void {
		if (codeClass(reply.code) !== 2)
			throw new ExchangeError(`${codeText(reply.code)} is no state to observe`);
		if (this.#state !== "open") return;
		const { clock, confirmEvery, nextNumber } = this.#options;
		const options = [...replyOptions(reply), uintOption(OptionNumber.Observe, nextNumber())];
		const waiting = this.#retransmission !== undefined;
		const confirms = waiting || confirmable || clock.now() - this.#confirmed >= confirmEvery;
		const prepared = this.#prepare({ ...reply, contentFormat: undefined, options }, confirms);
		if (waiting) this.#newest = prepared;
		else if (confirms) this.#start(prepared);
		else this.#put(prepared);
	}

	end(reply?: Reply): void {
		if (this.#state !== "open" && this.#state !== "new") return;
		if (reply === undefined) {
			this.#finish();
			return;
		}
		if (!isResponse(reply.code)) throw new ExchangeError(`${codeText(reply.code)} answers nothing`);
		const prepared = this.#prepare(
			{ ...reply, contentFormat: undefined, options: replyOptions(reply) },
			true
		);
		this.#state = "ending";
		if (this.#retransmission === undefined) this.#start(prepared);
		else this.#newest = prepared;
	}

	/** The observer has rejected it, does not acknowledge, or asked anew. */
	lost(): void {
		const told = this.#state === "open";
		if (this.#finish() && told) this.#options.onEnd();
	}

	/** Without a word to anyone. */
	close(): void {
		this.#finish();
	}

	#prepare({ code, options = [], payload = EMPTY }: Reply, confirmable: boolean): Prepared {
		const { encode, newId, token } = this.#options;
		const id = newId();
		const type = confirmable ? MessageType.Confirmable : MessageType.NonConfirmable;
		return { id, bytes: encode({ type, code, id, token, options, payload }) };
	}

	#start(prepared: Prepared): void {
		const { clock, firstTimeout, maxRetransmit } = this.#options;
		this.#newest = prepared;
		this.#retransmission = new Retransmission({
			clock,
			timeout: firstTimeout(),
			maxRetransmit,
			send: () => this.#transmit(),
			onExhausted: () => this.lost()
		});
		this.#retransmission.start();
	}

	/** Sends the newest state, or the current one again when there is none newer. */
	#transmit(): void {
		const newest = this.#newest;
		this.#newest = undefined;
		if (newest !== undefined) this.#put(newest);
		else if (this.#current !== undefined) this.#options.send(this.#current.bytes);
	}

	#put(prepared: Prepared): void {
		const { release, send, wait } = this.#options;
		if (this.#current !== undefined) release(this.#current.id);
		this.#current = prepared;
		wait(prepared.id, {
			acknowledged: () => this.#acknowledged(),
			answered: () => undefined,
			reset: () => this.lost()
		});
		send(prepared.bytes);
	}

	#acknowledged(): void {
		if (this.#retransmission === undefined) return;
		this.#confirmed = this.#options.clock.now();
		this.#retransmission.stop();
		this.#retransmission = undefined;
		if (this.#current !== undefined) this.#options.release(this.#current.id);
		this.#current = undefined;
		const newest = this.#newest;
		if (newest !== undefined) this.#start(newest);
		else if (this.#state === "ending") this.#finish();
	}

	#finish(): boolean {
		if (this.#state === "ended") return false;
		this.#state = "ended";
		this.#retransmission?.stop();
		this.#retransmission = undefined;
		this.#newest = undefined;
		if (this.#current !== undefined) this.#options.release(this.#current.id);
		this.#current = undefined;
		this.#options.onFinish();
		return true;
	}
}
