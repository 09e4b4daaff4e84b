import { toHex } from "../../../modules/bytes/bytes.js";
import { multiplyBase, runAtOnce } from "../../../modules/crypto/crypto.js";
import { EdhocError, makeCredential, UnknownCredentialError } from "../../../modules/edhoc/edhoc.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { p } from "../../vectors/p256.js";
import { alice, bob, initiator, knows, responder, run } from "./parties.js";

export default [
	suite("edhoc: who the peer is", {
		"a credential is the deterministic CBOR of kid and key"() {
			const { credential } = alice();
			const x = hex(credential.publicKey.subarray(0, 32));
			const y = hex(credential.publicKey.subarray(32));
			equal(toHex(credential.encoded), `a108a101a501020250${"11".repeat(16)}2001215820${x}225820${y}`);
			const publicKey = new Uint8Array(64);
			throws(() => makeCredential({ kid: bytes("01"), publicKey }), EdhocError, "public key");
			const high = bytes(`${p}${"00".repeat(32)}`);
			throws(() => makeCredential({ kid: bytes("01"), publicKey: high }), EdhocError, "public key");
		},
		"a kid of one byte, also one that looks like an integer, is found"() {
			for (const kid of ["00", "17", "18", "2b", "37", "38", "ff", ""].map(bytes)) {
				const publicKey = multiplyBase(new Uint8Array(32).fill(0x11));
				const short = { privateKey: alice().privateKey, credential: makeCredential({ kid, publicKey }) };
				const { atResponder } = run(initiator(short), responder({ lookup: knows(short) }));
				equal(atResponder.peer.kid, kid);
			}
		},
		"an unknown responder or initiator is refused with code 3, and a known one still taken"() {
			const { message1, message2, message3 } = run();
			let lookup = knows();
			const a = initiator({ lookup: kid => lookup(kid) });
			runAtOnce(a.begin());
			const error = throws(() => runAtOnce(a.answer(message2)), UnknownCredentialError);
			equal([error.kid, error.reply], [bob().credential.kid, bytes("03f5")]);
			lookup = knows(bob());
			runAtOnce(a.answer(message2));
			lookup = knows();
			const b = responder({ lookup: kid => lookup(kid) });
			runAtOnce(b.answer(message1));
			throws(() => runAtOnce(b.finish(message3)), UnknownCredentialError);
			lookup = knows(alice());
			runAtOnce(b.finish(message3));
		},
		"a lookup that gives another's credential, or a key off the curve, is not trusted"() {
			const { message2 } = run();
			const a = initiator({ lookup: () => alice().credential });
			runAtOnce(a.begin());
			throws(() => runAtOnce(a.answer(message2)), UnknownCredentialError);
			const broken = { ...bob().credential, publicKey: new Uint8Array(64) };
			const other = initiator({ lookup: () => broken });
			runAtOnce(other.begin());
			throws(() => runAtOnce(other.answer(message2)), EdhocError, "no public key");
		}
	})
];
