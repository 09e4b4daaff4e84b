import { Records, toHex } from "../../../modules/bytes/bytes.js";
import { BlockError, membersLimit } from "../../../modules/chain/chain.js";
import { Rank } from "../../../modules/chain/rank.js";
import { type MemberRow, plainRow, Roster } from "../../../modules/chain/roster.js";
import { encodeTable } from "../../../modules/chain/table-format.js";
import { decodeTable } from "../../../modules/chain/table-reader.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import { paper, Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

/** The table of a home's first checkpoint. */
function firstTable() {
	const story = new Story();
	const chain = story.withMembers("door");
	story.checkpoint(chain);
	ok(chain.base !== undefined);
	return chain.base.table;
}

export default suite("chain: tables", {
	"have 64 rows and 128 removed ids, and not one more": () => {
		const table = firstTable();
		const withRows = (count: number) => {
			const members = new Roster();
			for (const row of table.members) members.put(plainRow(row));
			for (let number = members.size; number < count; number += 1) {
				const { id, key } = testNode(`guest ${number}`);
				const said = { name: "guest", types: Uint8Array.of(1), turn: 0, isFrozen: false, guards: 0 };
				members.put({ ...said, id, key, rank: Rank.member, sponsor: null });
			}
			return encodeTable({ ...table, members });
		};
		const withRemoved = (count: number) => {
			const removed = new Records(16);
			for (let number = 0; number < count; number += 1) removed.add(testNode(`gone ${number}`).id);
			return encodeTable({ ...table, removed });
		};
		equal(decodeTable(withRows(membersLimit)).members.size, 64);
		equal(throws(() => decodeTable(withRows(membersLimit + 1)), BlockError).reason, "table");
		equal(decodeTable(withRemoved(128)).removed.count, 128);
		equal(throws(() => decodeTable(withRemoved(129)), BlockError).reason, "table");
	},
	"of a new era forget some of those who are put out, where they are more than 128": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const returning: MemberRow[] = [];
		for (let number = 0; number < 130; number += 1) {
			const { id, key } = testNode(`guest ${number}`);
			const said = { name: "guest", types: Uint8Array.of(1), turn: 0, isFrozen: false, guards: 0 };
			returning.push({ ...said, id, key, rank: Rank.member, sponsor: null });
		}
		const succession = { owners: [story.node("lamp").id], members: [], returning };
		chain.issueOpening(succession, { privateKey: paper.privateKey, time: null });
		const { members } = chain;
		equal([members.size, members.removedIds.count], [1, 128]);
		ok(members.isRemoved(story.node("door").id), "who was a member before who was not");
	},
	"say a grant once: what stands there again counts for nothing, whatever its limits": () => {
		const table = firstTable();
		const [lamp, door] = [...table.members];
		ok(lamp !== undefined && door !== undefined);
		const grant = { id: door.id, action: 5, node: lamp.id, device: null, origin: new Uint8Array(16) };
		const limits = { times: 3, notBefore: null, notAfter: null, weekdays: null, minutes: null };
		const { members } = decodeTable(encodeTable(table));
		for (const each of [limits, null, limits]) members.grants.append({ ...grant, limits: each });
		members.grants.append({ ...grant, device: 1, limits: null });
		const read = [...decodeTable(encodeTable({ ...table, members })).members.grants];
		equal(
			read.map(({ device, limits: of }) => [device, of?.times]),
			[
				[null, 3],
				[1, undefined]
			]
		);
	},
	"come with the block that names them: no other one that could be read": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const [one, other] = [0, 1].map(version => {
			const copy = story.copy(chain);
			story.checkpoint(copy, "lamp", version);
			return copy.bundle;
		});
		ok(one !== undefined && other !== undefined);
		const mixed = { ...one, table: other.table };
		equal(throws(() => chain.adopt(mixed), BlockError).reason, "table");
		equal(chain.checkpoint, 0);
		ok(chain.adopt(one) !== undefined);
	},
	"hand on what a later version has put in their last part, but not into a new era: a thief may have": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const { id: author, privateKey } = story.node("lamp");
		chain.issueCheckpoint({ author, privateKey, time: null }, { extra: Uint8Array.of(7, 8) });
		story.checkpoint(chain);
		equal(chain.checkpoint, 2);
		const extra = () => toHex(chain.base?.table.extra ?? Uint8Array.of(0));
		equal(extra(), "0708");
		story.recover(chain, ["door"]);
		equal(extra(), "");
	}
});
