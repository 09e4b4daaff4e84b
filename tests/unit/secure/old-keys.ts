import { fromHex, toHex } from "../../../modules/bytes/bytes.js";
import { decode, encode, isArray, isBytes } from "../../../modules/cbor/cbor.js";
import { Code } from "../../../modules/coap/coap.js";
import { LinkError, loadIdentity, saveIdentity } from "../../../modules/node/node.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { SessionSecrets } from "../../../modules/secure/session-secrets.js";
import { BlockFile, Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import type { MemoryPreference } from "../../harness/memory-preference.js";
import { SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { Network } from "../coap/network.js";
import { askedFor, idOf, restart, Stranger, secureHome } from "./house.js";
import { members } from "./links.js";

const poke = { code: Code.Post, path: "/state", payload: Uint8Array.of(1) };
const newKey = testNode("another key").key;

/** A node has a new key, as its chain says. */
function takeNewKey(node: ReturnType<typeof pair>["a"]): void {
	const { key, privateKey } = testNode("another key");
	node.chain.keys.set(node.id, key);
	node.chain.tellChanged();
	node.identity.privateKey = privateKey;
	node.identity.publicKey = key;
	node.link.ownKeyChanged();
}

/** A node made of the copy of another one's flash that gives itself out as a third, by what that shares with the copied one. */
function posing(copied: SimulatedNode, as: SimulatedNode): MemoryPreference {
	const flash = copied.preference.copy();
	const store = new Store({ preference: flash, domain: "verifichain" });
	const identity = loadIdentity(store);
	if (identity === undefined) throw new Error("no identity");
	const { key, privateKey } = testNode("a thief");
	const [idText, other] = [idOf(as), identity.idText];
	saveIdentity(store, { ...identity, id: fromHex(idText), idText, name: "lamp", publicKey: key, privateKey });
	const record = decode(store.get(`s${idText.slice(0, 14)}`) ?? new Uint8Array(0));
	const [, secret] = isArray(record) ? record : [];
	const [masterSecret, masterSalt, senderId, recipientId] = isArray(secret) ? secret : [];
	if (masterSecret === undefined || masterSalt === undefined) throw new Error("no secret");
	if (senderId === undefined || recipientId === undefined) throw new Error("no names");
	const swapped = [masterSecret, masterSalt, recipientId, senderId];
	const keys = [identity.publicKey.slice(0, 8), key.slice(0, 8)];
	store.set(`s${other.slice(0, 14)}`, encode([identity.id, swapped, null, ...keys]));
	return flash;
}

/** The master secrets in a node's flash: the current one and, where it is kept, the one before. */
function secretsIn({ store }: ReturnType<typeof pair>["a"]): readonly (string | undefined)[] {
	const name = store.names().find(each => /^s[0-9a-f]{14}$/.test(each)) ?? "";
	const record = decode(store.get(name) ?? encode([]));
	if (!isArray(record)) throw new Error("no record");
	return record.slice(1, 3).map(each => (isArray(each) && isBytes(each[0]) ? toHex(each[0]) : undefined));
}

/** Two members, of whom the second notes who had it do something. */
function pair() {
	const network = new Network();
	const [a, b] = members(network, 2);
	if (a === undefined || b === undefined) throw new Error("too few");
	const acted: string[] = [];
	for (const { link } of [a, b]) {
		link.serve("/state", {
			[Code.Post]: (from, _payload, answer) => {
				acted.push(from.idText);
				answer.reply(Uint8Array.of(1));
			}
		});
	}
	/** Whether a handshake gets through. */
	const jam = () => {
		network.fate = ({ bytes }) => (askedFor(bytes) === "POST /.well-known/edhoc" ? [] : [10]);
	};
	return { network, clock: network.clock, a, b, acted, jam };
}

export default suite("old keys", {
	"a session with the old key opens nothing once the new one is known, also when no handshake gets through":
		() => {
			const { clock, a, b, acted, jam } = pair();
			a.ask(b, poke);
			clock.advance(1_000);
			equal(acted.length, 1);
			jam();
			b.chain.keys.set(a.id, newKey);
			b.chain.tellChanged();
			clock.advance(1_000);
			const heard = a.ask(b, poke);
			clock.advance(20_000);
			ok(heard[0] instanceof LinkError);
			equal(acted.length, 1);
		},
	"nor does what was stored of it": () => {
		const { clock, a, b, acted, jam } = pair();
		a.ask(b, poke);
		clock.advance(1_000);
		jam();
		b.chain.keys.set(a.id, newKey);
		b.chain.tellChanged();
		clock.advance(1_000);
		// As after a restart: only the stored secret is left.
		a.contexts.remove(b.id);
		const heard = a.ask(b, poke);
		clock.advance(20_000);
		ok(heard[0] instanceof LinkError);
		equal(acted.length, 1);
	},
	"a handshake that began under the old key comes to nothing, in either role": () => {
		for (const isInitiator of [true, false]) {
			// Turns of the loop from the last message of the one with the old key to the news of the new one.
			for (let turns = 0; turns < 8; turns += 1) {
				const { network, clock, a, b, acted } = pair();
				let isKnown = false;
				const learn = (left: number) => {
					if (left > 0) clock.after(0, () => learn(left - 1));
					if (left > 0 || b.contexts.live(a.id) !== undefined) return;
					isKnown = true;
					b.chain.keys.set(a.id, newKey);
					b.chain.tellChanged();
				};
				let sent = 0;
				network.fate = ({ from }) => {
					if (from === a.address) sent += 1;
					if (from === a.address && sent === 2) clock.after(10, () => learn(turns));
					return [10];
				};
				if (isInitiator) a.ask(b, poke);
				else b.ask(a, poke);
				clock.advance(2_000);
				const what = `${isInitiator ? "initiator" : "responder"}, after ${turns} turns`;
				ok(isKnown || turns > 0, what);
				if (isKnown) equal([b.contexts.live(a.id), acted.length], [undefined, 0], what);
			}
		}
	},
	"who has copied what a node shares with others is not obeyed once the node has a new key itself": () => {
		for (const isLive of [true, false]) {
			const { clock, a, b, acted, jam } = pair();
			let heardOf = 0;
			const told = b.link.serve("/watched", {}, () => {
				heardOf += 1;
				return Uint8Array.of(1);
			});
			a.ask(b, poke);
			a.link.observe({ peer: b.id, path: "/watched", onState: () => undefined, onEnd: () => undefined });
			clock.advance(1_000);
			equal(acted.length, 1);
			jam();
			takeNewKey(b);
			clock.advance(3_000);
			// Who has the copy says what the other one would, and has not heard of the new key, of course.
			if (!isLive) a.contexts.remove(b.id);
			for (let count = 0; count < 3; count += 1) {
				const heard = a.ask(b, poke);
				clock.advance(20_000);
				ok(heard[0] instanceof LinkError);
			}
			const before = heardOf;
			told();
			equal([acted.length, heardOf - before], [1, 0], isLive ? "under the keys" : "under what was stored");
		}
	},
	"nor does that node ask for anything under it, but to compare chains": () => {
		const { network, clock, a, b, acted } = pair();
		for (const { link } of [a, b]) {
			link.serve("/blocks", { [Code.Fetch]: (_from, _payload, answer) => answer.reply(Uint8Array.of(3)) });
		}
		b.ask(a, poke);
		clock.advance(1_000);
		takeNewKey(b);
		const compared = b.ask(a, { code: Code.Fetch, path: "/blocks", payload: Uint8Array.of(0) });
		const asked = b.ask(a, poke);
		clock.advance(20_000);
		equal([compared, acted.length], [[Uint8Array.of(3)], 1]);
		ok(asked[0] instanceof LinkError, "while the other does not know the new key");
		a.chain.keys.set(b.id, b.identity.publicKey);
		a.chain.tellChanged();
		clock.advance(5_000);
		b.ask(a, poke);
		a.ask(b, poke);
		clock.advance(5_000);
		equal([acted.length, network.errors], [3, []], "and then it is as before");
	},
	"and none of it is better after a restart": () => {
		const { clock, a, b } = pair();
		a.ask(b, poke);
		clock.advance(1_000);
		const isOutdated = (key: Uint8Array) => {
			const { store } = b;
			return new SessionSecrets({
				store,
				own: () => key,
				mayWrite: () => true,
				report: () => undefined
			}).isOutdated(a.id);
		};
		equal([isOutdated(b.identity.publicKey), isOutdated(newKey)], [false, true]);
	},
	"of secrets before the last handshake a flash keeps none once a peer has answered under the new one":
		() => {
			for (const isLow of [true, false]) {
				const { clock, a, b, acted, jam } = pair();
				// The one with the lower id begins the daily handshake.
				const [asker, asked] = a.id < b.id === isLow ? [a, b] : [b, a];
				asker.ask(asked, poke);
				clock.advance(1_000);
				const [first] = secretsIn(asker);
				for (let hour = 0; hour < 48; hour += 1) {
					asker.ask(asked, poke);
					clock.advance(3_600_000);
				}
				for (const each of [asker, asked]) {
					const [current, previous] = secretsIn(each);
					ok(current !== first, "there was a handshake");
					equal(previous, undefined);
				}
				// As after a power cut of both: what each has kept is enough.
				jam();
				const before = acted.length;
				for (const [from, to] of [
					[asker, asked],
					[asked, asker]
				] as const) {
					asker.contexts.remove(asked.id);
					asked.contexts.remove(asker.id);
					from.ask(to, poke);
					clock.advance(10_000);
				}
				equal(acted.length - before, 2);
			}
		},
	"what came under the old key is still answered for a moment": () => {
		const { clock, a, b, jam } = pair();
		b.link.serve("/later", {
			[Code.Post]: (_from, _payload, answer) => {
				clock.after(500, () => answer.reply(Uint8Array.of(2)));
			}
		});
		a.ask(b, poke);
		clock.advance(1_000);
		const heard = a.ask(b, { ...poke, path: "/later" });
		clock.advance(100);
		const old = b.contexts.live(a.id);
		jam();
		b.chain.keys.set(a.id, newKey);
		b.chain.tellChanged();
		clock.advance(1_000);
		equal([heard, old?.closed], [[Uint8Array.of(2)], false]);
		clock.advance(2_000);
		equal(old?.closed, true, "and then its keys are forgotten");
	},
	"a sponsor that gives itself out as the founder is not taken for it once there is a chain": () => {
		for (const isLate of [false, true]) {
			const { network, clock, a, b, acted } = pair();
			// The joiner has no chain yet, and goes by what its sponsor says: that it is the founder, by a key of its own.
			b.chain.gone.add(a.id);
			b.chain.gone.add(b.id);
			const { key, privateKey } = testNode("a member's own");
			a.identity.privateKey = privateKey;
			a.identity.publicKey = key;
			b.link.introduce(fromHex(a.id), key);
			const handshake = () => {
				a.contexts.remove(b.id);
				for (const name of a.store.names()) a.store.delete(name);
				a.link.agree(b.id);
				clock.advance(1_000);
			};
			handshake();
			ok(b.contexts.live(a.id));
			if (isLate) {
				// The genesis block is there, and the joiner's own not yet.
				b.chain.gone.delete(a.id);
				b.chain.tellChanged();
				handshake();
				a.ask(b, poke);
				clock.advance(10_000);
				equal(acted, [], "before the joiner's own block has come");
			}
			b.chain.gone.clear();
			b.chain.tellChanged();
			for (let count = 0; count < 3; count += 1) {
				a.ask(b, poke);
				clock.advance(10_000);
			}
			equal([acted, network.errors], [[], []], isLate ? "a handshake later" : "at first");
		}
	},
	"nor does a session under the old key, where a handshake under the new one came before its block": () => {
		const { network, clock, a, b, acted } = pair();
		a.ask(b, poke);
		clock.advance(1_000);
		equal(acted, [a.id]);
		const old = b.contexts.live(a.id);
		// Sealed under the old key by whoever has it, and on its way until the new one is known.
		network.fate = ({ from }) => (from === a.address ? [60_000] : []);
		a.ask(b, poke);
		network.fate = () => [10];
		a.contexts.remove(b.id);
		for (const name of a.store.names()) a.store.delete(name);
		const { key, privateKey } = testNode("another key");
		a.identity.privateKey = privateKey;
		a.identity.publicKey = key;
		// As the other showed it in the clear.
		b.link.introduce(fromHex(a.id), key);
		b.contexts.doubt(a.id);
		b.ask(a, poke);
		clock.advance(10_000);
		ok(b.contexts.live(a.id) !== old, "there are keys under the new one");
		b.chain.keys.set(a.id, key);
		b.chain.tellChanged();
		acted.length = 0;
		clock.advance(60_000);
		equal([acted, old?.closed], [[], true]);
	},
	"who has a copy of a flash is nobody once its node has a new key, wherever that has been heard": () => {
		for (const isCut of [false, true]) {
			const { network, lamp, knob } = secureHome();
			knob.ask("task lamp on", /^lamp: on\n/);
			const flash = knob.preference.copy();
			knob.ask("rotate", /^This node has a new key/);
			if (isCut) {
				// The lamp hears of it, and has no time to do anything about it.
				const { writes } = lamp.preference;
				lamp.cutAt(writes, "done");
				for (let waited = 0; lamp.isOn; waited += 1) {
					ok(waited < 5_000, "a block is written");
					network.clock.advance(1);
				}
				knob.cut();
				lamp.start();
				lamp.waitFor(/ready /);
			} else {
				lamp.until("status", /chain +4 blocks/);
				knob.cut();
			}
			lamp.ask("status", /chain +4 blocks/);
			const thief = new SimulatedNode(network, "10.0.0.9:5683", { suite: "secure" }, flash);
			network.reaches = (from, to) =>
				[from, to].every(place => [lamp, thief].some(({ address }) => address === place));
			thief.start().waitFor(/ready /);
			thief.ask("task lamp off", /(?:^|\n)lamp: [^\n]+\n/, 20_000);
			equal(lamp.line.value, 1, isCut ? "after a power cut" : "at once");
		}
	},
	"also where somebody has brought its block in the clear": () => {
		const { network, lamp, knob } = secureHome();
		knob.ask("task lamp on", /^lamp: on\n/);
		const flash = knob.preference.copy();
		const reach = (...nodes: readonly { address: string }[]) => {
			network.reaches = (from, to) =>
				[from, to].every(place => nodes.some(({ address }) => address === place));
		};
		reach();
		knob.ask("rotate", /^This node has a new key/);
		const file = new BlockFile(new Store({ preference: knob.preference, domain: "verifichain" }));
		const [last = 0] = file.slots().slice(-1);
		const payload = secureNotation.delivery.write([file.read(last)]);
		const stranger = new Stranger(network);
		const thief = new SimulatedNode(network, "10.0.0.9:5683", { suite: "secure" }, flash);
		reach(lamp, stranger);
		equal(stranger.ask(lamp.address, Code.Post, "/blocks", { payload })?.code, Code.Changed);
		reach(lamp, thief);
		thief.start().waitFor(/ready /);
		thief.ask("task lamp off", /(?:^|\n)lamp: [^\n]+\n/, 20_000);
		equal(lamp.line.value, 1);
	},
	"who has a copy of a lock's flash does not pass as an owner to the lock once that has a new key": () => {
		for (const isNew of [false, true]) {
			const { network, lamp, door } = secureHome();
			lamp.ask("task door lock", /^door: locked\n/);
			const thief = new SimulatedNode(network, "10.0.0.9:5683", { suite: "secure" }, posing(door, lamp));
			network.reaches = (from, to) =>
				[from, to].every(place => [door, thief].some(({ address }) => address === place));
			if (isNew) door.ask("rotate", /^This node has a new key/, 5_000);
			thief.start().waitFor(/ready /);
			thief.ask("task door unlock", /(?:^|\n)door: [^\n]+\n/, 20_000);
			equal(door.line.value, isNew ? 0 : 1, "by the copy alone it does");
		}
	},
	"nor does a key open a door that is given up while the door compares its chain": () => {
		const { network, lamp, door, knob } = secureHome();
		lamp.ask("grant knob unlock door", /^knob may unlock door/);
		for (const node of [lamp, door, knob]) node.until("status", /chain +4 blocks/);
		const thief = new SimulatedNode(network, "10.0.0.9:5683", { suite: "secure" }, knob.preference.copy());
		network.reaches = (from, to) => from !== door.address && to !== door.address;
		knob.ask("rotate", /^This node has a new key/);
		lamp.until("status", /chain +5 blocks/);
		const isBetween = (from: string, to: string, node: SimulatedNode) =>
			[from, to].includes(node.address) && [from, to].includes(door.address);
		network.reaches = (from, to) => isBetween(from, to, thief);
		thief.start().waitFor(/ready /);
		restart(door);
		network.clock.after(800, () => {
			network.reaches = (from, to) => isBetween(from, to, thief) || isBetween(from, to, lamp);
		});
		thief.ask("task door unlock", /(?:^|\n)door: [^\n]+\n/, 20_000);
		door.ask("status", /chain +5 blocks/);
		equal(door.line.value, 0);
	}
});
