import { equalBytes, toHex } from "../bytes/bytes.js";
import { Block, BlockError, idLength } from "../chain/chain.js";
import { Code } from "../coap/coap.js";
import { runInTurns } from "../crypto/crypto.js";
import {
	admits,
	type JoinAnswer,
	type JoinOptions,
	MessageError,
	type Refusal,
	randomPrivateKey,
	refusalText,
	synchronizationPath
} from "../node/node.js";
import { ConfirmationError, Prover, Spake2PlusError } from "../spake2plus/spake2plus.js";
import { postOpenly } from "./open-post.js";
import { readRecord } from "./record.js";
import { openWelcome, readAnswer, setting, writeApplication, writeShare } from "./sync-messages.js";

/** Milliseconds that one sponsor has for each answer. */
const patience = 10_000;
const scalarLength = 32;

/** The joiner's side of a secure home: shows that it knows password and PIN, and learns nothing else by a guess. */
export function joinSecureHome(options: JoinOptions, done: (answer: JoinAnswer) => void): void {
	const { clock, random, identity, credentials } = options;
	const prover = new Prover({
		...setting(identity.home, identity.rounds, readRecord(identity.secret)?.version ?? 0),
		w0: credentials.subarray(0, scalarLength),
		w1: credentials.subarray(scalarLength),
		ephemeral: randomPrivateKey(random)
	});
	const end = (answer: JoinAnswer) => {
		prover.close();
		done(answer);
	};
	const failed = (error: unknown) => {
		if (error instanceof ConfirmationError) {
			end({ joined: false, refusal: "password", text: "wrong password or PIN" });
		} else if (
			error instanceof Spake2PlusError ||
			error instanceof MessageError ||
			error instanceof BlockError
		) {
			end({ joined: false, refusal: "other", text: error.message });
		} else {
			throw error;
		}
	};
	const attempt = (action: () => void) => {
		try {
			action();
		} catch (error) {
			failed(error);
		}
	};
	const apply = (confirmP: Uint8Array, sharedKey: Uint8Array) => {
		const { name, type, publicKey: key } = identity;
		post(options, writeApplication(confirmP, { name, type, key }, sharedKey), end, payload =>
			attempt(() => {
				const { block, sponsor, sponsorKey, genesis } = openWelcome(payload, sharedKey);
				sharedKey.fill(0);
				const isOfHome = equalBytes(genesis.subarray(0, idLength), identity.home);
				if (!isOfHome || !admits(new Block(block), identity)) {
					throw new MessageError("the block that came back is not this node's");
				}
				end({ joined: true, sponsor: toHex(sponsor), sponsorKey });
			})
		);
	};
	runInTurns({
		clock,
		steps: prover.begin(),
		failed,
		done: shareP => {
			post(options, writeShare(shareP), end, payload =>
				attempt(() => {
					const steps = prover.finish(readAnswer(payload));
					runInTurns({ clock, steps, failed, done: ({ confirmP, sharedKey }) => apply(confirmP, sharedKey) });
				})
			);
			clock.after(0, () => prover.prepare());
		}
	});
}

function post(
	{ layer, address }: JoinOptions,
	payload: Uint8Array,
	refused: (answer: JoinAnswer) => void,
	done: (payload: Uint8Array) => void
): void {
	postOpenly({
		layer,
		address,
		path: synchronizationPath,
		payload,
		timeout: patience,
		onResponse: response => {
			if (response.code === Code.Changed) done(response.payload);
			else refused({ joined: false, refusal: refusalOf(response.code), text: refusalText(response) });
		},
		onSilence: () => refused({ joined: false, refusal: "no home", text: "no member of the home answers" })
	});
}

function refusalOf(code: number): Refusal {
	if (code === Code.Unauthorized) return "password";
	if (code === Code.Forbidden) return "not inviting";
	if (code === Code.Conflict) return "name";
	return "other";
}
