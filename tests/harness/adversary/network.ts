import {
	Code,
	codeClass,
	codeText,
	decodeMessage,
	encodeMessage,
	findOption,
	isRequest,
	type Message,
	MessageType,
	OptionNumber,
	pathOptions
} from "../../../modules/coap/coap.js";
import type { World } from "./world.js";

/** What a datagram is, as one sees that has no keys. */
export type DatagramKind = "any" | "request" | "response" | "empty" | "clear";

/** What can be invented by who has seen a request, or guesses the next one. */
export const forgeries = ["4.01", "4.00", "5.03", "ACK", "RST", "4.01 alone", "2.05"] as const;
export type Forgery = (typeof forgeries)[number];

/** What becomes of a datagram. */
export interface Fate {
	/** Milliseconds after which copies arrive: none, one, or more. */
	readonly arrivals: readonly number[];
	/** What its sender hears at once in the name of whom it was for. */
	readonly forged?: Forgery;
	/** Done before the first copy arrives. */
	readonly before?: () => void;
	/** Done once the first copy has been taken, or when it has gone. */
	readonly after?: () => void;
}

/** What datagrams are for: a node, or somebody who poses as one. */
export interface Receiver {
	/** As "10.0.0.1:5683". */
	readonly place: string;
	receive(bytes: Uint8Array, from: string): void;
}

/** A datagram that was sent. */
export interface Sent {
	readonly from: string;
	readonly to: string;
	readonly bytes: Uint8Array;
	readonly at: number;
}

/** What is to happen to datagrams of one kind from one place to another. */
interface Rule {
	readonly from: string;
	readonly to: string;
	readonly kind: DatagramKind;
	/** Datagrams that pass before it takes hold. */
	skip: number;
	/** How many it takes. */
	count: number;
	readonly fate: Fate;
}

const honest: Fate = Object.freeze({ arrivals: Object.freeze([1]) });
const everyone = "255.255.255.255";

/** A network that belongs to the adversary: it sees each datagram and says what becomes of it. */
export class AdversaryNetwork {
	readonly #world: World;
	readonly #receivers = new Map<string, Receiver>();
	readonly #rules: Rule[] = [];
	readonly sent: Sent[] = [];
	/** Since then it is honest. */
	#isAtPeace = false;
	/** Takes back what is still under way. */
	readonly #underWay = new Set<() => void>();
	/** Called for each datagram. */
	onSent: (sent: Sent) => void = () => undefined;

	constructor(world: World) {
		this.#world = world;
	}

	attach(receiver: Receiver): void {
		this.#receivers.set(receiver.place, receiver);
	}

	/** The next rule goes before those that were made earlier. */
	rule(from: string, to: string, kind: DatagramKind, fate: Fate, skip = 0, count = 1): void {
		this.#rules.unshift({ from, to, kind, skip, count, fate });
	}

	/** From now on each datagram arrives, once. What is under way is lost. */
	peace(): void {
		this.#isAtPeace = true;
		this.#rules.length = 0;
		for (const takeBack of this.#underWay) takeBack();
		this.#underWay.clear();
	}

	send(from: string, to: string, bytes: Uint8Array): void {
		const [host = "", port = ""] = to.split(":");
		if (host !== everyone) {
			this.#carry({ from, to, bytes, at: this.#world.now });
			return;
		}
		for (const place of this.#receivers.keys()) {
			if (place !== from && place.endsWith(`:${port}`))
				this.#carry({ from, to: place, bytes, at: this.#world.now });
		}
	}

	/** Has a datagram arrive, whoever has made it. */
	deliver(
		from: string,
		to: string,
		bytes: Uint8Array,
		milliseconds: number,
		{ before, after }: Partial<Fate> = {}
	): void {
		const takeBack = this.#world.after(milliseconds, () => {
			this.#underWay.delete(takeBack);
			before?.();
			this.#receivers.get(to)?.receive(bytes, from);
			after?.();
		});
		this.#underWay.add(takeBack);
	}

	/** The last request that one place has sent to another, if there was one. */
	lastRequest(from: string, to: string): Message | undefined {
		for (let index = this.sent.length - 1; index >= 0; index -= 1) {
			const each = this.sent[index];
			if (each === undefined || each.from !== from || each.to !== to) continue;
			const message = decodeMessage(each.bytes);
			if (isRequest(message.code)) return message;
		}
		return undefined;
	}

	/** Answers a request in the name of whom it was for. */
	forge(to: string, as: string, request: Message, forgery: Forgery): void {
		this.deliver(as, to, forged(request, forgery), 0);
	}

	/** Asks in the name of another under the id that its next message will have, or so many later. */
	preempt(as: string, to: string, ahead: number, isSealed: boolean): void {
		const last = this.lastRequest(as, to);
		if (last === undefined) return;
		const id = (last.id + 1 + ahead) & 0xffff;
		const token = Uint8Array.of(1, 2, 3, 4);
		const { Confirmable } = MessageType;
		const options = isSealed ? last.options : pathOptions("/tasks");
		const payload = isSealed ? last.payload : new Uint8Array(0);
		const bytes = encodeMessage({ type: Confirmable, code: Code.Post, id, token, options, payload });
		this.deliver(as, to, bytes, 0);
	}

	#carry(sent: Sent): void {
		this.sent.push(sent);
		this.onSent(sent);
		const { from, to, bytes } = sent;
		const fate = this.#fateOf(sent);
		const { arrivals, forged: forgery, after } = fate;
		if (forgery !== undefined) {
			const message = decodeMessage(bytes);
			if (isRequest(message.code)) this.forge(from, to, message, forgery);
		}
		arrivals.forEach((milliseconds, index) => {
			this.deliver(from, to, bytes, milliseconds, index === 0 ? fate : {});
		});
		if (arrivals.length === 0 && after !== undefined) this.#world.after(0, after);
	}

	#fateOf({ from, to, bytes }: Sent): Fate {
		if (this.#isAtPeace || this.#rules.length === 0) return honest;
		for (const rule of this.#rules) {
			if (rule.count === 0 || rule.from !== from || rule.to !== to || !isKind(bytes, rule.kind)) continue;
			if (rule.skip > 0) {
				rule.skip -= 1;
				continue;
			}
			rule.count -= 1;
			return rule.fate;
		}
		return honest;
	}
}

function kindOf(bytes: Uint8Array): DatagramKind {
	const { code, options } = decodeMessage(bytes);
	if (code === Code.Empty) return "empty";
	if (findOption(options, OptionNumber.Oscore) === undefined) return "clear";
	return codeClass(code) === 0 ? "request" : "response";
}

/** A datagram in words, as far as one sees who has no keys. */
export function datagramText({ from, to, bytes }: Sent): string {
	const { type, code, id, options } = decodeMessage(bytes);
	const sort = ["CON", "NON", "ACK", "RST"][type];
	const isSealed = findOption(options, OptionNumber.Oscore) !== undefined;
	const what = code === Code.Empty ? "" : isSealed ? ` sealed ${kindOf(bytes)}` : ` ${codeText(code)}`;
	return `${from} > ${to} ${sort} ${id}${what}, ${bytes.length} bytes`;
}

function isKind(bytes: Uint8Array, kind: DatagramKind): boolean {
	return kind === "any" || kindOf(bytes) === kind;
}

function forged({ id, token }: Message, forgery: Forgery): Uint8Array {
	const { Acknowledgement, NonConfirmable, Reset } = MessageType;
	const [options, payload, none] = [[], new Uint8Array(0), new Uint8Array(0)];
	switch (forgery) {
		case "ACK":
			return encodeMessage({ type: Acknowledgement, code: Code.Empty, id, token: none, options, payload });
		case "RST":
			return encodeMessage({ type: Reset, code: Code.Empty, id, token: none, options, payload });
		case "4.01 alone": {
			const code = Code.Unauthorized;
			return encodeMessage({ type: NonConfirmable, code, id: id ^ 0x8000, token, options, payload });
		}
	}
	const code = {
		"4.01": Code.Unauthorized,
		"4.00": Code.BadRequest,
		"5.03": Code.ServiceUnavailable,
		"2.05": Code.Content
	}[forgery];
	return encodeMessage({ type: Acknowledgement, code, id, token, options, payload });
}
