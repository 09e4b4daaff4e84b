import { Chain } from "../../../modules/chain/chain.js";
import { BlockFile, reserve, Store, StoreError, valueLimit } from "../../../modules/store/store.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";

const domain = "verifichain";
const unlock = 5;

/** The flash of a Pico: `journalCapacity` in hosts/board/journal.h. */
const picoFlash = 31 * (4096 - 24 - 1064);
/** Most values there: `journalValues`. */
const picoValues = 512;

function onPico(story: Story) {
	const preference = new MemoryPreference();
	preference.capacity = picoFlash;
	const store = new Store({ preference, domain, free: () => preference.free });
	const storage = new BlockFile(store);
	return { preference, store, storage, chain: story.chain(storage) };
}

/** Names of 24 bytes, the longest. */
function nameOf(number: number): string {
	return `member ${String(number).padStart(2, "0")} of a large home`.slice(0, 24).padEnd(24, "!");
}

/** 64 members with what each may unlock, and 256 blocks, as long as those of an honest home are. */
function fillHome(story: Story, chain: Chain): void {
	for (let number = 1; number < 64; number += 1) story.add(chain, "lamp", nameOf(number));
	for (let number = 1; number < 64; number += 1) {
		story.grant(chain, "lamp", nameOf(number), unlock, nameOf(number % 8));
	}
	for (let count = 0; count < 2; count += 1) story.checkpoint(chain);
	for (let number = 1; number < 64; number += 1)
		story.rotate(chain, nameOf(number), `${nameOf(number)}'s key`);
	for (let number = 0; chain.room > 0; number += 1) {
		story.grant(chain, "lamp", nameOf(1 + (number % 63)), unlock, nameOf(1 + (number % 8)), number % 3 > 0);
	}
}

/** Keeps what else there is in a flash: keys, addresses, and a secret for each other member. */
function fillRest(store: Store): void {
	store.set("identity", new Uint8Array(169).fill(1));
	store.set("peers", new Uint8Array(valueLimit).fill(1));
	for (let number = 1; number < 64; number += 1) {
		store.set(`s${hex(new Uint8Array(7).fill(number))}`, new Uint8Array(42).fill(number));
	}
}

/** Keeps values of no meaning until the flash takes no more, not even the smallest. */
function fillUp(store: Store): void {
	let count = 0;
	for (const length of [valueLimit, 64, 0]) {
		const fill = () => {
			for (; ; count += 1) store.set(`x${count}`, new Uint8Array(length).fill(count & 255));
		};
		throws(fill, StoreError, "no space left but for a checkpoint");
	}
}

export default suite("chain: its size on a Pico", {
	"64 members and 256 blocks, two tables and a secret for each member fit, with room for a checkpoint":
		() => {
			const story = new Story();
			const { preference, store, chain } = onPico(story);
			fillHome(story, chain);
			fillRest(store);
			equal([chain.members.size, chain.length], [64, 256]);
			const used = picoFlash - preference.free;
			const values = store.names().length;
			const told = `${used} of ${picoFlash} bytes of flash, ${values} of ${picoValues} values`;
			ok(preference.free >= reserve && values <= picoValues, told);
			story.checkpoint(chain);
			equal([chain.members.size, chain.length], [64, 2]);
			return told;
		},
	"in a full flash a block is refused, a checkpoint is made, and then there is room": () => {
		const story = new Story();
		const { preference, store, chain } = onPico(story);
		for (let number = 1; number < 20; number += 1) story.add(chain, "lamp", nameOf(number));
		fillUp(store);
		const digest = hex(chain.digest);
		const add = () => story.add(chain, "lamp", "one more");
		throws(
			add,
			StoreError,
			'"b20" cannot be kept: no space left but for a checkpoint; a checkpoint makes room'
		);
		equal(hex(chain.digest), digest);
		story.checkpoint(chain);
		equal(chain.length, 2);
		ok(preference.free > reserve, `${preference.free} bytes`);
		add();
		equal(chain.members.size, 21);
		const again = new Chain({ storage: new BlockFile(store), home: story.home });
		equal(again.load(), []);
		equal(hex(again.digest), hex(chain.digest));
	},
	"in a full flash a checkpoint is taken over, also by who lacks its founders' blocks": () => {
		const story = new Story();
		const { store, chain } = onPico(story);
		for (let number = 1; number < 20; number += 1) story.add(chain, "lamp", nameOf(number));
		const other = story.copy(chain);
		story.founder(other, nameOf(1));
		story.checkpoint(other);
		fillUp(store);
		story.merge(chain, other);
		equal(chain.checkpoint, 1);
		equal(hex(chain.digest), hex(other.digest));
		story.add(chain, "lamp", "one more");
		equal(chain.members.size, 21);
	},
	"branches are brought together for a checkpoint also in a full flash": () => {
		const story = new Story();
		const { store, chain } = onPico(story);
		for (let number = 1; number < 11; number += 1) story.add(chain, "lamp", nameOf(number));
		const old = story.copy(chain);
		for (let number = 1; number < 11; number += 1) {
			const side = story.copy(old);
			story.add(side, nameOf(number), `guest ${number}`);
			story.merge(chain, side);
		}
		fillUp(store);
		story.checkpoint(chain);
		equal(chain.checkpoint, 1);
		equal(chain.members.size, 21);
	}
});
