import { fromHex } from "../../../modules/bytes/bytes.js";
import { Code, decodeMessage, findOption, OptionNumber } from "../../../modules/coap/coap.js";
import { LinkError } from "../../../modules/node/node.js";
import { equal, ok } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import { suite } from "../../harness/suite.js";
import { Network } from "../coap/network.js";
import { members } from "./links.js";

const read = { code: Code.Get, path: "/state", payload: new Uint8Array(0) };
const poke = { code: Code.Post, path: "/state", payload: Uint8Array.of(1) };

/** Members whose links serve `/state`, one byte. `ids`: other ids than those of their keys, in hex. */
function home(count = 2, ids: Readonly<Record<string, string>> = {}) {
	const network = new Network();
	const all = members(network, count, undefined, ids);
	const acted: string[] = [];
	const changed = all.map(member =>
		member.link.serve(
			"/state",
			{
				[Code.Post]: (from, _payload, answer) => {
					acted.push(from.idText);
					answer.reply(Uint8Array.of(1));
				}
			},
			() => Uint8Array.of(1)
		)
	);
	const [a, b] = all;
	if (a === undefined || b === undefined) throw new Error("too few");
	return { network, clock: network.clock, all, a, b, acted, changed };
}

/** First messages of EDHOC sent so far. */
function handshakes({ sent }: Network): number {
	return sent.filter(({ bytes }) => {
		const { options, payload } = decodeMessage(bytes);
		return findOption(options, OptionNumber.ContentFormat)?.value[0] === 65 && payload[0] === 0xf5;
	}).length;
}

function secretsOf({ store }: ReturnType<typeof members>[number]): number {
	return store.names().filter(name => /^s[0-9a-f]{14}$/.test(name)).length;
}

export default suite("sessions and membership", {
	"a session that was prepared serves the first request without a handshake, and is prepared once": () => {
		const { network, clock, a, b } = home();
		a.link.agree(b.id);
		clock.advance(500);
		equal(handshakes(network), 1);
		const before = network.sent.length;
		const heard = a.ask(b, poke);
		clock.advance(100);
		equal(heard, [Uint8Array.of(1)]);
		equal(network.sent.length - before, 2, "a request and its reply");
		a.link.agree(b.id);
		clock.advance(500);
		equal(handshakes(network), 1);
	},
	"who is no member any more is heard no longer, and nothing of it is kept": () => {
		const { network, clock, a, b, acted } = home();
		a.ask(b, poke);
		clock.advance(1_000);
		equal(acted, [a.id]);
		const live = b.contexts.live(a.id);
		ok(live !== undefined && secretsOf(b) === 1);
		b.chain.gone.add(a.id);
		b.chain.tellChanged();
		equal(
			[live.closed, b.contexts.live(a.id), b.contexts.size, secretsOf(b), b.link.sessions],
			[true, undefined, 0, 0, 0]
		);
		const [failed] = [a.ask(b, poke)];
		clock.advance(20_000);
		ok(failed?.[0] instanceof LinkError, "no answer");
		equal(acted, [a.id]);
		const tried = b.ask(a, poke);
		clock.advance(20_000);
		ok(tried[0] instanceof LinkError && tried[0].message === "not a member");
		equal(network.errors, []);
	},
	"an observation of who is no member any more ends at once, and a request to it fails": () => {
		const { network, clock, a, b, changed } = home();
		const states: number[] = [];
		const ended: string[] = [];
		a.link.observe({
			peer: b.id,
			path: "/state",
			onState: payload => states.push(payload[0] ?? 0),
			onEnd: error => ended.push(error.message)
		});
		clock.advance(1_000);
		const before = states.length;
		changed[1]?.();
		clock.advance(100);
		equal(states.length, before + 1, "it observes");
		network.fate = () => [];
		const heard = b.ask(a, poke);
		b.chain.gone.add(a.id);
		b.chain.tellChanged();
		equal(heard.length, 1, "failed at once");
		network.fate = () => [10];
		const sent = network.sent.length;
		changed[1]?.();
		clock.advance(1_000);
		equal(network.sent.length, sent, "nothing is told");
		equal(states.length, before + 1);
	},
	"so it is where another member's id begins alike and has taken the place of its secret": () => {
		for (const hasNewKey of [false, true]) {
			const { network, clock, all, a, acted, changed } = home(3, {
				"member b": "77".repeat(15).concat("01"),
				"member c": "77".repeat(15).concat("02")
			});
			const [, bad, friend] = all;
			if (bad === undefined || friend === undefined) throw new Error("too few");
			const states: number[] = [];
			bad.link.observe({
				peer: a.id,
				path: "/state",
				onState: payload => states.push(payload[0] ?? 0),
				onEnd: () => undefined
			});
			bad.ask(a, poke);
			clock.advance(1_000);
			friend.ask(a, poke);
			clock.advance(1_000);
			equal([states.length > 0, acted, a.link.sessions], [true, [bad.id, friend.id], 1]);
			const before = states.length;
			// No handshake gets through.
			network.fate = ({ bytes }) => (bytes.length > 110 ? [] : [10]);
			if (hasNewKey) a.chain.keys.set(bad.id, testNode("another key").key);
			else for (const gone of [bad, friend]) a.chain.gone.add(gone.id);
			a.chain.tellChanged();
			clock.advance(3_000);
			changed[0]?.();
			bad.ask(a, poke);
			clock.advance(20_000);
			equal([states.length - before, acted.length], [0, 2], hasNewKey ? "a new key" : "removed");
		}
	},
	"others stay as they are when somebody goes": () => {
		const { network, clock, all, a, b, acted } = home(3);
		const c = all[2];
		ok(c);
		for (const member of [a, c]) member.ask(b, poke);
		clock.advance(1_000);
		b.chain.gone.add(a.id);
		b.chain.tellChanged();
		const before = handshakes(network);
		const heard = c.ask(b, poke);
		clock.advance(100);
		equal([heard, handshakes(network) - before, acted.length], [[Uint8Array.of(1)], 0, 3]);
	},
	"a sponsor that was only introduced is nobody any more once the chain does not have it": () => {
		const { clock, a, b, acted } = home();
		b.chain.gone.add(a.id);
		b.link.introduce(fromHex(a.id), a.identity.publicKey);
		const heard = b.ask(a, poke);
		clock.advance(1_000);
		equal(heard, [Uint8Array.of(1)], "asked on its own word, as a joiner does");
		b.chain.tellChanged();
		equal(secretsOf(b), 0);
		equal(acted.length, 1);
	},
	"with who has a new key there is a new handshake": () => {
		const { network, clock, a, b } = home();
		a.ask(b, poke);
		clock.advance(1_000);
		equal(handshakes(network), 1);
		b.chain.tellChanged();
		clock.advance(1_000);
		equal(handshakes(network), 1, "nothing has changed");
		b.chain.keys.set(a.id, testNode("another key").key);
		b.chain.tellChanged();
		clock.advance(1_000);
		equal(handshakes(network), 2);
		b.chain.tellChanged();
		clock.advance(1_000);
		equal(handshakes(network), 2, "once");
	},
	"a member that makes new keys without end has few of them written, and others theirs": () => {
		const { clock, all, a, b, acted } = home(3);
		const again = (member: typeof a) => {
			member.contexts.remove(b.id);
			for (const name of member.store.names()) member.store.delete(name);
			member.ask(b, poke);
			clock.advance(100);
		};
		const { writes } = b.store;
		for (let count = 0; count < 200; count += 1) again(a);
		equal(acted.length, 200, "it is served all the same");
		ok(b.store.writes - writes <= 20, `${b.store.writes - writes} writes`);
		const c = all[2];
		ok(c);
		const before = b.store.writes;
		again(c);
		ok(b.store.writes > before);
		clock.advance(3_600_000);
		const later = b.store.writes;
		again(a);
		ok(b.store.writes > later, "an hour later it has a share again");
	},
	"reading needs a member, sealed": () => {
		const { network, clock, a, b } = home();
		const heard = a.ask(b, read);
		clock.advance(1_000);
		equal(heard, [Uint8Array.of(1)]);
		const answer = network.peer("x").ask("10.0.0.2", {
			code: Code.Get,
			id: 9,
			options: [{ number: OptionNumber.UriPath, value: Uint8Array.from("state", c => c.charCodeAt(0)) }]
		});
		equal(answer?.code, Code.Unauthorized);
	}
});
