import { multiplyBase, runAtOnce, type Steps } from "../../../modules/crypto/crypto.js";
import {
	type Credential,
	Initiator,
	type InitiatorOptions,
	type Method,
	makeCredential,
	Responder,
	type ResponderOptions,
	type Session
} from "../../../modules/edhoc/edhoc.js";

export interface Identity {
	readonly privateKey: Uint8Array;
	readonly credential: Credential;
}

/** An identity whose private key is `fill` 32 times over; its kid has 16 bytes, as a node's has. */
export function identity(fill: number, kid: Uint8Array = new Uint8Array(16).fill(fill)): Identity {
	const privateKey = new Uint8Array(32).fill(fill);
	return { privateKey, credential: makeCredential({ kid, publicKey: multiplyBase(privateKey) }) };
}

/** A lookup that knows these. */
export function knows(...identities: readonly Identity[]) {
	return (kid: Uint8Array) =>
		identities.map(({ credential }) => credential).find(credential => `${credential.kid}` === `${kid}`);
}

export const alice = () => identity(0x11);
export const bob = () => identity(0x22);

/** Alice as initiator, who knows Bob, but for `other`. */
export function initiator(other: Partial<InitiatorOptions> = {}): Initiator {
	return new Initiator({
		...alice(),
		ephemeral: new Uint8Array(32).fill(0x33),
		lookup: knows(bob()),
		connectionId: Uint8Array.of(0x05),
		...other
	});
}

/** Bob as responder, who knows Alice, but for `other`. */
export function responder(other: Partial<ResponderOptions> = {}): Responder {
	return new Responder({
		...bob(),
		ephemeral: new Uint8Array(32).fill(0x44),
		lookup: knows(alice()),
		connectionId: () => Uint8Array.of(0x06),
		methods: [0, 1, 2, 3],
		...other
	});
}

/** The four messages of a run, and both sessions; throws what either side throws. */
export function run(a = initiator(), b = responder()) {
	const message1 = runAtOnce(a.begin());
	const { message2, connectionId, ead: ead1 } = runAtOnce(b.answer(message1));
	const { message3, ead: ead2 } = runAtOnce(a.answer(message2));
	const { message4, session: atResponder, ead: ead3 } = runAtOnce(b.finish(message3));
	const { session: atInitiator, ead: ead4 } = a.finish(message4);
	const messages = { message1, message2, message3, message4 };
	return { ...messages, connectionId, atInitiator, atResponder, ead: [ead1, ead2, ead3, ead4] };
}

export const methods: readonly Method[] = [0, 1, 2, 3];

/** What two sessions of one run agree on. */
export function secret(session: Session): Uint8Array {
	return session.export(0, new Uint8Array(0), 16);
}

/** How often the work pauses before it is done. */
export function pauses<T>(steps: Steps<T>): number {
	let count = 0;
	while (steps.next().done !== true) count += 1;
	return count;
}

/** The bytes with one bit or more of byte `index` changed. */
export function flipped(message: Uint8Array, index: number, mask: number): Uint8Array {
	const other = message.slice();
	other[index] ^= mask;
	return other;
}
