import { concat } from "../../../modules/bytes/bytes.js";
import { runAtOnce } from "../../../modules/crypto/crypto.js";
import { EdhocError, makeCredential } from "../../../modules/edhoc/edhoc.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import {
	alice,
	bob,
	flipped,
	identity,
	initiator,
	knows,
	methods,
	responder,
	run,
	secret
} from "./parties.js";

/** Data along with a message whose keystream is not authenticated by itself. */
const ead2 = [{ label: 7, critical: false, value: Uint8Array.of(1, 2, 3, 4) }] as const;

/** What each byte is xored with in turn. */
const masks = [0x01, 0x80, 0xff];

/** Every way to damage a message that is tried: each byte by each mask, each beginning, a byte more. */
function* damaged(message: Uint8Array): Generator<Uint8Array> {
	for (let index = 0; index < message.length; index++) {
		for (const mask of masks) yield flipped(message, index, mask);
	}
	for (let length = 0; length < message.length; length++) yield message.subarray(0, length);
	yield concat(message, Uint8Array.of(0));
	yield concat(message, Uint8Array.of(0x40));
}

/** Takes an EdhocError and says so; passes on any other. */
function refuses(action: () => unknown): boolean {
	try {
		action();
		return false;
	} catch (error) {
		if (error instanceof EdhocError) return true;
		throw error;
	}
}

export default [
	suite("edhoc: damaged messages", {
		"a message_1 is refused by the responder, or its message_2 by the initiator"() {
			for (const method of [0, 3] as const) {
				const a = initiator({ method });
				const message1 = runAtOnce(a.begin());
				for (const wrong of damaged(message1)) {
					const b = responder();
					const refused = refuses(() => {
						const { message2 } = runAtOnce(b.answer(wrong));
						runAtOnce(a.answer(message2));
					});
					ok(refused, hex(wrong));
				}
				const b = responder();
				const { message2 } = runAtOnce(b.answer(message1));
				const { message3 } = runAtOnce(a.answer(message2));
				a.finish(runAtOnce(b.finish(message3)).message4);
			}
		},
		"a message_2 is refused, and the right one then taken"() {
			for (const method of [0, 3] as const) {
				const { message2, message4 } = run(initiator({ method }), responder({ ead2 }));
				const a = initiator({ method });
				runAtOnce(a.begin());
				for (const wrong of damaged(message2)) throws(() => runAtOnce(a.answer(wrong)), EdhocError);
				runAtOnce(a.answer(message2));
				a.finish(message4);
			}
		},
		"a message_3 is refused, and the right one then taken"() {
			for (const method of [0, 3] as const) {
				const { message1, message3, message4 } = run(initiator({ method }));
				const b = responder();
				runAtOnce(b.answer(message1));
				for (const wrong of damaged(message3)) throws(() => runAtOnce(b.finish(wrong)), EdhocError);
				equal(runAtOnce(b.finish(message3)).message4, message4);
			}
		},
		"a message_4 is refused, and the right one then taken"() {
			for (const method of [0, 3] as const) {
				const { message2, message4 } = run(initiator({ method }));
				const a = initiator({ method });
				runAtOnce(a.begin());
				runAtOnce(a.answer(message2));
				for (const wrong of damaged(message4)) throws(() => a.finish(wrong), EdhocError);
				a.finish(message4);
			}
		},
		"a message_1 that is refused leaves the responder able to answer another"() {
			const message1 = runAtOnce(initiator().begin());
			const b = responder({ methods: [0] });
			for (let length = 0; length < message1.length; length++) {
				throws(() => runAtOnce(b.answer(message1.subarray(0, length))), EdhocError);
			}
			const other = runAtOnce(initiator({ method: 3 }).begin());
			throws(() => runAtOnce(b.answer(other)), EdhocError, "method 3");
			runAtOnce(b.answer(message1));
		},
		"too short or too long to be opened are refused"() {
			const a = initiator();
			runAtOnce(a.begin());
			for (const length of [0, 31, 32, 32 + 8161, 60_000]) {
				const head =
					length < 24 ? [0x40 + length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
				const message = concat(Uint8Array.from(head), new Uint8Array(length).fill(1));
				throws(() => runAtOnce(a.answer(message)), EdhocError, "too short or too long");
			}
		}
	}),
	suite("edhoc: messages in the wrong place", {
		"one's own messages sent back are refused"() {
			for (const method of methods) {
				const { message1, message2, message3, message4 } = run(initiator({ method }));
				const a = initiator({ method });
				runAtOnce(a.begin());
				throws(() => runAtOnce(a.answer(message1)), EdhocError);
				runAtOnce(a.answer(message2));
				throws(() => a.finish(message3), EdhocError);
				throws(() => a.finish(message2), EdhocError);
				a.finish(message4);
				const b = responder();
				throws(() => runAtOnce(b.answer(message2)), EdhocError);
				runAtOnce(b.answer(message1));
				throws(() => runAtOnce(b.finish(message2)), EdhocError);
				throws(() => runAtOnce(b.finish(message4)), EdhocError);
				throws(() => runAtOnce(b.finish(message1)), EdhocError);
				runAtOnce(b.finish(message3));
			}
		},
		"a node that is led to itself refuses itself"() {
			const all = knows(alice(), bob());
			for (const method of methods) {
				const a = initiator({ method, lookup: all });
				const self = responder({ ...alice(), lookup: all });
				const { message2 } = runAtOnce(self.answer(runAtOnce(a.begin())));
				throws(() => runAtOnce(a.answer(message2)), EdhocError, "ourselves");
			}
		},
		"a responder refuses an initiator that comes under its own name, though with a key that it once had"() {
			const { privateKey, credential: mine } = bob();
			const old = identity(0x77, mine.kid);
			for (const method of methods) {
				// The name is put on after message_2, for an initiator of ours would refuse its own there.
				let kid = Uint8Array.of(9);
				const credential = {
					...old.credential,
					get kid() {
						return kid;
					}
				};
				const lookup = () => {
					kid = mine.kid.slice();
					return mine;
				};
				const a = initiator({ method, privateKey: old.privateKey, credential, lookup });
				const b = responder({ privateKey, credential: mine, lookup: knows(old) });
				const { message2 } = runAtOnce(b.answer(runAtOnce(a.begin())));
				const { message3 } = runAtOnce(a.answer(message2));
				throws(() => runAtOnce(b.finish(message3)), EdhocError, "ourselves");
			}
		},
		"the same key under another kid is still oneself"() {
			const twin = identity(0x11, Uint8Array.of(0xee));
			const a = initiator({ lookup: knows(twin) });
			const self = responder({ ...twin });
			const { message2 } = runAtOnce(self.answer(runAtOnce(a.begin())));
			throws(() => runAtOnce(a.answer(message2)), EdhocError, "ourselves");
		},
		"our own ephemeral key as the responder's is refused"() {
			const ephemeral = new Uint8Array(32).fill(0x33);
			const a = initiator({ ephemeral });
			const { message2 } = runAtOnce(responder({ ephemeral }).answer(runAtOnce(a.begin())));
			throws(() => runAtOnce(a.answer(message2)), EdhocError, "came back");
		},
		"a C_R that is made the same as C_I on its way is refused"() {
			// The keystream is only xored: C_R is the first byte after the bstr's head of 2 and G_Y of 32.
			const { message2 } = run();
			const a = initiator();
			runAtOnce(a.begin());
			throws(() => runAtOnce(a.answer(flipped(message2, 34, 0x05 ^ 0x06))), EdhocError, "same as C_I");
		},
		"those of another run are refused"() {
			const ephemeral = new Uint8Array(32).fill(0x66);
			for (const method of methods) {
				const old = run(initiator({ method, ephemeral }));
				const a = initiator({ method });
				const message1 = runAtOnce(a.begin());
				throws(() => runAtOnce(a.answer(old.message2)), EdhocError);
				const b = responder();
				runAtOnce(b.answer(message1));
				throws(() => runAtOnce(b.finish(old.message3)), EdhocError, "does not open");
			}
		}
	}),
	suite("edhoc: somebody else", {
		"without the responder's key does not pass for it"() {
			for (const method of methods) {
				const thief = { ...bob(), privateKey: identity(0x77).privateKey };
				throws(() => run(initiator({ method }), responder(thief)), EdhocError, "responder is not");
			}
		},
		"without the initiator's key does not pass for it"() {
			for (const method of methods) {
				const thief = { ...alice(), privateKey: identity(0x77).privateKey };
				throws(() => run(initiator({ method, ...thief })), EdhocError, "initiator is not");
			}
		},
		"who registers another's key as their own binds nobody to their name"() {
			// Mallory has Bob's public key under her kid, and passes Bob's proof on as hers: Bob's credential differs.
			const kid = Uint8Array.of(0x99);
			const { publicKey } = bob().credential;
			const mallory = makeCredential({ kid, publicKey });
			for (const method of methods) {
				const named = { ...bob(), credential: { ...bob().credential, kid } };
				const lookup = () => mallory;
				throws(() => run(initiator({ method, lookup }), responder(named)), EdhocError, "responder is not");
				const asMallory = { ...alice(), credential: { ...alice().credential, kid } };
				const forAlice = makeCredential({ kid, publicKey: alice().credential.publicKey });
				throws(
					() => run(initiator({ method, ...asMallory }), responder({ lookup: () => forAlice })),
					EdhocError,
					"initiator is not"
				);
			}
		},
		"who signs where the other expects static Diffie-Hellman, or the other way, is refused"() {
			// The method stands in message_1, which is hashed into all that follows.
			for (const method of methods) {
				for (const other of methods) {
					if (method === other) continue;
					const a = initiator({ method });
					const message1 = runAtOnce(a.begin());
					const changed = concat(Uint8Array.of(other), message1.subarray(1));
					const { message2 } = runAtOnce(responder().answer(changed));
					throws(() => runAtOnce(a.answer(message2)), EdhocError);
				}
			}
		},
		"in the middle, with a key of their own for each side, gets through to neither"() {
			const mallory = identity(0x77);
			for (const method of methods) {
				const a = initiator({ method });
				const towardsAlice = responder({ ...mallory, credential: bob().credential });
				const { message2 } = runAtOnce(towardsAlice.answer(runAtOnce(a.begin())));
				throws(() => runAtOnce(a.answer(message2)), EdhocError, "responder is not");
			}
		},
		"who only listened cannot tell the keys of two runs with the same identities apart from others"() {
			const [first, second] = [0x51, 0x52].map(fill => {
				const ephemeral = new Uint8Array(32).fill(fill);
				return run(initiator({ ephemeral }), responder({ ephemeral: new Uint8Array(32).fill(fill + 9) }));
			});
			ok(hex(secret(first.atInitiator)) !== hex(secret(second.atInitiator)));
			const kid = hex(alice().credential.kid);
			const sent = [first.message1, first.message2, first.message3, first.message4].map(hex).join("");
			ok(!sent.includes(kid) && !sent.includes(hex(bob().credential.kid)), "no kid in the clear");
		}
	})
];
