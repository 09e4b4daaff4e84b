import { decodeMessage, findOption, OptionNumber } from "../../../modules/coap/coap.js";
import { decodeOscoreOption, SecurityContext } from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex } from "../../harness/assert.js";
import { DELAY, Network } from "../coap/network.js";
import { Node, secrets } from "./node.js";

export const ROUND = 2 * DELAY;

export function start() {
	const network = new Network();
	const stored = secrets();
	const a = new Node(network, "a", stored.a);
	const b = new Node(network, "bb", stored.b);
	return { network, clock: network.clock, a, b };
}

/** Two nodes that have renewed once. */
export function running() {
	const it = start();
	it.a.ask();
	it.clock.advance(2 * ROUND);
	equal(it.a.text, "ok");
	return it;
}

/** Has both come to the keys of a handshake, now; those of `a`. */
export function shakeHands({ clock, a, b }: ReturnType<typeof start>): SecurityContext {
	const times = { made: clock.now(), heard: clock.now() };
	const secret = { masterSecret: bytes("0a0b0c0d0e0f10111213141516171819"), times };
	const [own, other] = [bytes("0a"), bytes("0b")];
	const context = new SecurityContext({ ...secret, name: "bb", senderId: own, recipientId: other });
	a.contexts.add(context);
	b.contexts.add(new SecurityContext({ ...secret, name: "a", senderId: other, recipientId: own }));
	return context;
}

/** The kid context of a message, if it has one. */
export function kidContext(message: Uint8Array): string | undefined {
	const option = findOption(decodeMessage(message).options, OptionNumber.Oscore);
	const context = option && decodeOscoreOption(option.value).kidContext;
	return context && hex(context);
}

export function settle({ network, a, b }: ReturnType<typeof start>): void {
	network.clock.advance(1_000_000);
	equal(network.errors, [], "errors");
	equal([a.endpoint.pending, b.endpoint.pending], [0, 0], "under way");
	equal(network.clock.pending, 0, "timers");
}
