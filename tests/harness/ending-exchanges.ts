import { Guard } from "../../modules/application/guard.js";
import { GuardedClock } from "../../modules/application/guarded-clock.js";
import {
	Blockwise,
	Code,
	codeClass,
	decodeMessage,
	Endpoint,
	type Exchange,
	encodeMessage,
	MessageType,
	pathOptions,
	type Transport
} from "../../modules/coap/coap.js";
import { runInTurns } from "../../modules/crypto/crypto.js";
import { equal, ok } from "./assert.js";
import { Dice } from "./simulation.js";
import { VirtualClock } from "./virtual-clock.js";

/** By what way a handler goes on later. */
export const ways = ["at once", "timer", "steps", "request"] as const;
/** What a handler does last. */
export const ends = ["throws", "answers", "answers and throws", "answers twice", "drops", "returns"] as const;

/** How one request is handled: in which turns, and to what end. */
export interface Handling {
	readonly confirmable: boolean;
	/** Milliseconds before it comes. */
	readonly after: number;
	/** Copies that come later. */
	readonly copies: number;
	/** Numbers of `ways`: one turn after the other. */
	readonly turns: readonly number[];
	/** Milliseconds of each wait. */
	readonly wait: number;
	/** Number of `ends`. */
	readonly end: number;
	/** Number of what is thrown. */
	readonly thrown: number;
	/** Whether the asker acknowledges an answer in a message of its own. */
	readonly acknowledges: boolean;
}

/** All that can be thrown, also what has no text and what throws when it is looked at. */
function thing(number: number): unknown {
	const hostile = Object.create(null, {
		toString: {
			get: () => {
				throw new RangeError("no text");
			}
		},
		stack: {
			get: () => {
				throw new RangeError("no stack");
			}
		}
	});
	const all = [
		new Error("no"),
		undefined,
		null,
		0,
		"text",
		Object.freeze({}),
		hostile,
		Symbol("no"),
		() => 1
	];
	return all[number % all.length];
}

/** Milliseconds after which everything is over. */
const patience = 400_000;

/**
 * Whatever handlers do and throw, in whatever turns: each request that was taken in comes to an end, its place and
 * timers are free, who asked and was not dropped has an answer, and the next request is served.
 * Returns how many errors were told.
 */
export function everyExchangeEnds(handlings: readonly Handling[]): number {
	const time = new VirtualClock();
	const errors: unknown[] = [];
	const now = () => time.now();
	const guard = new Guard({ now, report: text => errors.push(text), onTooMany: () => undefined });
	const clock = new GuardedClock(time, guard);
	const dice = new Dice(1);
	const answers = new Map<number, number[]>();
	const dropped = new Set<number>();
	const handled = new Set<number>();
	/** Tokens of requests whose answers in messages of their own stay without an acknowledgement. */
	const silent = new Set<number>();
	const transport: Transport = {
		send: (address, port, bytes) => {
			const { type, code, id, token } = decodeMessage(bytes);
			if (address === "helper" && type === MessageType.Confirmable) {
				const reply = { type: MessageType.Acknowledgement, code: Code.Content, id, token };
				const form = { ...reply, options: [], payload: new Uint8Array(0) };
				clock.after(5, () => endpoint.receive(encodeMessage(form), address, port));
				return;
			}
			const number = token[0];
			if (codeClass(code) < 2 || number === undefined) return;
			answers.set(number, [...(answers.get(number) ?? []), code]);
			if (type !== MessageType.Confirmable || silent.has(number)) return;
			const empty = { type: MessageType.Acknowledgement, code: Code.Empty, id, token: new Uint8Array(0) };
			const form = { ...empty, options: [], payload: new Uint8Array(0) };
			clock.after(5, () => endpoint.receive(encodeMessage(form), address, port));
		}
	};
	const endpoint = new Endpoint({
		transport,
		clock,
		random: count => dice.bytes(count),
		onError: error => guard.caught("a request", error),
		parameters: { ackTimeout: 1000, maxLatency: 5000, maxUnverified: 16 }
	});
	const layer = new Blockwise({ layer: endpoint, clock, random: count => dice.bytes(count) });
	const act = (exchange: Exchange, number: number, { end, thrown }: Handling) => {
		const what = ends[end % ends.length];
		const answer = () => exchange.respond({ code: Code.Content });
		if (what === "drops") {
			dropped.add(number);
			exchange.drop();
		}
		if (what?.startsWith("answers")) answer();
		if (what === "answers twice") answer();
		if (what === "throws" || what === "answers and throws") throw thing(thrown);
	};
	const proceed = (exchange: Exchange, number: number, handling: Handling, turn: number) => {
		const way = handling.turns[turn];
		if (way === undefined) {
			act(exchange, number, handling);
			return;
		}
		const next = () => proceed(exchange, number, handling, turn + 1);
		const peer = { address: "helper", port: 5683, code: Code.Get };
		switch (ways[way % ways.length]) {
			case "timer":
				clock.after(handling.wait, next);
				break;
			case "steps":
				runInTurns({
					clock,
					steps: (function* () {
						yield;
						yield;
					})(),
					done: next,
					failed: error => {
						throw error;
					}
				});
				break;
			case "request":
				layer.request({ ...peer, onResponse: next, onFailure: next });
				break;
			default:
				next();
		}
	};
	layer.setHandler((request, exchange) => {
		const number = request.payload[0] ?? 0;
		const handling = handlings[number];
		if (handling === undefined) exchange.respond({ code: Code.Content });
		else {
			ok(!handled.has(number), "a request is handled once");
			handled.add(number);
			proceed(exchange, number, handling, 0);
		}
	});
	const send = (number: number, confirmable: boolean) =>
		endpoint.receive(
			encodeMessage({
				type: confirmable ? MessageType.Confirmable : MessageType.NonConfirmable,
				code: Code.Post,
				id: number,
				token: Uint8Array.of(number),
				options: pathOptions("/t"),
				payload: Uint8Array.of(number)
			}),
			"asker",
			5683
		);
	handlings.forEach(({ confirmable, after, copies, acknowledges }, number) => {
		if (!acknowledges) silent.add(number);
		for (let copy = 0; copy <= copies; copy += 1)
			clock.after(after + copy * 700, () => send(number, confirmable));
	});
	time.advance(patience);
	equal(endpoint.pending, 0, "under way");
	equal(time.pending, 0, "timers");
	for (const number of handled) {
		const isOwed = handlings[number]?.confirmable === true && !dropped.has(number);
		const got = answers.get(number) ?? [];
		ok(!isOwed || got.length > 0, `request ${number} has an answer`);
		ok(new Set(got).size <= 1, `request ${number} has one answer`);
	}
	send(255, true);
	equal(answers.get(255), [Code.Content], "another request");
	return errors.length;
}

/** Handlings by chance, where nothing makes them up better. */
export function anyHandling(dice: Dice): Handling {
	const below = (limit: number) => Math.floor(dice.roll() * limit);
	return {
		confirmable: below(4) > 0,
		after: below(20_000),
		copies: below(3),
		turns: Array.from({ length: below(5) }, () => below(ways.length)),
		wait: below(20_000),
		end: below(ends.length),
		thrown: below(9),
		acknowledges: below(2) > 0
	};
}
