import { equalBytes, toHex } from "../bytes/bytes.js";
import { Block, BlockError, homeIdOf } from "../chain/chain.js";
import { Code, type Response } from "../coap/coap.js";
import { runInTurns } from "../crypto/crypto.js";
import {
	admits,
	applicantOf,
	type JoinAnswer,
	type JoinOptions,
	MessageError,
	type Refusal,
	randomPrivateKey,
	refusalText,
	synchronizationPath
} from "../node/node.js";
import { ConfirmationError, Prover, Spake2PlusError } from "../spake2plus/spake2plus.js";
import { StoreError } from "../store/store.js";
import { postOpenly } from "./open-post.js";
import { readRecord } from "./record.js";
import {
	openRefusal,
	openWelcome,
	readAnswer,
	setting,
	statementTag,
	writeApplication,
	writeShare
} from "./sync-messages.js";

/** Milliseconds that one sponsor has for each answer. */
const patience = 10_000;
const scalarLength = 32;
/** What a sponsor seals by which this node gives its key up. */
const sealedRefusals: Readonly<Record<number, Refusal>> = Object.freeze({
	[Code.Conflict]: "name",
	[Code.NotFound]: "removed"
});

/**
 * The joiner's side of a secure home: shows that it knows password and PIN, and learns nothing else by a guess.
 *
 * What tells a sponsor, who may be anyone, whether a guess of its own at the password was right (RFC 9383 section 3.3):
 * - shareP tells nothing. x*P + w0*M with a fresh x is any point of the curve, whatever w0 is, and many of them, each with
 *   its own x, are as little. So it may be sent again, also in a fresh run, to the same sponsor or another, as long as
 *   nobody's answer was looked at.
 * - An answer that is no array of 65 bytes, 32 bytes and a number is refused without the password: it tells nothing either.
 * - What is done with an answer does tell: confirmV of a guess is right or is not, and then confirmP comes or does not; and
 *   a shareV that is the mask of a guess (w0'*N) fails in another way if that is right. One guess for each answer. So the
 *   password is spent before `finish`, and no second answer is looked at, whatever comes of the first.
 * - confirmP and what is sealed with it go only to who knew the password. They are sent again as the same bytes only.
 */
export function joinSecureHome(options: JoinOptions, done: (answer: JoinAnswer) => void): void {
	const { clock, random, identity, credentials, spend, keep } = options;
	const prover = new Prover({
		...setting(identity.home, identity.rounds, readRecord(identity.secret)?.version ?? 0),
		w0: credentials.subarray(0, scalarLength),
		w1: credentials.subarray(scalarLength),
		ephemeral: randomPrivateKey(random)
	});
	let isOver = false;
	let shared: Uint8Array | undefined;
	const end = (answer: JoinAnswer) => {
		if (isOver) return;
		isOver = true;
		shared?.fill(0);
		prover.close();
		done(answer);
	};
	const failed = (error: unknown) => {
		if (error instanceof ConfirmationError) {
			end({ joined: false, refusal: "password", text: "wrong password or PIN" });
		} else if (
			error instanceof Spake2PlusError ||
			error instanceof MessageError ||
			error instanceof BlockError ||
			error instanceof StoreError
		) {
			end({ joined: false, refusal: "other", text: error.message });
		} else {
			end({ joined: false, refusal: "other", text: "an error here" });
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
	const apply = (confirmP: Uint8Array, sharedKey: Uint8Array, number: number) => {
		const applicant = applicantOf(identity, { ...options.place, number }, statementTag(sharedKey));
		const payload = writeApplication(confirmP, applicant, sharedKey);
		shared = sharedKey;
		post({ options, payload, sharedKey, end }, welcome =>
			attempt(() => {
				const { block, sponsor, sponsorKey, genesis } = openWelcome(welcome, sharedKey);
				const isOfHome = equalBytes(homeIdOf(genesis), identity.home);
				if (!isOfHome || (block !== null && !admits(new Block(block), identity))) {
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
			post({ options, payload: writeShare(shareP), end }, payload =>
				attempt(() => {
					const answer = readAnswer(payload);
					spend();
					const confirmed = ({ confirmP, sharedKey }: { confirmP: Uint8Array; sharedKey: Uint8Array }) =>
						attempt(() => {
							keep();
							apply(confirmP, sharedKey, answer.number);
						});
					runInTurns({ clock, steps: prover.finish(answer), failed, done: confirmed });
				})
			);
			clock.after(0, () => prover.prepare());
		}
	});
}

interface Post {
	readonly options: JoinOptions;
	readonly payload: Uint8Array;
	/** Once the sponsor has shown that it knows the password. */
	readonly sharedKey?: Uint8Array;
	/** Told of a refusal, or silence. */
	readonly end: (answer: JoinAnswer) => void;
}

function post({ options, payload, sharedKey, end }: Post, done: (payload: Uint8Array) => void): void {
	const { layer, address } = options;
	postOpenly({
		layer,
		address,
		path: synchronizationPath,
		payload,
		timeout: patience,
		onResponse: response => {
			if (response.code === Code.Changed) done(response.payload);
			else end(refusalOf(response, sharedKey));
		},
		onSilence: () => end({ joined: false, refusal: "no home", text: "no member of the home answers" })
	});
}

/**
 * What a stranger can say in the clear must cost no more than asking the next sponsor. Whether the password is right,
 * confirmV alone tells; and a key that may have been admitted is given up only where the sponsor has sealed that it was not.
 */
function refusalOf(response: Response, sharedKey: Uint8Array | undefined): JoinAnswer {
	const { code, payload } = response;
	const sealed = sharedKey && openRefusal(payload, code, sharedKey);
	if (sealed !== undefined) return { joined: false, refusal: sealedRefusals[code] ?? "other", text: sealed };
	return {
		joined: false,
		refusal: code === Code.Forbidden ? "not inviting" : "other",
		text: refusalText(response)
	};
}
