import { encode } from "../../../modules/cbor/cbor.js";
import { blockOption } from "../../../modules/coap/block.js";
import { Code, type Option, OptionNumber, pathOptions, uintOption } from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import { SimulatedInsider } from "../../harness/simulated-insider.js";
import type { Dice, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { idOf, secureHome } from "./house.js";

/** A home whose switch is in the hands of somebody bad. */
function home(seed?: number) {
	const { network, lamp, door, knob } = secureHome(seed);
	network.clock.advance(5_000);
	const peer = idOf(lamp);
	const bad = new SimulatedInsider(network, knob);
	bad.greet(peer, lamp);
	network.clock.advance(2_000);
	const say = (
		...said: Parameters<SimulatedInsider["say"]> extends [unknown, unknown, ...infer R] ? R : never
	) => {
		try {
			bad.say(peer, lamp, ...said);
		} catch {
			// Too much at once, or too long: it is for others to be heard.
		}
	};
	return { network, lamp, door, knob, bad, say };
}

/** What came out of a node as a fault. */
function faultsOf({ output }: SimulatedNode): string[] {
	return output.match(/.* failed: .*/g) ?? [];
}

const { Observe, Block1, Block2, Size1, ContentFormat, Accept, Echo, RequestTag, ETag } = OptionNumber;
const telling = [Observe, Block1, Block2, Size1, ContentFormat, Accept, Echo, RequestTag, ETag];
const paths = [
	"/tasks",
	"/blocks",
	"/record",
	"/sync",
	"/.well-known/core",
	"/.well-known/edhoc",
	"/",
	"/no"
];

const pick = <T>(dice: Dice, all: readonly T[]): T => all[Math.floor(dice.roll() * all.length)] as T;

/** Options that mean something, with values that mostly do. */
function anyOptions(dice: Dice): Option[] {
	const count = Math.floor(dice.roll() * 5);
	return Array.from({ length: count }, () => {
		const known = dice.roll() < 0.8;
		const number = known
			? pick(dice, telling)
			: pick(dice, [...Object.values(OptionNumber), 258, 2048, 2049]);
		const value = dice.bytes(Math.floor(dice.roll() * (dice.roll() < 0.2 ? 12 : 4)));
		// Mostly a small number: a first block, a registration.
		return { number, value: dice.roll() < 0.5 ? value.map(byte => byte & 0x1f) : value };
	});
}

/** A body: CBOR of any shape, or bytes. */
function anyBody(dice: Dice): Uint8Array {
	const length = pick(dice, [0, 1, 4, 16, 32, 1024, 3000]);
	if (dice.roll() < 0.3) return dice.bytes(length);
	const item = (depth: number): unknown => {
		if (depth < 3 && dice.roll() < 0.4)
			return Array.from({ length: Math.floor(dice.roll() * 5) }, () => item(depth + 1));
		return pick(dice, [null, true, 0, 1, 2, 3, -1, 2 ** 53 - 1, "read", "", dice.bytes(16), dice.bytes(32)]);
	};
	return encode(item(0) as Parameters<typeof encode>[0]);
}

export default suite("a bad member", {
	"has no node restart by registering for a later block of a state": () => {
		const { network, lamp, bad, say } = home();
		const options = [
			...pathOptions("/tasks"),
			uintOption(Observe, 0),
			blockOption(Block2, { number: 1, more: false, szx: 0 })
		];
		for (let count = 0; count < 24; count += 1) {
			say({ code: Code.Get, options });
			network.clock.advance(300);
		}
		equal([bad.answers, faultsOf(lamp), lamp.ended], [24, [], undefined]);
	},
	"brings no fault out of a node by anything it asks, with any options": () => {
		const { network, lamp, door, bad, say } = home();
		const { dice, clock } = network;
		const codes = [Code.Get, Code.Fetch, Code.Post, Code.Put, Code.Delete];
		for (let count = 0; count < 1_500; count += 1) {
			// Half of them read what can be observed, and most of these ask to.
			const reads = dice.roll() < 0.5;
			const path = pathOptions(reads ? "/tasks" : pick(dice, paths));
			const registers = reads && dice.roll() < 0.8 ? [uintOption(Observe, 0)] : [];
			const options = [...path, ...registers, ...anyOptions(dice)];
			say({ code: reads ? Code.Get : pick(dice, codes), options, payload: anyBody(dice), timeout: 2_000 });
			if (dice.roll() < 0.05) lamp.type("task lamp toggle");
			clock.advance(Math.floor(dice.roll() * 300));
		}
		clock.advance(60_000);
		equal([faultsOf(lamp), lamp.ended], [[], undefined]);
		door.ask("task lamp on", /^lamp: on/);
		ok(bad.answers > 500, `${bad.answers} answers`);
		return `${bad.answers} answers`;
	},
	"brings no fault out of a node by anything it answers": () => {
		const { network, lamp, door, bad } = home();
		const { dice, clock } = network;
		const codes = [
			Code.Content,
			Code.Changed,
			Code.Continue,
			Code.BadRequest,
			Code.Unauthorized,
			Code.NotFound
		];
		let asked = 0;
		bad.answer((_request, exchange) => {
			asked += 1;
			const payload = dice.roll() < 0.3 ? dice.bytes(1) : anyBody(dice);
			const reply = { code: pick(dice, codes), options: anyOptions(dice), payload };
			try {
				if (exchange.observable && reply.code === Code.Content) exchange.observe(reply, () => undefined);
				else exchange.respond(reply);
			} catch {
				exchange.drop();
			}
		});
		for (let count = 0; count < 400; count += 1) {
			lamp.type(
				pick(dice, ["watch knob", "unwatch", "task knob read", "task all off", "sync", "task knob on"])
			);
			clock.advance(Math.floor(dice.roll() * 4_000));
		}
		clock.advance(300_000);
		equal([faultsOf(lamp), lamp.ended], [[], undefined]);
		door.ask("task lamp on", /^lamp: on/);
		ok(asked > 200, `${asked} asked`);
		return `${asked} asked`;
	}
});
