import { Chain } from "../../../modules/chain/chain.js";
import { StoreError } from "../../../modules/store/store.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

/** Takes so many blocks and no more. */
class FullStorage extends MemoryStorage {
	most = Number.POSITIVE_INFINITY;
	/** The beginning of the one that it does not take at all, 16 bytes. */
	refused: Uint8Array | undefined;

	override write(slot: number, cose: Uint8Array): void {
		const isRefused = this.refused !== undefined && hex(cose) === hex(this.refused);
		if (isRefused || (!this.blocks.has(slot) && this.blocks.size >= this.most)) throw new StoreError("full");
		super.write(slot, cose);
	}
}

/** The lamp's chain in a home of two owners, right after a checkpoint: what that covers is not dropped yet. */
function covered() {
	const story = new Story();
	const names = ["desk", "oven", "attic", "porch"];
	const home = story.withOwners(["door"], names);
	for (const name of names) {
		for (const types of [[1], [1, 2]])
			story.describe(home, name, { name: `${name} ${types.length}`, types: Uint8Array.from(types) });
	}
	const storage = new FullStorage();
	const turns: (() => void)[] = [];
	const self = story.node("lamp").id;
	const chain = new Chain({ storage, home: story.home, self, later: work => void turns.push(work) });
	chain.add(story.genesis.cose);
	story.meet(chain, home);
	while (turns.length > 0) turns.shift()?.();
	const before = storage.blocks.size;
	story.checkpoint(chain, "lamp");
	ok(storage.blocks.size >= before, "nothing is dropped in that turn");
	const run = () => {
		while (turns.length > 0) turns.shift()?.();
	};
	return { story, storage, chain, home, run };
}

function reloaded(story: Story, storage: MemoryStorage): Chain {
	const chain = new Chain({ storage: storage.copy(), home: story.home, self: story.node("lamp").id });
	equal(chain.load(), []);
	return chain;
}

export default suite("chain: what has no place any more", {
	"goes a few blocks at a time, and all of it": () => {
		const { story, storage, chain, run } = covered();
		const { digest } = chain;
		run();
		// The genesis block, the opening and the checkpoint.
		equal(storage.blocks.size, 3);
		equal(hex(chain.digest), hex(digest));
		equal(hex(reloaded(story, storage).digest), hex(digest));
	},
	"makes room at once for what comes, and what is this node's own is known as such": () => {
		const { story, storage, chain, run } = covered();
		const other = story.copy(chain);
		storage.most = storage.blocks.size;
		const grant = story.grant(chain, "lamp", "desk", 5, null);
		ok(storage.blocks.size < storage.most);
		run();
		equal(hex(reloaded(story, storage).digest), hex(chain.digest));
		// A base that leaves it out: it is told, so that its person gives it again.
		story.checkpoint(other, "door");
		const { bundle } = other;
		ok(bundle !== undefined && chain.adopt(bundle) !== undefined);
		equal(
			chain.notReissued.map(({ hash }) => hex(hash)),
			[hex(grant.hash)]
		);
	},
	"makes no room by what a block displaces that cannot be stored after all": () => {
		const { story, storage, chain } = covered();
		story.add(chain, "lamp", "guest");
		const other = story.copy(chain);
		for (const types of [[1], [1, 2]])
			story.describe(chain, "guest", { name: `guest ${types.length}`, types: Uint8Array.from(types) });
		// A twin of its first word takes the place of its second.
		const twin = story.describe(other, "guest", { name: "twin", types: Uint8Array.of(1) });
		const grant = story.grant(other, "door", "desk", 5, null);
		const { digest } = chain;
		storage.most = storage.blocks.size;
		storage.refused = grant.cose;
		chain.stage(twin.cose);
		chain.stage(grant.cose);
		throws(() => chain.takeStaged(), StoreError, "full");
		equal(hex(chain.digest), hex(digest));
		storage.most = Number.POSITIVE_INFINITY;
		equal(hex(reloaded(story, storage).digest), hex(digest));
	}
});
