import { encodeUtf8, toHex } from "../../../modules/bytes/bytes.js";
import { encodePoint, multiply, runAtOnce } from "../../../modules/crypto/crypto.js";
import { M, N } from "../../../modules/spake2plus/generators.js";
import { ConfirmationError, Spake2PlusError } from "../../../modules/spake2plus/spake2plus.js";
import { transcript } from "../../../modules/spake2plus/transcript.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { n, p } from "../../vectors/p256.js";
import { spake2plus } from "../../vectors/spake2plus.js";
import { pauses, prover, record, scalars, setting, verifier } from "./parties.js";

/** One exchange from beginning to end; throws what either side throws. */
function exchange(client = prover(), server = verifier()) {
	const shareP = runAtOnce(client.begin());
	const { shareV, confirmV } = runAtOnce(server.answer(shareP));
	const { confirmP, sharedKey } = runAtOnce(client.finish({ shareV, confirmV }));
	return { shareP, shareV, confirmV, confirmP, atProver: sharedKey, atVerifier: server.finish(confirmP) };
}

/** Shares that are no points, or not encoded as ours. */
const badShares = () => {
	const { shareP } = spake2plus();
	const x = shareP.slice(2, 66);
	return [
		"",
		"00",
		"04",
		"00".repeat(65),
		`04${"00".repeat(64)}`,
		`04${"ff".repeat(64)}`,
		`04${p}${"00".repeat(32)}`,
		shareP.slice(0, -2),
		`${shareP}00`,
		`${shareP.slice(0, -2)}28`,
		`06${shareP.slice(2)}`,
		`07${shareP.slice(2)}`,
		shareP.slice(2),
		`02${x}`,
		`03${x}`
	];
};

export default [
	suite("spake2plus: the vector of RFC 9383", {
		"shares, confirmations and the shared key are those of appendix C"() {
			const vector = spake2plus();
			const result = exchange();
			equal(hex(result.shareP), vector.shareP);
			equal(hex(result.shareV), vector.shareV);
			equal(hex(result.confirmV), vector.confirmV);
			equal(hex(result.confirmP), vector.confirmP);
			equal(hex(result.atProver), vector.K_shared);
			equal(hex(result.atVerifier), vector.K_shared);
		},
		"the transcript is that of appendix C"() {
			const { shareP, shareV, Z, V, w0, TT } = spake2plus();
			const points = { shareP: bytes(shareP), shareV: bytes(shareV), Z: bytes(Z), V: bytes(V) };
			equal(toHex(transcript(setting(), { ...points, w0: bytes(w0) })), TT);
		},
		"the record is w0 and the L of appendix C"() {
			equal(hex(record().L), spake2plus().L);
			equal(hex(record().w0), spake2plus().w0);
		}
	}),
	suite("spake2plus: an exchange", {
		"with fresh ephemerals gives both sides the same key, another each time"() {
			const keys = new Set<string>();
			for (const fill of [1, 2, 3]) {
				const ephemeral = new Uint8Array(32).fill(fill);
				const { atProver, atVerifier } = exchange(prover({ ephemeral }));
				equal(atProver, atVerifier);
				equal(atProver.length, 32);
				keys.add(hex(atProver));
			}
			equal(keys.size, 3);
		},
		"with another password fails at the prover, who sends no confirmation"() {
			const other = new Uint8Array(32).fill(9);
			throws(() => exchange(prover({ w0: other })), ConfirmationError, "verifier's");
			throws(() => exchange(prover({ w1: other })), ConfirmationError, "verifier's");
			throws(() => exchange(prover({ w0: other, w1: other })), ConfirmationError, "verifier's");
		},
		"with w0 but not w1, as a thief of the record has it, fails"() {
			const { w0 } = scalars();
			throws(() => exchange(prover({ w0, w1: w0 })), ConfirmationError, "verifier's");
		},
		"in another context, or between others than those named, fails"() {
			for (const field of ["context", "idProver", "idVerifier"] as const) {
				throws(() => exchange(prover({ [field]: encodeUtf8("else") })), ConfirmationError, "verifier's");
				throws(() => exchange(prover({ [field]: new Uint8Array(0) })), ConfirmationError, "verifier's");
			}
			const moved = { context: encodeUtf8("a"), idProver: encodeUtf8("bc") };
			const other = { context: encodeUtf8("ab"), idProver: encodeUtf8("c") };
			throws(() => exchange(prover(moved), verifier(other)), ConfirmationError, "verifier's");
		},
		"works with empty identities and an empty context"() {
			const none = new Uint8Array(0);
			const empty = { context: none, idProver: none, idVerifier: none };
			const { atProver, atVerifier } = exchange(prover(empty), verifier(empty));
			equal(atProver, atVerifier);
		},
		"with any bit of a share or confirmation flipped gives nobody a key"() {
			const { shareP, shareV, confirmV, confirmP } = exchange();
			for (let index = 0; index < 65; index += 4) {
				const other = shareP.slice();
				other[index] ^= 1 << (index & 7);
				throws(() => runAtOnce(verifier().answer(other)), Spake2PlusError, "no point");
				const answer = shareV.slice();
				answer[index] ^= 1 << (index & 7);
				const client = prover();
				runAtOnce(client.begin());
				throws(() => runAtOnce(client.finish({ shareV: answer, confirmV })), Spake2PlusError, "no point");
			}
			const server = verifier();
			runAtOnce(server.answer(shareP));
			for (let index = 0; index < 32; index++) {
				const wrong = confirmP.slice();
				wrong[index] ^= 1 << (index & 7);
				throws(() => server.finish(wrong), ConfirmationError, "prover's");
				const client = prover();
				runAtOnce(client.begin());
				const other = confirmV.slice();
				other[index] ^= 1 << (index & 7);
				if (index > 3) continue;
				throws(() => runAtOnce(client.finish({ shareV, confirmV: other })), ConfirmationError, "verifier's");
			}
			equal(server.finish(confirmP).length, 32);
		},
		"refuses confirmations of another length"() {
			const { shareP, shareV, confirmP, confirmV } = exchange();
			for (const length of [0, 16, 31, 33]) {
				const resized = new Uint8Array(length);
				resized.set(confirmP.subarray(0, length));
				const server = verifier();
				runAtOnce(server.answer(shareP));
				throws(() => server.finish(resized), ConfirmationError);
				const client = prover();
				runAtOnce(client.begin());
				const other = new Uint8Array(length);
				other.set(confirmV.subarray(0, length));
				throws(() => runAtOnce(client.finish({ shareV, confirmV: other })), ConfirmationError);
			}
		},
		"does not take a side's own messages back"() {
			const client = prover();
			const shareP = runAtOnce(client.begin());
			throws(() => runAtOnce(client.finish({ shareV: shareP, confirmV: shareP })), ConfirmationError);
			const server = verifier();
			const { confirmV } = runAtOnce(server.answer(shareP));
			throws(() => server.finish(confirmV), ConfirmationError);
			const other = verifier();
			const { shareV } = runAtOnce(verifier().answer(shareP));
			const back = runAtOnce(other.answer(shareV));
			throws(() => other.finish(back.confirmV), ConfirmationError);
		}
	}),
	suite("spake2plus: shares", {
		"off the curve, at infinity or in another form are refused, and the right one is still taken"() {
			const { shareP, shareV, confirmV, confirmP } = exchange();
			const server = verifier();
			const client = prover();
			runAtOnce(client.begin());
			for (const wrong of badShares()) {
				throws(() => runAtOnce(server.answer(bytes(wrong))), Spake2PlusError, "no point");
				const answer = { shareV: bytes(wrong), confirmV };
				throws(() => runAtOnce(client.finish(answer)), Spake2PlusError, "no point");
			}
			runAtOnce(server.answer(shareP));
			server.finish(confirmP);
			runAtOnce(client.finish({ shareV, confirmV }));
		},
		"that are nothing but the mask, which would make a key that everybody knows, are refused"() {
			const { w0 } = scalars();
			const { shareP, shareV, confirmV } = exchange();
			const maskP = encodePoint(multiply(w0, M));
			const maskV = encodePoint(multiply(w0, N));
			const server = verifier();
			throws(() => runAtOnce(server.answer(maskP)), Spake2PlusError, "identity");
			runAtOnce(server.answer(shareP));
			const client = prover();
			runAtOnce(client.begin());
			throws(() => runAtOnce(client.finish({ shareV: maskV, confirmV })), Spake2PlusError, "identity");
			runAtOnce(client.finish({ shareV, confirmV }));
		}
	}),
	suite("spake2plus: steps", {
		"a prover pauses before each operation on the curve"() {
			const client = prover();
			equal(pauses(client.begin()), 3);
			const { shareV, confirmV } = runAtOnce(verifier().answer(bytes(spake2plus().shareP)));
			equal(pauses(client.finish({ shareV, confirmV })), 4);
		},
		"a verifier pauses before each operation on the curve"() {
			equal(pauses(verifier().answer(bytes(spake2plus().shareP))), 7);
		},
		"the same share is sent again without computing it again"() {
			const client = prover();
			const share = runAtOnce(client.begin());
			equal(pauses(client.begin()), 0);
			equal(runAtOnce(client.begin()), share);
		},
		"out of order are refused"() {
			const { shareP, shareV, confirmV, confirmP } = exchange();
			throws(() => runAtOnce(prover().finish({ shareV, confirmV })), Spake2PlusError, "no share was sent");
			throws(() => verifier().finish(confirmP), Spake2PlusError, "no confirmation is expected");
			const server = verifier();
			runAtOnce(server.answer(shareP));
			throws(() => runAtOnce(server.answer(shareP)), Spake2PlusError, "already");
			server.finish(confirmP);
			throws(() => server.finish(confirmP), Spake2PlusError, "no confirmation is expected");
			throws(() => runAtOnce(server.answer(shareP)), Spake2PlusError, "over");
		},
		"of two shares at once one is answered"() {
			const server = verifier();
			const share = bytes(spake2plus().shareP);
			const first = server.answer(share);
			first.next();
			runAtOnce(server.answer(share));
			throws(() => runAtOnce(first), Spake2PlusError, "already");
		},
		"a wrong confirmation ends the prover's exchange: one guess for who poses as a verifier"() {
			const { shareV, confirmV } = exchange();
			const client = prover();
			runAtOnce(client.begin());
			const wrong = { shareV, confirmV: new Uint8Array(32) };
			const first = client.finish({ shareV, confirmV });
			first.next();
			throws(() => runAtOnce(client.finish(wrong)), Spake2PlusError, "finishing");
			first.return({ confirmP: wrong.confirmV, sharedKey: wrong.confirmV });
			throws(() => runAtOnce(client.finish(wrong)), ConfirmationError, "verifier's");
			throws(() => runAtOnce(client.finish({ shareV, confirmV })), Spake2PlusError, "over");
			throws(() => runAtOnce(client.begin()), Spake2PlusError, "over");
		},
		"under way fail after their next pause when the exchange is closed"() {
			const { shareP, shareV, confirmV } = exchange();
			for (let pause = 1; pause <= 4; pause++) {
				const server = verifier();
				const client = prover();
				runAtOnce(client.begin());
				const answering = server.answer(shareP);
				const finishing = client.finish({ shareV, confirmV });
				for (let i = 0; i < pause; i++) {
					answering.next();
					finishing.next();
				}
				server.close();
				client.close();
				throws(() => answering.next(), Spake2PlusError, "over");
				throws(() => finishing.next(), Spake2PlusError, "over");
			}
		},
		"are the same when the prover prepares what it can, also twice, and nothing comes of it after the end"() {
			const { shareP, shareV, confirmV, confirmP } = exchange();
			const client = prover();
			client.prepare();
			equal(runAtOnce(client.begin()), shareP);
			client.prepare();
			equal(runAtOnce(client.finish({ shareV, confirmV })).confirmP, confirmP);
			client.prepare();
			throws(() => runAtOnce(client.finish({ shareV, confirmV })), Spake2PlusError, "over");
		},
		"after closing give nothing"() {
			const { shareP, shareV, confirmV, confirmP } = exchange();
			const client = prover();
			runAtOnce(client.begin());
			client.close();
			throws(() => runAtOnce(client.finish({ shareV, confirmV })), Spake2PlusError, "over");
			const server = verifier();
			runAtOnce(server.answer(shareP));
			server.close();
			throws(() => server.finish(confirmP), Spake2PlusError, "no confirmation is expected");
		},
		"leave the caller's secrets as they were"() {
			const { w0, w1 } = scalars();
			const ephemeral = bytes(spake2plus().x);
			exchange(prover({ w0, w1, ephemeral }));
			equal(hex(w0), spake2plus().w0);
			equal(hex(w1), spake2plus().w1);
			equal(hex(ephemeral), spake2plus().x);
		},
		"are not begun with scalars of 0 or n, or an L off the curve"() {
			for (const wrong of [bytes("00".repeat(32)), bytes(n), bytes("01"), bytes("")]) {
				for (const field of ["w0", "w1", "ephemeral"] as const) {
					throws(() => prover({ [field]: wrong }), Spake2PlusError, "range");
				}
				throws(() => verifier({ ephemeral: wrong }), Spake2PlusError, "range");
				throws(() => verifier({ record: { w0: wrong, L: record().L } }), Spake2PlusError, "range");
			}
			for (const wrong of badShares()) {
				throws(() => verifier({ record: { w0: record().w0, L: bytes(wrong) } }), Spake2PlusError, "L");
			}
		}
	})
];
