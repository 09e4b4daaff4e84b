/**
 * Faults to be put into a copy of the build, each the loss of one thing that promise 1 rests on. `property`: what
 * the adversary tries, commands where nothing is said. `edits`: of a file, what stands there once, and what comes in its place. `unit`: a suite, and the test of it that must find it too. `why`: why the adversary
 * cannot see it, where it is left to the unit test alone.
 */
const firstStart = "modules/console/first-start.js";
const attempt = "modules/node/join-attempt.js";
const sponsor = "modules/secure/secure-sponsor.js";
const taken = "modules/node/taken-tasks.js";
const ask = "modules/node/task-ask.js";
const tasks = "modules/node/tasks.js";
const group = "modules/node/group-ask.js";
const asks = "modules/node/ask-order.js";
const keys = "modules/oscore/key-freshness.js";
const sealed = "modules/oscore/sealed-freshness.js";
const order = "modules/oscore/acting-order.js";
const taking = "tasks that a device takes";
const commands = "freshness of commands";
const inOrder = "what one asks of one device";
const freshKeys = "oscore: freshness of keys";

const noAgeOnArrival = [taken, " || now - instant > timeLeft(stamp)", ""];
const noAgeAtTheAct = [
	taken,
	"now - taken.instant > timeLeft(taken.stamp) || now - taken.arrival > actWindow",
	"false"
];

/** An asker can say that its task may take an hour. */
const noAgeSinceItCame = [taken, " || now - taken.arrival > actWindow", ""];

export const mutations = [
	{
		name: "no age is checked",
		edits: [noAgeOnArrival, noAgeAtTheAct],
		unit: [commands, "a command that was held back does not act"]
	},
	{
		name: "what is asked for may wait as long as its asker says",
		edits: [noAgeSinceItCame],
		unit: ["whose word counts for a lock", "nor where it lies about"],
		why: "its askers do not lie about the time"
	},
	{
		name: "the age is checked on arrival only, before the device waits",
		edits: [noAgeAtTheAct],
		unit: [taking, "acts while its time lasts"]
	},
	{
		name: "the age is counted from arrival",
		edits: [
			[taken, "const instant = freshness.takeInstant();", "const instant = freshness.takeInstant() && now;"]
		],
		unit: [commands, "a command that was held back does not act"]
	},
	{
		name: "an Echo serves twice",
		edits: [[keys, "this.#numbers[place] = served;", ""]],
		unit: [freshKeys, "an Echo is good once"],
		why: "an honest asker shows each once; the number of the ask and the order stand behind it"
	},
	{
		name: "every Echo is known for ever",
		edits: [[keys, "const KNOWN = 4;", "const KNOWN = 1e9;"]],
		unit: [freshKeys, "the last four are known"],
		why: "each is known with the full time of its issue: only memory is lost"
	},
	{
		name: "the nonce in the keys proves as often as one likes",
		edits: [
			[keys, "this.#isHolding = false;", ""],
			[keys, "this.#numbers[place] = served;", ""]
		],
		unit: [freshKeys, "without an Echo a request is as old as the keys"],
		why: "it is known with its time; the number of the ask and the order stand behind it"
	},
	{
		name: "an Echo is used however long ago it was heard",
		edits: [[keys, "const HELD_FOR = 900_000;", "const HELD_FOR = 1e12;"]],
		unit: [freshKeys, "within a quarter of an hour"]
	},
	{
		name: "the order across keys is ignored",
		edits: [[sealed, ": freshness.supersedes(place.keys);", ": true;"]],
		unit: [commands, "while the older ones are still known"]
	},
	{
		name: "the order under one key is ignored",
		edits: [[sealed, "? sequence > place.sequence :", "? true :"]],
		unit: [commands, "an older command does not act after a newer one"]
	},
	{
		name: "the asker's own order of keys is ignored",
		edits: [[order, "!freshness.supersedes(last)", "freshness === undefined"]],
		unit: [freshKeys, "requests that act go under the same or newer keys"],
		why: "it takes two renewals that cross, and older keys used after newer ones: 4,000 scenarios had none in which that mattered"
	},
	{
		name: "keys count as newer by when this side made its nonce",
		edits: [[keys, "return this.times.made > other.heard;", "return this.times.made > other.made;"]],
		unit: [freshKeys, "whatever the messages between two do"],
		why: "it takes two runs that cross, and keys that are used in another order than contexts come into use here"
	},
	{
		name: "the number of an ask is not remembered",
		edits: [[taken, "if (isSame && last.result !== undefined)", "if (isSame && last === undefined)"]],
		unit: [taking, "the same ask gets its result again"]
	},
	{
		name: "what was done is forgotten too early",
		edits: [[taken, "const memory = 20_000;", "const memory = 500;"]],
		unit: [taking, "the same ask gets its result again"]
	},
	{
		name: "what waits does not give way to what is newer",
		edits: [[taken, "if (this.#last.get(from) !== taken)", "if (this.#last.get(from) === undefined)"]],
		unit: [taking, "a newer task voids one"],
		why: "it takes a task that waits at its device while a newer one comes: 4,000 scenarios had none"
	},
	{
		name: "that an ask is repeated is ignored after a restart",
		edits: [[taken, "if (stamp.isRepeated && asked < this.#begin)", "if (stamp === undefined)"]],
		unit: [taking, "before this node was started"]
	},
	{
		name: "the asker does not say that it repeats",
		edits: [[ask, "this.#isRepeated = this.#isUnsure;\n", ""]]
	},
	{
		name: "an asker begins to number its asks at the same after each start",
		edits: [[tasks, "this.#number = high * 256 + low;", "this.#number = 0 * (high + low);"]]
	},
	{
		name: "a toggle travels",
		edits: [
			[ask, 'if (this.#action !== "toggle")', 'if (this.#action !== "")'],
			[tasks, 'if (action === "toggle")', 'if (action === "")']
		]
	},
	{
		name: "no answer is said early",
		edits: [[ask, "export const askWindow = 10_000;", "export const askWindow = 9_000;"]],
		unit: [commands, "a command that was held back does not act"]
	},
	{
		name: "what acts may be sealed after its time",
		edits: [
			[ask, "if (this.#isOver || age > actWindow)", "if (age < 0)"],
			[ask, "if (left <= 0)", "if (left === undefined)"],
			[ask, "Math.min(left, restEnd - 1)", "Math.max(30, Math.min(left, restEnd - 1))"]
		]
	},
	{
		name: "the time that is left is counted from the sealing",
		edits: [[ask, "const left = Math.floor((actWindow - (heard - this.#asked)) / 100);", "const left = 95;"]]
	},
	{
		name: "an ask goes on when a newer one has taken its place",
		edits: [[group, "order.replace(peer);", ""]]
	},
	{
		name: "a toggle does not wait for what its device was asked to do before",
		edits: [
			[
				asks,
				"line.push(ask);\n            return;",
				"line.push(ask);\n            ask.send();\n            return;"
			]
		],
		unit: [inOrder, "is turned round once for each toggle"]
	},
	{
		name: "what was seen of a device before it acted is gone by",
		edits: [[group, "sides.forget(peer);", ";"]],
		unit: [inOrder, "is turned round by a press that was looked at"],
		why: "it takes a press in the second after which a task is sent again"
	},
	{
		name: "a reading overtakes what all were asked to do",
		edits: [[group, "before.ask(before.take(peer));", ""]],
		unit: [inOrder, "is read after what all were asked to do"],
		why: "a reading acts on nothing"
	},
	{
		name: "a request with a low number is a replay, whether it opens or not",
		edits: [
			[
				"modules/oscore/protection.js",
				'    if (!equalBytes(kid, context.recipientId))\n        throw new VerificationError("the kid is another\'s");',
				'    if (!context.window.fresh(sequence))\n        throw new ReplayError("low");'
			]
		],
		unit: ["oscore: protection", "what does not open is no replay"]
	},
	{
		name: "duplicates are known by their id alone",
		edits: [["modules/coap/outgoing.js", "tokenKey(token)}", "tokenKey([])}"]],
		unit: ["coap: duplicates and limits", "the same id with another token"]
	},
	{
		name: "a handshake's refusal in the clear ends an ask",
		edits: [["modules/secure/initiation.js", "}`), code);", "}`, code), code);"]],
		unit: [commands, "an error in the clear is never the last word"],
		why: "it takes a refusal that is invented while an ask waits for a handshake: 4,000 scenarios had none"
	},
	{
		name: "a password that was tested is tried again by itself",
		property: "joining",
		edits: [
			[
				firstStart,
				'result.isSpent || result.refusal === "password" || result.refusal === "name"',
				'result.refusal === "name"'
			]
		],
		unit: ["one guess for one typed password", "the only one that answers gets one"]
	},
	{
		name: "after a guess the next sponsor gets one",
		property: "joining",
		edits: [
			[
				attempt,
				'if (this.#isSpent || refusal === "password" || refusal === "name")',
				'if (refusal === "name")'
			]
		],
		unit: ["one guess for one typed password", "several nodes of one home get one together"]
	},
	{
		name: "a try does not know that a guess was tested",
		property: "joining",
		edits: [[attempt, "this.#isSpent = true;", ""]],
		unit: ["one guess for one typed password", "a right guess ends it as well"]
	},
	{
		name: "configured answers are tried after each start",
		property: "joining",
		edits: [
			["modules/node/spent-answers.js", "spend: () => store.set(spentName, record)", "spend: () => undefined"]
		],
		unit: ["one guess for configured answers", "a hundred power cycles"]
	},
	{
		name: "an invitation answers six guesses",
		property: "guesses",
		edits: [[sponsor, "const guessLimit = 5;", "const guessLimit = 6;"]],
		unit: ["guesses at an invitation", "the sixth gets no answer"]
	},
	{
		name: "a guess counts when it was wrong only",
		property: "guesses",
		edits: [
			[sponsor, "invitation.guesses -= 1;", ""],
			[sponsor, "running.invitation.guesses += 1;", ""],
			[
				sponsor,
				"const running = this.#running;\n        this.#running = undefined;",
				"const running = this.#running;\n        if (running?.sharedKey === undefined && code === Code.Unauthorized && running) running.invitation.guesses -= 1;\n        this.#running = undefined;"
			]
		],
		unit: ["guesses at an invitation", "the sixth gets no answer"]
	},
	{
		name: "a right guess is given back to the invitation that is open then",
		property: "guesses",
		edits: [
			[sponsor, "running.invitation.guesses += 1;", "if (this.#invitation) this.#invitation.guesses += 1;"]
		],
		unit: ["guesses at an invitation", "a person who invites again while a guess is under way"]
	},
	{
		name: "the end of a run does not close the window to the next one",
		property: "guesses",
		edits: [
			[
				sponsor,
				"const invitation = this.#invitation;\n        if (invitation === undefined) {",
				"const invitation = this.#before ?? this.#invitation;\n        if (invitation === undefined) {"
			],
			[
				sponsor,
				"if (this.#running !== undefined) {",
				"this.#before = this.#invitation;\n        if (this.#running !== undefined) {"
			],
			[sponsor, "#invitation;\n    #running;", "#invitation;\n    #before;\n    #running;"]
		],
		unit: ["guesses at an invitation", "the sixth gets no answer"]
	}
];
