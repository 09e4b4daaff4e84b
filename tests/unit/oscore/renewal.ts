import { decodeMessage, encodeMessage, findOption, OptionNumber } from "../../../modules/coap/coap.js";
import {
	decodeOscoreOption,
	OscoreLayer,
	type Outbound,
	SecurityContext
} from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { DELAY } from "../coap/network.js";
import { agreed, Node, secrets } from "./node.js";
import { damaged } from "./pair.js";

import { kidContext, ROUND, running, settle, start } from "./renewing.js";

export default suite("oscore: fresh keys from a stored secret", {
	"the first request goes twice, is acted on once, and takes two round trips": () => {
		const it = start();
		it.a.ask();
		it.clock.advance(2 * ROUND);
		equal([it.a.text, it.b.acted.length, it.network.sent.length], ["ok", 1, 4]);
		const wire = it.network.sent.map(({ bytes: sent }) => kidContext(sent));
		equal(
			wire.map(context => context?.length),
			[18, 18, 34, undefined],
			"R1, R2, R2 with R3, nothing; each with a byte of CBOR"
		);
		equal([wire[0]?.slice(0, 2), wire[2]?.slice(0, 2)], ["48", "50"]);
		ok(wire[2]?.slice(2).startsWith(wire[1]?.slice(2) ?? "?"), "R2 comes back");
		equal([it.a.renewed, it.b.renewed], [["bb"], ["a"]]);
		equal([it.b.acted[0]?.peer, it.b.acted[0]?.secured], ["a", true]);
		agreed(it.network, it.a, it.b);
		settle(it);
	},
	"afterwards requests carry no kid context, either way": () => {
		const it = running();
		const before = it.network.sent.length;
		agreed(it.network, it.a, it.b);
		for (const { bytes: sent } of it.network.sent.slice(before)) equal(kidContext(sent), undefined);
	},
	"request 1 is never acted on, however often it comes, and its copies get the same R2": () => {
		const it = start();
		it.network.fate = ({ from }) => (from === "bb" ? [] : [DELAY]);
		it.a.ask();
		it.clock.advance(DELAY);
		const [first] = it.network.sent;
		ok(first);
		for (let id = 1; id <= 5; id += 1) {
			it.network.send("x", "bb", encodeMessage({ ...decodeMessage(first.bytes), id }));
		}
		it.clock.advance(DELAY);
		equal(it.b.acted.length, 0);
		const offers = it.network.sent
			.filter(({ from }) => from === "bb")
			.map(({ bytes: sent }) => kidContext(sent));
		equal([offers.length, new Set(offers).size], [6, 1]);
		equal(it.b.contexts.size, 0, "nothing lives");
	},
	"no two answers to request 1 share a nonce": () => {
		const it = start();
		it.network.fate = ({ from }) => (from === "bb" ? [] : [DELAY]);
		it.a.ask();
		it.clock.advance(DELAY);
		const [first] = it.network.sent;
		ok(first);
		for (let id = 1; id <= 5; id += 1) {
			it.network.send("x", "bb", encodeMessage({ ...decodeMessage(first.bytes), id }));
		}
		it.clock.advance(DELAY);
		const numbers = it.network.from("bb").map(({ options }) => {
			const option = findOption(options, OptionNumber.Oscore);
			return option && hex(decodeOscoreOption(option.value).partialIv ?? bytes(""));
		});
		equal(numbers, ["00", "01", "02", "03", "04", "05"]);
	},
	"a recorded request 1 that is played again changes nothing for the live context": () => {
		const it = running();
		const recorded = it.network.sent[0];
		ok(recorded);
		it.clock.advance(1_000_000);
		const live = it.b.contexts.live("a");
		for (let i = 0; i < 30; i += 1) it.network.send("a", "bb", recorded.bytes);
		it.clock.advance(100);
		equal(it.b.acted.length, 1);
		ok(it.b.contexts.live("a") === live);
		agreed(it.network, it.a, it.b);
		settle(it);
	},
	"an R2 is good for 10 seconds": () => {
		for (const [late, text] of [
			[9_900, "ok"],
			[10_100, "UnprotectedError"]
		] as const) {
			const it = start();
			let sent = 0;
			it.network.fate = ({ from }) => {
				if (from === "bb") return [DELAY];
				sent += 1;
				return sent === 2 ? [late - 2 * DELAY] : sent > 2 ? [] : [DELAY];
			};
			it.a.ask();
			it.clock.advance(11_000);
			equal([it.a.text, it.b.acted.length], [text, text === "ok" ? 1 : 0], `${late}`);
		}
	},
	"an R2 is good once: another request 2 for it is not acted on": () => {
		const it = start();
		it.a.ask();
		it.clock.advance(2 * DELAY + 1);
		const second = it.network.sent[2];
		ok(second);
		const nonces = bytes(kidContext(second.bytes) ?? "").slice(1);
		const stored = secrets().a.get("bb");
		ok(stored);
		const other = nonces.slice();
		other[15] = (other[15] ?? 0) ^ 1;
		const wrapped = Uint8Array.of(0x50, ...other);
		const rival = new SecurityContext({ ...stored, idContext: other, kidContext: wrapped });
		equal(it.b.contexts.live("a"), undefined);
		it.clock.advance(DELAY);
		ok(it.b.contexts.live("a"), "request 2 has come");
		const before = it.b.acted.length;
		const node = new Node(it.network, "a", secrets().a);
		node.contexts.add(rival);
		node.ask();
		it.clock.advance(ROUND);
		equal([node.text, it.b.acted.length], ["UnprotectedError", before]);
	},
	"any of the four messages may be lost, and any may come twice": () => {
		for (let lost = 0; lost < 4; lost += 1) {
			const it = start();
			it.network.fate = ({ index }) => (index === lost ? [] : [DELAY, 3 * DELAY]);
			it.a.ask();
			it.clock.advance(30_000);
			equal([it.a.text, it.b.acted.length], ["ok", 1], `lost ${lost}`);
			it.network.fate = () => [DELAY];
			agreed(it.network, it.a, it.b);
			settle(it);
		}
	},
	"what was made for one message is forgotten with it, also where that does not open": () => {
		const { a, clock, network } = start();
		const made: SecurityContext[] = [];
		const keep = (outbound: Outbound | undefined): Outbound | undefined => {
			if (outbound?.renew === undefined) return outbound;
			made.push(outbound.context);
			const renew = (kid: Uint8Array) => {
				const renewed = outbound.renew?.(kid);
				if (renewed !== undefined) made.push(renewed.context);
				return renewed;
			};
			return { context: outbound.context, renew };
		};
		const layer = new OscoreLayer({
			layer: a.endpoint,
			clock,
			contexts: {
				outbound: request => keep(a.contexts.outbound(request)),
				inbound: hint => a.contexts.inbound(hint)
			}
		});
		network.fate = ({ bytes: sent, index, from, to }) => {
			if (index !== 1) return [DELAY];
			const flipped = sent.slice();
			flipped[flipped.length - 1] = 1 ^ (flipped[flipped.length - 1] ?? 0);
			network.send(from, to, flipped);
			return [2 * DELAY];
		};
		a.layer = layer;
		a.ask();
		clock.advance(3 * ROUND);
		equal(
			[a.text, made.map(({ closed }) => closed)],
			["ok", [true, true, true]],
			"of request 1, of its answer that was flipped, and of the one that was not"
		);
	},
	"every message flipped or cut on its way, as well as whole, changes nothing": () => {
		const plain = start();
		plain.a.ask();
		plain.clock.advance(2 * ROUND);
		for (let which = 0; which < 4; which += 1) {
			const it = start();
			const copies: Uint8Array[] = [];
			it.network.fate = ({ bytes: sent, from, index, to }) => {
				if (index !== which) return [DELAY];
				// The payload, which is sealed, and the OSCORE option before it.
				for (const copy of damaged(sent))
					if (hex(copy.slice(0, 8)) === hex(sent.slice(0, 8))) copies.push(copy);
				it.clock.after(1, () => {
					for (const copy of copies) it.network.send(from, to, copy);
				});
				return [DELAY + 2];
			};
			it.a.ask();
			it.clock.advance(5000);
			ok(copies.length > 60);
			equal(it.b.acted.filter(({ secured }) => secured).length <= 1, true, "acted once at most");
			it.clock.advance(100_000);
			if (it.a.text !== "ok") {
				// What was damaged into an error in the clear ended the request; the next one gets through.
				it.a.contexts.doubt("bb");
				it.a.ask();
				it.clock.advance(30_000);
			}
			ok(it.a.text.endsWith("ok") || it.a.text.startsWith("ok"), `${which}: ${it.a.text}`);
			it.network.fate = () => [DELAY];
			agreed(it.network, it.a, it.b);
		}
	}
});
