import { compareBytes, toHex } from "../../../modules/bytes/bytes.js";
import { type Block, type Chain, Kind } from "../../../modules/chain/chain.js";
import { equal } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import type { Story } from "../../harness/chain-story.js";
import { ExchangingHouse } from "../../harness/exchanging-house.js";
import { suite } from "../../harness/suite.js";

/** Two members that have heard different things of a third one, "spy", or of the lamp. */
function setUp(heard: (story: Story, door: Chain, knob: Chain) => void, isFirstEra = true) {
	const house = new ExchangingHouse();
	const { story } = house;
	const chain = story.withMembers("door", "knob", "spy");
	if (!isFirstEra) story.recover(chain, ["lamp"], ["door", "knob", "spy"]);
	const [door, knob] = [story.copy(chain, "door"), story.copy(chain, "knob")];
	heard(story, door, knob);
	const exchanges = { door: house.member("door", door), knob: house.member("knob", knob) };
	/** `asker` compares with the other one, three times, as it does after a while. */
	const meet = (asker: "door" | "knob") => {
		const peer = house.id(asker === "door" ? "knob" : "door");
		for (let round = 0; round < 3; round += 1) {
			exchanges[asker].start(peer);
			house.clock.advance(2_000);
		}
	};
	const lies = () => house.reports.filter(text => text.includes("left alone"));
	return { story, door, knob, meet, lies };
}

/** A first rotate of the spy to the key called `key`, with whatever sequence. */
function spyRotate(story: Story, chain: Chain, key: string, sequence: number): Block {
	const body = story.rotateBody(chain, "spy", key);
	return story.forge("spy", { body, turn: 1, sequence });
}

/** Rotates of the lamp from one key, by the order of their hashes: what is kept of more than two hangs on that. */
function rivals(story: Story, chain: Chain): { readonly key: string; readonly block: Block }[] {
	return ["one", "two", "three"]
		.map(key => ({ key, block: story.rotate(story.copy(chain), "lamp", key, false) }))
		.sort((a, b) => compareBytes(a.block.hash, b.block.hash));
}

/** A checkpoint of the lamp's under the key called `key`. */
function checkpoint(story: Story, chain: Chain, key: string): void {
	chain.issueCheckpoint({
		author: story.node("lamp").id,
		privateKey: testNode(key).privateKey,
		publicKey: testNode(key).key,
		time: null
	});
}

export default suite("members to whom different things were told", {
	"come to the same, and take neither for a liar, where a third one took two keys and signed with one":
		() => {
			for (const asker of ["door", "knob"] as const) {
				const { story, door, knob, meet, lies } = setUp((story, door, knob) => {
					door.add(spyRotate(story, door, "one", 0).cose);
					// Its place in the order is behind what the new key signed.
					knob.add(spyRotate(story, knob, "two", 9).cose);
					story.signsWith("spy", "two");
					const body = { kind: Kind.describe, name: "spy", types: Uint8Array.of(1) };
					knob.add(story.forge("spy", { body, sequence: 0, turn: 1 }).cose);
				});
				meet(asker);
				equal(lies(), []);
				equal(toHex(door.digest), toHex(knob.digest));
				equal(door.members.get(story.node("spy").id)?.isFrozen, true);
			}
		},
	"come to the same where one has a checkpoint of a thief's, and the other the new key of the owner": () => {
		for (const asker of ["door", "knob"] as const) {
			const { story, door, knob, meet, lies } = setUp((story, door, knob) => {
				story.rotate(door, "lamp", "one", false);
				story.checkpoint(knob);
			});
			equal([door.checkpoint, knob.checkpoint], [0, 1]);
			meet(asker);
			equal(lies(), []);
			equal([door.checkpoint, knob.checkpoint], [0, 0], "the checkpoint has fallen");
			// Whom the lamp had added since genesis, it hears of as of strangers.
			story.meet(door, knob);
		}
	},
	"come to the same, and take neither for a liar, where a thief made three new keys": () => {
		for (const asker of ["door", "knob"] as const) {
			const { door, knob, meet, lies } = setUp((story, door, knob) => {
				const [lowest, middle, highest] = rivals(story, door);
				for (const rival of [lowest, middle]) door.add(rival?.block.cose ?? new Uint8Array());
				for (const rival of [middle, highest]) knob.add(rival?.block.cose ?? new Uint8Array());
				checkpoint(story, knob, highest?.key ?? "");
			}, false);
			equal([door.checkpoint, knob.checkpoint], [0, 1]);
			meet(asker);
			equal(lies(), []);
			equal(toHex(door.digest), toHex(knob.digest));
			equal([door.checkpoint, knob.checkpoint], [0, 0], "the checkpoint has lost its proof");
		}
	}
});
