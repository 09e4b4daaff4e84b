import { codeClass, codeText, isResponse } from "./code.js";
import { ExchangeError } from "./errors.js";
import { type Notifier, type Reply, replyOptions } from "./layer.js";
import { MessageType } from "./message.js";
import { uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { messageKey, type Outgoing, peerName } from "./outgoing.js";
import { Retransmission, type Retransmitted } from "./retransmission.js";
import type { Services } from "./services.js";

/** Where observations are listed, and what they share. */
export interface ObservationList {
	readonly services: Services;
	/** The value of the next Observe option. */
	nextNumber(): number;
	add(observation: Observation): void;
	remove(observation: Observation): void;
}

export interface ObservationOptions {
	readonly list: ObservationList;
	/** Peer and token, under which it is listed. */
	readonly key: string;
	/** Who observes: where a security layer has verified it, by the name there. */
	readonly owner: string;
	readonly address: string;
	readonly port: number;
	readonly token: Uint8Array;
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
export class Observation implements Notifier, Outgoing, Retransmitted {
	readonly #options: ObservationOptions;
	#state: "new" | "open" | "ending" | "ended" = "new";
	#confirmed: number;
	/** Waits for its acknowledgement, or for a Reset when it is not confirmable. */
	#current: Prepared | undefined;
	#retransmission: Retransmission | undefined;
	#newest: Prepared | undefined;

	constructor(options: ObservationOptions) {
		this.#options = options;
		this.#confirmed = options.list.services.clock.now();
	}

	get key(): string {
		return this.#options.key;
	}

	get owner(): string {
		return this.#options.owner;
	}

	/** The answer that registers it is about to go. */
	begin(): void {
		if (this.#state !== "new") return;
		this.#state = "open";
		this.#options.list.add(this);
	}

	notify(reply: Reply, confirmable = true): void {
		if (codeClass(reply.code) !== 2)
			throw new ExchangeError(`${codeText(reply.code)} is no state to observe`);
		if (this.#state !== "open") return;
		const { list } = this.#options;
		const { clock, parameters } = list.services;
		const options = [...replyOptions(reply), uintOption(OptionNumber.Observe, list.nextNumber())];
		const waiting = this.#retransmission !== undefined;
		const confirms = waiting || confirmable || clock.now() - this.#confirmed >= parameters.confirmEvery;
		const prepared = this.prepare({ ...reply, contentFormat: undefined, options }, confirms);
		if (waiting) this.#newest = prepared;
		else if (confirms) this.start(prepared);
		else this.put(prepared);
	}

	end(reply?: Reply): void {
		if (this.#state !== "open" && this.#state !== "new") return;
		if (reply === undefined) {
			this.finish();
			return;
		}
		if (!isResponse(reply.code)) throw new ExchangeError(`${codeText(reply.code)} answers nothing`);
		const prepared = this.prepare({ ...reply, contentFormat: undefined, options: replyOptions(reply) }, true);
		this.#state = "ending";
		if (this.#retransmission === undefined) this.start(prepared);
		else this.#newest = prepared;
	}

	/** The observer has rejected it, does not acknowledge, or asked anew. */
	lost(): void {
		const told = this.#state === "open";
		if (this.finish() && told) this.#options.list.services.guard(() => this.#options.onEnd());
	}

	/** An acknowledgement of a notification carries nothing: one with an answer is not for us. */
	answered(): void {}

	reset(): void {
		this.lost();
	}

	exhausted(): void {
		this.lost();
	}

	/** Without a word to anyone. */
	close(): void {
		this.finish();
	}

	private prepare({ code, options = [], payload = EMPTY }: Reply, confirmable: boolean): Prepared {
		const { address, list, port, token } = this.#options;
		const { encode, outgoing } = list.services;
		const id = outgoing.newId(peerName(address, port));
		const type = confirmable ? MessageType.Confirmable : MessageType.NonConfirmable;
		return { id, bytes: encode({ type, code, id, token, options, payload }) };
	}

	private start(prepared: Prepared): void {
		this.#newest = prepared;
		this.#retransmission = new Retransmission(this.#options.list.services, this);
		this.#retransmission.start();
	}

	/** Sends the newest state, or the current one again when there is none newer. */
	transmit(): void {
		const newest = this.#newest;
		this.#newest = undefined;
		if (newest !== undefined) this.put(newest);
		else if (this.#current !== undefined) this.send(this.#current);
	}

	private put(prepared: Prepared): void {
		this.release();
		this.#current = prepared;
		this.#options.list.services.outgoing.add(this.messageKey(prepared), this);
		this.send(prepared);
	}

	private send({ bytes }: Prepared): void {
		const { address, list, port } = this.#options;
		list.services.send(address, port, bytes);
	}

	/** Waits no more for an answer to the current message. */
	private release(): void {
		if (this.#current === undefined) return;
		this.#options.list.services.outgoing.remove(this.messageKey(this.#current));
		this.#current = undefined;
	}

	private messageKey({ id }: Prepared): string {
		const { address, port } = this.#options;
		return messageKey(peerName(address, port), id);
	}

	acknowledged(): void {
		if (this.#retransmission === undefined) return;
		this.#confirmed = this.#options.list.services.clock.now();
		this.#retransmission.stop();
		this.#retransmission = undefined;
		this.release();
		const newest = this.#newest;
		if (newest !== undefined) this.start(newest);
		else if (this.#state === "ending") this.finish();
	}

	private finish(): boolean {
		if (this.#state === "ended") return false;
		this.#state = "ended";
		this.#retransmission?.stop();
		this.#retransmission = undefined;
		this.#newest = undefined;
		this.release();
		this.#options.list.remove(this);
		return true;
	}
}
