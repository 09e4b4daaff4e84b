import { Code } from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { Network, PORT } from "../coap/network.js";
import { restart, secureHome } from "./house.js";
import { members } from "./links.js";

/** What a node has before it is asked: keys with the lamp, a secret to make some of, or neither. */
const beginnings = ["keys", "secret", "nothing"] as const;

/** Milliseconds after which a task is over, with its answer or without. */
const over = 10_100;

export default suite("errors of a node's own", {
	"keep it from none of its devices, whenever they come: here its host has no entropy once": () => {
		for (const beginning of beginnings) {
			for (let calls = 0, hasFailed = true; hasFailed; calls += 2) {
				const { network, lamp, knob } = secureHome();
				network.clock.advance(5_000);
				if (beginning === "secret") restart(lamp);
				if (beginning === "nothing") {
					for (const key of knob.preference.keys("verifichain")) {
						if (/^s[0-9a-f]{14}$/.test(key)) knob.preference.delete("verifichain", key);
					}
					restart(knob);
				}
				const { dice } = network;
				const bytes = dice.bytes.bind(dice);
				let left = calls;
				hasFailed = false;
				dice.bytes = count => {
					left -= 1;
					if (left !== -1) return bytes(count);
					hasFailed = true;
					throw new RangeError("no entropy");
				};
				knob.type("task lamp toggle");
				network.clock.advance(over);
				dice.bytes = bytes;
				const from = knob.output.length;
				knob.type("task lamp toggle");
				network.clock.advance(over);
				const told = knob.output.slice(from);
				ok(/^lamp: (on|off)$/m.test(told), `${beginning}, after ${calls} calls: ${told}`);
			}
		}
	},
	"an error of this node's own in one request to a peer keeps no other one from its end": () => {
		const network = new Network();
		const { clock } = network;
		const [a, b] = members(network, 2);
		if (a === undefined || b === undefined) throw new Error("too few");
		b.link.serve("/x", { [Code.Post]: (_from, _payload, answer) => answer.reply(Uint8Array.of(1)) });
		a.ask(b, { code: Code.Post, path: "/x", payload: Uint8Array.of(1) });
		clock.advance(2_000);
		const right = { host: b.address, port: PORT };
		// It is looked for in vain where it was.
		a.peers.learn(b.id, { host: "10.0.0.77", port: PORT });
		let isFaulty = false;
		a.link.request({
			peer: b.id,
			code: Code.Post,
			path: "/x",
			get payload(): Uint8Array {
				if (isFaulty) throw new RangeError("no memory");
				return Uint8Array.of(2);
			},
			timeout: 9_000,
			onReply: () => undefined,
			onFailure: () => undefined
		});
		clock.advance(6_000);
		isFaulty = true;
		a.link.visit(b.id, right);
		clock.advance(1_000);
		const errors = network.errors.length;
		isFaulty = false;
		clock.advance(60_000);
		a.peers.learn(b.id, { host: "10.0.0.77", port: PORT });
		const before = network.sent.length;
		a.link.visit(b.id, right);
		clock.advance(1_000);
		equal([errors, network.sent.length > before], [1, true], "errors of its own; it is visited later");
	}
});
