import { encodeUtf8 } from "../../../modules/bytes/bytes.js";
import {
	Code,
	decodeMessage,
	encodeMessage,
	MessageType,
	OptionNumber,
	pathOptions,
	queryOptions,
	uintOption
} from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { Stranger } from "../secure/house.js";

const stranger = "10.0.0.66:5683";

function house() {
	const network = new SimulatedNetwork(3);
	const lamp = foundHome(network);
	const door = joined(network, "10.0.0.2:5683", "door", "lock");
	lamp.until("status", /chain +2 blocks/);
	const heard: Uint8Array[] = [];
	network.attach(stranger, bytes => heard.push(bytes));
	let id = 0;
	const send = (bytes: Uint8Array, to = lamp.address) => {
		const [host = "", port = ""] = to.split(":");
		network.send(stranger, host, Number(port), bytes);
		network.clock.advance(20);
	};
	const ask = (
		code: number,
		path: string,
		payload = new Uint8Array(0),
		query: string[] = [],
		type: MessageType = MessageType.Confirmable
	) => {
		heard.length = 0;
		id += 1;
		const options = [...pathOptions(path), ...queryOptions(...query)];
		const token = Uint8Array.of(1, id);
		send(encodeMessage({ type, code, id, token, options, payload }));
		network.clock.advance(3_000);
		// A node also asks all that hear it by itself.
		return heard
			.map(bytes => decodeMessage(bytes))
			.filter(({ code: heardCode }) => heardCode >= Code.Created);
	};
	return { network, lamp, door, heard, send, ask };
}

export default suite("strangers", {
	"are told what the node is": () => {
		const { ask } = house();
		const [answer] = ask(Code.Get, "/.well-known/core");
		equal(answer?.code, Code.Content);
	},
	"asking one node for another are told that there is nothing, and asking everyone hear nothing": () => {
		const { ask } = house();
		const query = ["ep=00000000000000000000000000000000"];
		const [answer] = ask(Code.Get, "/.well-known/core", undefined, query);
		equal([answer?.code, answer?.payload.length], [Code.Content, 0]);
		equal(ask(Code.Get, "/.well-known/core", undefined, query, MessageType.NonConfirmable), []);
	},
	"get 4.01 for tasks and blocks, and change nothing": () => {
		const { ask, lamp } = house();
		for (const path of ["/tasks", "/blocks"]) {
			for (const code of path === "/tasks" ? [Code.Post] : [Code.Post, Code.Fetch]) {
				equal(ask(code, path, encodeUtf8("{}"))[0]?.code, Code.Unauthorized, path);
			}
		}
		equal(lamp.line.value, 0);
		lamp.ask("status", /chain +2 blocks/);
	},
	"have no body of more than a datagram kept by a secure home, where such are sealed": () => {
		for (const [name, second] of [
			["secure", Code.RequestEntityTooLarge],
			["paper", Code.Continue]
		] as const) {
			const network = new SimulatedNetwork(3);
			const lamp = foundHome(network, undefined, { suite: name });
			const codes: (number | undefined)[] = [];
			for (const path of ["/blocks", "/sync", "/tasks", "/nowhere"]) {
				const sender = new Stranger(network);
				for (const number of [0, 1]) {
					const options = [uintOption(OptionNumber.Block1, number * 16 + 8 + 6)];
					codes.push(
						sender.ask(lamp.address, Code.Post, path, { options, payload: new Uint8Array(1024) })?.code
					);
				}
			}
			equal(
				codes,
				[1, 2, 3, 4].flatMap(() => [Code.Continue, second])
			);
		}
	},
	"who authenticate without being on the chain get no answer": () => {
		const { ask } = house();
		equal(ask(Code.Post, "/auth", encodeUtf8('{"request":"authentication","node":"0102030405060708"}')), []);
		equal(ask(Code.Post, "/auth", new Uint8Array(0)), []);
	},
	"who synchronize without the key are told that the password is wrong": () => {
		const { ask, lamp } = house();
		equal(ask(Code.Post, "/sync", encodeUtf8("{}"))[0]?.code, Code.Unauthorized);
		equal(ask(Code.Post, "/sync")[0]?.code, Code.Unauthorized);
		lamp.ask("status", /chain +2 blocks/);
	},
	"get 4.04 and 4.05 for what is not there": () => {
		const { ask } = house();
		equal(ask(Code.Get, "/nothing")[0]?.code, Code.NotFound);
		equal(ask(Code.Delete, "/tasks")[0]?.code, Code.MethodNotAllowed);
	},
	"cannot replay a task: the node answers as before and acts once": () => {
		const { network, lamp, door, send } = house();
		let recorded: Uint8Array | undefined;
		network.tap = ({ bytes, from, to }) => {
			if (from === door.address && to === lamp.address && bytes[1] === Code.Post) recorded = bytes;
		};
		door.ask("task lamp toggle", /^lamp: on\n/);
		ok(recorded !== undefined);
		network.tap = () => undefined;
		// From the member's own address, as an attacker on the network can forge it: deduplication stands in its way.
		network.send(door.address, "10.0.0.1", 5683, recorded);
		network.clock.advance(1_000);
		equal(lamp.line.value, 1);
		// From elsewhere there is no session.
		send(recorded);
		equal(lamp.line.value, 1);
	},
	"cannot stop a node with garbage of any kind": () => {
		const { network, lamp, door, send } = house();
		const samples: Uint8Array[] = [];
		network.tap = ({ bytes, from }) => {
			if (from !== stranger && samples.length < 40) samples.push(bytes);
		};
		door.ask("task lamp on", /^lamp: on\n/);
		joined(network, "10.0.0.3:5683", "knob", "switch");
		network.tap = () => undefined;
		const { dice } = network;
		for (let count = 0; count < 2_000; count += 1) {
			const sample = samples[count % samples.length] ?? new Uint8Array(0);
			const kind = count % 4;
			if (kind === 0) send(dice.bytes(Math.floor(dice.roll() * 60)));
			else if (kind === 1) send(sample.slice(0, Math.floor(dice.roll() * sample.length)));
			else {
				const copy = sample.slice();
				const at = Math.floor(dice.roll() * copy.length);
				copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(dice.roll() * 8));
				send(copy, kind === 2 ? lamp.address : door.address);
			}
		}
		send(new Uint8Array(0));
		// In the paper's suite a changed copy may tell it where the lamp is not: then it looks for it after the first try.
		door.until("task lamp off", /^lamp: off\n/m);
		lamp.ask("status", /chain +3 blocks/);
		ok(!lamp.output.includes("a request failed"), lamp.output);
	}
});
