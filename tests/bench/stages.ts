/**
 * Where the time of a task goes inside a node: `--main tests/bench/stages` sends sealed tasks through more and more of
 * the layers, without a network, and prints `stage NAME MICROSECONDS` for each, the median, layers below included.
 */
import { randomBytes } from "entropy";
import Terminal, { exit } from "terminal";
import Time from "time";
import { SystemClock } from "../../modules/clock/system-clock.js";
import {
	Blockwise,
	Code,
	Endpoint,
	encodeMessage,
	type Handler,
	MessageType,
	pathOptions,
	Resources
} from "../../modules/coap/coap.js";
import { ccmOpen, ccmSeal } from "../../modules/crypto/crypto.js";
import { Contexts, OscoreLayer, protectRequest, SecurityContext } from "../../modules/oscore/oscore.js";
import { secureSuite } from "../../modules/secure/secure.js";

/** Tasks a stage; few at once, so that what waits does not fill the heap. */
const rounds = 10;
const perRound = 100;

const clock = new SystemClock();
const random = (count: number) => new Uint8Array(randomBytes(count));
const { taskReply, taskRequest } = secureSuite.notation;
const hint = new Uint8Array(4);
const terminal = new Terminal({});

interface Node {
	receive(datagram: Uint8Array): void;
}

/** A node of some layers, and tasks that a peer sealed for it. */
function pair(make: (endpoint: Endpoint, contexts: Contexts) => void): {
	node: Node;
	datagrams: Uint8Array[];
} {
	const [masterSecret, masterSalt] = [random(16), random(8)];
	const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)];
	const secret = { masterSecret, masterSalt };
	const theirs = new SecurityContext({ ...secret, name: "node", senderId: one, recipientId: two });
	const ours = new SecurityContext({ ...secret, name: "peer", senderId: two, recipientId: one });
	const endpoint = new Endpoint({ transport: { send: () => undefined }, clock, random });
	const nobody = () => undefined;
	const contexts = new Contexts({ clock, random, secretOf: nobody, secretByKid: nobody });
	contexts.add(ours);
	make(endpoint, contexts);
	const datagrams = Array.from({ length: perRound }, (_, id) => {
		const payload = taskRequest.write({
			action: "on",
			hint,
			stamp: { ask: id, rest: 95, isRepeated: false }
		});
		const { message } = protectRequest(theirs, { code: Code.Post, options: pathOptions("/tasks"), payload });
		return encodeMessage({ ...message, type: MessageType.Confirmable, id, token: random(4) });
	});
	return { node: { receive: datagram => endpoint.receive(datagram, "127.0.0.1", 5683) }, datagrams };
}

const answer: Handler = (_request, exchange) =>
	exchange.respond({ code: Code.Content, payload: Uint8Array.of(1) });

function overOscore(endpoint: Endpoint, contexts: Contexts): OscoreLayer {
	return new OscoreLayer({ layer: endpoint, clock, contexts });
}

function resources(endpoint: Endpoint, contexts: Contexts, handler: Handler): void {
	const layer = new Blockwise({ layer: overOscore(endpoint, contexts), clock, random });
	new Resources(layer).serve("/tasks", { [Code.Post]: handler });
}

const stages: readonly [string, (endpoint: Endpoint, contexts: Contexts) => void][] = [
	["endpoint", endpoint => endpoint.setHandler(answer)],
	["oscore", (endpoint, contexts) => overOscore(endpoint, contexts).setHandler(answer)],
	["resources", (endpoint, contexts) => resources(endpoint, contexts, answer)],
	[
		"notation",
		(endpoint, contexts) =>
			resources(endpoint, contexts, ({ payload }, exchange) => {
				taskRequest.read(payload);
				exchange.respond({ code: Code.Content, payload: taskReply.write("on") });
			})
	]
];

function microseconds(): number {
	return Time.microseconds ?? Time.ticks * 1000;
}

function median(values: number[]): number {
	values.sort((a, b) => a - b);
	return values[values.length >> 1] ?? 0;
}

for (const [name, make] of stages) {
	const times: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const { node, datagrams } = pair(make);
		for (const datagram of datagrams) {
			const start = microseconds();
			node.receive(datagram);
			times.push(microseconds() - start);
		}
	}
	terminal.write(`stage ${name} ${median(times)}\n`);
}

/** The two calls of AES-CCM that a task takes: many at a time, for one is about as short as a tick of the clock. */
const [key, nonce, aad, plaintext] = [random(16), random(13), random(21), random(13)];
const calls = 20;
const ccm = Array.from({ length: perRound }, () => {
	const start = microseconds();
	for (let call = 0; call < calls; call += 1) {
		const ciphertext = ccmSeal({ key, nonce, aad, plaintext });
		ccmOpen({ key, nonce, aad, ciphertext });
	}
	return (microseconds() - start) / calls;
});
terminal.write(`stage ccm ${median(ccm)}\n`);
exit(0);
