import { runAtOnce, runInTurns } from "../../../modules/crypto/crypto.js";
import { EdhocError, OrderError } from "../../../modules/edhoc/edhoc.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { n } from "../../vectors/p256.js";
import { alice, bob, initiator, methods, pauses, responder, run, secret } from "./parties.js";

export default [
	suite("edhoc: a run", {
		"of every method gives both sides the same keys and each the other's credential"() {
			for (const method of methods) {
				const { atInitiator, atResponder } = run(initiator({ method }));
				equal(secret(atInitiator), secret(atResponder));
				equal(atInitiator.oscore().masterSalt, atResponder.oscore().masterSalt);
				equal([atInitiator.method, atResponder.method], [method, method]);
				equal(atInitiator.peer, bob().credential);
				equal(atResponder.peer, alice().credential);
			}
		},
		"gives other keys with another ephemeral on either side"() {
			const ephemeral = new Uint8Array(32).fill(0x55);
			const secrets = [
				run(),
				run(initiator({ ephemeral })),
				run(initiator(), responder({ ephemeral })),
				run(initiator({ method: 3 }))
			].map(({ atInitiator }) => hex(secret(atInitiator)));
			equal(new Set(secrets).size, 4);
		},
		"with method 0 and a kid of 16 bytes takes messages of 37, 118, 93 and 9 bytes"() {
			const { message1, message2, message3, message4 } = run();
			equal(
				[message1, message2, message3, message4].map(({ length }) => length),
				[37, 118, 93, 9]
			);
		},
		"with identifiers of any length and value that OSCORE can use crosses them for it"() {
			const identifiers = ["", "00", "17", "18", "20", "37", "38", "ff", "0000", "01020304050607"];
			for (const own of identifiers) {
				for (const other of identifiers.slice(0, 4)) {
					if (own === other) continue;
					const { atInitiator, atResponder, connectionId } = run(
						initiator({ connectionId: bytes(own), method: 3 }),
						responder({ connectionId: () => bytes(other) })
					);
					equal(hex(connectionId), other);
					equal(hex(atInitiator.oscore().senderId), other);
					equal(hex(atInitiator.oscore().recipientId), own);
					equal(hex(atResponder.oscore().senderId), own);
					equal(hex(atResponder.oscore().recipientId), other);
				}
			}
		},
		"refuses identifiers of either side that are too long for OSCORE"() {
			const long = bytes("0102030405060708");
			throws(() => run(initiator({ connectionId: long })), EdhocError, "C_I");
			throws(() => run(initiator(), responder({ connectionId: () => long })), EdhocError, "C_R");
		},
		"never gives both sides the same identifier"() {
			const b = responder({ connectionId: peer => peer });
			throws(() => runAtOnce(b.answer(runAtOnce(initiator().begin()))), EdhocError, "C_R");
			let given: Uint8Array | undefined;
			const chooser = responder({
				connectionId: peer => {
					given = peer;
					return Uint8Array.of(1);
				}
			});
			runAtOnce(chooser.answer(runAtOnce(initiator().begin())));
			equal(given, Uint8Array.of(5));
		},
		"without message_4 gives the initiator its session at its own risk"() {
			const a = initiator();
			const b = responder();
			throws(() => a.unconfirmedSession(), OrderError);
			const { message2 } = runAtOnce(b.answer(runAtOnce(a.begin())));
			const { message3 } = runAtOnce(a.answer(message2));
			const session = a.unconfirmedSession();
			a.close();
			equal(secret(session), secret(runAtOnce(b.finish(message3)).session));
		},
		"exports what label, context and length ask for, and nothing after closing"() {
			const { atInitiator, atResponder } = run();
			const context = bytes("01");
			equal(atInitiator.export(32768, context, 40), atResponder.export(32768, context, 40));
			equal(atInitiator.export(32768, context, 40).length, 40);
			const different = [
				atInitiator.export(0, bytes(""), 16),
				atInitiator.export(1, bytes(""), 16),
				atInitiator.export(0, context, 16),
				atInitiator.export(0, bytes(""), 17).slice(0, 16)
			];
			equal(new Set(different.map(hex)).size, 4);
			atInitiator.close();
			throws(() => secret(atInitiator), OrderError, "closed");
			throws(() => atInitiator.oscore(), OrderError, "closed");
			equal(secret(atResponder).length, 16);
		},
		"leaves the caller's keys as they were"() {
			const keys = { privateKey: alice().privateKey, ephemeral: new Uint8Array(32).fill(0x33) };
			run(initiator(keys));
			equal(keys, { privateKey: alice().privateKey, ephemeral: new Uint8Array(32).fill(0x33) });
		},
		"is not begun with keys of 0, n or another length"() {
			for (const wrong of ["00".repeat(32), n, "", "01"].map(bytes)) {
				for (const field of ["privateKey", "ephemeral"] as const) {
					throws(() => initiator({ [field]: wrong }), EdhocError, "range");
					throws(() => responder({ [field]: wrong }), EdhocError, "range");
				}
			}
		}
	}),
	suite("edhoc: steps", {
		"pause before each operation on the curve"() {
			const counts = methods.map(method => {
				const a = initiator({ method });
				const b = responder();
				const message1 = runAtOnce(a.begin());
				const other = responder();
				const { message2 } = runAtOnce(b.answer(message1));
				const answering = pauses(initiatorAfter(message1, method).answer(message2));
				const { message3 } = runAtOnce(a.answer(message2));
				return [
					pauses(initiator({ method }).begin()),
					pauses(other.answer(message1)),
					answering,
					pauses(b.finish(message3))
				];
			});
			equal(
				counts,
				methods.map(() => [1, 4, 5, 2])
			);
		},
		"run over the turns of a loop"() {
			const clock = new VirtualClock();
			const a = initiator();
			const b = responder();
			let turns = 0;
			const tick = () => {
				turns += 1;
				clock.after(1, tick);
			};
			clock.after(0, tick);
			const failed = (error: unknown) => {
				throw error;
			};
			let key: Uint8Array | undefined;
			runInTurns({
				clock,
				failed,
				steps: a.begin(),
				done: message1 => {
					runInTurns({
						clock,
						failed,
						steps: b.answer(message1),
						done: ({ message2 }) => {
							key = message2;
						}
					});
				}
			});
			clock.advance(10);
			ok(key !== undefined && turns > 0);
			runAtOnce(a.answer(key));
		},
		"out of order or twice are refused, without an error message to the peer"() {
			const { message1, message2, message3, message4 } = run();
			const early = initiator();
			const unasked = throws(() => runAtOnce(early.answer(message2)), OrderError, "before message_1");
			equal(unasked.reply, undefined);
			throws(() => early.finish(message4), OrderError, "before message_2");
			throws(() => runAtOnce(responder().finish(message3)), OrderError, "before message_1");
			const a = initiator();
			runAtOnce(a.begin());
			runAtOnce(a.answer(message2));
			throws(() => runAtOnce(a.answer(message2)), OrderError, "already");
			a.finish(message4);
			throws(() => a.finish(message4), OrderError, "over");
			throws(() => runAtOnce(a.begin()), OrderError, "over");
			const b = responder();
			runAtOnce(b.answer(message1));
			throws(() => runAtOnce(b.answer(message1)), OrderError, "already");
			runAtOnce(b.finish(message3));
			throws(() => runAtOnce(b.finish(message3)), OrderError, "over");
			throws(() => runAtOnce(b.answer(message1)), OrderError, "over");
		},
		"of two copies of a message at once one counts"() {
			const { message1, message2, message3 } = run();
			const a = initiator();
			runAtOnce(a.begin());
			const first = a.answer(message2);
			first.next();
			runAtOnce(a.answer(message2));
			throws(() => runAtOnce(first), OrderError, "already");
			const b = responder();
			const slow = b.answer(message1);
			slow.next();
			runAtOnce(b.answer(message1));
			throws(() => runAtOnce(slow), OrderError, "already");
			const last = b.finish(message3);
			last.next();
			runAtOnce(b.finish(message3));
			throws(() => runAtOnce(last), OrderError, "over");
		},
		"message_1 is sent again as it was"() {
			const a = initiator();
			const message1 = runAtOnce(a.begin());
			equal(pauses(a.begin()), 0);
			equal(runAtOnce(a.begin()), message1);
		},
		"under way fail after their next pause when the run is closed"() {
			const { message1, message2, message3 } = run();
			for (const method of methods) {
				for (let pause = 1; pause <= 4; pause++) {
					const b = responder();
					const answering = b.answer(runAtOnce(initiator({ method }).begin()));
					for (let i = 0; i < pause; i++) answering.next();
					b.close();
					throws(() => answering.next(), OrderError, "over");
				}
			}
			const a = initiator();
			runAtOnce(a.begin());
			const answering = a.answer(message2);
			answering.next();
			a.close();
			throws(() => runAtOnce(answering), OrderError, "over");
			const b = responder();
			runAtOnce(b.answer(message1));
			const finishing = b.finish(message3);
			finishing.next();
			b.close();
			throws(() => runAtOnce(finishing), OrderError, "over");
		},
		"after closing are refused"() {
			const { message1, message2, message3, message4 } = run();
			const a = initiator();
			runAtOnce(a.begin());
			runAtOnce(a.answer(message2));
			a.close();
			throws(() => a.finish(message4), OrderError, "over");
			throws(() => a.unconfirmedSession(), OrderError, "over");
			const b = responder();
			runAtOnce(b.answer(message1));
			b.close();
			throws(() => runAtOnce(b.finish(message3)), OrderError, "over");
		}
	})
];

/** An initiator that has sent this message_1. */
function initiatorAfter(message1: Uint8Array, method: 0 | 1 | 2 | 3) {
	const a = initiator({ method });
	equal(runAtOnce(a.begin()), message1);
	return a;
}
