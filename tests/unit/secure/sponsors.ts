import { concat } from "../../../modules/bytes/bytes.js";
import { Chain, Kind, SuiteNumber } from "../../../modules/chain/chain.js";
import { type ClientRequest, Code, type Layer } from "../../../modules/coap/coap.js";
import { runAtOnce } from "../../../modules/crypto/crypto.js";
import { HomeSecret } from "../../../modules/node/home-secret.js";
import { identityOf } from "../../../modules/node/identity.js";
import type { Link, LinkHandler } from "../../../modules/node/link.js";
import type { JoinAnswer } from "../../../modules/node/node.js";
import { MessageError, WriteShares } from "../../../modules/node/node.js";
import {
	compareRecords,
	isSignedRecord,
	isSoundRecord,
	nextVersion,
	readRecord,
	signRecord,
	writeRecord
} from "../../../modules/secure/record.js";
import { RecordExchange } from "../../../modules/secure/record-exchange.js";
import { joinSecureHome } from "../../../modules/secure/secure-joining.js";
import {
	openApplicant,
	openWelcome,
	readRequest,
	sealWelcome,
	setting,
	type Welcome,
	writeAnswer
} from "../../../modules/secure/sync-messages.js";
import { deriveScalars, register, Verifier } from "../../../modules/spake2plus/spake2plus.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { MemoryStorage, type TestNode, testGenesis, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { counter } from "../coap/network.js";

const scalars = () => deriveScalars(new Uint8Array(32).fill(7));
const record = () => ({ ...runAtOnce(register(scalars())), version: 0, signed: undefined });

/** A home and one that is to join it, by a sponsor who knows the password and says what `welcome` makes of the truth. */
function join(welcome: (truth: Welcome) => Welcome): JoinAnswer | undefined {
	const clock = new VirtualClock();
	const founder = testNode("founder");
	const chain = new Chain({ storage: new MemoryStorage() });
	chain.add(testGenesis(founder).cose);
	const home = chain.home ?? new Uint8Array(8);
	const joiner = identityOf({
		privateKey: testNode("joiner").privateKey,
		name: "door",
		type: 1,
		home,
		suite: SuiteNumber.secure,
		rounds: 1000,
		secret: writeRecord(record()),
		isConfirmed: false
	});
	const sponsor = new Verifier({
		...setting(home, 1000, 0),
		record: record(),
		ephemeral: new Uint8Array(32).fill(9)
	});
	const answer = ({ payload = new Uint8Array(0) }: ClientRequest): Uint8Array => {
		const request = readRequest(payload);
		if ("shareP" in request) {
			const { shareV, confirmV } = runAtOnce(sponsor.answer(request.shareP));
			return writeAnswer(shareV, confirmV);
		}
		const key = sponsor.finish(request.confirmP);
		const applicant = openApplicant(request.sealed, key);
		const body = { kind: Kind.add, ...applicant };
		const block = chain.issue({ author: founder.id, privateKey: founder.privateKey, time: null, body });
		const truth = {
			block: block.cose,
			sponsor: founder.id,
			sponsorKey: founder.key,
			genesis: chain.hashAt(0)
		};
		return sealWelcome(welcome(truth), key);
	};
	const layer: Layer = {
		setHandler: () => undefined,
		request(request) {
			const { address, port } = request;
			clock.after(1, () =>
				request.onResponse({ code: Code.Changed, options: [], payload: answer(request), address, port })
			);
			return { cancel: () => undefined };
		}
	};
	let answered: JoinAnswer | undefined;
	const address = { host: "10.0.0.1", port: 5683 };
	const { w0, w1 } = scalars();
	const credentials = concat(w0, w1);
	const nothing = () => undefined;
	const ways = { clock, random: counter(1), layer, address, spend: nothing, keep: nothing };
	joinSecureHome({ ...ways, identity: joiner, credentials }, given => {
		answered = given;
	});
	clock.advance(1_000);
	return answered;
}

/** A member's side of handing on the record: what it answers to one that it is sent. */
function records(chain: Chain, secret: Uint8Array, { id, privateKey } = testNode("lamp")) {
	const store = new Store({ preference: new MemoryPreference(), domain: "verifichain" });
	const home = chain.home ?? new Uint8Array(8);
	const kept = { privateKey, name: "lamp", type: 0, home, suite: SuiteNumber.secure, rounds: 1000, secret };
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
	const shares = new WriteShares(clock);
	new RecordExchange({
		identity,
		chain,
		homeSecret,
		link,
		mayWrite: peer => shares.takes(peer),
		sendTo: () => undefined,
		report: () => undefined
	});
	const [from] = chain.members.all;
	const post = (payload: Uint8Array): Uint8Array | undefined => {
		let answered: Uint8Array | undefined;
		const answer = {
			reply: (reply: Uint8Array) => {
				answered = reply;
			},
			refuse: () => undefined,
			challenge: () => undefined
		};
		if (from !== undefined) handler?.(from, payload, answer, undefined);
		return answered;
	};
	return { clock, post, store };
}

function refused(answer: JoinAnswer | undefined): boolean {
	return answer?.joined === false && answer.refusal === "other";
}

export default suite("sponsors and records", {
	"who knows the password and tells the truth is believed": () => {
		equal(join(truth => truth)?.joined, true);
	},
	"a home whose genesis is another than the one asked for is not joined": () => {
		ok(refused(join(truth => ({ ...truth, genesis: new Uint8Array(32) }))));
	},
	"a block that admits somebody else, or to another home, is not taken": () => {
		const other = testNode("somebody");
		const elsewhere = new Chain({ storage: new MemoryStorage() });
		elsewhere.add(testGenesis(other, "another home").cose);
		const add = (key: Uint8Array) =>
			elsewhere.issue({
				author: other.id,
				privateKey: other.privateKey,
				time: null,
				body: { kind: Kind.add, name: "x", type: 1, key }
			}).cose;
		ok(refused(join(truth => ({ ...truth, block: add(testNode("nobody").key) }))));
		ok(refused(join(truth => ({ ...truth, block: add(testNode("joiner").key) }))), "its own key, elsewhere");
	},
	"what is sealed for one side is not taken by the other, nor under another key": () => {
		const welcome = {
			block: new Uint8Array(0),
			sponsor: new Uint8Array(8),
			sponsorKey: testNode("sponsor").key,
			genesis: new Uint8Array(32)
		};
		const key = new Uint8Array(32).fill(1);
		const sealed = sealWelcome(welcome, key);
		equal(openWelcome(sealed, key), welcome);
		throws(() => openApplicant(sealed, key), MessageError);
		throws(() => openWelcome(sealed, new Uint8Array(32).fill(2)), MessageError);
		for (let at = 0; at < sealed.length; at += 1) {
			const flipped = sealed.slice();
			flipped[at] = (flipped[at] ?? 0) ^ 1;
			throws(() => openWelcome(flipped, key), MessageError);
		}
	},
	"a record whose parts are no scalar and no point is none, whoever signed it": () => {
		ok(isSoundRecord(record()));
		const flipped = record().L.slice();
		flipped[40] = (flipped[40] ?? 0) ^ 1;
		for (const bad of [{ w0: new Uint8Array(32) }, { w0: new Uint8Array(32).fill(0xff) }, { L: flipped }])
			ok(!isSoundRecord({ ...record(), ...bad }));
		const compressed = record().L.slice().fill(2, 0, 1);
		ok(!isSoundRecord({ ...record(), L: compressed }));
	},
	"of two records the higher version counts, and of one version the higher hash": () => {
		const other = { ...record(), w0: new Uint8Array(32).fill(8) };
		ok(compareRecords({ ...record(), version: 2 }, { ...other, version: 1 }) > 0);
		ok(compareRecords({ ...record(), version: 1 }, { ...other, version: 2 }) < 0);
		equal(compareRecords(record(), record()), 0);
		const order = compareRecords(record(), other);
		ok(order !== 0 && Math.sign(compareRecords(other, record())) === -Math.sign(order), "the same for all");
	},
	"the record of an admin that was removed gives way to any that is signed, however high its version": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		story.admin(chain, "lamp", "door");
		const signed = (by: string, version: number, seed: number) => {
			const made = runAtOnce(register(deriveScalars(new Uint8Array(32).fill(seed))));
			return writeRecord(signRecord({ ...made, version, signed: undefined }, story.home, story.node(by)));
		};
		const [bad, good] = [signed("door", 2 ** 32 - 1, 1), signed("lamp", 2 ** 32 - 1, 2)];
		const first = writeRecord(record());
		const exchange = records(chain, first);
		equal(exchange.post(bad), bad);
		equal(exchange.post(signed("lamp", 1, 3)), bad);
		story.remove(chain, "lamp", "door");
		equal(exchange.post(first), bad, "what nobody signed");
		equal(exchange.post(good), good);
		equal(exchange.post(bad), good);
		equal(nextVersion(readRecord(bad)), 2 ** 32 - 1, "there is none after it");
		equal(nextVersion(readRecord(first)), 1);
	},
	"an admin that makes new passwords without end has few of them written, and later more": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const signed = (version: number) =>
			writeRecord(signRecord({ ...record(), version }, story.home, story.node("lamp")));
		const { clock, post, store } = records(chain, writeRecord(record()));
		for (let version = 1; version <= 40; version += 1) post(signed(version));
		ok(store.writes > 0 && store.writes <= 16, `${store.writes} writes`);
		clock.advance(60_000);
		equal(post(signed(41)), signed(41));
	},
	"a record outlives the key that it was signed with, also for who hears of it only later": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const signedBy = (node: TestNode) =>
			writeRecord(signRecord({ ...record(), version: 3 }, story.home, node));
		const old = signedBy(story.node("lamp"));
		const door = records(chain, old, story.node("door"));
		story.rotate(chain, "lamp", "lamp 2");
		const late = records(chain, writeRecord(record()), story.node("door"));
		equal(late.post(old), writeRecord(record()), "nobody could check it");
		const lamp = records(chain, old, story.node("lamp"));
		const renewed = lamp.post(writeRecord(record()));
		equal(renewed, signedBy(story.node("lamp")));
		for (const member of [late, door]) equal(member.post(renewed ?? old), renewed);
		equal(lamp.post(old), renewed);
	},
	"a record is a founder's or an admin's, for one home and one version": () => {
		const story = new Story();
		const { home } = story;
		const chain = story.withMembers("door", "desk");
		story.admin(chain, "lamp", "door");
		const { members } = chain;
		const read = (by: string) =>
			readRecord(writeRecord(signRecord({ ...record(), version: 5 }, home, story.node(by))));
		for (const by of ["lamp", "door"]) {
			const signed = read(by);
			ok(signed !== undefined && isSignedRecord(signed, home, members), by);
			ok(!isSignedRecord(signed, new Uint8Array(8), members), "of another home");
			ok(!isSignedRecord({ ...signed, version: 6 }, home, members), "another version");
			ok(!isSignedRecord({ ...signed, w0: signed.L.subarray(0, 32) }, home, members), "another password");
		}
		for (const by of ["desk", "stranger"]) {
			const signed = read(by);
			ok(signed !== undefined && !isSignedRecord(signed, home, members), by);
		}
		ok(!isSignedRecord(record(), home, members), "unsigned");
		for (const length of [0, 100, 102, 172, 174])
			equal(readRecord(new Uint8Array(length)), undefined, `${length}`);
	}
});
