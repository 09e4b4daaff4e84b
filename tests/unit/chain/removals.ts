import { BlockError, Chain, Kind, signBlock } from "../../../modules/chain/chain.js";
import { sha256 } from "../../../modules/crypto/crypto.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

/** Whether `away`, which is the chain of `whom` as it was when it left, believes what `chain` has to show. */
function believes(story: Story, away: Chain, chain: Chain, whom: string): boolean {
	const { id } = story.node(whom);
	return away.isProofOfRemoval(chain.proofOfRemoval(id), id);
}

export default suite("chain: who was removed is shown it", {
	"by the block that removed it, and after a checkpoint by that": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "oven");
		story.admin(chain, "lamp", "door");
		const away = story.copy(chain);
		story.remove(chain, "door", "oven");
		const { id } = story.node("oven");
		equal(chain.proofOfRemoval(id).length, 1);
		ok(believes(story, away, chain, "oven"));
		for (let number = 1; number <= 3; number += 1) {
			story.checkpoint(chain);
			const [checkpoint, rest, removed, ...anchors] = chain.proofOfRemoval(id);
			ok(checkpoint !== undefined && rest?.length === 32 && removed !== undefined);
			equal([removed, anchors.length], [id, 0], "nothing else of the table");
			ok(believes(story, away, chain, "oven"), `after checkpoint ${number}`);
			story.add(chain, "door", `guest ${number}`);
		}
		equal(chain.proofOfRemoval(story.node("desk").id), [], "who was not removed");
		const fresh = new Chain({ storage: new MemoryStorage(), home: story.home });
		story.meet(fresh, chain);
		ok(believes(story, away, fresh, "oven"), "by a newcomer");
	},
	"by the block that removed it, also where its author took new keys while it was away": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "oven");
		story.admin(chain, "lamp", "door");
		const away = story.copy(chain);
		for (const key of ["first", "second", "third"]) story.rotate(chain, "door", `door's ${key}`);
		story.remove(chain, "door", "oven");
		const { id } = story.node("oven");
		const [removal, ...keys] = chain.proofOfRemoval(id);
		ok(removal !== undefined && keys.length === 3);
		ok(away.isProofOfRemoval([removal, ...keys], id));
		ok(!away.isProofOfRemoval([removal], id), "without them nothing shows whose key it is");
		ok(!away.isProofOfRemoval([removal, ...keys.slice(1)], id), "nor with one missing");
		ok(!away.isProofOfRemoval([removal, ...keys.slice().reverse()], id), "nor in another order");
		story.rotate(chain, "lamp", "lamp's new key");
		story.remove(chain, "lamp", "desk");
		ok(believes(story, away, chain, "desk"), "by a founder");
	},
	"also where the founder took a new key since, or is another": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "oven");
		const away = story.copy(chain);
		story.remove(chain, "lamp", "oven");
		story.rotate(chain, "lamp", "lamp's new key");
		story.checkpoint(chain);
		ok(believes(story, away, chain, "oven"), "a new key");
		story.founder(chain, "desk");
		story.remove(chain, "paper", "lamp");
		story.checkpoint(chain, "desk");
		ok(believes(story, away, chain, "oven"), "another founder");
		ok(believes(story, away, chain, "lamp"), "a founder, by the recovery key's block, which is kept");
	},
	"by nobody who does not stand above it": () => {
		const story = new Story();
		const chain = story.withMembers("door", "desk", "oven");
		story.admin(chain, "lamp", "door");
		story.founder(chain, "desk");
		const away = story.copy(chain);
		const told = (by: string, whom: string, changed?: (proof: Uint8Array[]) => void) => {
			const { id } = story.node(whom);
			const signer = story.node(by);
			const rest = sha256(new Uint8Array(7));
			const body = { kind: Kind.checkpoint, number: 9, hash: sha256(rest, id) } as const;
			const fields = {
				home: story.home,
				parents: [new Uint8Array(32)],
				author: signer.id,
				sequence: 9,
				time: null
			};
			const proof = [signBlock({ ...fields, body }, signer.privateKey).cose, rest, id];
			changed?.(proof);
			return away.isProofOfRemoval(proof, id);
		};
		ok(told("lamp", "oven"), "a member by a founder");
		ok(told("lamp", "door"), "an admin by a founder");
		ok(told("paper", "lamp"), "a founder by the recovery key");
		ok(!told("lamp", "desk"), "a founder by a founder");
		ok(!told("lamp", "lamp"), "by itself");
		ok(!told("door", "oven"), "an admin makes no checkpoint");
		ok(!told("desk stolen", "oven"), "nobody");
		ok(!told("lamp", "oven", proof => proof.splice(1)), "without the table's parts");
		ok(!told("lamp", "oven", proof => proof.splice(2, 1, story.node("door").id)), "another's id");
		ok(!told("lamp", "oven", proof => proof.splice(1, 1, sha256(new Uint8Array(8)))), "another table");
		ok(!told("lamp", "oven", proof => proof.splice(1, 2, new Uint8Array(0), new Uint8Array(40))), "no hash");
		ok(!told("lamp", "oven", proof => proof.splice(0)), "nothing");
		throws(() => told("lamp", "oven", proof => proof.splice(0, 1, new Uint8Array(3))), BlockError);
	}
});
