/**
 * Faults to be put into a copy of the build of modules/chain, by the numbers of the rules in README.md: each is the loss or the shift of one thing that a rule
 * says. `edits`: of a file, what stands there once, and what comes in its place. The comparison with the oracle has to find each, or a unit test of the chain.
 */
const file = name => `modules/chain/${name}.js`;
const [authorLog, bases, base, block, bundle, chain] = [
	"author-log",
	"bases",
	"base",
	"block",
	"bundle",
	"chain"
].map(file);
const [described, duties, evidence, grants, judge, keyChain] = [
	"described",
	"duties",
	"evidence",
	"grants",
	"judge",
	"key-chain"
].map(file);
const [loading, logs, nextTable, ownTakings, pen, permissions] = [
	"loading",
	"logs",
	"next-table",
	"own-takings",
	"pen",
	"permissions"
].map(file);
const [policies, reissue, removals, settling, shelf, tableReader] = [
	"policies",
	"reissue",
	"removals",
	"settling",
	"shelf",
	"table-reader"
].map(file);
const [types, alarm, membership, index, table] = ["types", "alarm", "membership", "block-index", "table"].map(
	file
);
const [bodyFormat, eraKeys, view] = ["body-format", "era-keys", "chain-view"].map(file);
const [keeper, adds, rows, adoption] = ["keeper", "adds", "base-rows", "adoption"].map(file);
const contents = file("contents");
const records = "modules/bytes/records.js";

/** One edit of one file. */
const one = (name, where, from, to) => ({ name, edits: [[where, from, to]] });

export const mutations = [
	one("6: blocks of another era count", judge, "if (!equalBytes(block.era, this.#logs.era))", "if (false)"),
	one(
		"6: any key of its author signs a block",
		keyChain,
		"return this.keysAt(body.kind === Kind.rotate ? turn - 1 : turn);",
		"return this.#keys;"
	),
	one(
		"6: nobody looks whether a later key signed",
		keyChain,
		"this.#contents.isSignedWith(slot, key) !== false",
		"true"
	),
	one("6: a hash is told by 8 bytes", index, "Math.min(prefix.length, prefixLength), 0);", "8, 0);"),
	one("6: a block of another version is read", block, "if (version !== blockVersion)", "if (false)"),
	one("6: a block may be of any length", block, "if (cose.length > limit)", "if (false)"),
	one(
		"7: a joiner's statement needs no signature",
		block,
		"return verifyEs256(body.key, statementBytes(era, said), body.signature);",
		"return true;"
	),
	one(
		"7: a new key needs no proof",
		block,
		"return verifyEs256(body.key, rotateProof({ era, author, turn, key: body.key }), body.proof);",
		"return true;"
	),
	one("7: a key off the curve is taken", judge, "if (!isPublicKey(key))", "if (false)"),
	one("9: a rotate of any turn counts", keyChain, "if (index.turn(number) !== turn)", "if (false)"),
	one(
		"9: a rotate by any key counts",
		keyChain,
		"this.#contents.isSignedWith(index.slot(number), this.key) === true",
		"true"
	),
	one("9: an owner has six new keys", keyChain, "ownerRotatesLimit = 5", "ownerRotatesLimit = 6"),
	one("9: an owner has four new keys", keyChain, "ownerRotatesLimit = 5", "ownerRotatesLimit = 4"),
	one("9: a member has two new keys in a base", keyChain, "memberRotatesLimit = 1", "memberRotatesLimit = 2"),
	one("9: a member has no new key", keyChain, "memberRotatesLimit = 1", "memberRotatesLimit = 0"),
	one("10: the first of two rotates of one key counts", keyChain, "if (found.length > 1)", "if (false)"),
	one("10: the two highest rivals stay", keyChain, "found.slice(0, 2)", "found.slice(-2)"),
	one("10: three rivals stay", keyChain, "found.slice(0, 2)", "found.slice(0, 3)"),
	one("10: a frozen member's log is kept", keeper, "if (!chain.isFrozen)", "if (true)"),
	one(
		"10: a frozen author gives",
		adds,
		"return place >= 0 && !roster.isFrozenAt(place);",
		"return place >= 0;"
	),
	one("10: a frozen owner grants", permissions, " && !roster.isFrozenAt(place)", ""),
	one(
		"10: a rival's new key counts for nothing",
		keyChain,
		"return place === this.#keys.length ? this.rivals.map(number => this.newKey(number)) : [];",
		"return [];"
	),
	one(
		"10: a rival's new key signs no base",
		keyChain,
		'this.rivals.some(number => equalBytes(this.newKey(number), key)) ? undefined : "none"',
		'"none"'
	),
	one(
		"10: who is frozen describes itself",
		keeper,
		"isFrozen ? row : describedBy",
		"false ? row : describedBy"
	),
	one(
		"11: a key that ended reaches every base",
		authorLog,
		"return !(this.#base.number > at ||",
		"return true || !(this.#base.number > at ||"
	),
	one(
		"11: a key that ended reaches no base of the same number",
		authorLog,
		"compareBytes(this.#basePrefix, base) < 0",
		"true"
	),
	one(
		"11: a key that ended reaches any base of the same number",
		authorLog,
		"compareBytes(this.#basePrefix, base) < 0",
		"false"
	),
	one(
		"11: of an old key what is beside the rotate stands",
		authorLog,
		"else if (this.isUnder(number, last))",
		"else if (true)"
	),
	one(
		"11: what lies under the rotate's previous does not stand",
		authorLog,
		"for (let at = other; at >= 0; at = this.before(at, linked))",
		"for (let at = other; at >= 0; at = -1)"
	),
	one(
		"11: while its previous is missing, the rotate's own sequence is kept",
		authorLog,
		"index.sequence(number) < index.sequence(rotate)",
		"index.sequence(number) <= index.sequence(rotate)"
	),
	one(
		"11: while its previous is missing, nothing is kept",
		authorLog,
		"if (index.sequence(number) < index.sequence(rotate))",
		"if (false)"
	),
	one(
		"11: a previous without a place counts as here",
		authorLog,
		"return missing.length > before;",
		"return false;"
	),
	one("11: what is unsettled gives", adds, " || index.hasFlag(number, Flag.unsettled)", ""),
	one("11: what is unsettled grants", permissions, " || index.hasFlag(number, Flag.unsettled)", ""),
	one("11: what is unsettled describes", described, " || index.hasFlag(number, Flag.unsettled)", ""),
	one("11: an old key signs on after a newer one", authorLog, "if (this.isUnderNewer(number))", "if (false)"),
	one(
		"11: a late taking under an ended key counts",
		authorLog,
		"if (end >= 0 && taking > this.endingAt(end).lastTaking)",
		"if (false)"
	),
	one(
		"11: a taking with the rotate's number does not count",
		authorLog,
		"taking > this.endingAt(end).lastTaking",
		"taking >= this.endingAt(end).lastTaking"
	),
	one(
		"11: a covered removal under an ended key counts",
		authorLog,
		"else if (end < 0 && this.isMissing(",
		"else if (this.isMissing("
	),
	one(
		"12: a removed member stays",
		settling,
		"if (rank === Rank.owner || rows.isRemoved(number))",
		"if (rank === Rank.owner)"
	),
	one(
		"12: a removed provisional member stays",
		rows,
		"return isProvisional && !this.isRemoved(number) && !this.isConfirmed(number);",
		"return isProvisional && !this.isConfirmed(number);"
	),
	one(
		"12: blocks of who is frozen by its row are kept",
		keeper,
		"if (row.isFrozen || this.isSilent(row.id))",
		"if (this.isSilent(row.id))"
	),
	one(
		"12: provisional members come before those added",
		settling,
		"for (const number of added)\n            keeper.takeAdd(number, Rank.member);\n        this.takeProvisionalRows();",
		"this.takeProvisionalRows();\n        for (const number of added)\n            keeper.takeAdd(number, Rank.member);"
	),
	one("13: a log may have gaps", authorLog, "return this.before(number, mark) >= 0;", "return true;"),
	one(
		"13: what follows a block that does not stand is kept",
		authorLog,
		"!this.has(number, mark) || !this.isLinkedTo(number, kept)",
		"!this.has(number, mark)"
	),
	one(
		"13: the highest of a sequence come first",
		index,
		"return compare(this.#bytes, this.at(a) + sequenceAt, this.#bytes, this.at(b) + sequenceAt, length);",
		"return this.sequence(a) - this.sequence(b) || this.compareHashes(b, a);"
	),
	one("13: a member takes", judge, "if (!isOwner && isTaking)", "if (false)"),
	one(
		"13: a provisional member's adds are kept",
		authorLog,
		"if (kind === Kind.add && !maySponsor)",
		"if (false)"
	),
	one(
		"13: a first block may rest on anything",
		authorLog,
		"return index.isAfter(number, this.#basePrefix);",
		"return true;"
	),
	one("14: the window is 47", authorLog, "takingWindow = 48", "takingWindow = 47"),
	one("14: the window is 49", authorLog, "takingWindow = 48", "takingWindow = 49"),
	one("14: 11 takings stand alone", authorLog, "alonePlaces = 12", "alonePlaces = 11"),
	one("14: 13 takings stand alone", authorLog, "alonePlaces = 12", "alonePlaces = 13"),
	one(
		"14: the covered number itself is uncovered",
		authorLog,
		"return taking > covered && ",
		"return taking >= covered && "
	),
	one(
		"14: the highest uncovered come first",
		authorLog,
		"uncovered.sort((a, b) => index.value(a) - index.value(b)",
		"uncovered.sort((a, b) => index.value(b) - index.value(a)"
	),
	one(
		"14: the oldest removals come first",
		authorLog,
		"removals.sort((a, b) => index.value(b) - index.value(a)",
		"removals.sort((a, b) => index.value(a) - index.value(b)"
	),
	one(
		"14: of one number the higher hash comes first",
		authorLog,
		"uncovered.sort((a, b) => index.value(a) - index.value(b) || index.compareHashes(a, b)",
		"uncovered.sort((a, b) => index.value(a) - index.value(b) || index.compareHashes(b, a)"
	),
	one(
		"14: of removals of one number the higher hash comes first",
		authorLog,
		"removals.sort((a, b) => index.value(b) - index.value(a) || index.compareHashes(a, b)",
		"removals.sort((a, b) => index.value(b) - index.value(a) || index.compareHashes(b, a)"
	),
	one(
		"14: removals come before what is uncovered",
		authorLog,
		"[...uncovered, ...removals]",
		"[...removals, ...uncovered]"
	),
	one(
		"14: a covered removal that does not show is let go",
		authorLog,
		"else if (end < 0 && this.isMissing(number, owners))",
		"else if (false)"
	),
	one(
		"14: a full list of removed ids misses nobody",
		contents,
		"if (others.findOf(removed, number, slotLength, idLength) < 0)",
		"if (others.count < 128 && others.findOf(removed, number, slotLength, idLength) < 0)"
	),
	one(
		"14: who is not in the list is not missing",
		authorLog,
		"return this.#contents.removesOther(this.#index.slot(number), owners, this.#base.table.removed);",
		"return this.#contents.removed(this.#index.slot(number)).some(id => owners.find(id) < 0 && this.#base.table.members.has(id));"
	),
	one(
		"14: an owner's id is missing",
		contents,
		"if (ids.findOf(removed, number, slotLength, idLength) >= 0)",
		"if (false)"
	),
	one(
		"14: of a removal only the first id is looked at",
		contents,
		"if (others.findOf(removed, number, slotLength, idLength) < 0)\n                return true;",
		"return others.findOf(removed, number, slotLength, idLength) < 0;"
	),
	one("14: what is in the log stands alone as well", authorLog, " || this.has(number, kept) || ", " || "),
	one("14: a key that others displaced takes", authorLog, " || !this.#chain.has(number)", ""),
	one("15: an owner has 11 places", base, "ownerPlaces = 12", "ownerPlaces = 11"),
	one("15: an owner has 13 places", base, "ownerPlaces = 12", "ownerPlaces = 13"),
	one("15: members share 40 places", base, "sharedPlaces = 48", "sharedPlaces = 40"),
	one("15: a member has 9 places", base, "memberPlacesLimit = 8", "memberPlacesLimit = 9"),
	one("15: a member has 7 places", base, "memberPlacesLimit = 8", "memberPlacesLimit = 7"),
	one("15: others have 3 places", base, "leastPlaces = 2", "leastPlaces = 3"),
	one("15: others have 1 place", base, "leastPlaces = 2", "leastPlaces = 1"),
	one(
		"15: provisional rows take part in the share",
		base,
		"if (members.rankAt(number) === Rank.member)",
		"if (members.rankAt(number) !== Rank.owner)"
	),
	one(
		"15: a member's rotates have places of their own",
		authorLog,
		"isOwner ? places : places - this.#chain.rotates.length - this.#chain.rivals.length",
		"places"
	),
	one("15: an owner's rotates take places", authorLog, "isOwner ? places : places", "places"),
	one(
		"15: who is confirmed has a member's places no more",
		keeper,
		"rank, guards }, this.placesOf(rank));",
		"rank, guards }, this.placesOf(rows.rankAt(number)));"
	),
	one("16: 12 blocks are staged at most", logs, "stagedLimit = 36", "stagedLimit = 12"),
	one("16: any amount is staged", logs, "if (this.#staged.size >= stagedLimit)", "if (false)"),
	one(
		"17: a removal that stands alone removes nobody",
		settling,
		"if (index.role(number) === Role.none)",
		"if (index.role(number) !== Role.log)"
	),
	one(
		"17: of a removal only the first id counts",
		settling,
		"of contents.removed(index.slot(number)))",
		"of contents.removed(index.slot(number)).slice(0, 1))"
	),
	one("17: the base's removed ids are forgotten", settling, "removed.addAll(before);", ""),
	one(
		"17: an owner is removed",
		settling,
		"this.#keeper.owners.find(id) < 0 && removed.find(id) < 0",
		"removed.find(id) < 0"
	),
	one(
		"18: any member's confirm counts",
		settling,
		"index.authorIn(owners, number) >= 0 && doesGive(index, number, roster)",
		"index.role(number) === Role.log"
	),
	one(
		"18: a confirm makes nobody a member",
		settling,
		"rank === Rank.member || rows.isConfirmed(number)",
		"rank === Rank.member"
	),
	one(
		"18: a confirm's guards do not count",
		rows,
		" | (at < 0 ? 0 : this.#confirmed.byte(at, idLength))",
		""
	),
	one(
		"18: of several confirms the first one's guards count",
		rows,
		"this.#confirmed.byte(at, idLength) | index.value(number)",
		"this.#confirmed.byte(at, idLength)"
	),
	one("19: an owner's add says no guards", keeper, "rank === Rank.member ? guardsOf(types) : 0", "0"),
	one(
		"19: a member's add says guards",
		keeper,
		"rank === Rank.member ? guardsOf(types) : 0",
		"guardsOf(types)"
	),
	one(
		"19: an owner's add makes a provisional member",
		settling,
		"keeper.takeAdd(number, Rank.member);",
		"keeper.takeAdd(number, Rank.provisional);"
	),
	one(
		"19: the last add of an id counts",
		adds,
		"this.firstOfEach(this.addsOf(Rank.owner))",
		"this.firstOfEach(this.addsOf(Rank.owner).reverse()).reverse()"
	),
	one("20: provisional rows stay without their sponsor", settling, " || rows.hasLostSponsor(number)", ""),
	one("20: who is out has a row", adds, "if (row >= 0 && !this.#rows.isOut(row))", "if (row >= 0)"),
	one(
		"20: who is out and is added again has a member's places",
		judge,
		" && this.#logs.addOf(author) < 0",
		""
	),
	one("20: who is out and is added again has the key of its row", logs, "if (add >= 0)", "if (false)"),
	one(
		"20: a removed sponsor holds its provisional members",
		rows,
		"if (by < 0 || this.isRemoved(by))",
		"if (by < 0)"
	),
	one(
		"20: a provisional sponsor holds provisional members",
		rows,
		"return roster.rankAt(by) === Rank.provisional && !this.isConfirmed(by);",
		"return false;"
	),
	one(
		"20: a confirmed sponsor does not hold provisional members",
		rows,
		"return roster.rankAt(by) === Rank.provisional && !this.isConfirmed(by);",
		"return roster.rankAt(by) === Rank.provisional;"
	),
	one("21: a member sponsors 9", adds, "provisionalLimit = 8", "provisionalLimit = 9"),
	one("21: a member sponsors 7", adds, "provisionalLimit = 8", "provisionalLimit = 7"),
	one(
		"21: provisional rows are not counted with their sponsor",
		adds,
		"if (place >= 0 && left[place] > 0)",
		"if (false)"
	),
	one(
		"21: removed provisional rows count with their sponsor",
		adds,
		"this.#rows.isStillProvisional(number) ?",
		"rows.rankAt(number) === Rank.provisional && !this.#rows.isConfirmed(number) ?"
	),
	one(
		"21: confirmed rows count with their sponsor",
		adds,
		"this.#rows.isStillProvisional(number) ?",
		"rows.rankAt(number) === Rank.provisional && !this.#rows.isRemoved(number) ?"
	),
	one(
		"21: of several adds of one id by members the last counts",
		adds,
		"const all = this.addsOf(Rank.member);",
		"const all = this.addsOf(Rank.member).reverse();"
	),
	one(
		"21: adds twice of one id count twice against the 8",
		adds,
		"if (!isOther && isSaidAgain(number, at))",
		"if (false)"
	),
	one(
		"22: another's statement is used",
		adds,
		"if (rank !== Rank.owner && !this.#contents.isStatedFor(slot, index.author(number)))",
		"if (false)"
	),
	one(
		"22: an owner may not use another's statement",
		adds,
		"if (rank !== Rank.owner && !this.#contents.isStatedFor(slot, index.author(number)))",
		"if (!this.#contents.isStatedFor(slot, index.author(number)))"
	),
	one("22: statements do not expire", adds, "if (at !== base && at + 1 !== base)", "if (at > base)"),
	one(
		"22: a statement is good for one base",
		adds,
		"if (at !== base && at + 1 !== base)",
		"if (at !== base)"
	),
	one(
		"22: a statement is good for three bases",
		adds,
		"at + 1 !== base)",
		"at + 1 !== base && at + 2 !== base)"
	),
	one(
		"22: a statement of a base to come is good",
		adds,
		"if (at !== base && at + 1 !== base)",
		"if (at + 1 < base)"
	),
	one("22: who was removed joins again", adds, "return index.subjectIn(removed, number) < 0 && ", "return "),
	one("23: 63 members at most", table, "membersLimit = 64", "membersLimit = 63"),
	one("23: 65 members", table, "membersLimit = 64", "membersLimit = 65"),
	one(
		"25: the describe of the lowest sequence counts",
		described,
		"index.sequence(number) > index.sequence(last)",
		"index.sequence(number) < index.sequence(last)"
	),
	one(
		"25: of two describes of one sequence the higher hash counts",
		described,
		"index.sequence(number) > index.sequence(last)",
		"index.sequence(number) >= index.sequence(last)"
	),
	one(
		"25: a describe folds nothing that lies under it",
		described,
		"for (let at = last; at >= 0; at = index.before(at))",
		"for (let at = last; at >= 0; at = -1)"
	),
	one(
		"25: a device number changes its type",
		types,
		"return once === noType || now === once ? now : old;",
		"return now;"
	),
	one(
		"25: an empty number takes any type",
		types,
		"return once === noType || now === once ? now : old;",
		"return once === noType || now === once || (old & absentFlag) !== 0 ? now : old;"
	),
	one("25: a device that is gone is forgotten", types, "return once | absentFlag;", "return now;"),
	one(
		"25: what is not said of stays",
		types,
		"number < said.length ? said[number] : never",
		"number < said.length ? said[number] : old"
	),
	one(
		"26: an empty device is guarded",
		types,
		"if ((types[number] & absentFlag) === 0)\n            guards",
		"guards"
	),
	one(
		"27: a withdraw does not touch a grant of the table",
		permissions,
		"takeGrants(grants, touched)",
		"takeGrants(grants)"
	),
	one(
		"27: a table's grant holds for who is no member",
		grants,
		"members.findOf(records, number, 0, idLength) < 0 || ",
		""
	),
	one(
		"27: a table's grant holds on who is no member",
		grants,
		"if (isOfNode && members",
		"if (false && members"
	),
	one(
		"27: a grant holds against every withdraw",
		permissions,
		"withdraw => isAfter(index, number, withdraw));",
		"() => true);"
	),
	one(
		"27: a grant does not overcome its author's own withdraw",
		permissions,
		"withdraw => isAfter(index, number, withdraw));",
		"() => false);"
	),
	one(
		"27: a withdraw that stands alone does not count",
		permissions,
		"return sorted(index, kind, number => index.role(number) !== Role.none);",
		"return sorted(index, kind, number => index.role(number) === Role.log);"
	),
	one("27: who may needs not be a member", permissions, "!roster.has(record.subarray(0, idLength)) || ", ""),
	one("27: the node needs not be a member", permissions, "(node !== null && !roster.has(node))", "false"),
	one(
		"28: a waive of all does not touch one device",
		grants,
		"return a.device === null || b.device === null || a.device === b.device;",
		"return a.device === b.device;"
	),
	one(
		"27: a withdraw touches every device",
		grants,
		"return (both & deviceFlag) === 0 || a[deviceAt] === b[deviceAt];",
		"return true;"
	),
	one(
		"28: a waive touches every device",
		grants,
		"return a.device === null || b.device === null || a.device === b.device;",
		"return true;"
	),
	one("27: the same grant counts twice", grants, "if (isSame(records.at(number), record))", "if (false)"),
	one("27: 63 grants", grants, "grantsLimit = 64", "grantsLimit = 63"),
	one(
		"27: grants come by their hashes last first",
		permissions,
		"return numbers.sort((a, b) => index.compare(a, b));",
		"return numbers.sort((a, b) => index.compare(b, a));"
	),
	one("27: any member grants", permissions, " && roster.rankAt(place) === Rank.owner", ""),
	one(
		"28: a waive holds against every demand",
		permissions,
		"demands.every(demand => !meets(wordAt(demand), waived, asked) || isAfter(index, waive, demand))",
		"true"
	),
	one(
		"28: a waive of one thing waives the other",
		permissions,
		"a !== undefined && asked(a) !== undefined && asked(b) !== undefined && scopesMeet(a, b)",
		"a !== undefined && scopesMeet(a, b)"
	),
	one(
		"28: waives do nothing",
		permissions,
		"if (!holding.some(waive => meets(wordAt(waive), policy, asked)))",
		"if (true)"
	),
	one(
		"28: the table's policies are forgotten",
		permissions,
		"for (const policy of base.table.policies)\n            ask(policy);",
		""
	),
	one("28: of several the laxest counts", policies, "a.autoLock < b.autoLock", "a.autoLock > b.autoLock"),
	one(
		"28: a policy for a node that is no member",
		permissions,
		"word === undefined || !roster.has(policy.node)",
		"word === undefined"
	),
	one("28: 31 policies", policies, "policiesLimit = 32", "policiesLimit = 31"),
	one("29: two blocks of one sequence are not shown", evidence, "if (before >= 0)", "if (false)"),
	one(
		"30: the new number is two more",
		bases,
		"const number = base.number + 1;",
		"const number = base.number + 2;"
	),
	one(
		"30: there is a checkpoint after the last number",
		bases,
		"if (this.#logs.base.number >= checkpointLimit)",
		"if (false)"
	),
	one(
		"30: removed ids that nobody knew come last",
		nextTable,
		"const all = [old, listed, unknown, known];",
		"const all = [old, listed, known, unknown];"
	),
	one("30: removed ids are not in order", records, "if (order < 0)", "if (order > 0)"),
	one(
		"30: the first 128 removed ids stay",
		nextTable,
		"if (surplus <= 0)",
		"if (latest.count < removedLimit)"
	),
	one(
		"30: a table forgets who was removed before",
		nextTable,
		"const all = [old, listed, unknown, known];",
		"const all = [old, unknown, known];"
	),
	one(
		"30: a covered removal counts as new",
		nextTable,
		"if (role === Role.alone && !isUncovered(index.value(number), covered))\n            continue;",
		""
	),
	one(
		"30: what a full list has forgotten comes last",
		nextTable,
		"const all = [old, listed, unknown, known];",
		"const all = [listed, unknown, known, old];"
	),
	one(
		"30: the hash beside c is the higher one",
		nextTable,
		"index.compareHashes(number, found) < 0",
		"index.compareHashes(number, found) > 0"
	),
	one(
		"30: where c does not rise, the hash goes",
		nextTable,
		"let { hash = null } = before ?? {};",
		"let hash = null;"
	),
	one(
		"30: a table shows grants to who is gone",
		nextTable,
		"roster.takeGrants(members.roster.grants);",
		"for (const grant of members.roster.grants)\n        roster.grants.append(grant);"
	),
	one(
		"30: a table has provisional members without a sponsor",
		nextTable,
		"return by < 0 || members.rankAt(by) === Rank.provisional || isGone(members.idAt(by));",
		"return false;"
	),
	one(
		"30: a table forgets the password's version",
		nextTable,
		"said.passwordVersion ?? members.passwordVersion",
		"said.passwordVersion ?? 0"
	),
	one(
		"30: a table forgets its opaque part",
		nextTable,
		"said.extra ?? members.extra",
		"said.extra ?? new Uint8Array(0)"
	),
	one(
		"31: c leaps over a gap",
		nextTable,
		"if (!index.isTaking(number) || index.value(number) !== taking)",
		"if (!index.isTaking(number) || index.value(number) < taking)"
	),
	one(
		"31: c does not rise by what stands alone",
		nextTable,
		"role !== Role.log && !(role === Role.alone && isUncovered(taking, covered))",
		"role !== Role.log"
	),
	one(
		"31: the signer's c is as another's",
		nextTable,
		"if (own.isOf(id) && own.last > taking)",
		"if (false)"
	),
	one(
		"32: a table may cover anything",
		bundle,
		"if (says.covers.some(({ taking }) => taking > ownerPlaces * number))",
		"if (false)"
	),
	one(
		"32: a table may cover 12 times its number and 1",
		bundle,
		"taking > ownerPlaces * number",
		"taking > ownerPlaces * number + 1"
	),
	one("32: a table may name other owners", bundle, "if (!areSame)", "if (false)"),
	one(
		"32: anybody's checkpoint is taken",
		bundle,
		"this.owners.some(({ id }) => equalBytes(id, block.author))",
		"true"
	),
	one(
		"32: a table needs not be the one that its block names",
		bundle,
		"if (!equalBytes(hashOfTable(partsOfTable(this.table, says)), body.hash))",
		"if (false)"
	),
	one(
		"32: rotates that come with a base of this era are not heard",
		adoption,
		"isSameEra ? this.#hear(offer.rotates) : undefined",
		"undefined"
	),
	one(
		"32: rotates that come with a base of another era are not heard",
		adoption,
		"if (!isSameEra)\n            this.#hear(offer.rotates);",
		""
	),
	one(
		"32: rotates are heard only if the base comes to rule",
		adoption,
		"if (!(error instanceof BlockError))\n                throw error;",
		"throw error;"
	),
	one(
		"32: a checkpoint needs no signature",
		keyChain,
		"if (signer !== undefined)\n            return signer;",
		"return signer ?? this.key;"
	),
	one(
		"32: a checkpoint has number 0",
		bodyFormat,
		"number: items.integer(1, checkpointLimit)",
		"number: items.integer(0, checkpointLimit)"
	),
	one("32: a table has 65 rows", tableReader, "if (count > membersLimit)", "if (count > membersLimit + 1)"),
	one(
		"32: a table has more removed ids",
		tableReader,
		"if (row.length > removedLimit * idLength)",
		"if (false)"
	),
	one("33: a lower era rules", base, "a.era - b.era ||", "b.era - a.era ||"),
	one(
		"33: the higher opening rules",
		base,
		"compareBytes(b.opening, a.opening) ||",
		"compareBytes(a.opening, b.opening) ||"
	),
	one(
		"33: a fallen base rules",
		base,
		'Number(a.standing === "good") - Number(b.standing === "good") ||',
		""
	),
	one("33: a lower number rules", base, "a.number - b.number ||", "b.number - a.number ||"),
	one("33: the higher hash rules", base, "compareBytes(b.hash, a.hash)", "compareBytes(a.hash, b.hash)"),
	one(
		"33: a base of the rotate's number under another base stands",
		base,
		"number > ending.number || (number === ending.number && isOther)",
		"number > ending.number"
	),
	one(
		"33: the base under which the rotate was made falls",
		base,
		"number > ending.number || (number === ending.number && isOther)",
		"number >= ending.number"
	),
	one("33: no base falls", base, '"fallen" : "good"', '"good" : "good"'),
	one(
		"33: a node does not return to the base before",
		chain,
		"const hasFallen = hasRotate && this.fall();",
		"const hasFallen = false;"
	),
	one(
		"33: a base that counts again waits for a start",
		bases,
		"if (spare === undefined)\n            return undefined;",
		'if (spare === undefined || this.standing(base) === "good")\n            return undefined;'
	),
	one(
		"33: who came by a base that falls has none before",
		shelf,
		"isNewEra ? this.genesisBefore(base) : old",
		"isNewEra ? undefined : old"
	),
	one("33: a base that lost its proof stays", base, 'return "false";', 'return "good";'),
	one(
		"34: what the base covers is let go",
		logs,
		"const isWanted = index.hasFlag(number, Flag.own) || index.role(number) !== Role.none;",
		"const isWanted = false;"
	),
	one(
		"34: what the base covers stays for two bases",
		logs,
		"const isWanted = index.hasFlag(number, Flag.own) || index.role(number) !== Role.none;",
		"const isWanted = true;"
	),
	one(
		"34: its own log under the base before is forgotten",
		logs,
		"const isBack = isReturn && index.hasFlag(number, Flag.before);",
		"const isBack = false;"
	),
	one(
		"34: its own log under the base before comes into any",
		logs,
		"const isBack = isReturn && index.hasFlag(number, Flag.before);",
		"const isBack = index.hasFlag(number, Flag.before);"
	),
	one("34: a node keeps 2 of its own takings", logs, "ownTakingsLimit = 12", "ownTakingsLimit = 2"),
	one("34: a node keeps all of its own takings", logs, "ownTakingsLimit = 12", "ownTakingsLimit = 1000"),
	one(
		"34: a node that starts forgets what it covers",
		logs,
		"index.setFlag(number, Flag.late, isTaking || this.shelf.hasDamage)",
		"index.setFlag(number, Flag.late, false)"
	),
	one(
		"34: what is covered is not offered to its author",
		view,
		"return index.role(number) === Role.none && index.hasFlag(number, Flag.late) && index.isBy(number, author);",
		"return false;"
	),
	one(
		"34: what is covered is offered to anybody",
		view,
		" && index.hasFlag(number, Flag.late) && index.isBy(number, author)",
		" && index.hasFlag(number, Flag.late)"
	),
	one("35: an add is said again with an old statement", reissue, "return isFresh && own", "return own"),
	one(
		"35: an add of who is a member is said again",
		reissue,
		"return !members.roster.has(id) && !members.isRemoved(id);",
		"return !members.isRemoved(id);"
	),
	one("35: an add of who was removed is said again", reissue, " && !members.isRemoved(id)", ""),
	one(
		"35: a confirm that shows is said again",
		reissue,
		"(member.isProvisional || (member.guards & guards) !== guards)",
		"true"
	),
	one(
		"35: a confirm that does not show is not said again",
		reissue,
		"(member.isProvisional || (member.guards & guards) !== guards)",
		"member.isProvisional"
	),
	one(
		"35: every describe is said again",
		reissue,
		"kind !== Kind.add && kind !== Kind.confirm && number !== describe",
		"kind !== Kind.add && kind !== Kind.confirm && kind !== Kind.describe"
	),
	one(
		"35: a describe that shows is said again",
		reissue,
		"(own.name !== name || !equalBytes(own.types, foldedTypes(own.types, types)))",
		"true"
	),
	one(
		"35: what its log says already is said again",
		reissue,
		"return this.isOwed(number) && !this.isSaid(number);",
		"return this.isOwed(number);"
	),
	one(
		"35: an owner says again into the places for takings",
		reissue,
		"room - (member.isOwner ? reservedPlaces : 0)",
		"room"
	),
	one(
		"35: grants that a base left out are not shown to the person",
		reissue,
		"this.isInForce(number) || this.isTakenBack(number) || this.isOfRemoved(number)",
		"true"
	),
	one(
		"35: what was granted to who was removed is shown to the person",
		reissue,
		" || this.isOfRemoved(number)",
		""
	),
	one("36: an owner does not cover what stands alone", duties, "!this.advances(own) && ", ""),
	one(
		"36: an owner does not cover removals of a line that it left",
		duties,
		" && !this.bringsLeft(this.#bases.left)",
		""
	),
	one(
		"36: a removal that the table does not show is not covered",
		duties,
		"if (contents.removed(index.slot(number)).some(other => this.addsRemoved(other)))",
		"if (false)"
	),
	one(
		"36: a removal that a full list has no room for is covered for ever",
		duties,
		"return members.has(id) || (removed.count < removedLimit && removed.find(id) < 0);",
		"return members.has(id) || removed.find(id) < 0;"
	),
	one(
		"36: removed ids of a line that it left are not in the table",
		nextTable,
		"for (const ids of [members.removedIds, left])",
		"for (const ids of [members.removedIds])"
	),
	one(
		"36: who was removed in a line that it left keeps its row",
		nextTable,
		"const isGone = (id) => left.find(id) >= 0 && !logs.isOwner(id);",
		"const isGone = () => false;"
	),
	one(
		"36: a start forgets the line that it left",
		chain,
		"if (removedBefore !== undefined)\n            this.#bases.restoreLeft(removedBefore);",
		""
	),
	one(
		"37: no checkpoint when the log is full",
		duties,
		"return !this.#judge.hasRoom(author, body) || ",
		"return "
	),
	one("37: no checkpoint before a taking with too high a number", duties, "if (next > most)", "if (false)"),
	one("37: no checkpoint before a rotate", duties, "return this.standsAlone(author);", "return false;"),
	one(
		"37: no checkpoint before what another took back is given",
		duties,
		" || this.isTakenByOthers(author, body)",
		""
	),
	one(
		"37: a checkpoint before what itself took back is given",
		duties,
		"if (index.isBy(number, author) && index.role(number) === Role.log)\n                return false;",
		""
	),
	one("37: an owner's last places are for anything", judge, "reservedPlaces : 0", "0 : 0"),
	one(
		"38: nobody tidies full logs",
		duties,
		"if (this.#judge.usedBy(author) * 4 >= this.#judge.placesOf(author) * 3)",
		"if (false)"
	),
	one(
		"38: nobody tidies rotates",
		duties,
		"if (index.role(number) !== Role.rotate)\n                continue;",
		"continue;"
	),
	one(
		"39: of branches the lowest hash goes on",
		pen,
		"takenBy(b) - takenBy(a) || index.sequence(b) - index.sequence(a) || ",
		""
	),
	one("39: of branches the longest goes on", pen, "takenBy(b) - takenBy(a) || ", ""),
	one("39: its next taking has a number that it used", ownTakings, "last = taking;", ";"),
	one("39: numbers of a base that fell count", ownTakings, " || taking > most", ""),
	one(
		"39: a checkpoint counts a taking that has no place",
		ownTakings,
		"if (index.role(number) === Role.none && !index.hasFlag(number, Flag.own))",
		"if (false)"
	),
	one(
		"39: a frozen owner takes nothing",
		judge,
		"if (member.isFrozen && (isGift || !member.isOwner))",
		"if (member.isFrozen)"
	),
	one(
		"39: a frozen owner gives",
		judge,
		"if (member.isFrozen && (isGift || !member.isOwner))",
		"if (member.isFrozen && !member.isOwner)"
	),
	one("39: a lost taking is not taken again", chain, "this.#duties.foundLost(lost);", ""),
	one(
		"39: a lost taking is taken again though it shows",
		reissue,
		"return (number >= 0 && index.role(number) === Role.none &&",
		"return true || (number >= 0 && index.role(number) === Role.none &&"
	),
	one(
		"39: a thief's taking is taken again",
		logs,
		"return chain !== undefined && chain.endOf(number) < 0;",
		"return true;"
	),
	one(
		"39: a removal that the base before covered as well is over",
		logs,
		"isBefore && body.kind !== Kind.remove && ",
		"isBefore && "
	),
	one(
		"39: what a base that fell covered is over",
		logs,
		"spare !== undefined && spare.number < base.number",
		"spare !== undefined"
	),
	one(
		"39: what the base before covered as well is taken again",
		logs,
		" && takingOf(body) <= coveredIn(spare, author))",
		" && false)"
	),
	one("39: a removal of its own whose id is a member is left", reissue, "if (ids.length > 0)", "if (false)"),
	one(
		"39: takings are looked at anew under every base",
		reissue,
		"if (!isOther && !own.some(number => index.value(number) > most))\n            return;",
		""
	),
	one(
		"39: takings are not looked at anew where c is of another",
		reissue,
		"if (!isOther && !own.some(",
		"if (!own.some("
	),
	one(
		"39: any amount of lost takings is remembered",
		logs,
		"this.#lost + lost.length < lostTakingsLimit && ",
		""
	),
	one(
		"40: an opening needs no recovery key",
		bundle,
		"return yield* opening.verify(body.recovery);",
		"return true;"
	),
	one("40: what was said in the era before counts", bases, "this.#logs.clear(true);", ""),
	one(
		"40: a line that was left in the era before counts",
		bases,
		"this.left = new Records(idLength);\n            this.#logs.clear(true);",
		"this.#logs.clear(true);"
	),
	one(
		"41: owners' rotates do not come with a base",
		bases,
		"return [...anchors, ...this.ownRotates]",
		"return [...anchors]"
	),
	one(
		"alarm: a table that forgets who was removed",
		alarm,
		"||\n        forgetsRemoved(base.table, says)",
		""
	),
	one(
		"alarm: a table that covers a remove and does not show it",
		alarm,
		"removesNotCovered(logs, says) ||",
		""
	),
	one("alarm: a table that changes a key", alarm, "|| changesKeys(base.table, says)", ""),
	one(
		"alarm: the next base ends it",
		chain,
		"this.#alarm = { now: isStrange, before: isStrange };",
		"this.#alarm = { now: false, before: false };"
	),
	one(
		"alarm: over a base that nobody has",
		alarm,
		"removesNotCovered(logs, says) || changesKeys(base.table, says)",
		"false"
	),
	one(
		"alarm: a table that forgets what was covered",
		alarm,
		"if (taking < coveredIn(logs.base.table, id) || taking > own.most)",
		"if (taking > own.most)"
	),
	one(
		"alarm: a number that leaves some out",
		alarm,
		"(block.body.kind === Kind.checkpoint && block.body.number !== base.number + 1) ||",
		""
	),
	one(
		"alarm: a table that counts more than this node took",
		alarm,
		"return logs.isSelf(id) && !equalBytes(id, author) && taking > own.last;",
		"return false;"
	),
	one(
		"alarm: a table that counts more than there can have been",
		alarm,
		"if (taking < coveredIn(logs.base.table, id) || taking > own.most)",
		"if (taking < coveredIn(logs.base.table, id))"
	),
	one(
		"issue: a password's version is never old",
		membership,
		"this.passwordVersion >= lastPasswordVersion ? 1",
		"false ? 1"
	),
	one("issue: a removal of an owner proves itself", removals, " || keys.isOwner(id))", ")"),
	one(
		"issue: a removal under an ended key proves itself",
		removals,
		"return taking <= ending.lastTaking && taking > covered;",
		"return true;"
	),
	one("issue: a fallen table proves a removal", removals, '&& standingOf(place, chain) === "good"', ""),
	one(
		"issue: a rotate that came with a bundle needs no proof",
		eraKeys,
		"signer === undefined || !(yield* rotate.verifySecond())",
		"signer === undefined"
	),
	one(
		"start: what two keys of a turn signed is not looked at",
		loading,
		"const isSure = keys.length === 1 && ",
		"const isSure = keys.length >= 1 && "
	),
	one("start: the first base that is found rules", loading, "found.sort((a, b) => compareBases(b, a));", ""),
	one(
		"start: new keys are entered once only",
		loading,
		"left.length > 0 && left.length < before",
		"before > slots.length"
	),
	one(
		"start: new keys of those added with a new key are left out",
		loading,
		"logs.judgeAnew();\n        left = noteRotates",
		"left = noteRotates"
	),
	one(
		"start: a table of an older era is taken for another's",
		logs,
		"            this.shelf.deleteIdleTables();\n        }\n        this.index.clear();",
		"        }\n        this.index.clear();"
	),
	one("start: the opening rules beside two that fell", loading, "whole.length > 2", "false"),
	one(
		"start: an opening that is here twice is the base before as well",
		loading,
		"if (whole.some(({ hash }) => equalBytes(hash, place.hash)))",
		"if (false)"
	),
	one(
		"start: what the base covers comes back to rule",
		shelf,
		"this.#spare = spareOf(this.#base);\n        this.#base = { ...place, table };",
		"this.#base = { ...place, table };"
	),
	one(
		"again: who said something new is not judged again",
		keeper,
		" || this.#before.touched.find(id) >= 0)",
		")"
	),
	one(
		"again: who belongs to the home is the same, whatever was said",
		keeper,
		"return equalBytes(standing, this.standingOf(first, id));",
		"return true;"
	),
	one(
		"again: who is admitted by another add is as before",
		keeper,
		"index.hasFlag(number, Flag.admitted) ? ",
		"true ? "
	),
	one(
		"again: who has another rank is as before",
		keeper,
		"return roster.rankAt(place) === rank && ",
		"return "
	),
	one(
		"again: what becomes unsettled changes nothing",
		keeper,
		"index.hasFlag(number, Flag.unsettled) ? 0 : settledMark",
		"settledMark"
	),
	one(
		"again: room is made by what has lost its place just now",
		logs,
		"(isOld && index.hadRole(number))",
		"false"
	),
	one(
		"again: a base in another's place may rule",
		bases,
		"this.now === base && this.#shelf.holds(stored.draft)",
		"this.now === base"
	),
	one(
		"again: a table is written where another was begun since",
		shelf,
		"if (!this.holds(draft))\n            throw overtaken();",
		""
	),
	one(
		"27: a table says a grant twice",
		tableReader,
		"members.grants.give(grantRecord(",
		"members.grants.append(("
	)
];
