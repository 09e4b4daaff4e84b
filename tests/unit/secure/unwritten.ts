/** What a node does where its flash refuses what sessions come to. */

import { Code } from "../../../modules/coap/coap.js";
import { SessionSecrets } from "../../../modules/secure/session-secrets.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
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
		}
});
