import { runAtOnce } from "../../../modules/crypto/crypto.js";
import { CipherSuiteError, EdhocError, offerSuites, PeerError } from "../../../modules/edhoc/edhoc.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { trace } from "../../vectors/edhoc.js";
import { initiator, responder, run, secret } from "./parties.js";

export default [
	suite("edhoc: cipher suites", {
		"a responder without the selected one names what it has, as in RFC 9529"() {
			const message1 = bytes(trace().message1.replace("820602", "06"));
			const error = throws(() => runAtOnce(responder().answer(message1)), CipherSuiteError, "6");
			equal(error.supported, [2]);
			equal(error.reply, bytes("0202"));
			const a = initiator();
			runAtOnce(a.begin());
			const heard = throws(() => runAtOnce(a.answer(bytes("0202"))), PeerError, "cipher suites 2");
			equal([heard.code, heard.suites, heard.reply], [2, [2], undefined]);
			equal(offerSuites([6, 2], heard.suites), [6, 2]);
		},
		"ours may stand behind others that the initiator would rather have"() {
			for (const suites of [[2], [6, 2], [0, 1, 2], [24, -21, 25, 2]]) {
				const { atInitiator, atResponder } = run(initiator({ suites, method: 3 }));
				equal(secret(atInitiator), secret(atResponder));
			}
		},
		"a responder refuses a selection that is not the first of the list that it has"() {
			const { message1 } = run();
			for (const [list, suites] of [
				["820203", "3"],
				["83020602", "2"],
				["820202", "2"],
				["8218182a", "-11"],
				["00", "0"],
				["20", "-1"]
			]) {
				const other = bytes(`00${list}${hex(message1).slice(4)}`);
				const error = throws(() => runAtOnce(responder().answer(other)), CipherSuiteError, suites);
				equal(error.reply, bytes("0202"));
			}
		},
		"of another curve, with a longer key, is told apart from a malformed message"() {
			const message = bytes(`03821819${"1818"}5830${"11".repeat(48)}0e`);
			throws(() => runAtOnce(responder().answer(message)), CipherSuiteError, "24");
		},
		"an initiator selects none that it has not"() {
			for (const suites of [[3], [2, 3], [6], []]) {
				throws(() => initiator({ suites }), CipherSuiteError);
			}
		},
		"an offer goes to the first that the peer has, with all preferred before it"() {
			equal(offerSuites([5, 6, 7, 8, 9]), [5]);
			equal(offerSuites([5, 6, 7, 8, 9], [6]), [5, 6]);
			equal(offerSuites([5, 6, 7, 8, 9], [9, 8]), [5, 6, 7, 8]);
			throws(() => offerSuites([5, 6], [2]), EdhocError, "in common");
			throws(() => offerSuites([5, 6], []), EdhocError, "in common");
			throws(() => offerSuites([]), EdhocError, "in common");
		}
	})
];
