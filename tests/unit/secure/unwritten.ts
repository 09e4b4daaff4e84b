/** What a node does where its flash refuses what sessions and the password's record come to. */

import { type Chain, SuiteNumber } from "../../../modules/chain/chain.js";
import { Code } from "../../../modules/coap/coap.js";
import { runAtOnce } from "../../../modules/crypto/crypto.js";
import { HomeSecret } from "../../../modules/node/home-secret.js";
import { identityOf } from "../../../modules/node/identity.js";
import type { Link, LinkHandler } from "../../../modules/node/link.js";
import { isSignedRecord, readRecord, signRecord, writeRecord } from "../../../modules/secure/record.js";
import { RecordExchange } from "../../../modules/secure/record-exchange.js";
import { SessionSecrets } from "../../../modules/secure/session-secrets.js";
import { deriveScalars, register } from "../../../modules/spake2plus/spake2plus.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { Network } from "../coap/network.js";
import { members } from "./links.js";

const poke = { code: Code.Post, path: "/state", payload: Uint8Array.of(1) };

/** What is heard of a peer that lost its contexts with its power, time after time. */
function asked(isRefusing: boolean, isUrgent: boolean): string[] {
	const network = new Network();
	const { clock } = network;
	const [a, b] = members(network, 2);
	if (a === undefined || b === undefined) throw new Error("too few");
	for (const { link } of [a, b])
		link.serve("/state", { [Code.Post]: (_from, _payload, answer) => answer.reply(Uint8Array.of(1)) });
	if (isRefusing) a.preference.failFrom = a.preference.writes;
	const first = a.ask(b, poke);
	clock.advance(5_000);
	ok(first[0] instanceof Uint8Array);
	// As after a power cut of b, which lost what it had in RAM.
	b.contexts.remove(a.id);
	const heard: string[] = [];
	for (let count = 0; count < 20; count += 1) {
		const answer = a.ask(b, { ...poke, isUrgent });
		clock.advance(30_000);
		heard.push(answer[0] instanceof Uint8Array ? "served" : String(answer[0]));
	}
	return heard;
}

export default suite("what the flash refuses", {
	"a peer that was started anew is reached again, also where there is no record of what they share": () => {
		for (const isUrgent of [false, true]) {
			equal(new Set(asked(false, isUrgent)), new Set(["served"]));
			equal(asked(true, isUrgent).slice(1).includes("LinkError: no answer"), false);
		}
	},
	"a secret of a key that was given up serves nobody, also where the flash took neither its end nor the new one":
		() => {
			for (const refuses of ["both", "delete, and the peer's writes are used up"]) {
				const preference = new MemoryPreference();
				let may = true;
				const options = {
					store: new Store({ preference, domain: "test" }),
					own: () => new Uint8Array(33),
					mayWrite: () => may,
					report: () => undefined
				};
				const secrets = new SessionSecrets(options);
				const peer = "5".padEnd(32, "1");
				const secret = (recipient: number) => ({
					name: peer,
					masterSecret: new Uint8Array(16).fill(recipient),
					masterSalt: new Uint8Array(8),
					senderId: Uint8Array.of(99),
					recipientId: Uint8Array.of(recipient)
				});
				const [old, fresh] = [new Uint8Array(33).fill(2), new Uint8Array(33).fill(3)];
				secrets.put(peer, secret(1), old);
				preference.failFrom = preference.writes;
				secrets.remove(peer);
				if (refuses !== "both") {
					preference.failFrom = Number.POSITIVE_INFINITY;
					may = false;
				}
				secrets.put(peer, secret(2), fresh);
				equal(secrets.hasOtherKey(peer, fresh), false);
				equal(secrets.secretOf(peer)?.recipientId[0], undefined, refuses);
			}
		},
	"an owner's node signs the record anew at the next exchange where its flash refused it once": () => {
		const story = new Story();
		const chain: Chain = story.withOwners(["door"], ["knob"]);
		const made = runAtOnce(register(deriveScalars(new Uint8Array(32).fill(1))));
		story.checkpoint(chain, "lamp", 1);
		const old = writeRecord(
			signRecord({ ...made, version: 1, signed: undefined }, chain.era, story.node("lamp"))
		);
		story.recover(chain, ["lamp"], ["knob"]);
		const preference = new MemoryPreference();
		const store = new Store({ preference, domain: "verifichain" });
		const { id, privateKey } = story.node("lamp");
		const kept = {
			privateKey,
			name: "lamp",
			type: 0,
			home: chain.home ?? new Uint8Array(8),
			suite: SuiteNumber.secure,
			rounds: 1000,
			secret: old
		};
		const identity = { ...identityOf({ ...kept, isConfirmed: true }), id };
		const homeSecret = new HomeSecret(store, identity);
		let handler: LinkHandler | undefined;
		const link: Pick<Link, "request" | "serve"> = {
			request: () => ({ cancel: () => undefined }),
			serve(_path, handlers) {
				handler = handlers[Code.Post];
				return () => undefined;
			}
		};
		const clock = new VirtualClock();
		new RecordExchange({
			identity,
			chain,
			clock,
			homeSecret,
			link,
			mayWrite: () => true,
			sendTo: () => undefined,
			report: () => undefined
		});
		const [, from] = chain.members.all;
		ok(from !== undefined);
		const post = (): Uint8Array => {
			let answered = new Uint8Array(0);
			const answer = {
				reply: (reply: Uint8Array) => {
					answered = reply.slice();
				},
				refuse: () => undefined,
				challenge: () => undefined
			};
			handler?.(from, old, answer, undefined);
			clock.advance(10);
			return answered;
		};
		const isRight = (bytes: Uint8Array) => {
			const record = readRecord(bytes);
			return record !== undefined && isSignedRecord(record, chain.era, chain.members);
		};
		preference.failFrom = 0;
		equal(isRight(post()), false, "its flash refuses it");
		preference.failFrom = Number.POSITIVE_INFINITY;
		clock.advance(3_600_000);
		equal(isRight(post()), true, "an hour later");
	}
});
