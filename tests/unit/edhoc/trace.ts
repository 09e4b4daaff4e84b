import { concat } from "../../../modules/bytes/bytes.js";
import { encode } from "../../../modules/cbor/cbor.js";
import {
	hkdfExtract,
	pointOfX,
	runAtOnce,
	sha256,
	sharedX,
	verifyEs256Point
} from "../../../modules/crypto/crypto.js";
import { type Credential, EdhocError, Initiator, Responder } from "../../../modules/edhoc/edhoc.js";
import {
	crypt2,
	exporterKey,
	kdf,
	messageKey3,
	messageKey4,
	nextTranscript,
	transcript2
} from "../../../modules/edhoc/key-schedule.js";
import { parseMessage1, parseMessage2, parseSealed } from "../../../modules/edhoc/messages.js";
import { parsePlaintext2, parsePlaintext3 } from "../../../modules/edhoc/plaintexts.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { invalidMessage2, invalidMessages1, invalidPlaintexts2, trace } from "../../vectors/edhoc.js";
import { alice, bob, initiator, responder, run } from "./parties.js";

/** A credential of the trace: it has a subject besides the key, whose coordinates stand at its end. */
function credential(kid: string, encoded: string): Credential {
	const whole = bytes(encoded);
	const x = whole.subarray(whole.length - 67, whole.length - 35);
	const publicKey = new Uint8Array(64);
	publicKey.set(x);
	publicKey.set(whole.subarray(whole.length - 32), 32);
	return { kid: bytes(kid), encoded: whole, publicKey };
}

const credentialI = () => credential("2b", trace().credI);
const credentialR = () => credential("32", trace().credR);

function traced() {
	const t = trace();
	const a = new Initiator({
		method: 3,
		suites: [6, 2],
		credential: credentialI(),
		privateKey: bytes(t.skI),
		ephemeral: bytes(t.x),
		connectionId: bytes(t.cI),
		lookup: kid => (hex(kid) === "32" ? credentialR() : undefined)
	});
	const b = new Responder({
		methods: [3],
		credential: credentialR(),
		privateKey: bytes(t.skR),
		ephemeral: bytes(t.y),
		connectionId: () => bytes(t.cR),
		lookup: kid => (hex(kid) === "2b" ? credentialI() : undefined)
	});
	return { a, b };
}

export default [
	suite("edhoc: the trace of RFC 9529, section 3", {
		"the messages are those of the trace, byte for byte"() {
			const t = trace();
			const { a, b } = traced();
			const message1 = runAtOnce(a.begin());
			equal(hex(message1), t.message1);
			const { message2, connectionId } = runAtOnce(b.answer(message1));
			equal(hex(message2), t.message2);
			equal(hex(connectionId), t.cR);
			const { message3 } = runAtOnce(a.answer(message2));
			equal(hex(message3), t.message3);
			const { message4 } = runAtOnce(b.finish(message3));
			equal(hex(message4), t.message4);
			a.finish(message4);
		},
		"master secret and salt of OSCORE are those of the trace, the identifiers crossed"() {
			const t = trace();
			const { a, b } = traced();
			const { message2 } = runAtOnce(b.answer(runAtOnce(a.begin())));
			const { message3 } = runAtOnce(a.answer(message2));
			const { message4, session } = runAtOnce(b.finish(message3));
			const atInitiator = a.finish(message4).session.oscore();
			const atResponder = session.oscore();
			for (const { masterSecret, masterSalt } of [atInitiator, atResponder]) {
				equal(hex(masterSecret), t.oscoreMasterSecret);
				equal(hex(masterSalt), t.oscoreMasterSalt);
			}
			equal([hex(atInitiator.senderId), hex(atInitiator.recipientId)], [t.cR, t.cI]);
			equal([hex(atResponder.senderId), hex(atResponder.recipientId)], [t.cI, t.cR]);
		},
		"transcript hashes and keys are those of the trace, each from what it is made of"() {
			const t = trace();
			equal(hex(sharedX(bytes(t.x), parsePoint(t.message2))), t.gXy);
			equal(hex(transcript2(bytes(t.gY), bytes(t.hMessage1))), t.th2);
			const prk2e = hkdfExtract(bytes(t.th2), bytes(t.gXy));
			equal(hex(prk2e), t.prk2e);
			equal(hex(kdf(prk2e, 0, bytes(t.th2), 11)), t.keystream2);
			equal(hex(crypt2(prk2e, bytes(t.th2), bytes(t.plaintext2))), t.ciphertext2);
			equal(hex(kdf(prk2e, 1, bytes(t.th2), 32)), t.salt3e2m);
			equal(hex(kdf(bytes(t.prk3e2m), 2, bytes(t.contextInfoMac2), 8)), t.mac2);
			equal(hex(nextTranscript(bytes(t.th2), bytes(t.plaintext2), bytes(t.credR))), t.th3);
			equal(hex(kdf(bytes(t.prk3e2m), 5, bytes(t.th3), 32)), t.salt4e3m);
			equal(`52${hex(messageKey3(bytes(t.prk3e2m), bytes(t.th3)).seal(bytes(t.plaintext3)))}`, t.message3);
			equal(hex(nextTranscript(bytes(t.th3), bytes(t.plaintext3), bytes(t.credI))), t.th4);
			equal(`48${hex(messageKey4(bytes(t.prk4e3m), bytes(t.th4)).seal(bytes("")))}`, t.message4);
			equal(hex(kdf(bytes(t.prk4e3m), 7, bytes(t.th4), 32)), t.prkOut);
			equal(hex(exporterKey(bytes(t.prk4e3m), bytes(t.th4))), t.prkExporter);
		},
		"message_1 is taken apart as the trace says"() {
			const t = trace();
			const { method, suites, gx, connectionId, ead } = parseMessage1(bytes(t.message1));
			equal([method, suites, hex(gx), hex(connectionId), ead], [3, [6, 2], t.gX, t.cI, []]);
			const { gy, ciphertext } = parseMessage2(bytes(t.message2));
			equal([hex(gy), hex(ciphertext)], [t.gY, t.ciphertext2]);
		}
	}),
	suite("edhoc: signatures, of which RFC 9529 has no trace for P-256", {
		"are over the Sig_structure of RFC 9528 with a MAC_2 or MAC_3 of 32 bytes"() {
			const ead = [{ label: 7, critical: false, value: bytes("0102") }];
			const { message1, message2, message3 } = run(initiator({ ead3: ead }), responder({ ead2: ead }));
			const { gy, ciphertext } = parseMessage2(message2);
			const point = pointOfX(gy);
			ok(point !== undefined);
			// Alice's ephemeral of the tests' parties.
			const gxy = sharedX(new Uint8Array(32).fill(0x33), point);
			const th2 = transcript2(gy, sha256(message1));
			const prk = hkdfExtract(th2, gxy);
			const plaintext2 = crypt2(prk, th2, ciphertext);
			const responderId = encode(new Map([[4, bob().credential.kid]]));
			const aad2 = concat(encode(th2), bob().credential.encoded, bytes("07420102"));
			const mac2 = kdf(prk, 2, concat(bytes("06"), responderId, aad2), 32);
			const signed2 = encode(["Signature1", responderId, aad2, mac2]);
			const { proof: proof2 } = parsePlaintext2(plaintext2, true);
			ok(verifyEs256Point(bob().credential.publicKey, signed2, proof2));

			const th3 = nextTranscript(th2, plaintext2, bob().credential.encoded);
			const plaintext3 = messageKey3(prk, th3).open(parseSealed(message3, "message_3"));
			ok(plaintext3 !== undefined);
			const initiatorId = encode(new Map([[4, alice().credential.kid]]));
			const aad3 = concat(encode(th3), alice().credential.encoded, bytes("07420102"));
			const mac3 = kdf(prk, 6, concat(initiatorId, aad3), 32);
			const signed3 = encode(["Signature1", initiatorId, aad3, mac3]);
			const { proof: proof3 } = parsePlaintext3(plaintext3, true);
			ok(verifyEs256Point(alice().credential.publicKey, signed3, proof3));
		}
	}),
	suite("edhoc: the invalid messages of RFC 9529, section 4", {
		"a message_1 is refused, whatever is wrong with it"() {
			for (const [what, message] of invalidMessages1()) {
				const b = responder();
				const error = throws(() => runAtOnce(b.answer(bytes(message))), EdhocError);
				ok(error.reply !== undefined, what);
				runAtOnce(b.answer(runAtOnce(initiator().begin())));
			}
		},
		"a message_2 of two byte strings is refused"() {
			const { a } = traced();
			runAtOnce(a.begin());
			throws(() => runAtOnce(a.answer(bytes(invalidMessage2))), EdhocError, "one byte string");
			runAtOnce(a.answer(bytes(trace().message2)));
		},
		"a PLAINTEXT_2 is refused, whatever is wrong with it"() {
			for (const [what, plaintext] of invalidPlaintexts2()) {
				const error = throws(() => parsePlaintext2(bytes(plaintext), false), EdhocError);
				ok(error.message.length > 0, what);
			}
			equal(hex(parsePlaintext2(bytes(trace().plaintext2), false).kid), "32");
		}
	})
];

/** The responder's ephemeral point, by what the trace says of it. */
function parsePoint(message2: string): Uint8Array {
	const { gy } = parseMessage2(bytes(message2));
	const point = pointOfX(gy);
	ok(point !== undefined);
	return point;
}
